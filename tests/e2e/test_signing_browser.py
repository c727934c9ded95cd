"""Signing in, in a real Chromium: app, recovery code, passkey, sessions, step-up; over a real database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Blueprint
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gateway.desk.access import stepped_up
from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.desk.roles import allowed
from gateway.desk.signing.oidc import OidcProvider
from gateway.domain.people import Role
from gateway.store.desk_users import add_desk_user
from tests.e2e.test_desk_browser import AXE
from tests.fakes.desk import serve, world
from tests.fakes.oidc import CLIENT, SECRET, FakeProvider, provider
from tests.fakes.sql import Store

pytestmark = pytest.mark.browser

PASSWORD = "lantern over the weir"
ADDRESS = "mo@org.test"
SCHEMES = ("light", "dark")


class Clock:
    """The desk's clock, which tests put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def away() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def base_url(family_store: Store, clock: Clock, away: FakeProvider) -> Iterator[str]:
    """The desk with a page that asks to step up. A name, because passkeys know no numbers."""
    add_desk_user(
        family_store.engine,
        family_store.vault,
        "demo",
        address=ADDRESS,
        role=Role.MODERATOR,
        password=PASSWORD,
    )
    pages, here = Blueprint("weighty", __name__), world()

    @pages.get("/export")
    @allowed(Role.MODERATOR)
    @stepped_up()
    def export() -> str:
        return "<!doctype html><title>Export</title><main><h1>Everything</h1></main>"

    app = create_desk(
        here.office, here.docket, family_store.sessions, family_store.directory, clock, b"k" * 32, [pages],
        terms=Terms(True, "", OidcProvider("demo", away.issuer, CLIENT, SECRET, clock)),
    )  # fmt: skip
    with serve(app) as url:
        yield url.replace("127.0.0.1", "localhost")


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, base_url: str) -> Iterator[Open]:
    """A page in a browser of its own; options are the context's."""
    contexts: list[BrowserContext] = []

    def opened(**options: object) -> Page:
        contexts.append(browser.new_context(base_url=base_url, **options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def without_script(open_page: Open) -> Page:
    return open_page(java_script_enabled=False)


def with_authenticator(page: Page) -> Page:
    """Give the browser an authenticator that checks a fingerprint and always finds it right."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def give_password(page: Page, path: str = "/sign-in") -> None:
    page.goto(path)
    page.get_by_label("Your address").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def enrol_app(page: Page, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app at the first sign-in; what the app shows, and the recovery codes."""
    give_password(page)
    page.get_by_role("link", name="An app on your phone").click()
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Code from the app").fill(app.at(clock()))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".codes code")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    clock.ahead += timedelta(seconds=30)
    return app, codes


def give_code(page: Page, code: str) -> None:
    page.get_by_label(re.compile("recovery code")).fill(code)
    page.get_by_role("button", name=re.compile("Continue|Confirm")).click()


def complaints(page: Page) -> dict[str, str]:
    """What axe says of the page as it is, by scheme."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        result = Axe().run(page, options=AXE)
        if result.violations_count:
            found[f"{page.url} {scheme}"] = result.generate_report()
    return found


def test_an_app_is_set_up_and_signs_in_without_javascript(
    without_script: Page, open_page: Open, clock: Clock
) -> None:
    app, codes = enrol_app(without_script, clock)
    expect(without_script.get_by_role("heading", name="Queue")).to_be_visible()
    assert len(set(codes)) == 10
    again = open_page(java_script_enabled=False)
    give_password(again)
    give_code(again, "000000")
    expect(again.get_by_role("alert")).to_contain_text("not accepted")
    code = app.at(clock())
    give_code(again, code)
    expect(again.get_by_role("heading", name="Queue")).to_be_visible()
    third = open_page(java_script_enabled=False)
    give_password(third)
    give_code(third, code)
    expect(third.get_by_role("alert")).to_contain_text("Each works once")


def test_the_picture_is_one_that_an_app_can_read(open_page: Open, clock: Clock, tmp_path: Path) -> None:
    import zxingcpp
    from PIL import Image

    page = open_page()
    give_password(page)
    page.get_by_role("link", name="An app on your phone").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("img.picture").screenshot(path=tmp_path / "picture.png")
    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "picture.png"))
    assert read.text.startswith("otpauth://totp/Tutor%20Gateway:") and f"secret={secret}" in read.text


def test_a_recovery_code_stands_in_for_the_app_once(
    without_script: Page, open_page: Open, clock: Clock
) -> None:
    _, codes = enrol_app(without_script, clock)
    for wanted in ("Queue", "One more step"):
        page = open_page(java_script_enabled=False)
        give_password(page)
        give_code(page, codes[0])
        expect(page.get_by_role("heading", name=wanted)).to_be_visible()


def test_recovery_codes_can_be_saved(open_page: Open, clock: Clock) -> None:
    page = open_page()
    give_password(page)
    page.get_by_role("link", name="An app on your phone").click()
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Code from the app").fill(app.at(clock()))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".codes code")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save them as a file").click()
    text = Path(saved.value.path()).read_text()
    assert saved.value.suggested_filename == "recovery-codes.txt" and all(code in text for code in codes)


def test_a_passkey_signs_in_alone_and_confirms(open_page: Open, clock: Clock) -> None:
    page = with_authenticator(open_page())
    give_password(page)
    page.get_by_role("link", name="A passkey").click()
    page.get_by_label("A name for it").fill("blue key")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    clock.ahead += timedelta(minutes=11)
    page.goto("/export")
    expect(page.get_by_role("heading", name="Confirm it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text("Passkey: blue key")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


def test_a_second_passkey_is_named_and_the_first_removed(open_page: Open, clock: Clock) -> None:
    page = with_authenticator(open_page())
    enrol_app(page, clock)
    page.goto("/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("office <b>laptop</b>")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("Passkey: office <b>laptop</b>")).to_be_visible()
    page.get_by_role("button", name="Remove the app").click()
    expect(page.get_by_role("status")).to_contain_text("removed")
    page.get_by_role("button", name=re.compile("Remove the passkey")).click()
    expect(page.get_by_role("alert")).to_contain_text("only second factor")


def test_a_browser_without_passkeys_says_so_and_has_other_ways(
    without_script: Page, open_page: Open, clock: Clock
) -> None:
    without_script.goto("/sign-in")
    assert "Passkeys need JavaScript" in without_script.content()
    expect(without_script.get_by_role("button", name="passkey")).to_have_count(0)
    enrol_app(without_script, clock)
    without_script.goto("/account/passkeys/new")
    expect(without_script.get_by_role("link", name="Set up an app instead")).to_be_visible()
    refused = open_page()
    refused.goto("/sign-in")
    refused.evaluate("() => { navigator.credentials.get = async () => { throw new Error('none') }; }")
    refused.get_by_role("button", name="Use a passkey instead").click()
    expect(refused.get_by_role("alert")).to_contain_text("showed no passkey")


def test_another_browser_is_signed_out_from_here(without_script: Page, open_page: Open, clock: Clock) -> None:
    app, _ = enrol_app(without_script, clock)
    other = open_page(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1")
    give_password(other)
    give_code(other, app.at(clock()))
    without_script.goto("/account")
    without_script.get_by_role("button", name=re.compile("Sign out Safari on iPhone")).click()
    expect(without_script.get_by_role("status")).to_contain_text("signed out")
    other.goto("/")
    expect(other.get_by_role("heading", name="Sign in to the desk")).to_be_visible()


def test_step_up_returns_to_where_one_was_without_javascript(without_script: Page, clock: Clock) -> None:
    app, _ = enrol_app(without_script, clock)
    without_script.goto("/account")
    clock.ahead += timedelta(minutes=11)
    without_script.get_by_role("button", name="Make new ones").click()
    expect(without_script.get_by_role("status")).to_contain_text("not done")
    without_script.get_by_label("Password").fill(PASSWORD)
    give_code(without_script, app.at(clock()))
    expect(without_script.get_by_role("heading", name="Your account")).to_be_visible()
    without_script.get_by_role("button", name="Make new ones").click()
    expect(without_script.locator(".codes code")).to_have_count(10)


def test_the_organisation_s_own_sign_in_leads_there_and_back_without_javascript(
    without_script: Page, open_page: Open, away: FakeProvider
) -> None:
    """From another site and back, so the browser must bring our cookie along."""
    without_script.goto("/sign-in")
    without_script.get_by_role("link", name="your organisation's account").click()
    expect(without_script.get_by_role("heading", name="Your organisation's sign-in")).to_be_visible()
    without_script.get_by_role("button", name="Continue to the desk").click()
    expect(without_script.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    page = open_page()
    page.goto("/sign-in/organisation")
    found = complaints(page)
    away.claims = {"email": "stranger@org.test"}
    page.goto("/sign-in/organisation")
    page.get_by_role("button", name="Continue to the desk").click()
    expect(page.get_by_role("alert")).to_contain_text("no account at this desk")
    assert found | complaints(page) == {}


@pytest.mark.long
def test_axe_finds_nothing_on_any_page_by_day_or_night_and_nothing_sticks_out(
    open_page: Open, clock: Clock
) -> None:
    page = with_authenticator(open_page(viewport={"width": 320, "height": 640}))
    seen: list[str] = []
    found: dict[str, str] = {}

    def look() -> None:
        heading = page.get_by_role("heading", level=1).inner_text()
        seen.append(heading)
        found.update(complaints(page))
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found[heading] = "it is wider than the screen"

    def arrive(act: Callable[[], object]) -> None:
        with page.expect_navigation():
            act()
        look()

    def button(name: str) -> Callable[[], object]:
        return page.get_by_role("button", name=name, exact=True).first.click

    arrive(lambda: page.goto("/sign-in"))
    page.get_by_label("Your address").fill(ADDRESS)
    page.get_by_label("Password").fill("wrong")
    arrive(button("Sign in"))
    give_password(page)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    look()
    arrive(page.get_by_role("link", name="An app on your phone").click)
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Code from the app").fill("000000")
    arrive(button("Set it up"))
    page.get_by_label("Code from the app").fill(app.at(clock()))
    arrive(button("Set it up"))
    clock.ahead += timedelta(seconds=30)
    arrive(lambda: page.goto("/account/passkeys/new?next=/account"))
    page.get_by_label("A name for it").fill("key")
    arrive(button("Make the passkey"))
    arrive(lambda: page.goto("/account/password"))
    clock.ahead += timedelta(minutes=11)
    arrive(lambda: page.goto("/account/password"))
    page.get_by_label("Password").fill("wrong")
    arrive(lambda: give_code(page, "000000"))
    button("Sign out")()
    page.wait_for_url("**/sign-in**")
    give_password(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look()
    assert found == {}
    assert seen == [
        "Sign in to the desk",
        "Sign in to the desk",
        "Set up a second factor",
        "Set up an app",
        "Set up an app",
        "Your recovery codes",
        "Set up a passkey",
        "Your account",
        "Change your password",
        "Confirm it is you",
        "Confirm it is you",
        "One more step",
    ]


def test_the_pages_break_none_of_their_own_security_policy(open_page: Open, clock: Clock) -> None:
    page = with_authenticator(open_page())
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    enrol_app(page, clock)
    for path in ("/account", "/account/app", "/account/passkeys/new", "/account/password", "/confirm"):
        page.goto(path)
    assert [line for line in said if "Content Security Policy" in line] == []
