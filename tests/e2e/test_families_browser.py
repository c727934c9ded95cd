"""The families' and tutors' pages in a real Chromium with JavaScript off, over a real database; axe on each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gateway.domain.links import Way
from gateway.domain.people import Role
from gateway.domain.verdict import Lane
from gateway.ports import CaseFilter
from tests.contracts.test_questions import ask, waiting_case
from tests.contracts.test_sealed_page import under_seal
from tests.contracts.test_tutor_pages import concerning, give, kept, lead, open_cases, sent_back
from tests.fakes.callers import BASE, DESK_PASSWORD, Pages, keys_in, post, two_families
from tests.fakes.desk import serve

pytestmark = pytest.mark.browser

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
NARROW = {"width": 320, "height": 700}
HOSTILE = (
    "<script>fetch('/ran')</script><img src='https://tracker.example.test/a.png' onerror='fetch(1)'> "
    "<a href='javascript:alert(1)' hx-get='/ran'>press</a> \u202etxet desrever\u202c z\u200bw </div></main>"
)


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


@pytest.fixture
def url(pages: Pages) -> Iterator[str]:
    with serve(pages.app) as base:
        yield base


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A page in a browser without JavaScript; whatever it asks of another host fails the test."""
    context = browser.new_context(base_url=url, java_script_enabled=False)
    opened, strange = context.new_page(), []
    opened.on("request", lambda asked: strange.append(asked.url) if not asked.url.startswith(url) else None)
    opened.set_default_timeout(10_000)
    yield opened
    context.close()
    assert strange == []


def sign_in(page: Page, pages: Pages, address: str) -> None:
    """As a person does: ask, open the letter, type the code."""
    page.goto("/me/sign-in")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send me a letter").click()
    expect(page.locator("main")).to_contain_text("on its way")
    (letter,) = [body for _, body in pages.letters() if "/me/enter/" in body]
    path, code = keys_in(letter)
    page.goto(path)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_a_guardian_reads_agrees_and_complains(page: Page, pages: Pages) -> None:
    pages.deliver("Please read page 4.\n\nRing [phone number removed].", "Homework for J.W.")
    sign_in(page, pages, "ruth@family.test")
    page.get_by_role("link", name="Homework for J.W.").click()
    for said in ("Please read page 4.", "phone number removed", "accepted for delivery"):
        expect(page.locator("main")).to_contain_text(said)
    page.get_by_role("link", name="How often").click()
    expect(page.locator("svg.bars rect")).to_have_count(24)
    page.get_by_role("link", name="Agreements").click()
    page.get_by_role("button", name="Agree lessons").click()
    expect(page.get_by_role("status")).to_contain_text("Your choice is kept.")
    page.get_by_role("button", name="Withdraw lessons").click()
    expect(page.get_by_text("You do not agree")).to_have_count(1)
    page.get_by_role("link", name="Tell us").click()
    page.get_by_role("link", name="Make a complaint").click()
    page.get_by_label("What do you want to tell us?").fill("Nobody rings back.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("Your reference is M-")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/family")
    page.wait_for_url("**/me/sign-in**")


