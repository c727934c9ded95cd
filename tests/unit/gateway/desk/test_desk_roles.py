from __future__ import annotations

import pytest
from flask import Blueprint

from gateway.desk.app import create_desk
from gateway.desk.roles import FIRST_PAGES, ROUTES, Door, admitted, allowed, first_page, may, open_to_all
from gateway.domain.people import DESK_ROLES, Role
from tests.fakes.desk import NOW, World


def test_a_route_that_nobody_named_is_for_nobody() -> None:
    def view() -> None: ...

    assert admitted("somewhere.new", view) == frozenset()
    assert admitted("somewhere.new", allowed(Role.AUDITOR)(view)) == {Role.AUDITOR}
    assert admitted("somewhere.new", open_to_all(view)) is Door.OPEN


def test_a_mark_opens_nothing_that_the_table_closes() -> None:
    def view() -> None: ...

    assert admitted("case.show", open_to_all(view)) == ROUTES["case.show"]


@pytest.mark.parametrize("role", sorted(DESK_ROLES))
def test_everybody_of_the_desk_has_a_page_to_begin_at(role: Role) -> None:
    assert first_page(role) in FIRST_PAGES and may(role, first_page(role))


def test_nobody_else_is_named_in_the_table() -> None:
    named = {role for who in ROUTES.values() if not isinstance(who, Door) for role in who}
    assert named <= DESK_ROLES


def test_an_unnamed_route_is_refused_to_whoever_is_signed_in(here: World) -> None:
    pages = Blueprint("extra", __name__)

    @pages.get("/inside")
    def inside() -> str:
        return "inside"

    app = create_desk(
        here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32, [pages]
    )
    client = app.test_client()
    here.sessions.live["t"] = here.directory.person("demo", "lea")
    client.set_cookie("desk", "t")
    answer = client.get("/inside")
    assert answer.status_code == 403 and "not for your role" in answer.text
