"""The pages of the policy, of people and of a pair in a real Chromium, with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gateway.domain.course import Signals
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.register import Fact, FactKind
from gateway.domain.release import LIVE, WAITING
from gateway.domain.roster import pair_id
from gateway.store.failing import mark_failing
from gateway.wiring import policies as policies_module
from tests.e2e.screenshots import sign_in
from tests.fakes.desk import serve
from tests.fakes.office_desk import AT, LEAD, MODERATOR, PASSWORD, held_case
from tests.fakes.policy_house import ADA, LOOSER, House
from tests.fakes.sql import PAIR, Store, arrival, family_roster, passed

pytestmark = pytest.mark.browser

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
HOSTILE = "<img src=x onerror=window.ran=1>\u202e" + "x" * 60
PAGES = ("/policy", "/policy/changes", "/policy/coverage", "/people", "/people?group=pupils&q=zzz",
         "/people/tara", "/people/jamie", "/people/ruth", "/people/lea", f"/pairs/{PAIR}")  # fmt: skip

Open = Callable[..., Page]


@pytest.fixture
def house(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A change that waits, a hostile family, a strike, an address that fails, a pair with a course."""
    monkeypatch.setattr(policies_module, "LOOK_S", 0.0)
    monkeypatch.setattr("gateway.store.directory.POLL_S", 0.0)
    made = House(store, tmp_path)
    made.write(LOOSER)
    made.policies.of(family_roster().organisation)
    people(store)
    store.strikes.give(
        store.directory.person("demo", "lea"), "tara", "guidance", "DFT-01", "late replies", AT, None
    )
    case = held_case(store)
    with store.engine.begin() as connection:
        mark_failing(connection, store.vault, "demo", "ruth", "ruth@family.test", case.id, AT)
    talk(store)
    return made


def people(store: Store) -> None:
    ours = family_roster()
    ben = Person("ben", "demo", Role.PUPIL, "Ben", HOSTILE, mailboxes=("ben@family.test",))
    rob = Person("rob", "demo", Role.GUARDIAN, "Rob", "Whitfield", mailboxes=("rob@family.test",))
    lea = Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt", mailboxes=(LEAD,))
    ada = Person("ada", "demo", Role.ADMINISTRATOR, "Ada", "Quill", mailboxes=(ADA,))
    pair = Pair(pair_id("demo", "tara", "ben"), "demo", "tara", "ben", "Maths")
    ties = (*ours.guardianships, Guardianship("rob", "jamie", barred=True))
    fact = Fact(FactKind.VETTED, "tara", "", HOSTILE, date(2025, 9, 1))
    everybody = (*ours.people, ben, rob, lea, ada)
    store.bring_in(
        replace(
            ours,
            people=everybody,
            pairs=(*ours.pairs, pair),
            guardianships=ties,
            facts=(fact,),
            passwords={},
        )
    )


def talk(store: Store) -> None:
    for pupil in ("jamie", "ben"):
        pair = pair_id("demo", "tara", pupil)
        for hours in (30, 60, 84):
            at = AT - timedelta(hours=hours)
            one = arrival(at=at, recipients=(pupil,), pair=pair)
            signs = Signals(at, Role.TUTOR, True, False, 12.0, {"secrecy": 0.6, "flattery": 0.5})
            judged = replace(passed(one, out=()), signals=signs)
            store.ledger.keep(one, judged, store.directory.circle(pair)).result(timeout=20)


@pytest.fixture
def open_desk(browser: Browser, house: House) -> Iterator[Open]:
    contexts = []
    with serve(house.desk) as url:

        def opened(who: str = LEAD, **options: object) -> Page:
            contexts.append(browser.new_context(base_url=url, **{"java_script_enabled": False, **options}))
            page = contexts[-1].new_page()
            page.set_default_timeout(10_000)
            sign_in(page, url, who, PASSWORD)
            return page

        yield opened
        for context in contexts:
            context.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 320), ("light", 320), ("dark", 1280)]
)
def test_axe_finds_nothing_and_nothing_sticks_out(open_desk: Open, scheme: str, width: int) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    page, asked, complaints, wide = open_desk(java_script_enabled=True, **look), [], [], []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(path)
        for summary in page.locator("main details > summary").all()[:3]:
            summary.click()
        complaints += [
            f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}"
            for one in Axe().run(page, options=AXE).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
        assert page.evaluate("window.ran === undefined"), path
    assert (wide, complaints) == ([], [])
    assert not [url for url in asked if url.endswith("/x")]


