from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.desk.app import create_desk
from tests.fakes.desk import NOW, PASSWORD, World, world

Enter = Callable[..., FlaskClient]


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def app(here: World) -> Flask:
    return create_desk(here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32)


@pytest.fixture
def enter(app: Flask) -> Enter:
    """Sign somebody in with a browser of their own."""

    def signed_in(address: str = "mo@relay.test") -> FlaskClient:
        client = app.test_client()
        page = client.get("/sign-in", base_url="http://localhost")
        form = {"form_token": token_in(page.text), "address": address, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return signed_in


def token_in(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return found[1]
