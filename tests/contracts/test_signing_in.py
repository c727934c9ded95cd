"""Signing in, second factors and step-up by the pages themselves, over a real database, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.desk.access import stepped_up
from gateway.desk.app import create_desk
from gateway.desk.parts import Terms, viewer
from gateway.desk.roles import allowed
from gateway.domain.people import Person, Role
from gateway.store.desk_users import add_desk_user
from tests.fakes.desk import world
from tests.fakes.sql import Store

BASE = "http://localhost"
PASSWORD = "lantern over the weir"


class Clock:
    """Stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **much: int) -> None:
        self.now += timedelta(**much)


class Browser:
    """A browser that fills in forms."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.page: TestResponse

    def open(self, path: str) -> TestResponse:
        self.page = self.client.get(path, base_url=BASE, follow_redirects=True)
        return self.page

    def send(self, path: str, follow: bool = True, **form: str) -> TestResponse:
        """Send a form with the token of the page one is on."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.page.text)
        assert found, self.page.text
        data = {"form_token": found[1], **form}
        self.page = self.client.post(path, data=data, base_url=BASE, follow_redirects=follow)
        return self.page

    def password(
        self, password: str = PASSWORD, address: str = "mo@org.test", after: str = "/"
    ) -> TestResponse:
        self.open("/sign-in")
        return self.send("/sign-in", address=address, password=password, next=after)

    def enrol(self, clock: Clock) -> tuple[str, list[str]]:
        """Set up an app; its secret, and the recovery codes."""
        self.open("/account/app")
        secret = shown_secret(self.page)
        self.send("/account/app", code=pyotp.TOTP(secret).at(clock()), next="/")
        clock.later(seconds=30)
        return secret, re.findall(r"<li><code>([^<]+)</code>", self.page.text)

    @property
    def at(self) -> str:
        return str(self.page.request.path)


def shown_secret(page: TestResponse) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mo(family_store: Store) -> Person:
    return add_desk_user(
        family_store.engine, family_store.vault, "demo",
        address="mo@org.test", role=Role.MODERATOR, password=PASSWORD,
    )  # fmt: skip


def desk(store: Store, clock: Clock, required: bool = True) -> Flask:
    """The desk with pages that ask to step up, over the store's sessions and cases in memory."""
    pages, here = Blueprint("weighty", __name__), world()

    @pages.get("/weighty/<name>")
    @allowed(Role.MODERATOR)
    def form(name: str) -> str:
        return f"form of {name}"

    @pages.get("/export")
    @allowed(Role.MODERATOR)
    @stepped_up()
    def export() -> str:
        return f"everything, for {viewer().id}"

    @pages.post("/weighty/<name>/publish")
    @allowed(Role.MODERATOR)
    @stepped_up(back="weighty.form")
    def publish(name: str) -> str:
        return f"published {name}"

    @pages.get("/forgotten")
    def forgotten() -> str:
        return "nobody said whom this is for"

    terms = Terms(factor_required=required)
    return create_desk(
        here.office, here.docket, store.sessions, store.directory, clock, b"k" * 32, [pages], terms=terms
    )


@pytest.fixture
def app(family_store: Store, clock: Clock, mo: Person) -> Iterator[Flask]:
    yield desk(family_store, clock)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def test_the_first_sign_in_leads_to_a_second_factor_and_nowhere_else(browser: Browser, clock: Clock) -> None:
    assert "Set up a second factor" in browser.password().text
    for path in ("/", "/account", "/account/password", "/export"):
        assert "Set up a second factor" in browser.open(path).text
    secret, codes = browser.enrol(clock)
    assert len(codes) == 10 and secret not in browser.page.text
    assert browser.open("/").status_code == 200 and "Queue" in browser.page.text


def test_a_second_factor_that_is_optional_is_not_asked_for(
    family_store: Store, clock: Clock, mo: Person
) -> None:
    browser = Browser(desk(family_store, clock, required=False))
    browser.password()
    assert browser.at == "/" and "Queue" in browser.page.text
    browser.enrol(clock)
    fresh = Browser(browser.client.application)
    assert "One more step" in fresh.password().text, "but whoever has one is asked"


def test_signing_in_takes_the_password_and_a_code_of_the_app(
    browser: Browser, clock: Clock, app: Flask
) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    fresh = Browser(app)
    assert "One more step" in fresh.password(after="/account").text
    assert fresh.open("/").request.path == "/sign-in/second", "half a sign-in opens nothing"
    assert fresh.send("/sign-in/second", code="000000", next="/account").status_code == 403
    before = fresh.client.get_cookie("desk").value  # type: ignore[union-attr]
    fresh.send("/sign-in/second", code=pyotp.TOTP(secret).at(clock()), next="/account")
    assert fresh.at == "/account"
    assert fresh.client.get_cookie("desk").value != before, "the session rotates"  # type: ignore[union-attr]