def test_a_message_is_reported_from_the_link_under_it(page: Page, pages: Pages) -> None:
    page.goto(pages.token(Way.REPORT, pages.deliver(), "ruth"))
    page.get_by_label("What is wrong with it").fill("He asked for a picture.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert len(open_cases(pages)) == 1


def test_a_pupil_tells_the_lead_and_can_leave_at_once(page: Page, pages: Pages) -> None:
    page.goto(pages.token(Way.ASK, pages.deliver(), "jamie"))
    expect(page.locator("main")).to_contain_text("Childline")
    page.get_by_label("What do you want to say?").fill("I would like to talk.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks")
    leave = page.get_by_role("link", name="Leave this page quickly")
    assert leave.get_attribute("href", timeout=1000).startswith("https://")
    page.go_back()
    assert page.get_by_label("What do you want to say?").input_value() in ("", "I would like to talk.")
    (case,) = open_cases(pages)
    assert case.lane == "sealed"


def test_a_tutor_changes_what_came_back_and_asks_about_the_rest(page: Page, pages: Pages) -> None:
    one, other = kept(pages, sent_back), kept(pages, concerning_contact())
    page.goto("/me/sign-in")
    page.get_by_text("Tutors: sign in with your app password").click()
    page.get_by_label("The address that we issued to you").fill("tara.okafor@relay.test")
    page.get_by_label("App password").fill("app-password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/tutor**")
    page.goto(f"/tutor/messages/{one}")
    expect(page.locator("mark")).to_have_text("07700 900123")
    page.get_by_label("Your text").fill("Please read page 4.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("On its way")
    page.goto(f"/tutor/messages/{other}")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("main")).to_contain_text("Withdrawn")
    page.goto(f"/tutor/messages/{one}")
    page.get_by_label("Why should a second person look at it?").fill("It is the school's number.")
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_role("button", name="Ask for a review")).to_have_count(0)


def concerning_contact():
    return concerning(Lane.CONTACT)


def test_a_strike_is_given_answered_appealed_and_taken_back(
    page: Page, pages: Pages, browser: Browser, url: str
) -> None:
    una = at_the_desk(browser, url, pages, "una", Role.SAFEGUARDING_LEAD)
    una.goto("/tutors/tara/strikes")
    una.get_by_label("Reason").fill("Gave a private number.")
    una.get_by_role("button", name="Give this strike").click()
    expect(una.locator("main")).to_contain_text("Gave a private number.")
    sign_in(page, pages, "tara.personal@mail.test")
    page.get_by_role("link", name="Strikes").click()
    page.get_by_label("Your reply").fill("It was the office's.")
    page.get_by_role("button", name="Reply").click()
    page.get_by_label("Why should a second person decide?").fill("Please look again.")
    page.get_by_role("button", name="Appeal").click()
    una.reload()
    expect(una.locator("main")).to_contain_text("Somebody else has to decide")
    ben = at_the_desk(browser, url, pages, "ben", Role.SAFEGUARDING_LEAD)
    ben.goto("/tutors/tara/strikes")
    ben.get_by_label("Why, for the tutor").fill("It was the office's number.")
    ben.get_by_role("button", name="Take it back").click()
    page.reload()
    expect(page.locator("main")).to_contain_text("Taken back.")
    for each in (una, ben):
        each.context.close()


def test_a_sealed_message_is_read_with_a_code(page: Page, pages: Pages) -> None:
    page.goto(pages.token(Way.SEALED, under_seal(pages), "ruth"))
    page.get_by_role("button", name="Send me a code").click()
    ((_, letter),) = pages.letters()
    page.get_by_label("Code").fill(keys_in(letter + f" {BASE}/me/enter/x")[1])
    page.get_by_role("button", name="Show the message").click()
    expect(page.locator("main")).to_contain_text("The hearing test is on Tuesday.")


