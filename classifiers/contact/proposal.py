"""Proposals to meet or go on elsewhere in which no way to do so is named: "come for a brew", "where the office can't read".

The rules lie in `config/words/proposals.toml`, each an expression over the words of a message, tried only
where one of its own words stands. None finds a value to be looked up, so all of them are for a person
to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from classifiers.contact.hits import Hit, hit
from classifiers.contact.polarity import polarity
from classifiers.contact.stream import Stream
from classifiers.contact.words import lexicon, table

_MOST_HITS, _LONGEST, _SCORE, _AROUND = 10, 60_000, 0.58, 40
_BARE = (
    r"^(?:(?:ur|your|got|have|the) )?(?:number|digits|dms|dm|socials|other app|another app|somewhere quieter|somewhere private|voice call|@|phone no)"
    r"(?: (?:pls|plz|please|then|now|tho))?(?: [?!.]+)?(?: [^a-z0-9 ]+)*$"
)
_FEW = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """A rule of the file, ready to be tried.

    place: its number in the file. words, also: of each, where it has any, one must stand in the text. unless: what takes it back when it stands near. denies: it is itself a denial.
    """

    place: int
    says: str
    category: str
    words: frozenset[str]
    also: frozenset[str]
    expression: Any
    unless: Any
    denies: bool


def proposals(stream: Stream) -> list[Hit]:
    """Every sentence that proposes another way in such words; refusals and reports are left out."""
    tokens = stream.tokens
    gates = _gates()
    gated = {rule for word in gates.keys() & tokens.distinct() for rule in gates[word]}
    rules = [rule for rule in gated if not rule.also or tokens.holds(rule.also)]
    few = 0 < len(tokens.words) <= _FEW
    if not (rules or few):
        return []
    said = tokens.said()
    if len(said) > _LONGEST:
        return []
    if few and _bare().search(said):
        return [hit(stream, "intent", 0, len(tokens.words) - 1, 0.55, evidence=("asks for it and no more",))]
    found: list[Hit] = []
    encoded = said.encode()
    for rule in sorted(rules, key=lambda rule: rule.place):
        if rule.expression.search(encoded) is None:
            continue
        for matched in rule.expression.finditer(said):
            if (one := _meant(stream, rule, said, *matched.span())) is not None:
                found.append(one)
                break
        if len(found) >= _MOST_HITS:
            break
    return found


def _meant(stream: Stream, rule: _Rule, said: str, start: int, end: int) -> Hit | None:
    """The hit for said[start:end], unless it is refused or told of others."""
    if rule.unless is not None and rule.unless.search(said[max(0, start - _AROUND) : end + _AROUND].encode()):
        return None
    first, last = said[:start].count(" "), said[: end - 1].count(" ")
    place = stream.place(first)
    if not rule.denies and polarity(stream, place, place + 1) is not None:
        return None
    return hit(stream, rule.category, first, last, _SCORE, evidence=(rule.says,))


@cache
def _rules() -> tuple[_Rule, ...]:
    file, context = table("proposals"), lexicon().context
    classes = file["classes"] | {
        name: f"(?:{'|'.join(sorted(context[name]))})" for name in ("treats", "venues", "watchers")
    }

    def written_out(pattern: str) -> str:
        return re.sub("<([a-z]+)>", lambda name: str(classes[name[1]]), pattern)

    return tuple(
        _Rule(
            place,
            one["says"],
            one["category"],
            frozenset(one["words"].split()),
            frozenset(one.get("also", "").split()),
            re2.compile(written_out(written_out(one["pattern"]))),
            re2.compile(one["unless"]) if "unless" in one else None,
            one.get("denies", False),
        )
        for place, one in enumerate(file["rules"])
    )


@cache
def _gates() -> dict[str, list[_Rule]]:
    """The rules by each of the words of which they need one."""
    found: dict[str, list[_Rule]] = {}
    for rule in _rules():
        for word in rule.words:
            found.setdefault(word, []).append(rule)
    return found


@cache
def _bare() -> Any:
    return re2.compile(_BARE)
