"""Asks the rules that are data alone: what was seen, by whom, for whom."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Any

import ahocorasick

from classifiers.finding import Finding, Kind, Layer, Passage, Stance
from gateway.decide.notice import least_notice
from gateway.domain.message import Message
from gateway.domain.policy import Policy, Then, Watch
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Note, Refuse, Ruled, Ruling

READ = frozenset({Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.ATTACHMENT, Layer.FILENAME, Layer.HIDDEN})
SEEN = frozenset({Kind.CONDUCT, Kind.MATTER, Kind.CONTACT})
BLAMELESS = frozenset({Stance.REFUSAL, Stance.REPORT})
KEPT = 32
SPACE = re.compile(r"\s")
SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"


@dataclass(frozen=True, slots=True)
class Index:
    """A policy's watches by what they look for, so that a message costs what it shows, not what is watched."""

    by_category: dict[str, tuple[Watch, ...]]
    phrases: Any


_indexes: OrderedDict[str, Index] = OrderedDict()


def watched(message: Message, policy: Policy) -> list[Ruled]:
    """The rulings of every watch that saw something, in the pack's order."""
    if not policy.watches:
        return []
    index = _index_of(policy)
    seen: dict[str, list[Finding]] = defaultdict(list)
    watches: dict[str, Watch] = {}
    for finding in (*message.findings, *_phrases(message, index)):
        for watch in index.by_category.get(finding.category, ()):
            if _applies(watch, message, finding):
                seen[watch.name].append(finding)
                watches[watch.name] = watch
    order = {watch.name: place for place, watch in enumerate(policy.watches)} if len(seen) > 1 else {}
    named = sorted(seen, key=lambda name: order.get(name, 0))
    return [Ruled(name, watches[name].clause, _ruling(watches[name], tuple(seen[name]))) for name in named]


def claimed(ruled: list[Ruled]) -> frozenset[Finding]:
    """The findings that watches have dealt with."""
    return frozenset(f for one in ruled for f in getattr(one.ruling, "findings", ()))


def _ruling(watch: Watch, findings: tuple[Finding, ...]) -> Ruling:
    what = ", ".join(sorted({f.category.replace("_", " ") for f in findings}))
    because = f"{watch.name.replace('_', ' ')}: {what}"
    match watch.then:
        case Then.REFUSE:
            return Refuse(watch.say, because, findings)
        case Then.HOLD:
            return Hold(watch.lane, watch.severity, because, findings)
        case Then.NOTE:
            return Note(watch.role, because, findings, watch.within)


def _applies(watch: Watch, message: Message, finding: Finding) -> bool:
    if finding.score < watch.act_at or finding.kind not in SEEN:
        return False
    if finding.stance in BLAMELESS and not watch.blameless:
        return False
    if watch.given and not _on_file(watch.given, message):
        return False
    if watch.unless and _on_file(watch.unless, message):
        return False
    if watch.senders and message.sender_role not in watch.senders:
        return False
    if watch.recipients and message.recipient_roles.isdisjoint(watch.recipients):
        return False
    if watch.notice_days and _gives_notice(watch.notice_days, message, finding):
        return False
    return not watch.contract or watch.contract == message.circle.pair.contract


def _gives_notice(days: int, message: Message, finding: Finding) -> bool:
    """Whether the text around a finding names a day at least so far ahead, and none before it."""
    place = finding.layer, finding.part
    around = " ".join(one.text for one in message.reading.passages if (one.layer, one.part) == place)
    named = least_notice(around, message.day)
    return named is not None and named >= days


def _on_file(kind: str, message: Message) -> bool:
    pair = message.circle.pair.id
    return bool(message.circle.on_file(FactKind(kind), message.day, pair_id=pair))


def _phrases(message: Message, index: Index) -> list[Finding]:
    """The organisation's own phrases where they stand, as findings of a category named after them."""
    if index.phrases is None:
        return []
    found = []
    for passage in message.reading.passages:
        if passage.layer in READ:
            found += [
                _as_finding(passage, end, phrase) for end, phrase in index.phrases.iter(_folded(passage.text))
            ]
    return [one for one in found if one is not None]


def _as_finding(passage: Passage, last: int, phrase: str) -> Finding | None:
    start, end = last + 1 - len(phrase), last + 1
    text = passage.text
    if (start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
        return None
    begin, stop = passage.source_span(start, end)
    return Finding(
        Kind.MATTER, f"phrase:{phrase}", passage.layer, begin, stop, 1.0, passage.part,
        evidence=("one of the organisation's own phrases",), detector="phrases",
    )  # fmt: skip


def _folded(text: str) -> str:
    """Lower case and single kinds of space, at the same offsets."""
    lowered = text.lower()
    if len(lowered) != len(text) or SIGMA in text:  # letters that become two, or hang on their place
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return SPACE.sub(" ", lowered)


def _index_of(policy: Policy) -> Index:
    index = _indexes.get(policy.version)
    if index is None:
        index = _indexes[policy.version] = _build(policy)
        if len(_indexes) > KEPT:
            _indexes.popitem(last=False)
    return index


def _build(policy: Policy) -> Index:
    by_category: dict[str, list[Watch]] = defaultdict(list)
    phrases = {" ".join(phrase.casefold().split()) for watch in policy.watches for phrase in watch.phrases}
    for watch in policy.watches:
        own = (f"phrase:{' '.join(phrase.casefold().split())}" for phrase in watch.phrases)
        for category in (*watch.categories, *own):
            by_category[category].append(watch)
    automaton = None
    if phrases:
        automaton = ahocorasick.Automaton()
        for phrase in phrases:
            automaton.add_word(phrase, phrase)
        automaton.make_automaton()
    return Index({name: tuple(found) for name, found in by_category.items()}, automaton)