def test_nothing_in_a_hostile_message_runs_or_is_fetched(browser: Browser, pages: Pages, url: str) -> None:
    one = pages.deliver(HOSTILE, "\u202eenil <b>bold</b>")
    context = browser.new_context(base_url=url)
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one.url))
    sign_in(page, pages, "ruth@family.test")
    page.goto(f"/family/messages/{one}")
    said = page.locator("main").inner_text()
    assert "<script>" in said and "RLO" in said and "ZWSP" in said
    assert [each for each in asked if "ran" in each.rpartition("/")[2] or not each.startswith(url)] == []
    expect(page.locator("main a[href^=javascript], main img, main script")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tutor_answers_what_the_office_asks(browser: Browser, pages: Pages, url: str, scheme: str) -> None:
    case = ask(pages, waiting_case(pages), HOSTILE)
    context = browser.new_context(base_url=url, color_scheme=scheme, viewport=NARROW)
    page, path = context.new_page(), f"/tutor/messages/{case.message_id}"
    sign_in(page, pages, "tara.personal@mail.test")
    assert violations(page, path) == []
    context.close()
    context = browser.new_context(base_url=url, java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    sign_in(page, pages, "tara.personal@mail.test")
    expect(page.get_by_text("The office asks you")).to_be_visible()
    page.goto(path)
    expect(page.locator("main")).to_contain_text("<script>")
    assert page.locator("main script, main img, main a[hx-get]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    pages.clock.pass_by(minutes=1)
    page.get_by_label("Your answer").fill("In the reading room.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("In the reading room.")).to_be_visible()
    expect(page.get_by_role("button", name="Answer")).to_have_count(0)
    context.close()
    desk = at_the_desk(browser, url, pages, "una")
    desk.goto(f"/cases/{case.id}")
    expect(desk.locator("#notes")).to_contain_text("T.O. answered")
    expect(desk.locator("#notes")).to_contain_text("In the reading room.")
    desk.context.close()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, pages: Pages, url: str, scheme: str) -> None:
    one, back = pages.deliver("Read [link removed].", "Homework"), kept(pages, sent_back)
    held = kept(pages, concerning_contact())
    desk = at_the_desk(browser, url, pages, "lea", Role.SAFEGUARDING_LEAD, scheme)
    give(pages, lead(pages, "una"))
    sealed = under_seal(pages)
    open_pages = ("/me/sign-in", "/me/sent", "/me/enter/x", "/thanks", "/r/x", *(pages.token(*which) for which in ((Way.REPORT, one, "ruth"), (Way.ASK, one, "jamie"), (Way.SEALED, sealed, "ruth"))))  # fmt: skip
    families = {
        "ruth@family.test": ("/family", f"/family/messages/{one}", "/family/contact", "/family/agreements", "/family/kept", "/tell", "/tell/complaint"),
        "jamie@family.test": ("/pupil",),
        "tara.personal@mail.test": ("/tutor", f"/tutor/messages/{back}", f"/tutor/messages/{held}", "/tutor/strikes", "/tell"),
    }  # fmt: skip
    found = []
    with_sign_in = [("", open_pages), *families.items()]
    for address, paths in with_sign_in:
        context = browser.new_context(base_url=url, color_scheme=scheme)
        page = context.new_page()
        if address:
            sign_in(page, pages, address)
        for path in paths:
            found += violations(page, path)
        context.close()
    post_report(pages)
    (report,) = [
        case
        for case in pages.store.docket.cases("demo", CaseFilter(), pages.clock.now)
        if case.rule == "report"
    ]
    for path in ("/tutors/tara/strikes", f"/reports/{report.id}"):
        found += violations(desk, path)
    desk.context.close()
    assert found == []


def test_the_pages_fit_a_screen_of_320_pixels(browser: Browser, pages: Pages, url: str) -> None:
    one = pages.deliver("w" * 400, "Homework " + "w" * 100)
    context = browser.new_context(base_url=url, viewport=NARROW)
    page = context.new_page()
    sign_in(page, pages, "ruth@family.test")
    for path in (
        "/family",
        f"/family/messages/{one}",
        "/family/contact",
        "/family/agreements",
        "/family/kept",
        "/tell",
        pages.token(Way.ASK, one, "jamie"),
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


def violations(page: Page, path: str) -> list[str]:
    page.goto(path)
    return [
        f"{path}: {one['id']} {one['nodes'][0]['html'][:90]}"
        for one in Axe().run(page, options=AXE).response["violations"]
    ]


def post_report(pages: Pages) -> None:
    post(pages.signed_in("ruth"), "/tell/worry", words="Something is odd.")


def at_the_desk(
    browser: Browser, url: str, pages: Pages, who: str, role: Role = Role.MODERATOR, scheme: str = "light"
) -> Page:
    """A page of somebody signed in at the desk."""
    pages.at_the_desk(who, role)
    page = browser.new_context(base_url=url, color_scheme=scheme).new_page()
    page.goto("/sign-in")
    page.get_by_label("Your address").fill(f"{who}@org.test")
    page.get_by_label("Password").fill(DESK_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page
