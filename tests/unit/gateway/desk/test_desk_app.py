from __future__ import annotations

import hashlib
import json
import logging
import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from gateway.desk.app import create_desk
from gateway.desk.headers import CONTENT_SECURITY_POLICY, HEADERS
from gateway.desk.roles import allowed, open_to_all
from gateway.domain.people import Role
from gateway.errors import StoreUnavailable
from tests.fakes.desk import NOW, World

from .conftest import Enter, token_in

DESK_2 = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/", 200),
        ("/sign-in", 303),
        ("/cases/case03", 200),
        ("/cases/none", 404),
        ("/nowhere", 404),
        ("/sign-out", 405),
        ("/healthz", 200),
        ("/next", 303),
        ("/static/desk.css", 200),
        ("/static/desk.js", 200),
        ("/static/none.js", 404),
        ("/static/../app.py", 404),
        ("/crash", 500),
    ],
)
def test_every_answer_carries_the_security_headers(here: World, path: str, code: int) -> None:
    pages = Blueprint("extra", __name__)

    @pages.get("/crash")
    @allowed(Role.MODERATOR)
    def crash() -> str:
        raise ZeroDivisionError("Jamie Whitfield, 07700 900123")

    app = create_desk(
        here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32, [pages]
    )
    client = app.test_client()
    here.sessions.live["t"] = here.directory.person("demo", "mo")
    client.set_cookie("desk", "t")
    response = client.get(path)
    assert response.status_code == code
    assert CONTENT_SECURITY_POLICY == DESK_2
    for name, value in HEADERS.items():
        assert response.headers[name] == value


def test_no_page_has_script_or_style_of_its_own(enter: Enter) -> None:
    client = enter("lea@relay.test")
    for path in ("/", "/cases/case01", "/cases/case03", "/nowhere"):
        page = client.get(path).text
        assert "style=" not in page and "<style" not in page and "onclick" not in page
        scripts = re.findall(r"<script[^>]*>", page)
        assert scripts == [f'<script defer src="/static/{name}">' for name in ("htmx.min.js", "desk.js")]
        assert page.count("<main") == 1


def test_a_crash_shows_an_id_and_its_words_go_nowhere(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("Jamie Whitfield, 07700 900123")

    monkeypatch.setattr(here.office, "lay_out", crash)
    with caplog.at_level(logging.DEBUG):
        page = enter().get("/cases/case03")
    assert page.status_code == 500
    assert "07700" not in page.text and "RuntimeError" not in page.text
    assert "07700" not in caplog.text and "RuntimeError" in caplog.text
    fault_id = page.text.split("<code>")[1].split("</code>")[0]
    assert f"desk fault {fault_id}" in caplog.text


def test_a_store_that_does_not_answer_is_503_everywhere(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(here.docket, "cases", away)
    monkeypatch.setattr(here.docket, "counts", away)
    assert client.get("/").status_code == 503
    assert client.get("/healthz").status_code == 503
    monkeypatch.setattr(here.sessions, "session", away)
    assert client.get("/").status_code == 503


def test_health_needs_no_sign_in_and_tells_nothing(app: Flask) -> None:
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_extra_pages_need_a_sign_in_unless_marked_open(here: World) -> None:
    pages = Blueprint("extra", __name__)

    @pages.get("/inside")
    def inside() -> str:
        return "inside"

    @pages.get("/mailboxes")
    @open_to_all
    def mailboxes() -> str:
        return "open"

    @pages.post("/mailboxes")
    @open_to_all
    def change() -> str:
        return "changed"

    links = [("Mailboxes", "/mailboxes")]
    app = create_desk(
        here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32, [pages], links
    )
    client = app.test_client()
    assert client.get("/inside").status_code == 303
    assert client.get("/mailboxes").text == "open"
    assert client.post("/mailboxes").status_code == 403
    assert '<a href="/mailboxes">Mailboxes</a>' in client.get("/sign-in").text


def test_a_form_larger_than_the_desk_takes_is_413(enter: Enter, here: World) -> None:
    client = enter()
    token = token_in(client.get("/cases/case03").text)
    form = {"form_token": token, "action": "release", "version": "1", "reason": "x" * 400_000}
    assert client.post("/cases/case03/decide", data=form).status_code == 413
    assert here.decided("case03") == []


def test_there_are_pages_for_mistakes_in_the_same_style(app: Flask, enter: Enter) -> None:
    for response in (app.test_client().get("/nowhere"), enter().post("/nowhere")):
        assert "<main" in response.text and "desk.css" in response.text
    wrong_way = app.test_client().get("/sign-out")
    assert wrong_way.headers["Allow"] == "OPTIONS, POST" or "POST" in wrong_way.headers["Allow"]


HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"  # 2.0.11, from npm


def test_htmx_is_the_version_that_was_looked_at_and_may_not_evaluate(app: Flask, enter: Enter) -> None:
    """htmx 4 renames hx-disable: message text would be live again."""
    script = Path(app.static_folder or "") / "htmx.min.js"
    assert hashlib.sha256(script.read_bytes()).hexdigest() == HTMX
    found = re.search(r"<meta name=\"htmx-config\" content='([^']+)'>", enter().get("/").text)
    assert found
    settings = json.loads(found[1])
    assert settings["allowEval"] is False and settings["selfRequestsOnly"] is True
    assert settings["includeIndicatorStyles"] is False and settings["historyCacheSize"] == 0


def test_no_template_says_hx_on(app: Flask) -> None:
    folder = Path(app.root_path) / "templates"
    assert [file.name for file in folder.rglob("*.html") if "hx-on" in file.read_text()] == []


@pytest.mark.parametrize("path", ["/", "/cases/case03", "/pairs/p1"])
def test_a_page_with_all_it_loads_weighs_little(enter: Enter, path: str) -> None:
    client = enter("lea@relay.test")
    page = client.get(path).text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(page.encode()) + sum(len(client.get(one).data) for one in loaded) <= 150_000
