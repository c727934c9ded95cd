from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.desk.app import create_desk
from tests.fakes.desk import NOW, PASSWORD, World

from .conftest import Enter, token_in


def try_password(
    client: FlaskClient, password: str, address: str = "mo@relay.test", after: str = ""
) -> object:
    token = token_in(client.get("/sign-in").text)
    form = {"form_token": token, "address": address, "password": password, "next": after}
    return client.post("/sign-in", data=form)


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(app: Flask) -> None:
    client = app.test_client()
    away = client.get("/cases/case03?x=1")
    assert (away.status_code, away.location) == (303, "/sign-in?next=/cases/case03?x%3D1")
    back = try_password(client, PASSWORD, after="/cases/case03?x=1")
    assert (back.status_code, back.location) == (303, "/cases/case03?x=1")


def test_a_wrong_password_is_told_without_saying_which_was_wrong(app: Flask) -> None:
    wrong = try_password(app.test_client(), "wrong")
    nobody = try_password(app.test_client(), PASSWORD, "nobody@relay.test")
    assert wrong.status_code == nobody.status_code == 403
    assert "do not belong together" in wrong.text and "do not belong together" in nobody.text
    assert "Set-Cookie" not in wrong.headers or "desk=" not in wrong.headers["Set-Cookie"]


def test_somebody_without_a_desk_role_gets_no_further(app: Flask) -> None:
    client = app.test_client()
    try_password(client, PASSWORD, "tara.okafor@relay.test")
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.example.test/",
        "//evil.example.test",
        "/\\evil.example.test",
        "javascript:x",
        "/a\r\nb",
        "http://[",
        "",
    ],
)
def test_it_never_leads_away_from_the_desk(app: Flask, after: str) -> None:
    assert try_password(app.test_client(), PASSWORD, after=after).location == "/"


def test_the_cookie_is_for_this_site_and_not_for_scripts(app: Flask) -> None:
    cookie = str(try_password(app.test_client(), PASSWORD).headers.getlist("Set-Cookie"))
    assert "desk=token-1-of-mo" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    "where",
    [
        {"base_url": "https://desk.example.org"},
        {"base_url": "http://desk.example.org"},
        {"base_url": "http://127.0.0.1:8080", "headers": {"X-Forwarded-Proto": "https"}},
        {"base_url": "http://localhost.example.org"},
    ],
)
def test_the_cookie_is_secure_except_on_plain_loopback(app: Flask, where: dict[str, object]) -> None:
    cookie = app.test_client().get("/sign-in", **where).headers["Set-Cookie"]
    assert cookie.startswith("__Host-desk-visit=") and "; Secure" in cookie and "Path=/" in cookie


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080", "[::1]"])
def test_plain_loopback_gets_a_cookie_that_works_there(app: Flask, host: str) -> None:
    cookie = app.test_client().get("/sign-in", base_url=f"http://{host}").headers["Set-Cookie"]
    assert cookie.startswith("desk-visit=") and "Secure" not in cookie


def test_signing_out_ends_the_session_on_the_server(here: World, enter: Enter) -> None:
    client = enter()
    kept = client.get_cookie("desk").value
    assert client.post("/sign-out", data={"form_token": token_in(client.get("/").text)}).status_code == 303
    assert here.sessions.live == {}
    client.set_cookie("desk", kept)
    assert client.get("/").status_code == 303


def test_a_revoked_session_is_over_at_once(here: World, enter: Enter) -> None:
    client = enter()
    assert client.get("/").status_code == 200
    here.sessions.live.clear()
    assert client.get("/").status_code == 303


def decide(client: FlaskClient, **changes: str | None) -> object:
    form: dict[str, str | None] = {"action": "release", "version": "1", "reason": "It is fine.", **changes}
    return client.post("/cases/case03/decide", data={k: v for k, v in form.items() if v is not None})


def test_four_forged_forms_change_nothing(here: World, enter: Enter) -> None:
    client, other = enter(), enter("ines@relay.test")
    foreign = token_in(other.get("/cases/case03").text)
    own = token_in(client.get("/cases/case03").text)
    assert decide(client).status_code == 403
    assert decide(client, form_token="wrong").status_code == 403
    assert decide(client, form_token=own[:-1] + ("0" if own[-1] != "0" else "1")).status_code == 403
    assert decide(client, form_token=foreign).status_code == 403
    instead = client.get(f"/cases/case03/decide?action=release&version=1&reason=It+is+fine&form_token={own}")
    assert instead.status_code == 405
    assert here.decided("case03") == []
    assert decide(client, form_token=own).status_code == 303


def test_a_token_from_before_signing_in_is_worth_nothing_after(here: World, app: Flask) -> None:
    client = app.test_client()
    before = token_in(client.get("/sign-in").text)
    client.post("/sign-in", data={"form_token": before, "address": "mo@relay.test", "password": PASSWORD})
    assert decide(client, form_token=before).status_code == 403
    assert here.decided("case03") == []


@pytest.mark.parametrize("token", ["", ".", "a.b", "\u00e9.\u00e9", "a.\u0660", "." * 500])
def test_a_sign_in_form_without_a_genuine_token_is_refused(app: Flask, here: World, token: str) -> None:
    client = app.test_client()
    client.get("/sign-in")
    form = {"form_token": token, "address": "mo@relay.test", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 403
    assert app.test_client().post("/sign-in", data=form).status_code == 403
    assert here.sessions.live == {}


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_changed(here: World, enter: Enter) -> None:
    client = enter()
    token = token_in(client.get("/cases/case03").text)
    here.sessions.live.clear()
    late = decide(client, form_token=token)
    assert late.status_code == 403 and "sign-in has ended" in late.text
    assert here.decided("case03") == []


def test_guessing_is_slowed_down_for_one_address(here: World) -> None:
    now = [NOW]

    def clock() -> datetime:
        return now[0]

    app = create_desk(here.office, here.docket, here.sessions, here.directory, clock, b"k" * 32)
    client = app.test_client()
    codes = [try_password(client, "wrong").status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    waiting = try_password(client, PASSWORD)
    assert waiting.status_code == 429 and int(waiting.headers["Retry-After"]) >= 30
    assert try_password(client, PASSWORD, "lea@relay.test").status_code == 303
    now[0] += timedelta(minutes=1)
    assert try_password(app.test_client(), PASSWORD).status_code == 303


def test_single_key_shortcuts_can_be_switched_off(enter: Enter) -> None:
    client = enter()
    page = client.get("/").text
    assert 'data-keys="on"' in page
    client.post("/keys", data={"form_token": token_in(page), "keys": "off", "next": "/"})
    assert 'data-keys="on"' not in client.get("/").text
    client.post("/keys", data={"form_token": token_in(page), "keys": "on", "next": "/"})
    assert 'data-keys="on"' in client.get("/").text
