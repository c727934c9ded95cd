"""The pages of the office in a real Chromium, over a real database, with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gateway.domain.hold import HoldKind
from gateway.domain.matter import Filed, Tie, TieKind
from gateway.domain.message import new_id
from gateway.domain.records import FormRole
from tests.e2e.screenshots import sign_in
from tests.fakes.desk import serve
from tests.fakes.office_desk import AT, LEAD, PASSWORD, held_case, office_desk, people_the_desk
from tests.fakes.sql import PAIR, Store, arrival, home_circle, passed

pytestmark = pytest.mark.browser

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
HOSTILE = "<img src=x onerror=window.ran=1> \u202e<script>window.ran=1</script> " + "x" * 400
PAGES = ("/office", "/files", "/files?state=closed", "/concerns", "/holds", "/record", "/figures", "/samples",
         "/care", "/rota", "/ops")  # fmt: skip

Open = Callable[..., Page]


@pytest.fixture
def file_id(store: Store) -> str:
    """A lived-in office: a case file with a clock, a pattern, a hold, a sample, a call, a late case."""
    people_the_desk(store)
    work, case = store.casework, held_case(store, at=AT - timedelta(hours=30))
    one = work.matters.open("demo", HOSTILE[:150], False, "lea", AT)
    for kind, subject in ((TieKind.CASE, case.id), (TieKind.PAIR, PAIR), (TieKind.PERSON, "tara")):
        work.matters.tie("demo", one.id, Tie(kind, subject, "lea", AT))
    for role, matter_id in ((FormRole.HARM, one.id), (FormRole.LOW_LEVEL, ""), (FormRole.LOW_LEVEL, "")):
        values = {"harmed": HOSTILE, "what_happened": HOSTILE}
        form = "harm_threshold" if matter_id else "low_level_concern"
        filed = Filed(new_id(AT), "demo", matter_id, form, role, "tara", "lea", AT, values)
        work.matters.file(filed, (AT, AT + timedelta(days=1)) if matter_id else None)
    work.holds.place("demo", HoldKind.PAIR, PAIR, HOSTILE, "lea", AT)
    message = arrival(at=AT - timedelta(days=1), raw=b"Subject: x\r\n\r\n" + HOSTILE.encode())
    store.ledger.keep(message, passed(message), home_circle(store)).result(timeout=20)
    work.samples.draw("demo", 1, AT)
    work.rota.call("demo", "test", "", AT)
    store.docket.viewed("demo", case.id, "mo", AT)
    return one.id


@pytest.fixture
def base_url(store: Store, file_id: str) -> Iterator[str]:
    with serve(office_desk(store)) as url:
        yield url


@pytest.fixture
def open_office(browser: Browser, base_url: str) -> Iterator[Open]:
    contexts = []

    def opened(**options: object) -> Page:
        contexts.append(browser.new_context(base_url=base_url, **{"java_script_enabled": False, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        sign_in(page, base_url, LEAD, PASSWORD)
        return page

    yield opened
    for context in contexts:
        context.close()


def every_page(file_id: str) -> tuple[str, ...]:
    of_file = (f"/files/{file_id}", f"/files/{file_id}/referral", f"/files/{file_id}/records/harm_threshold")
    return (*PAGES, *of_file)


@pytest.mark.long
def test_axe_finds_nothing_and_nothing_sticks_out(open_office: Open, file_id: str) -> None:
    complaints, wide = {}, []
    for scheme, width in (("light", 1280), ("dark", 320)):
        page = open_office(
            color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=True
        )
        ran: list[str] = []
        page.on("request", lambda request, ran=ran: ran.append(request.url))
        for path in every_page(file_id):
            page.goto(path)
            found = Axe().run(page, options=AXE)
            if found.violations_count:
                complaints[scheme, path] = found.generate_report()
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((width, path))
            assert page.evaluate("window.ran === undefined"), path
        assert not [url for url in ran if url.endswith("/x")]
    told = {where: report[:1500] for where, report in complaints.items()}
    assert (wide, told) == ([], {})


def test_a_concern_is_written_down_referred_and_exported_without_javascript(
    open_office: Open, store: Store
) -> None:
    page = open_office()
    page.get_by_role("link", name="Office").click()
    page.get_by_role("link", name="Case files").first.click()
    page.get_by_label("What is it about?").fill("What Tara wrote")
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("Link a").select_option("pair")
    page.get_by_label("Its id").fill(PAIR)
    page.get_by_role("button", name="Link").click()
    expect(page.locator("main")).to_contain_text("Tara Okafor with Jamie Whitfield")
    page.get_by_role("link", name="Harm threshold").click()
    page.get_by_label("Has the adult harmed").fill("no")
    for label in ("May they have committed", "risk of harm", "not be suitable"):
        page.get_by_label(label).fill("perhaps")
    page.get_by_role("button", name="Keep the record").click()
    expect(page.locator("main")).to_contain_text("to be referred by")
    page.get_by_role("link", name="Refer or export").click()
    expect(page.locator(".summary")).to_contain_text("Jamie Whitfield, pupil, born 04 March 2012")
    page.get_by_role("button", name="I have reported it now").click()
    expect(page.locator("main")).to_contain_text("This time is kept")
    page.get_by_label("Why, and for whom").fill("asked for by the council")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the bundle").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert "bundle.exported" in [one.entry.kind for one in store.record.entries("demo")]


def test_a_test_call_is_answered_and_a_sample_is_judged_without_javascript(open_office: Open) -> None:
    page = open_office()
    page.goto("/rota")
    page.get_by_role("button", name="Send a test call").click()
    page.get_by_role("button", name="I am on it").first.click()
    expect(page.locator("#pages")).to_contain_text("Lea Brandt")
    page.goto("/samples")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("div.text[dir]")).to_contain_text("onerror")
    expect(page.locator("main img, main script")).to_have_count(0)
    page.get_by_role("button", name="It is fine").click()
    expect(page.locator("main")).to_contain_text("Looked at lately")


def test_every_page_weighs_little(open_office: Open, file_id: str) -> None:
    page, sizes = open_office(), []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    for path in every_page(file_id):
        sizes.clear()
        page.goto(path, wait_until="networkidle")
        assert sum(sizes) <= 150_000, (path, sum(sizes))
