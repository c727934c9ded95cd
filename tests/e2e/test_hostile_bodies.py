"""Hostile bodies in a real browser: none runs, none asks anybody for anything, none leaves its place."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.channels.email import parse
from gateway.domain.verdict import Lane, Severity
from tests.e2e.hostile_bodies import FAMILIES, HOST
from tests.e2e.screenshots import sign_in
from tests.e2e.test_desk_browser import base_url, here  # noqa: F401 - fixtures
from tests.fakes.desk import PASSWORD, World, held_with

pytestmark = pytest.mark.browser

TOGETHER = 4
EVERY_TIME = ("scripts", "htmx")  # the others take a browser minutes: `make long`
# What may stand in a place for message text: marks, their numbers, and boxes for what cannot be seen.
OURS = "mark, a.number, span.unseen, span.seen, span.left-out"


def as_read(body: str, number: int) -> list[Passage]:
    """A body as the parser hands it on: as plain text, as HTML, and where else a sender may write."""
    mail = EmailMessage()
    mail["Subject"] = "x"
    try:
        mail.set_content(body, subtype="html", charset="utf-8", cte="base64")
        html = [p for p in parse.read(mail.as_bytes()).passages if p.layer is not Layer.SUBJECT]
    except (UnicodeError, ValueError):
        html = []
    layers = (Layer.SUBJECT, Layer.TEXT, Layer.LINK, Layer.FILENAME, Layer.QUOTED)
    return [*(Passage(layer, body, number) for layer in layers), *html]


def arrange(here: World, family: str) -> list[str]:  # noqa: F811 - the fixture
    """Put the bodies of a family into cases; return the cases' ids."""
    ids = []
    bodies = FAMILIES[family]
    for n in range(0, len(bodies), TOGETHER):
        together = bodies[n : n + TOGETHER]
        passages = [p for number, body in enumerate(together, 1) for p in as_read(body, number)]
        found = [
            Finding(
                Kind.CONTACT,
                "link",
                Layer.TEXT,
                0,
                min(len(body), 9),
                0.9,
                number,
                body,
                evidence=(body[:80],),
            )
            for number, body in enumerate(together, 1)
        ]
        one = held_with(f"hostile{n:02d}", Lane.REVIEW, Severity.LOW, together[0][:200], passages, found)
        here.docket.held[one.case.id] = one
        here.docket.add_note("demo", "p1", one.case.id, "mo", together[0], one.case.opened_at)
        ids.append(one.case.id)
    return ids


@pytest.fixture
def watched(browser: Browser, base_url: str) -> Iterator[tuple[Page, list[str], list[str]]]:  # noqa: F811
    """A signed-in page, what it asked for elsewhere or was not asked to, and what it said of that."""
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    sign_in(page, base_url, "mo@relay.test", PASSWORD)
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    yield page, asked, said
    context.close()


def test_there_are_bodies_enough() -> None:
    assert len({body for family in FAMILIES.values() for body in family}) >= 150


@pytest.mark.parametrize(
    "family", [one if one in EVERY_TIME else pytest.param(one, marks=pytest.mark.long) for one in FAMILIES]
)
def test_no_body_of_a_family_does_anything(
    here: World,  # noqa: F811
    base_url: str,  # noqa: F811
    watched: tuple[Page, list[str], list[str]],
    family: str,
) -> None:
    page, asked, said = watched
    ids = arrange(here, family)
    ours = {
        f"GET {base_url}/static/{name}"
        for name in ("desk.css", "casework.css", "desk.js", "htmx.min.js", "desk.svg")
    }
    for path in (
        *(f"/cases/{one}{view}" for one in ids for view in ("", "?view=delivered")),
        "/",
        "/pairs/p1",
    ):
        asked.clear()
        page.goto(path)
        assert page.evaluate("window.ran") is None, path
        strange = page.evaluate(
            "ours => [...document.querySelectorAll('div[hx-disable] *, span.subject *, .cues li *')]"
            ".filter(one => !one.matches(ours)).map(one => one.outerHTML)",
            OURS,
        )
        assert strange == [], path
        assert page.evaluate("document.querySelectorAll('script').length") == 2
        assert (
            page.locator("main").count() == 1
            and page.locator("iframe, object, embed, img, style").count() == 0
        )
        assert set(asked) - ours == {f"GET {base_url}{path}"}, path
        assert HOST not in " ".join(asked)
    assert said == []
    assert here.docket.leases == {}
