"""A desk over a real store without processes: reading and judging in this one, and messages to hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

from classifiers.finding import Examination, Finding, Kind, Passage, Scene
from gateway.channels.email import compose, parse
from gateway.channels.platform import compose as platform_compose
from gateway.channels.platform import parse as platform_parse
from gateway.domain.case import Case
from gateway.domain.message import Arrival, Channel, Reading
from gateway.domain.people import Person, Role
from gateway.domain.verdict import Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.journey import Tools, judge
from gateway.ports import Brief, CaseFilter, Judgement
from tests.fakes.sql import NOW, Store, arrival, family_roster, held, home_circle

NUMBER = re.compile(r"07\d{3} ?\d{6}")
MAIL = (
    b"From: tara.okafor@relay.test\r\nSubject: Homework\r\nMessage-ID: <%d@laptop.test>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
)
PASSWORD = "a long desk password"


def screen(passages: Sequence[Passage], scene: Scene | None) -> Examination:
    """Finds mobile numbers as they are written."""
    found = [
        Finding(Kind.CONTACT, "phone", one.layer, *one.source_span(*hit.span()), 0.9, one.part, hit[0])
        for one in passages
        for hit in NUMBER.finditer(one.text)
    ]
    return Examination(tuple(found), ())


TOOLS = Tools(
    {Channel.EMAIL: parse.read, Channel.PLATFORM: platform_parse.read},
    screen,
    {Channel.EMAIL: compose.compose, Channel.PLATFORM: platform_compose.compose},
    compose.leaks,
)


class Readers:
    """Judges at once, in this process (fulfils `ports.Readers`)."""

    def __init__(self, tools: Tools = TOOLS) -> None:
        self._tools = tools

    def judge(self, brief: Brief) -> Future[Judgement]:
        done: Future[Judgement] = Future()
        done.set_result(judge(brief, self._tools))
        return done

    def read(self, one: Arrival) -> Future[Reading]:
        done: Future[Reading] = Future()
        done.set_result(self._tools.read[one.envelope.channel](one.raw))
        return done


def with_desk(store: Store) -> Store:
    """The family with two moderators and a lead, who can sign in."""
    roster = family_roster()
    more = (
        Person("ines", "demo", Role.MODERATOR, "Ines", "Prado", mailboxes=("ines@org.test",)),
        Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt", mailboxes=("lea@org.test",)),
    )
    passwords = {**roster.passwords, "mo": PASSWORD, "ines": PASSWORD, "lea": PASSWORD}
    store.bring_in(replace(roster, people=(*roster.people, *more), passwords=passwords))
    return store


def keep(
    store: Store,
    text: bytes = b"Ring 07700 900123 or 07700 900456.",
    severity: Severity = Severity.MEDIUM,
    lane: Lane = Lane.REVIEW,
    at: datetime = NOW,
    rule: str = "contact_details",
) -> Case:
    """Hold a mail from Tara to Jamie and return its case."""
    one = arrival(at=at, raw=MAIL % (abs(hash((text, at))) % 10**9, text), recipients=("jamie",))
    found = screen(parse.read(one.raw).passages, None).findings
    hold = Ruled(rule, "DFT-01", Hold(lane, severity, "a number", found))
    verdict = Verdict(Outcome.HOLD, "default@1+00000000", (hold,))
    judged = replace(held(one, severity, lane), verdict=verdict, findings=found)
    store.ledger.keep(one, judged, home_circle(store)).result(timeout=20)
    cases = store.docket.cases("demo", CaseFilter(), at, limit=5_000)
    return next(case for case in cases if case.message_id == one.envelope.id)
