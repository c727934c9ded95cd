"""The desk in a real Chromium, served over loopback, with its cases in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gateway.desk.app import create_desk
from gateway.domain.case import Action
from tests.e2e.screenshots import capture, sign_in
from tests.fakes.desk import NOW, PASSWORD, World, serve, world

pytestmark = pytest.mark.browser

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CASES = ("case01", "case02", "case03", "case04", "case05", "case06", "case07", "case08", "case09")
VIEWS = ("/cases/case03?view=delivered", "/cases/case05?view=delivered", "/cases/case06?view=normalised")
EVERY_PAGE = (
    "/",
    "/?lane=delivery",
    "/?state=all&age=1h",
    "/?taken=none",
    "/nowhere",
    "/pairs/p1",
    *VIEWS,
    *(f"/cases/{case}" for case in CASES),
)

Open = Callable[..., Page]


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def base_url(here: World) -> Iterator[str]:
    app = create_desk(here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32)
    with serve(app) as url:
        yield url


@pytest.fixture
def open_desk(browser: Browser, base_url: str) -> Iterator[Open]:
    """Open a signed-in page in a browser of its own; options are the context's."""
    contexts: list[BrowserContext] = []

    def opened(address: str = "mo@relay.test", **options: object) -> Page:
        contexts.append(browser.new_context(base_url=base_url, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        sign_in(page, base_url, address, PASSWORD)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html.keys")
        return page

    yield opened
    for context in contexts:
        context.close()


def marked(page: Page, number: int) -> str:
    """The characters a reader sees marked with a number, boxes for unseen ones left out."""
    return str(
        page.evaluate(
            """number => [...document.querySelectorAll('mark')]
                .filter(mark => mark.dataset.findings.split(' ').includes(String(number)))
                .map(mark => { const copy = mark.cloneNode(true);
                               copy.querySelectorAll('.unseen').forEach(box => box.remove());
                               return copy.textContent; }).join('')""",
            number,
        )
    )


def test_a_moderator_clears_a_case_by_keyboard_alone(here: World, open_desk: Open) -> None:
    page = open_desk()
    page.keyboard.press("n")
    page.wait_for_url("**/cases/case02")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.type("Needs the lead: r d b x n q are only letters here.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/?done=case02")
    expect(page.get_by_role("status")).to_contain_text("was escalated by Mo Haddad")
    (made,) = here.decided("case02")
    assert (made.action, made.reason) == (
        Action.ESCALATE,
        "Needs the lead: r d b x n q are only letters here.",
    )


def test_a_single_key_never_decides(here: World, open_desk: Open) -> None:
    page = open_desk()
    page.goto("/cases/case03")
    for key in "rdbxes":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.value") == "seal"
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.id") == "question"
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert page.url.endswith("/cases/case03") and here.decided("case03") == []


def test_enter_on_a_tick_box_decides_nothing_without_javascript_either(here: World, open_desk: Open) -> None:
    page = open_desk(java_script_enabled=False)
    page.goto("/cases/case03")
    page.locator("#reason").fill("It is fine.")
    page.get_by_role("checkbox").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Press one of the buttons")
    assert page.locator("#reason").input_value() == "It is fine."
    assert here.decided("case03") == []


def test_keys_walk_the_queue_and_the_marks(open_desk: Open) -> None:
    page = open_desk()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "M-7KQ4-9XDT"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/case02")
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.id") == "mark-1"
    page.keyboard.press("q")
    page.wait_for_url("**/")


def test_keys_can_be_switched_off(open_desk: Open) -> None:
    page = open_desk()
    expect(page.locator("kbd").first).to_be_visible()
    page.get_by_role("button", name="Turn single-key shortcuts off").click()
    page.keyboard.press("n")
    expect(page.locator("kbd").first).to_be_hidden()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert page.url.endswith("/")


def test_the_second_of_two_submits_gets_409(here: World, open_desk: Open) -> None:
    first, second = open_desk("ines@relay.test"), open_desk("mo@relay.test")
    for page in (first, second):
        page.goto("/cases/case03")
        page.locator("#reason").fill("A private number.")
    first.get_by_role("button", name="Reject").click()
    first.wait_for_url("**/?done=case03")
    with second.expect_navigation() as arrived:
        second.locator("button[value=release]").click()
    assert arrived.value.status == 409
    expect(second.locator("main")).to_contain_text("Rejected by Inês Prado")
    second.get_by_role("link", name="Look at the case as it is now").click()
    expect(second.get_by_role("button", name="Release")).to_have_count(0)
    assert [one.action for one in here.decided("case03")] == [Action.REJECT]


def test_unticked_findings_are_not_covered(here: World, open_desk: Open) -> None:
    page = open_desk()
    page.goto("/cases/case03")
    page.get_by_role("checkbox", name="finding 1").uncheck()
    page.locator("#reason").fill("Cover the number and the account only.")
    page.get_by_role("button", name="Redact and release").click()
    expect(page.get_by_role("button", name="Release exactly this")).to_be_visible()
    assert here.decided("case03") == []
    page.get_by_role("button", name="Release exactly this").click()
    page.wait_for_url("**/?done=case03")
    assert here.decided("case03")[0].redactions == (2, 3)


def test_a_blank_reason_is_told_and_what_was_written_is_kept(here: World, open_desk: Open) -> None:
    page = open_desk()
    page.goto("/cases/case03")
    page.locator("#code").select_option("other")
    page.locator("#reason").fill("   ")
    page.locator("#say").fill("Please leave the number out.")
    page.get_by_role("button", name="Return to sender").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 3 characters")
    assert page.locator("#say").input_value() == "Please leave the number out."
    assert Axe().run(page, options=AXE).violations_count == 0
    assert here.decided("case03") == []


def test_marks_cover_exactly_the_characters(open_desk: Open) -> None:
    page = open_desk()
    page.goto("/cases/case03")
    assert marked(page, 1) == "ring me on oh seven seven double oh, nine hundred one two three"
    assert marked(page, 2) == "oh seven seven double oh, nine hundred one two three"
    assert marked(page, 3) == "tara_maths on insta"
    page.goto("/cases/case05")
    assert [marked(page, n) for n in (1, 2, 3)] == [
        "07700\u00a0900123",
        "snap: tara.m4ths",
        "https://lesson\u0430.example.org/w7",
    ]
    page.goto("/cases/case06")
    assert marked(page, 1) == "zw"
    assert page.locator("mark .unseen").inner_text() == "ZWSP"


def test_nothing_in_a_body_runs_and_no_request_leaves(open_desk: Open, base_url: str) -> None:
    page = open_desk()
    asked: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for case in CASES[1:]:
        page.goto(f"/cases/{case}")
        assert page.evaluate("[window.ranInBody, window.ranInside].every(x => x === undefined)")
        assert page.locator("main a[href^='http'], main img, main iframe, .text button").count() == 0
    assert asked and all(url.startswith(base_url) and "/ran" not in url for url in asked)
    assert dialogs == []


def test_the_page_breaks_none_of_its_own_security_policy(open_desk: Open) -> None:
    page = open_desk()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in EVERY_PAGE:
        page.goto(path)
    assert [line for line in said if "Content Security Policy" in line] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_to_complain_of(
    open_desk: Open, browser: Browser, base_url: str, scheme: str, width: int
) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    stranger = browser.new_page(base_url=base_url, **look)
    stranger.goto("/sign-in")
    complaints = {"/sign-in": Axe().run(stranger, options=AXE)}
    stranger.close()
    page = open_desk("lea@relay.test", **look)
    for path in EVERY_PAGE:
        page.goto(path)
        complaints[path] = Axe().run(page, options=AXE)
    assert {p: r.generate_report() for p, r in complaints.items() if r.violations_count} == {}


def test_everything_works_without_javascript(here: World, open_desk: Open) -> None:
    page = open_desk(java_script_enabled=False)
    page.get_by_role("button", name="Take next").click()
    page.wait_for_url("**/cases/case02")
    assert here.docket.leases["case02"].person_id == "mo"
    expect(page.locator("kbd").first).to_be_hidden()
    page.goto("/cases/case03")
    page.locator("#reason").fill("The number is covered.")
    page.get_by_role("button", name="Redact and release").click()
    page.get_by_role("button", name="Release exactly this").click()
    expect(page.get_by_role("status")).to_contain_text("was redacted and released by Mo Haddad")
    assert here.decided("case03")[0].redactions == (1, 2, 3)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    page.wait_for_url("**/sign-in**")


def test_nothing_sticks_out_at_320_pixels(open_desk: Open) -> None:
    page = open_desk("lea@relay.test", viewport={"width": 320, "height": 640})
    for path in EVERY_PAGE:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_focus_is_never_under_the_bar(open_desk: Open) -> None:
    page = open_desk(viewport={"width": 1280, "height": 720})
    page.goto("/cases/case03")
    for _ in range(40):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => { const one = document.activeElement, bar = document.querySelector('.bar');
                       if (one === document.body || bar.contains(one)) return false;
                       return one.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1
                           && one.getBoundingClientRect().top < bar.getBoundingClientRect().bottom; }"""
        )
        assert not covered, page.evaluate("document.activeElement.outerHTML")


def test_screenshots_can_be_taken(base_url: str, browser: Browser, tmp_path: Path) -> None:
    """`browser` is asked for so that a machine without one skips."""
    files = capture(
        base_url, tmp_path, "mo@relay.test", PASSWORD, browser=browser, widths=(360,), schemes=("dark",)
    )
    assert [file.name for file in files] == [
        "sign-in-360-dark.png",
        "queue-360-dark.png",
        "case-360-dark.png",
        "delivered-360-dark.png",
        "pair-360-dark.png",
    ]
    assert all(file.stat().st_size > 5_000 for file in files)
