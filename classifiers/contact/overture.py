"""Sentences in no known pattern that still bring writer and reader together by another way.

A way to meet weighs by itself; who owns it, who speaks to whom, what is to be done with it and
where add to that, and words of lessons, rules and other people take from it.
"""

from __future__ import annotations

import re

ENDS = ".!?"
_FARTHEST = 24
_SHORT_QUESTION, _CLOSE, _NEAR = 4, 6, 8
_AROUND = frozenset("dhQwoYUtAgmI,l")
_WAYS = {
    "P": 0.34, "N": 0.34, "&": 0.24, "G": 0.22, "E": 0.18, "O": 0.18, "e": 0.18, "5": 0.19, "f": 0.14,
    "n": 0.12,
}  # fmt: skip
"""How much each way to meet weighs by itself."""
_ANY_WAY = re.compile(f"[{re.escape(''.join(_WAYS))}]")
_SURE = frozenset("PNG")
_VERBS_TOO = frozenset("Pf")  # "phone me", "facetime her"
_HELD = frozenset("fen")  # nothing by themselves: somebody must give, ask for or use them
_DOING = frozenset("ADTCSKgWvhbc")
_ASKING = frozenset("wlQd")
_ELSEWHERE = frozenset("iEb")
_LESSONS = frozenset("qp")


def ways(symbols: str) -> list[int]:
    """The places of the ways to meet in a text written in symbols."""
    return [found.start() for found in _ANY_WAY.finditer(symbols)]


def sentence_around(symbols: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place begins and ends (exclusive), looked for nearby."""
    floor = max(0, place - _FARTHEST)
    first = max((symbols.rfind(end, floor, place) + 1 for end in ENDS), default=floor) or floor
    ends = [at for end in ENDS if (at := symbols.find(end, place, place + _FARTHEST)) >= 0]
    return first, min(ends, default=min(len(symbols), place + _FARTHEST))


def bare_question(symbols: str, place: int) -> bool:
    """ "got snap?", "insta?": hardly a word in the sentence but the way itself."""
    first, last = sentence_around(symbols, place)
    others = symbols[first:place] + symbols[place + 1 : last]
    asks = symbols[last : last + 1] == "?" or (bool(others) and others[0] in "dhQ")
    return asks and len(others) < _SHORT_QUESTION and symbols[place] in "PON" and set(others) <= _AROUND


def invites(symbols: str, place: int) -> float:
    """How much the sentence around a way to meet joins writer and reader in using it, 0..1."""
    first, last = sentence_around(symbols, place)
    sentence, at, asks = symbols[first:last], place - first, symbols[last : last + 1] == "?"
    held = set(sentence[max(0, at - _NEAR) : at + _NEAR])
    you, me = bool(held & set("UY")), bool(held & set("IMm"))
    both = "W" in held or (you and me) or ("l" in held and (you or me))
    if not (you or me or both or "l" in held):
        return 0.0
    score = _WAYS[sentence[at]] + _whose(sentence, at) + _done(sentence, at)
    score += 0.14 if both else 0.1 if "l" in held else 0.04
    score += 0.1 if asks and (you or both) else 0.0
    score += 0.1 if _elsewhere(sentence) else 0.0
    return score - _against(sentence, at)


def _whose(sentence: str, at: int) -> float:
    """Whether the way belongs to one of the two, or to somebody else."""
    before = sentence[max(0, at - 2) : at]
    if ("M" in before or "Y" in before) and sentence[at] != "5":
        return 0.14
    return -0.2 if "J" in before else 0.0


def _done(sentence: str, at: int) -> float:
    """Whether something is to be done with it."""
    doing = set(sentence[:at] if sentence[at] in _HELD else sentence) & _DOING
    if sentence[at] in _HELD and not doing:
        return 0.2 if sentence[at] in _VERBS_TOO and sentence[at + 1 : at + 2] == "m" else -0.1
    score = 0.12 if doing else 0.0
    score += 0.06 if set(sentence) & _ASKING else 0.0
    if sentence[at] in _VERBS_TOO and sentence[at + 1 : at + 2] in ("m", "U"):
        score += 0.2 if sentence[at + 1] == "m" else 0.12
    return score if score else -0.1


def _elsewhere(sentence: str) -> bool:
    """Whether it says "instead", "off here" or "rather than on here"."""
    here = sentence.find("H")
    return bool(set(sentence) & _ELSEWHERE) or (here > 0 and "X" in sentence[max(0, here - 3) : here])


def _against(sentence: str, at: int) -> float:
    near = set(sentence[max(0, at - _CLOSE) : at + _CLOSE])
    score = 0.0
    if near & _LESSONS:
        close = set(sentence[max(0, at - 4) : at + 5]) & _LESSONS
        score += 0.16 if sentence[at] in _SURE and not close else 0.3
    if "R" in near:
        score += 0.16
    if sentence[at] not in "PO" and sentence[at + 1 : at + 2] == "B" and "M" in sentence[max(0, at - 2) : at]:
        score += 0.3  # "my phone is broken"
    if "J" in near:
        score += 0.08
    if "r" in near:
        score += 0.2
    if "#" in near:
        score += 0.25
    if "H" in sentence and not _elsewhere(sentence):
        score += 0.25
    return score