def test_half_a_sign_in_cannot_set_up_a_second_factor_of_its_own(
    browser: Browser, clock: Clock, app: Flask
) -> None:
    browser.password()
    browser.enrol(clock)
    thief = Browser(app)
    thief.password()
    for path in ("/account/app", "/account/passkeys/new", "/account/second-factor", "/confirm"):
        assert thief.open(path).request.path == "/sign-in/second"
    for path in ("/account/app", "/account/codes", "/account/sessions/end-others"):
        thief.open("/sign-in/second")
        assert thief.send(path, follow=False, code="123456").status_code == 403


def test_a_recovery_code_lets_in_once(browser: Browser, clock: Clock, app: Flask) -> None:
    browser.password()
    _, codes = browser.enrol(clock)
    fresh = Browser(app)
    fresh.password()
    assert fresh.send("/sign-in/second", code=codes[3].upper(), next="/account").status_code == 200
    assert "9 of 10 not used yet" in fresh.page.text
    again = Browser(app)
    again.password()
    assert again.send("/sign-in/second", code=codes[3]).status_code == 403


def test_recovery_codes_can_be_saved_as_a_file_and_nothing_else_can(browser: Browser, clock: Clock) -> None:
    browser.password()
    _, codes = browser.enrol(clock)
    page = browser.page
    file = browser.send("/account/codes/file", code=codes[0])
    assert file.headers["Content-Disposition"] == "attachment; filename=recovery-codes.txt"
    assert codes[0] in file.text and file.mimetype == "text/plain"
    browser.page = page
    assert browser.send("/account/codes/file", code="<script>").status_code == 400


def test_step_up_returns_to_where_one_was_and_a_form_is_not_sent_again(
    browser: Browser, clock: Clock
) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    assert browser.open("/export").text == "everything, for mo"
    clock.later(minutes=11)
    assert "Confirm it is you" in browser.open("/export").text
    browser.send("/confirm", password=PASSWORD, code=pyotp.TOTP(secret).at(clock()), next="/export")
    assert browser.page.text == "everything, for mo"
    clock.later(minutes=11)
    browser.open("/")
    browser.send("/weighty/one/publish")
    assert browser.at == "/confirm" and "<strong>not done</strong>" in browser.page.text
    assert 'name="next" value="/weighty/one"' in browser.page.text
    browser.send("/confirm", password=PASSWORD, code=pyotp.TOTP(secret).at(clock()), next="/weighty/one")
    assert browser.page.text == "form of one"


def test_step_up_takes_password_and_factor_both(browser: Browser, clock: Clock) -> None:
    browser.password()
    secret, codes = browser.enrol(clock)
    clock.later(minutes=11)
    code = pyotp.TOTP(secret).at(clock())
    browser.open("/export")
    assert browser.send("/confirm", password="wrong", code=codes[0]).status_code == 403
    assert browser.send("/confirm", password=PASSWORD, code="").status_code == 403
    assert browser.send("/confirm", password=PASSWORD, code="000000").status_code == 403
    before = browser.client.get_cookie("desk").value  # type: ignore[union-attr]
    assert browser.send("/confirm", password=PASSWORD, code=code, next="/export").text.startswith(
        "everything"
    )
    assert browser.client.get_cookie("desk").value != before  # type: ignore[union-attr]
    browser.open("/account")
    assert "10 of 10 not used yet" in browser.page.text, "a wrong password spends no recovery code"


def test_a_route_that_nobody_named_is_refused(browser: Browser, clock: Clock) -> None:
    browser.password()
    browser.enrol(clock)
    assert browser.open("/forgotten").status_code == 403


def test_an_app_in_place_of_another_ends_the_first(browser: Browser, clock: Clock, app: Flask) -> None:
    browser.password()
    first, _ = browser.enrol(clock)
    second, codes = browser.enrol(clock)
    assert first != second and codes == [], "recovery codes stay as they are"
    fresh = Browser(app)
    fresh.password()
    assert fresh.send("/sign-in/second", code=pyotp.TOTP(first).at(clock())).status_code == 403
    assert fresh.send("/sign-in/second", code=pyotp.TOTP(second).at(clock())).status_code == 200


def test_the_only_second_factor_cannot_be_removed_where_one_is_required(
    browser: Browser, clock: Clock, family_store: Store, mo: Person
) -> None:
    browser.password()
    browser.enrol(clock)
    browser.open("/account")
    assert browser.send("/account/app/remove").status_code == 409
    assert family_store.sessions.factors.held(mo).app_since is not None


def test_changing_the_password_signs_out_the_others(browser: Browser, clock: Clock, app: Flask) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    other = Browser(app)
    other.password()
    other.send("/sign-in/second", code=pyotp.TOTP(secret).at(clock()))
    browser.open("/account/password")
    for new, again in (("moss", "moss"), ("x" * 12, "y" * 12), ("haddad is my name", "haddad is my name")):
        page = browser.send("/account/password", new=new, again=again)
        assert page.status_code == 422 and new not in page.text
    browser.send("/account/password", new="quite another lantern", again="quite another lantern")
    assert "The password is changed" in browser.page.text
    assert other.open("/").request.path == "/sign-in"
    assert Browser(app).password().status_code == 403
    assert Browser(app).password("quite another lantern").status_code == 200


