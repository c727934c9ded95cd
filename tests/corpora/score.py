"""Figures out of answers: shares with their uncertainty, and the ids behind them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from tests.corpora.items import ConductItem, ContactItem, NamesItem, Span
from tests.corpora.judging import Answer, covered

ENOUGH = 0.8  # of a span's characters, to call it found
TOUCHED = 0.5  # the same for peers, which often take a neighbour along or stop short
Z = 1.96  # 95 %
BENIGN = ("hard_negative", "ordinary")
Ranges = Sequence[tuple[int, int]]

HELPLINE = re.compile(
    r"child\s?line|s\s?a\s?m\s?a\s?r\s?i\s?t\s?a\s?n|nspcc|hopeline|papyrus|text shout|0800 ?1111|116 ?123|85258"
    r"|(?:call|ring|dial|phone|nhs|police)\W+(?:\w+\W+)?(?:999|111|101)\b",
    re.IGNORECASE,
)
FIGURES = re.compile(r"(?:\d\D*){5}|[=+×÷√²³{}_]")  # sums, code, lists: the target for them is stricter


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and which. ids: the items to look at, misses or false stops."""

    label: str
    hits: int
    n: int
    ids: tuple[str, ...] = ()
    target: str = ""

    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval, 0..1."""
        if not self.n:
            return 0.0, 1.0
        share, spread = self.hits / self.n, Z * Z / self.n
        middle = share + spread / 2
        half = Z * sqrt(share * (1 - share) / self.n + spread / (4 * self.n))
        return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


@dataclass(slots=True)
class Counted:
    """Counts one share as items come by."""

    hits: int = 0
    n: int = 0
    hit_ids: list[str] = field(default_factory=list)
    missed_ids: list[str] = field(default_factory=list)

    def add(self, item_id: str, hit: bool) -> None:
        """Count one item."""
        self.n += 1
        self.hits += hit
        (self.hit_ids if hit else self.missed_ids).append(item_id)


def recall(label: str, judged: Iterable[tuple[str, bool]], target: str = "") -> Share:
    """A share that should be high; its ids are the misses."""
    counted = _count(judged)
    return Share(label, counted.hits, counted.n, tuple(counted.missed_ids), target)


def alarm(label: str, judged: Iterable[tuple[str, bool]], target: str = "") -> Share:
    """A share that should be low; its ids are the hits."""
    counted = _count(judged)
    return Share(label, counted.hits, counted.n, tuple(counted.hit_ids), target)


def _count(judged: Iterable[tuple[str, bool]]) -> Counted:
    counted = Counted()
    for item_id, hit in judged:
        counted.add(item_id, hit)
    return counted


def contact(items: Sequence[ContactItem], answers: Mapping[str, Answer]) -> list[Share]:
    """The figures of contact details that have a target, and those that explain them."""

    def stopped(label: str, target: str, wanted: Callable[[ContactItem], bool]) -> Share:
        chosen = [one["id"] for one in items if one["stop"] and wanted(one)]
        return recall(label, ((one, answers[one].by_contact) for one in chosen), target)

    clean = [one for one in items if one["stop"] is None]
    figures = [one["id"] for one in clean if FIGURES.search(one["text"])]
    helplines = [one["id"] for one in clean if HELPLINE.search(one["text"])]
    return [
        stopped("stopped where refusal is right", "≥ 95 %", lambda one: one["stop"] == "refuse"),
        stopped("stopped where holding is right", "≥ 85 %", lambda one: one["stop"] == "hold"),
        stopped("stopped though disguised", "≥ 90 %", lambda one: one["evasion"] != "none"),
        stopped("intent without a value stopped", "≥ 85 %", lambda one: "intent" in kinds(one)),
        stopped("split over messages, stopped", "≥ 80 %", lambda one: one["evasion"] == "split_messages"),
        recall("spans found (80 % of the characters)", _spans(items, answers, typed=False), "≥ 90 %"),
        recall("… and called by their kind", _spans(items, answers, typed=True), "≥ 90 %"),
        alarm(
            "clean stopped for contact details",
            ((one["id"], answers[one["id"]].by_contact) for one in clean),
            "≤ 2 %",
        ),
        alarm("… of those full of figures", ((one, answers[one].by_contact) for one in figures), "≤ 1 %"),
        alarm(
            "clean stopped by any rule", ((one["id"], bool(answers[one["id"]].stopped_by)) for one in clean)
        ),
        alarm("helplines stopped", ((one, answers[one].by_contact) for one in helplines), "0"),
    ]


def kinds(item: ContactItem) -> set[str]:
    """What an item holds."""
    return {span["kind"] for span in item["spans"]}


def _spans(
    items: Iterable[ContactItem], answers: Mapping[str, Answer], *, typed: bool
) -> Iterable[tuple[str, bool]]:
    for item in items:
        for number, span in enumerate(item["spans"]):
            ranges = answers[item["id"]].ranges(*([span["kind"]] if typed else []))
            yield f"{item['id']}/{number} {span['kind']}", found(item["text"], span, ranges, ENOUGH)


def found(text: str, span: Span, ranges: Ranges, share: float) -> bool:
    """Whether enough of the span, at any place where its text stands, is covered."""
    piece = span["text"]
    places = (at for at in range(len(text)) if text.startswith(piece, at))
    return any(covered(ranges, at, at + len(piece)) >= share for at in places)


@dataclass(frozen=True, slots=True)
class Side:
    """One of those compared. touched: by item id, where it stopped; median_ms: time an item."""

    name: str
    touched: Mapping[str, Ranges]
    median_ms: float


def compared(items: Sequence[ContactItem], side: Side) -> dict[str, Share]:
    """One side's figures by what is asked: overall, by kind and by evasion, and clean stopped.

    An item is caught when what was found covers half of any of its spans.
    """
    groups: dict[str, Counted] = {}

    def count(group: str, item: ContactItem, hit: bool) -> None:
        groups.setdefault(group, Counted()).add(item["id"], hit)

    for item in items:
        ranges = side.touched[item["id"]]
        if item["stop"] is None:
            count("clean stopped", item, bool(ranges))
            continue
        hits = [found(item["text"], span, ranges, TOUCHED) for span in item["spans"]]
        count("caught", item, any(hits))
        if item["evasion"] != "none":
            count("caught though disguised", item, any(hits))
        count(f"evasion: {item['evasion']}", item, any(hits))
        for span, hit in zip(item["spans"], hits, strict=True):
            count(f"kind: {span['kind']}", item, hit)
    return {name: Share(name, one.hits, one.n) for name, one in groups.items()}


def names(items: Sequence[NamesItem], answers: Mapping[str, Answer]) -> list[Share]:
    """Subject lines: exactly right; with a name left in; with a word gone that should stay."""
    pairs = [(one, answers[one["id"]].subject) for one in items]
    named = [(one, made) for one, made in pairs if one["subject"] != one["expected"]]
    return [
        recall(
            "subject lines exactly right",
            ((one["id"], made == one["expected"]) for one, made in pairs),
            "≥ 95 %",
        ),
        alarm(
            "… with a name left in, where one was",
            ((one["id"], leaks(one, made)) for one, made in named),
            "≤ 1 %",
        ),
        alarm(
            "… with a word wrongly changed", ((one["id"], harms(one, made)) for one, made in pairs), "≤ 3 %"
        ),
    ]


def leaks(item: NamesItem, made: str) -> bool:
    """Whether a word that had to go still stands."""
    had_to_go = _words(item["subject"]) - _words(item["expected"])
    return bool(had_to_go & (_words(made) - _words(item["expected"])))


def harms(item: NamesItem, made: str) -> bool:
    """Whether a word that had to stay is gone."""
    return bool((_words(item["subject"]) & _words(item["expected"])) - _words(made))


def _words(line: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", line.casefold()))


def conduct(items: Sequence[ConductItem], answers: Mapping[str, Answer]) -> list[Share]:
    """What was held for conduct: by category, then of what only resembles each of them."""

    def of(label: str) -> Iterable[tuple[str, bool]]:
        return _flagged((one for one in items if one["label"] == label), answers)

    def like(label: str) -> Iterable[tuple[str, bool]]:
        return _flagged((one for one in items if one["near"] == label and one["label"] in BENIGN), answers)

    of_concern = [one for one in items if one["label"] not in BENIGN]
    resembled = {one["near"] for one in items if one["label"] in BENIGN} - {""}
    return [
        recall("of concern, all", _flagged(of_concern, answers)),
        *(recall(label, of(label)) for label in sorted({one["label"] for one in of_concern})),
        *(alarm(f"{label.replace('_', ' ')}, flagged", of(label)) for label in BENIGN),
        *(alarm(f"… like {label}", like(label)) for label in sorted(resembled)),
    ]


def _flagged(chosen: Iterable[ConductItem], answers: Mapping[str, Answer]) -> Iterable[tuple[str, bool]]:
    return ((one["id"], answers[one["id"]].by_conduct) for one in chosen)
