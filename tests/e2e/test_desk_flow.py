"""The desk at work in a real Chromium over a real database: by keyboard, by two at once, without scripts."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import text

from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.domain.case import State
from gateway.domain.verdict import Lane, Severity
from gateway.journey import Journey
from gateway.ports import CaseFilter
from tests.e2e.screenshots import sign_in
from tests.e2e.test_desk_browser import AXE
from tests.fakes.desk import serve
from tests.fakes.inline import PASSWORD, Readers, keep, with_desk
from tests.fakes.sql import PAIR, Store

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

ITEMS = int(os.environ.get("DESK_ITEMS", "30"))  # 1000 for the full count


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def house(store: Store) -> Store:
    return with_desk(store)


@pytest.fixture
def desk(house: Store) -> Iterator[str]:
    journey = Journey(house.directory, house.ledger, house.docket, Readers(), now)
    app = create_desk(
        journey,
        house.docket,
        house.sessions,
        house.directory,
        now,
        b"k" * 32,
        terms=Terms(factor_required=False),
    )
    with serve(app) as url:
        yield url
    journey.close()


@pytest.fixture
def at_desk(browser, desk: str) -> Iterator:
    contexts = []

    def opened(who: str = "mo", **options: object) -> Page:
        contexts.append(browser.new_context(base_url=desk, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        sign_in(page, desk, f"{who}@org.test", PASSWORD)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html.keys")
        return page

    yield opened
    for context in contexts:
        context.close()


def made(store: Store) -> list[tuple[str, str, str]]:
    """Action, standing and who, of every decision."""
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT action, standing, moderator_id FROM decision ORDER BY at")
        ).all()
    return [tuple(row) for row in rows]


class Keyboard:
    """Counts what is pressed; a key held with another counts once more."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1 + key.count("+")
            self._page.keyboard.press(key)

    def go(self, key: str, wait_for: str) -> None:
        """Press a key that leads to another page and wait for that."""
        with self._page.expect_navigation():
            self.press(key)
        self._page.wait_for_selector(f"html.keys {wait_for}", state="attached")


@pytest.mark.long
def test_thirty_mixed_items_are_cleared_by_keyboard(house: Store, at_desk) -> None:
    kinds = [Severity.LOW] * 16 + [Severity.MEDIUM] * 9 + [Severity.HIGH] * 5
    for n, severity in enumerate(kinds):
        keep(house, b"Item %d. Ring 07700 9001%02d." % (n, n), severity, at=now() - timedelta(minutes=n))
    page = at_desk()
    keys = Keyboard(page)
    began, benign = time.monotonic(), []
    for n, severity in enumerate(reversed(kinds)):
        before = keys.pressed
        keys.go("n", "#decide")
        if severity is Severity.HIGH:
            keys.press("x")
            page.keyboard.type("Rings in private")
            keys.pressed += len("Rings in private")
            keys.go("Control+Enter", ".told.done")
        elif severity is Severity.MEDIUM and n % 3 == 0:
            keys.press("d")
            keys.go("Enter", ".preview, .leaving")
            keys.go("Enter", ".told.done")
        elif severity is Severity.MEDIUM:
            keys.press("b")
            keys.go("Enter", ".told.done")
        else:
            keys.press("r")
            keys.go("Enter", ".told.done")
            benign.append(keys.pressed - before)
    took = time.monotonic() - began
    print(f"\n30 items in {took:.0f} s with {keys.pressed} keys; a benign one takes {max(benign)}")
    assert took <= 600 and max(benign) <= 4
    counted = Counter((action, standing) for action, standing, _ in made(house))
    assert counted == {("reject", "first"): 5, ("redact", "carried"): 3, ("return", "carried"): 6, ("release", "carried"): 16}  # fmt: skip
    states = Counter(
        case.state for case in house.docket.cases("demo", CaseFilter(include_closed=True), now())
    )
    assert states == {State.CLOSED: 25, State.SECOND: 5}


