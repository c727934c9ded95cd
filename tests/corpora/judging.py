"""What the gateway does with an item: the same functions, pack and tools as `gateway check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter

from classifiers.finding import Finding, Kind, Layer
from gateway import packs
from gateway.cli.check import Judge
from gateway.cli.check_answer import amended_subject
from gateway.cli.check_item import Item, read_line
from gateway.cli.check_scene import judge_item
from gateway.decide.ruling import OUTCOME
from gateway.domain.verdict import Outcome
from gateway.settings import config_folder
from gateway.wiring import judging
from tests.corpora.items import ConductItem, ContactItem, NamesItem

PACK = "default"
STOPPING = frozenset({Outcome.HOLD, Outcome.REFUSE})
CONDUCT_RULES = frozenset({"imminent_harm", "disclosure_before_copy", "concerning_conduct"})
PARTIES = {  # who writes to whom, by the voice a subject line is written in
    "tutor": ("tutor", "guardian"),
    "parent": ("guardian", "tutor"),
    "pupil": ("pupil", "tutor"),
    "school": ("staff", "tutor"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one item. stopped_by: the rules that held or refused it, with their outcome."""

    stopped_by: Mapping[str, Outcome]
    findings: tuple[Finding, ...]
    subject: str
    seconds: float

    @property
    def by_contact(self) -> bool:
        """Whether contact details were the reason, or one of them."""
        return "contact_details" in self.stopped_by

    @property
    def by_conduct(self) -> bool:
        """Whether conduct, a disclosure, imminent harm or a watch of the pack was the reason, or one of them."""
        return not (CONDUCT_RULES | watches()).isdisjoint(self.stopped_by)

    def ranges(self, *categories: str) -> list[tuple[int, int]]:
        """Where contact details were found in the text, of these categories or of any."""
        return [
            (one.start, one.end)
            for one in self.findings
            if one.kind is Kind.CONTACT
            and one.layer is Layer.TEXT
            and (not categories or one.category in categories)
        ]


@cache
def watches() -> frozenset[str]:
    """The names of the pack's rules that are data alone."""
    return frozenset(one.name for one in packs.load(config_folder(), PACK).watches)


def message(item: ContactItem | ConductItem) -> Answer:
    """Judge a message, after its earlier ones where it has some."""
    wanted = ("text", "sender_role", "recipient_role", "channel", "prior")
    return _answer({key: value for key, value in item.items() if key in wanted})


def subject(item: NamesItem) -> Answer:
    """Judge a mail with nothing in it but its subject line."""
    sender, recipient = PARTIES[item["register"].partition("_")[0]]
    roles = {"sender_role": sender, "recipient_role": recipient}
    return _answer({"text": "", "subject": item["subject"], "roster": item["roster"], **roles})


def _answer(given: Mapping[str, object]) -> Answer:
    item = read_line(dict(given), Path())
    assert isinstance(item, Item)
    judge = _judge()
    began = perf_counter()
    judged = judge(item, item.prior)
    seconds = perf_counter() - began
    verdict = judged.judgement.verdict
    outcomes = ((one.rule, OUTCOME[type(one.ruling)]) for one in verdict.ruled)
    return Answer(
        stopped_by={rule: outcome for rule, outcome in outcomes if outcome in STOPPING},
        findings=judged.judgement.findings,
        subject=amended_subject(judged.subject, verdict),
        seconds=seconds,
    )


@cache
def _judge() -> Judge:
    policy, tools = packs.load(config_folder(), PACK), judging.tools(judging.unhurried())
    first = read_line({"text": "The first message waits for word lists; it must not be timed."}, Path())
    assert isinstance(first, Item)
    judge_item(first, policy, tools)
    return lambda item, prior: judge_item(item, policy, tools, prior)


def covered(ranges: Iterable[tuple[int, int]], start: int, end: int) -> float:
    """The share of a span's characters that lie in any of the ranges."""
    inside = {at for first, last in ranges for at in range(max(first, start), min(last, end))}
    return len(inside) / (end - start)