def test_sessions_are_listed_in_words_and_one_can_be_ended(
    browser: Browser, clock: Clock, app: Flask
) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    other = Browser(app)
    other.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    )
    other.password()
    other.send("/sign-in/second", code=pyotp.TOTP(secret).at(clock()))
    page = browser.open("/account")
    assert "Firefox on Windows" in page.text and page.text.count("this one") == 1
    (path,) = re.findall(r'action="(/account/sessions/[^/"]+/end)"', page.text)
    assert "signed out" in browser.send(path).text
    assert other.open("/").request.path == "/sign-in"
    assert browser.open("/account").status_code == 200


def test_wrong_codes_are_slowed_down(browser: Browser, clock: Clock, app: Flask) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    thief = Browser(app)
    thief.password()
    codes = [thief.send("/sign-in/second", code=f"{n:06}").status_code for n in range(6)]
    assert codes == [403] * 5 + [429]
    right = pyotp.TOTP(secret).at(clock())
    assert thief.send("/sign-in/second", code=right).status_code == 429
    clock.later(minutes=1)
    assert thief.send("/sign-in/second", code=pyotp.TOTP(secret).at(clock())).status_code == 200


def test_a_stranger_who_guesses_does_not_lock_out_a_browser_that_is_known(
    browser: Browser, clock: Clock, app: Flask
) -> None:
    browser.password()
    secret, _ = browser.enrol(clock)
    stranger = Browser(app)
    for _ in range(40):
        stranger.password("wrong")
        clock.later(seconds=5)
    assert stranger.password().status_code == 429
    browser.open("/account")
    browser.send("/sign-out")
    assert browser.password().status_code == 200
    assert (
        browser.send("/sign-in/second", code=pyotp.TOTP(secret).at(clock()), next="/account").status_code
        == 200
    )


def test_a_browser_that_is_known_is_known_for_its_own_person_only(
    browser: Browser, clock: Clock, app: Flask, family_store: Store
) -> None:
    add_desk_user(
        family_store.engine, family_store.vault, "demo",
        address="ada@org.test", role=Role.ADMINISTRATOR, password=PASSWORD, given="Ada",
    )  # fmt: skip
    browser.password()
    browser.enrol(clock)
    browser.open("/account")
    browser.send("/sign-out")
    for _ in range(5):
        browser.password("wrong", "ada@org.test")
    assert Browser(app).password("wrong", "ada@org.test").status_code == 429


def test_looking_at_the_pages_of_an_account_writes_nothing(
    browser: Browser, clock: Clock, family_store: Store, mo: Person
) -> None:
    browser.password()
    browser.enrol(clock)
    before = (family_store.sessions.factors.held(mo), len(list(family_store.record.entries("demo"))))
    for path in ("/account", "/account/app", "/account/app/picture.svg", "/account/passkeys/new", "/confirm"):
        assert browser.open(path).status_code == 200
    assert (family_store.sessions.factors.held(mo), len(list(family_store.record.entries("demo")))) == before


def test_an_auditor_begins_at_the_account_and_sees_no_queue(family_store: Store, clock: Clock) -> None:
    add_desk_user(
        family_store.engine, family_store.vault, "demo",
        address="ava@org.test", role=Role.AUDITOR, password=PASSWORD, given="Ava",
    )  # fmt: skip
    browser = Browser(desk(family_store, clock, required=False))
    page = browser.password(address="ava@org.test")
    assert browser.at == "/account" and "Take next" not in page.text
    assert browser.open("/cases/case03").status_code == 403


def test_a_picture_is_not_shown_to_strangers_and_not_kept(app: Flask, browser: Browser) -> None:
    assert browser.open("/account/app/picture.svg").request.path == "/sign-in"
    browser.password()
    picture = browser.open("/account/app/picture.svg")
    assert picture.mimetype == "image/svg+xml" and picture.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "answer",
    [
        "", "{}", "[]", "null", "x" * 30_000, '{"rawId": "AA", "response": {"clientDataJSON": "e30"}}', "[" * 5000,
        '{"rawId": 1, "response": {"clientDataJSON": 1}}', '{"response": {"clientDataJSON": "\u00e9"}}',
        '{"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiQUFBQSJ9"}}',
    ],
)  # fmt: skip
def test_an_answer_that_is_no_passkey_is_refused_everywhere(
    browser: Browser, clock: Clock, answer: str
) -> None:
    browser.open("/sign-in")
    assert browser.send("/sign-in/passkey", passkey=answer).status_code == 403
    browser.password()
    browser.open("/account/passkeys/new")
    assert browser.send("/account/passkeys/new", passkey=answer, name="x").status_code == 422
    assert browser.send("/confirm/passkey", passkey=answer).status_code == 403


def test_signing_in_again_ends_the_session_that_the_browser_had(
    browser: Browser, clock: Clock, family_store: Store, mo: Person
) -> None:
    browser.password()
    browser.enrol(clock)
    half = Browser(browser.client.application)
    half.password()
    half.password()
    sessions = family_store.sessions.of(replace(mo), clock())
    assert len(sessions) == 2