@pytest.mark.long
def test_two_people_at_once_decide_nothing_twice(house: Store, desk: str) -> None:
    for n in range(ITEMS):
        keep(house, b"Item %d." % n, Severity.LOW, at=now() - timedelta(seconds=n))
    faults: list[str] = []

    def work(who: str) -> None:
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
                page = chromium.new_context(base_url=desk).new_page()
                page.set_default_timeout(60_000)
                sign_in(page, desk, f"{who}@org.test", PASSWORD)
                while True:
                    page.locator("button[data-key=n]").first.click()
                    page.wait_for_load_state()
                    if "/cases/" not in page.url:
                        break
                    page.locator("button[value=release]").click()
                    page.wait_for_load_state()
                chromium.close()
        except Exception as fault:
            faults.append(f"{who}: {fault}")

    threads = [threading.Thread(target=partial(work, who)) for who in ("mo", "ines")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(850)
    assert faults == []
    decisions = made(house)
    assert len(decisions) == ITEMS
    assert {who for _, _, who in decisions} == {"mo", "ines"}
    with house.engine.connect() as connection:
        twice = connection.execute(text("SELECT case_id FROM decision GROUP BY 1 HAVING count(*) > 1")).all()
        copies = connection.execute(text("SELECT message_id, recipient_id FROM dispatch")).all()
    assert twice == [] and len(copies) == len(set(copies)) == 2 * ITEMS


@pytest.mark.parametrize("scripts", [True, False])
def test_every_flow_works_with_and_without_scripts(house: Store, at_desk, scripts: bool) -> None:
    low = keep(house, b"Item one.", Severity.LOW, at=now() - timedelta(hours=1))
    high = keep(house, b"Ring 07700 900123.", Severity.HIGH, at=now())
    asked = keep(house, b"Ring 07700 900124.", Severity.MEDIUM, at=now())
    sealed = keep(house, b"It is not good at home.", Severity.LOW, at=now())
    mo, ines, lea = (at_desk(who, java_script_enabled=scripts) for who in ("mo", "ines", "lea"))

    def decide(page: Page, case, value: str, reason: str = "A reason") -> None:
        page.goto(f"/cases/{case.id}")
        page.locator("#reason").fill(reason)
        page.locator(f"button[value={value}]").click()
        page.wait_for_load_state()

    # Take, keep, put back; another sees who works on it; the lead takes it over.
    mo.goto("/")
    mo.get_by_role("button", name=f"Take {low.reference}").click()
    mo.get_by_role("button", name="Keep it ten minutes more").click()
    ines.goto(f"/cases/{low.id}")
    expect(ines.locator("main")).to_contain_text("Mo Haddad works on this")
    expect(ines.locator("#decide")).to_have_count(0)
    lea.goto(f"/cases/{low.id}")
    lea.get_by_role("button", name="Take it over").click()
    lea.get_by_role("button", name="Put it back").click()

    # Decide, take back, decide otherwise.
    decide(mo, low, "reject")
    mo.get_by_role("button", name="Take it back").click()
    mo.wait_for_url("**/cases/*")
    expect(mo.locator("main")).to_contain_text("took it back")
    decide(mo, low, "release")

    # Two people, blind; they differ; the lead decides.
    decide(mo, high, "release")
    expect(mo.locator("main")).to_contain_text("A second person decides now")
    ines.goto(f"/cases/{high.id}")
    expect(ines.locator("main")).to_contain_text("Give yours without knowing it")
    expect(ines.locator("main")).not_to_contain_text("Mo Haddad")
    decide(ines, high, "reject")
    expect(ines.locator("main")).to_contain_text("The safeguarding lead decides now")
    ines.goto(f"/cases/{high.id}")
    expect(ines.locator("#decide")).to_have_count(0)
    decide(lea, high, "return")

    # Ask; judge a hit; write a note.
    mo.goto(f"/cases/{asked.id}")
    mo.locator("#finding-1").get_by_role("button", name="wrong").click()
    mo.wait_for_selector("#finding-1 button[value$=wrong][aria-pressed=true]")
    mo.locator("details:has(#note) summary").click()
    mo.locator("#note").fill("I rang home.")
    mo.get_by_role("button", name="Keep the note").click()
    mo.wait_for_load_state()
    expect(mo.locator("#notes")).to_contain_text("I rang home.")
    mo.locator("details.ask summary").click()
    mo.locator("#question").fill("Whose number is it?")
    mo.get_by_role("button", name="Send the question").click()
    mo.wait_for_load_state()
    mo.goto(f"/cases/{asked.id}")
    expect(mo.locator("main")).to_contain_text("The sender was asked something")
    assert house.docket.hit_verdicts("demo", asked.message_id, "mo") == {1: "wrong"}

    # Seal: gone for the moderator, there for the lead.
    decide(mo, sealed, "seal")
    assert mo.goto(f"/cases/{sealed.id}").status == 404
    lea.goto(f"/cases/{sealed.id}")
    expect(lea.locator("main")).to_contain_text("Nothing has gone to anybody")

    # The pair; stepping back from it.
    ines.goto(f"/pairs/{PAIR}")
    assert "not good at home" not in ines.content()
    ines.locator("details summary").first.click()
    ines.get_by_role("button", name="I know the tutor").click()
    ines.wait_for_load_state()
    expect(ines.locator("main")).to_contain_text("0 waiting") and ines.goto(f"/pairs/{PAIR}").status == 404

    actions = [(action, standing) for action, standing, _ in made(house)]
    assert actions == [
        ("reject", "undone"),
        ("release", "carried"),
        ("release", "first"),
        ("reject", "differing"),
        ("return", "carried"),
        ("ask", "carried"),
        ("seal", "carried"),
    ]


@pytest.mark.parametrize("scripts", [True, False])
def test_low_cases_are_cleared_together(house: Store, at_desk, scripts: bool) -> None:
    cases = [keep(house, b"Item %d." % n, Severity.LOW, at=now() - timedelta(seconds=n)) for n in range(3)]
    page = at_desk(java_script_enabled=scripts)
    for case in cases[:2]:
        page.get_by_role("checkbox", name=case.reference).check()
    page.get_by_role("button", name="Release together").click()
    page.wait_for_load_state()
    assert made(house) == []
    page.locator("#reason").fill("All timetable notes")
    page.get_by_role("button", name="Release all 2").click()
    page.wait_for_load_state()
    assert [one[0] for one in made(house)] == ["release", "release"]
    assert house.docket.case("demo", cases[2].id).state is State.OPEN


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_on_any_state(house: Store, at_desk, scheme: str, width: int) -> None:
    low = keep(house, b"Ring 07700 900123.", Severity.LOW, at=now())
    high = keep(house, b"Ring 07700 900124.", Severity.HIGH, at=now())
    keep(house, b"Ring 07700 900125.", Severity.LOW, Lane.SEALED, at=now())
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    lea, mo = at_desk("lea", **look), at_desk("mo", **look)
    complaints: dict[str, str] = {}

    def check(page: Page, state: str) -> None:
        found = Axe().run(page, options=AXE)
        if found.violations_count:
            complaints[state] = found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state

    def decide(page: Page, case, value: str) -> None:
        page.goto(f"/cases/{case.id}")
        page.locator("#reason").fill("A reason")
        page.locator(f"button[value={value}]").click()
        page.wait_for_load_state()

    mo.goto("/?taken=none")
    check(mo, "nothing to take")
    mo.get_by_role("button", name=f"Take {low.reference}").click()
    check(mo, "my case")
    lea.goto("/")
    check(lea, "queue with a claim")
    lea.goto(f"/cases/{low.id}")
    check(lea, "another's case")
    mo.goto(f"/cases/{low.id}?view=delivered")
    check(mo, "what would be delivered")
    decide(mo, low, "redact")
    check(mo, "preview")
    mo.get_by_role("button", name="Change something").click()
    check(mo, "back from the preview")
    decide(mo, low, "redact")
    mo.get_by_role("button", name="Release exactly this").click()
    mo.wait_for_load_state()
    check(mo, "done, can be taken back")
    mo.goto(f"/cases/{low.id}")
    check(mo, "closed case with cuts")
    decide(mo, high, "reject")
    mo.goto(f"/cases/{high.id}")
    check(mo, "first view given")
    lea.goto(f"/cases/{high.id}")
    check(lea, "second view")
    stale = at_desk("ines", **look)
    stale.goto(f"/cases/{high.id}")
    stale.locator("#reason").fill("Mine")
    decide(lea, high, "release")
    stale.locator("button[value=reject]").click()
    stale.wait_for_load_state()
    check(stale, "stale")
    lea.goto(f"/cases/{high.id}")
    check(lea, "split")
    mo.goto(f"/pairs/{PAIR}")
    check(mo, "pair")
    assert complaints == {}