def test_a_looser_change_goes_through_two_pairs_of_hands(open_desk: Open, house: House) -> None:
    version = house.waiting()
    lea, ada = open_desk(), open_desk(ADA)
    lea.get_by_role("link", name="Office").click()
    lea.get_by_role("link", name="Policy").click()
    lea.get_by_role("link", name="Changes").click()
    expect(lea.get_by_role("cell", name="looser").first).to_be_visible()
    lea.get_by_label("Why").fill("agreed in March")
    lea.get_by_role("button", name="Publish under my name").click()
    expect(lea.get_by_text("somebody else has to approve it")).to_be_visible()
    expect(lea.get_by_role("button", name="Approve")).to_have_count(0)
    assert house.states()[version] == WAITING
    ada.goto("/policy/changes")
    expect(ada.get_by_text("agreed in March")).to_be_visible()
    ada.get_by_role("button", name="Approve").click()
    expect(ada.get_by_text("Nothing waits")).to_be_visible()
    assert house.states()[version] == LIVE


def test_who_has_not_shown_who_they_are_lately_is_asked_before_anything_happens(
    open_desk: Open, house: House
) -> None:
    page = open_desk()
    house.now += timedelta(minutes=20)
    page.goto("/policy/changes")
    page.get_by_role("button", name="Publish under my name").click()
    expect(page.get_by_role("heading", name="Is it you?").or_(page.get_by_label("Password"))).to_be_visible()
    assert house.states()[house.waiting()] == WAITING
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page.get_by_role("button", name="Publish under my name")).to_be_visible()


def test_somebody_is_found_uncovered_and_given_a_new_alias(open_desk: Open, house: House) -> None:
    page, old = open_desk(), house.store.directory.circle(PAIR).aliases["jamie"]
    page.goto("/people")
    page.get_by_label("Name, id or whole e-mail address").fill("whitfield")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ruth Whitfield").click()
    expect(page.get_by_text("r•••@f•••.test", exact=True)).to_be_visible()
    page.get_by_role("button", name="Show in full").click()
    expect(page.get_by_text("ruth@family.test")).to_be_visible()
    page.get_by_role("link", name="Who looked at them").click()
    expect(page.get_by_role("cell", name="mailbox.viewed")).to_have_count(1)
    page.goto("/people/jamie")
    page.get_by_role("button", name=f"Revoke {old}").click()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(1)
    expect(page.get_by_text(old)).to_have_count(0)


def test_a_moderator_finds_initials_and_no_way_to_uncover(open_desk: Open) -> None:
    page = open_desk(MODERATOR)
    page.goto("/people/ruth")
    expect(page.get_by_role("heading", name="R.W.")).to_be_visible()
    expect(page.get_by_role("button", name="Show in full")).to_have_count(0)
    page.goto(f"/pairs/{PAIR}")
    expect(page.get_by_role("img", name="Messages with each pupil")).to_be_visible()
    expect(page.get_by_role("table", name="Beside the other pupils")).to_contain_text("J.W.")


def test_the_pages_are_worked_with_the_keyboard_alone(open_desk: Open, house: House) -> None:
    page = open_desk()
    page.goto("/policy/changes")
    page.get_by_label("Why").focus()
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by keyboard")).to_be_visible()
    page.goto("/policy")
    summary = page.locator("main details > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main details[open]")).to_have_count(1)


def test_every_page_weighs_little(open_desk: Open) -> None:
    page, sizes = open_desk(), []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    heavy = {}
    for path in PAGES:
        sizes.clear()
        page.goto(path, wait_until="networkidle")
        heavy[path] = sum(sizes)
    assert {path: size for path, size in heavy.items() if size > 150_000} == {}, heavy
