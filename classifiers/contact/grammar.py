"""The sentences by which people ask for a way to meet or offer one, in a small pattern language.

Pattern language: names of groups (A|B any of them, A? perhaps), ~n up to n words of any
kind, "!" before a pattern that is itself a denial, END the end of a sentence (END|A that or A), NUMERAL a figure, WORD any other word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from classifiers.contact.words import SYMBOLS
from classifiers.finding import Stance

_ANY_WORD = "[A-Za-z0-9%#&\\-]"
_SPECIAL = {
    "PLATFORM": "P", "WEAKLY": "O", "MAIL": "G", "NUMERAL": "0", "WORD": "x", "COLON": ":",
    "ANYWHERE": "POG", "COMMA": ",", "VALUE": "0x@",
}  # fmt: skip
_END = "(?:[.!?,;]|$)"

OFFER, REQUEST = Stance.OFFER, Stance.REQUEST

# (what it says, stance, score, pattern)
PATTERNS: tuple[tuple[str, Stance, float, str], ...] = (
    # requests for a way to reach the other
    ("asks what it is", REQUEST, 0.86, "WHAT BE? YOUR ~2 PLATFORM|CONTACT|HANDLE|MAIL"),
    ("asks what it is", REQUEST, 0.82, "WHAT BE? YOUR ~1 WEAKLY|PHONE"),
    ("asks what it is", REQUEST, 0.8, "WHAT BE? YOUR BETTER? NUMBER END|TIME"),
    ("asks what it is", REQUEST, 0.8, "WHAT BE? YOUR BETTER? EMAIL|ADDRESS"),
    ("asks what it is", REQUEST, 0.8, "WHAT PLATFORM|NUMBER|CONTACT|EMAIL ~4 MESSAGE|CALL|TEXT|GET|FIND YOU"),
    ("asks what it is", REQUEST, 0.82, "BETTER NUMBER|CONTACT|EMAIL|PHONE ~5 YOU"),
    ("asks for a name elsewhere", REQUEST, 0.8, "WHAT ~3 YOU ~2 ON|BE ~1 PLATFORM"),
    ("asks for it", REQUEST, 0.85, "GET|GIVE|AUX|SWAP ~2 YOUR ~2 PLATFORM|CONTACT|HANDLE|MAIL"),
    ("asks for it", REQUEST, 0.82, "GET|GIVE|AUX|SWAP ~1 YOUR ~1 NUMBER|PHONE|WEAKLY|EMAIL END"),
    ("asks for it", REQUEST, 0.8, "GET|GIVE|AUX|SWAP ~1 YOUR NUMBER|WEAKLY"),
    ("asks for it", REQUEST, 0.72, "CAN|LETS|I GET|AUX|GIVE ~1 YOUR EMAIL|ADDRESS"),
    ("asks for it", REQUEST, 0.8, "GIVE ME ~2 NUMBER|CONTACT|PHONE ~3 YOU"),
    ("asks for it", REQUEST, 0.72, "YOUR ~1 PLATFORM|CONTACT|WEAKLY ?"),
    ("asks for it", REQUEST, 0.62, "YOUR PLATFORM|CONTACT"),
    ("asks for it", REQUEST, 0.75, "YOUR NUMBER ?"),
    ("asks whether you are there", REQUEST, 0.78, "AUX|BE YOU AUX|ON|GET|BE ON? ~1 PLATFORM"),
    ("asks whether you are there", REQUEST, 0.7, "AUX|BE YOU ~2 ON|AUX|GET ~1 WEAKLY END"),
    ("asks whether you are there", REQUEST, 0.72, "YOU ON|AUX|GET ~1 PLATFORM|WEAKLY ~1 ?"),
    ("asks for a number to call", REQUEST, 0.8, "NUMBER|CONTACT|WHAT ~3 CALL|TEXT|MESSAGE ~1 YOU|ME ~1 ON"),
    ("asks whether you are there", REQUEST, 0.6, "BE YOU ~1 PLATFORM ~2 ?"),
    ("asks whether you are there", REQUEST, 0.7, "YOU|YOUR ON ~1 PLATFORM|WEAKLY"),
    ("wants to talk elsewhere", OFFER, 0.78, "LETS|CAN|I ~2 SWAP|GIVE ON ~1 PLATFORM|WEAKLY"),
    ("has put it somewhere", OFFER, 0.7, "HIDE ~1 MY ~1 PLATFORM|CONTACT|NUMBER|HANDLE|EMAIL|WEAKLY"),
    (
        "asks for it",
        REQUEST,
        0.66,
        "CAN|LETS I? ~1 AUX|GET|GIVE ~2 EMAIL|NUMBER|PHONE|ADDRESS|CONTACT ~2 YOU",
    ),
    ("wants to talk elsewhere", OFFER, 0.7, "MOVE ~2 ON ~1 TEXT|CALL|PHONE|EMAIL"),
    ("asks to be looked up", OFFER, 0.74, "I ~5 ON PLATFORM COMMA? ~2 FIND|ADD ME"),
    ("says how to be reached", OFFER, 0.62, "WAY ~2 MESSAGE|CALL|FIND|TEXT|GET ~1 ME"),
    ("wants to talk elsewhere", OFFER, 0.7, "YOU ~4 CALL|TALK|MESSAGE|TEXT ~2 ON ~1 PLATFORM|WEAKLY"),
    ("has put it somewhere", OFFER, 0.66, "GIVE|HIDE ~1 MY ~1 WEAKLY ON"),
    ("asks what it is", REQUEST, 0.68, "WHAT BE? YOUR ~1 NUMBER END"),
    ("has put it somewhere", OFFER, 0.56, "MY EMAIL BE ON"),
    ("proposes to meet", OFFER, 0.58, "DATE"),
    ("asks for it", REQUEST, 0.64, "YOURCONTACT END"),
    ("asks for it", REQUEST, 0.66, "GIVE|GET|CAN|LETS|WHAT|SWAP ~3 YOURCONTACT"),
    ("asks what it is", REQUEST, 0.74, "WHAT ~1 YOU ~1 BE ON ~1 PLATFORM|WEAKLY"),
    ("asks for it", REQUEST, 0.62, "WHAT|GIVE|GET ~2 YOUR MESSAGE END"),
    ("asks for it", REQUEST, 0.56, "GIVE NUMBER END"),
    ("offers it", OFFER, 0.56, "I ~1 GIVE YOU ~2 NUMBER|PHONE|CONTACT END|ON|IF|TIME"),
    ("offers it", OFFER, 0.64, "I|CAN|LETS ~2 GIVE YOU ~1 MY ~2 EMAIL|ADDRESS"),
    ("asks for it", REQUEST, 0.64, "ADDRESS|EMAIL|NUMBER I|LETS|CAN ~3 GIVE|MESSAGE|CALL ~3 ON END"),
    ("asks for it", REQUEST, 0.62, "WHAT ~1 BETTER EMAIL|NUMBER|PHONE|CONTACT"),
    ("asks to be looked up", OFFER, 0.62, "FIND ~1 MY ~2 HANDLE"),
    ("starts a group elsewhere", OFFER, 0.62, "AUX|MOVE|LETS ~2 GROUP ON ~1 ME|YOU"),
    ("starts a group elsewhere", OFFER, 0.68, "YOU|LETS|CAN ~2 MOVE ~1 PLATFORM|WEAKLY"),
    ("proposes to meet", OFFER, 0.58, "VISIT ~7 I|ME"),
    ("proposes to meet", OFFER, 0.58, "YOU|LETS|CAN|I ~3 VISIT"),
    ("proposes to meet", OFFER, 0.58, "VISIT ~4 YOU|ME"),
    ("asks for it", REQUEST, 0.72, "CAN|LETS I? ~1 GET ~3 CONTACT"),
    ("asks for it", REQUEST, 0.76, "CAN|LETS ~3 YOUR ~1 CONTACT|HANDLE"),
    ("asks for it", REQUEST, 0.8, "CAN|LETS ~3 YOUR ~1 PHONE NUMBER"),
    ("asks whether you are there", REQUEST, 0.7, "YOU PLATFORM AUX|GET"),
    ("asks for a way to reach you", REQUEST, 0.7, "WAY ~4 MESSAGE|CALL|TEXT|TALK YOU ~1 INSTEAD|OFF"),
    ("wants to talk elsewhere", OFFER, 0.72, "LETS|CAN|I ~3 TALK|MESSAGE|CALL|GET|MOVE|TEXT ~2 OFF"),
    ("asks where you live", REQUEST, 0.6, "WHERE BE|AUX ~1 YOU|YOUR ~3 LIVE"),
    ("asks where you live", REQUEST, 0.6, "WHERE YOU|YOUR ~1 LIVE ?"),
    ("asks where you live", REQUEST, 0.6, "GET|GIVE ~2 WHERE YOU|YOUR ~1 LIVE"),
    ("asks where you live", REQUEST, 0.6, "WHERE BE ~2 YOU|YOUR ~1 ON|LIVE END"),
    ("asks where you live", REQUEST, 0.56, "WHERE BE YOUR ~1 LIVE|ADDRESS"),
    ("asks whether you are there", REQUEST, 0.7, "AUX PLATFORM ?"),
    (
        "asks for it",
        REQUEST,
        0.84,
        "MESSAGE|TEXT|CONTACT|GIVE ME ~1 YOUR ~1 NUMBER|CONTACT|PLATFORM|WEAKLY|PHONE|HANDLE|MAIL",
    ),
    ("asks for it", REQUEST, 0.78, "GIVE ME ~1 YOUR EMAIL|ADDRESS"),
    ("asks for a number to call", REQUEST, 0.76, "NUMBER|CONTACT ~2 TEXT|CALL|MESSAGE END"),
    (
        "asks for a way to reach you",
        REQUEST,
        0.64,
        "WAY ~4 MESSAGE|CALL|TEXT|FIND|GET YOU END|OFF|ON|TIME|INSTEAD|IF",
    ),
    ("asks for it", REQUEST, 0.75, "GIVE ~1 CONTACT END"),
    ("asks for it", REQUEST, 0.64, "YOUR NUMBER END"),
    ("asks whether you are there", REQUEST, 0.66, "YOU AUX|ON PLATFORM"),
    ("asks for it", REQUEST, 0.66, "YOUR WEAKLY END"),
    ("asks for it", REQUEST, 0.76, "BETTER ~5 NUMBER|CONTACT|PHONE|EMAIL ~2 YOU"),
    (
        "asks for it",
        REQUEST,
        0.7,
        "CAN|LETS|YOU ~4 GIVE|GET ~2 YOUR ~1 NUMBER|CONTACT|PHONE|PLATFORM|WEAKLY|EMAIL",
    ),
    (
        "asks for it",
        REQUEST,
        0.72,
        "AUX YOU AUX|GET ~2 NUMBER|EMAIL|CONTACT|PHONE ~1 I|CAN|LETS ~2 GIVE|CALL|GET|FIND",
    ),
    (
        "asks for it",
        REQUEST,
        0.6,
        "WHAT|BE ~2 NUMBER|EMAIL|CONTACT ~2 I|CAN|LETS ~2 GIVE|CALL|GET|FIND|MESSAGE|TEXT ~1 YOU",
    ),
    ("asks what it is", REQUEST, 0.7, "WHAT BE? YOUR NUMBER HE"),
    ("asks for it", REQUEST, 0.58, "GIVE PLATFORM"),
    ("asks for it", REQUEST, 0.66, "YOUR NUMBER GIVE"),
    ("proposes to meet", OFFER, 0.62, "LETS|CAN|I|TALK ~3 TALK|ME|YOU ~5 TREAT"),
    ("says it is the same name", OFFER, 0.7, "MY ~1 HANDLE|NAME INSTEAD ~6 HERE"),
    ("asks to be called", OFFER, 0.66, "GIVE|GET ME ~2 CALL END|TIME|IF|ON|INSTEAD"),
    ("asks to be called", OFFER, 0.7, "PHONE|CONTACT ME ~1 END|TIME|IF|ON|INSTEAD"),
    ("asks to be called", OFFER, 0.6, "I CAN? ~1 TEXT END|ON|TIME|IF"),
    ("asks for it", REQUEST, 0.6, "GIVE ME ~2 NUMBER|CONTACT|PHONE END"),
    ("asks for it", REQUEST, 0.62, "CAN|LETS|YOU ~3 GIVE ~1 YOUR ~1 ADDRESS"),
    ("asks for it", REQUEST, 0.6, "GIVE YOU ON ~1 PHONE"),
    (
        "has put it somewhere",
        OFFER,
        0.66,
        "MY ~1 PHONE|CONTACT|NUMBER|EMAIL|HANDLE|PLATFORM|WEAKLY BE? ~1 HIDE",
    ),
    ("wants to add you", OFFER, 0.64, "I|CAN|LETS ~1 ADD YOU END|IF|TIME"),
    ("wants to talk elsewhere", OFFER, 0.68, "TALK|MESSAGE|CALL|TEXT|GET|FIND ~3 SPOKEN"),
    ("asks to be written to elsewhere", OFFER, 0.72, "TALK|MESSAGE|CALL|TEXT|GET|FIND|GIVE ME ~4 SPOKEN"),
    ("asks whether you are there", REQUEST, 0.64, "BE|AUX YOU ~7 ON ~1 PLATFORM|WEAKLY ?"),
    ("offers it", OFFER, 0.6, "YOU AUX MY ~1 EMAIL|NUMBER|ADDRESS|HANDLE END"),
    ("asks for it", REQUEST, 0.6, "WHAT BE? ~1 CONTACT ?"),
    ("proposes to meet", OFFER, 0.56, "TREAT ~5 COMMA? LETS"),
    ("asks for it", REQUEST, 0.66, "PLATFORM|WEAKLY ~3 CAN|LETS ~2 YOUR END"),
    ("asks for it", REQUEST, 0.66, "AUX YOU AUX|GET ~1 CONTACT"),
    ("asks for it", REQUEST, 0.6, "AUX YOU AUX|GET ~1 NUMBER END"),
    ("asks whether you are there", REQUEST, 0.64, "BE YOU ~7 ON ~1 PLATFORM END"),
    # friends and groups
    ("wants to be friends elsewhere", OFFER, 0.72, "FRIENDS ~3 PLATFORM|WEAKLY"),
    ("wants to be friends elsewhere", OFFER, 0.72, "PLATFORM|WEAKLY FRIENDS"),
    ("wants to be friends elsewhere", OFFER, 0.6, "FRIENDS ON ME"),
    (
        "starts a group elsewhere",
        OFFER,
        0.72,
        "I|YOU|YOUR|MY|LETS|CAN|MOVE|ADD|GIVE|GET ~4 PLATFORM|WEAKLY GROUP",
    ),
    ("starts a group elsewhere", OFFER, 0.66, "PLATFORM|WEAKLY GROUP COMMA? ~5 YOU|ME|ADD|MOVE"),
    ("starts a group elsewhere", OFFER, 0.72, "GROUP ~2 ON ~1 PLATFORM|WEAKLY"),
    # swaps
    ("offers to swap", OFFER, 0.86, "SWAP ~2 NUMBER|CONTACT|PLATFORM|WEAKLY|HANDLE|PHONE|EMAIL|MAIL"),
    ("offers to swap", OFFER, 0.8, "LETS|CAN ~1 SWAP ~2 NUMBER|CONTACT|PLATFORM"),
    ("offers to swap", OFFER, 0.8, "LETS|CAN ~1 GIVE ~2 CONTACT|PLATFORM"),
    # offers to be added, found, followed
    ("asks to be added", OFFER, 0.88, "ADD|FIND|SEE ~1 ME|MY ~3 PLATFORM|WEAKLY|MAIL"),
    ("asks to be added", OFFER, 0.82, "ADD ME TIME"),
    ("asks to be added", OFFER, 0.78, "ADD ME ON? INSTEAD|TIME"),
    ("asks to be added", OFFER, 0.66, "ADD ME END"),
    ("asks to be looked up", OFFER, 0.78, "ADD|FIND SEARCH"),
    ("asks to be looked up", OFFER, 0.72, "FIND ME ~1 WORD|ON ~1 WORD END"),
    ("wants to add you", OFFER, 0.82, "ADD|FIND|MESSAGE|TEXT|TALK ~1 YOU ~3 ON ~1 PLATFORM|WEAKLY"),
    ("has looked you up", OFFER, 0.76, "I ~1 REPORTED|SEE|FIND ~1 YOU|YOUR ~3 PLATFORM|WEAKLY"),
    ("has looked you up", OFFER, 0.76, "SEE YOUR ~1 PLATFORM|WEAKLY"),
    ("sent a request", OFFER, 0.8, "MY ~1 LINK"),
    ("sent a request", OFFER, 0.8, "REPORTED|GIVE YOU|ME ~2 LINK"),
    ("asks to be added", OFFER, 0.8, "PLATFORM|WEAKLY ~3 FIND|ADD ME"),
    ("says it is the same name", OFFER, 0.78, "SEARCH ~3 PLATFORM|WEAKLY"),
    ("says it is the same name", OFFER, 0.75, "MY EMAIL BE ~1 NAME"),
    ("offers it", OFFER, 0.7, "BE MY PLATFORM"),
    ("offers it", OFFER, 0.75, "MOVE|SEE ~1 MY PLATFORM"),
    ("offers it", OFFER, 0.72, "MY NUMBER|CONTACT BE? ON"),
    ("offers it", OFFER, 0.6, "MY NUMBER|CONTACT END"),
    ("offers it", OFFER, 0.58, "MY NUMBER|CONTACT BE WORD|SAME"),
    ("speaks of a number given before", OFFER, 0.72, "NUMBER ~1 I ~1 GIVE|REPORTED YOU"),
    ("speaks of messages elsewhere", OFFER, 0.66, "AUX|GET ~1 MY TEXT END"),
    ("offers it", OFFER, 0.62, "ON MY HANDLE END"),
    ("names a page with more", OFFER, 0.8, "BIO"),
    # other ways to write or call
    ("asks to be written to elsewhere", OFFER, 0.78, "TEXT ME"),
    ("asks to be written to elsewhere", OFFER, 0.86, "TEXT ME ~2 INSTEAD|TIME|OFF|ON"),
    ("asks to be written to elsewhere", OFFER, 0.86, "PLATFORM ME"),
    ("asks to be written to elsewhere", OFFER, 0.8, "WEAKLY ME"),
    (
        "asks to be written to elsewhere",
        OFFER,
        0.86,
        "MESSAGE|TALK|CALL|GIVE|TEXT|PHONE ~4 ME ~3 ON|ME ~1 PLATFORM|WEAKLY",
    ),
    ("asks to be written to elsewhere", OFFER, 0.8, "MESSAGE|TALK|CALL|EMAIL ~1 ME ~1 INSTEAD|OFF"),
    ("asks to be written to elsewhere", OFFER, 0.8, "CONTACT|MESSAGE ME|MY ~1 INSTEAD|OFF|PLATFORM|WEAKLY"),
    ("asks to be called", OFFER, 0.72, "CALL|PHONE ME ~1 ON|TIME|INSTEAD|BETTER"),
    ("asks to be called", OFFER, 0.66, "CALL|PHONE ME END"),
    ("asks to be called", OFFER, 0.76, "GIVE|AUX|GET ME ~2 PLATFORM|WEAKLY"),
    ("asks to be called", OFFER, 0.76, "GIVE|AUX|GET ME ~2 TEXT|CALL|PHONE END|TIME|IF|ON|INSTEAD"),
    ("asks to be called", OFFER, 0.7, "GET ~1 ME ON ~2 NUMBER|PHONE|CONTACT|PLATFORM"),
    ("asks to be called", OFFER, 0.72, "CALL|TEXT ~1 TEXT|CALL TIME|ME"),
    ("asks to be reached", OFFER, 0.76, "FIND|GET ME ~1 ON ~1 PHONE|NUMBER|CONTACT"),
    ("asks to be written to elsewhere", OFFER, 0.8, "GIVE ~1 ME ~7 ON ~1 PLATFORM|WEAKLY"),
    ("asks to be written to elsewhere", OFFER, 0.8, "EMAIL|GIVE|MESSAGE ~4 MY CONTACT"),
    ("wants to talk elsewhere", OFFER, 0.74, "MOVE ~3 ON WEAKLY"),
    ("avoids the platform", OFFER, 0.64, "!LETS|I NOT ~1 TALK|MESSAGE ~2 HERE"),
    ("avoids the platform", OFFER, 0.64, "!LETS NOT ~1 AUX ~2 HERE"),
    ("wants to write elsewhere", OFFER, 0.8, "I|LETS|CAN ~2 TEXT|PLATFORM|WEAKLY YOU"),
    ("wants to write elsewhere", OFFER, 0.62, "I|LETS|CAN ~1 CALL|PHONE YOU"),
    ("wants to write elsewhere", OFFER, 0.8, "I|LETS|CAN ~2 MESSAGE|TALK|CALL YOU ~3 ON ~1 PLATFORM|WEAKLY"),
    (
        "wants to write elsewhere",
        OFFER,
        0.8,
        "I|LETS|CAN|BETTER ~4 GIVE|MESSAGE|TALK|CALL|TEXT ~4 ON|OFF ~2 PLATFORM",
    ),
    ("wants to talk elsewhere", OFFER, 0.78, "LETS|CAN|BETTER ~2 PLATFORM TIME? END"),
    ("wants to talk elsewhere", OFFER, 0.76, "LETS|CAN|BETTER ~2 TEXT TIME? END"),
    ("wants to talk elsewhere", OFFER, 0.6, "BETTER ~2 I REPORTED END"),
    ("asks to be written to elsewhere", OFFER, 0.84, "TEXT|MESSAGE ~2 ON ~1 PLATFORM|WEAKLY"),
    ("wants to talk elsewhere", OFFER, 0.8, "LETS|CAN ~2 TALK|MESSAGE|CALL|MOVE ~4 ON ~2 PLATFORM|WEAKLY"),
    ("wants to talk elsewhere", OFFER, 0.8, "TALK|MESSAGE|CALL|MOVE ~3 OFF"),
    ("wants to talk elsewhere", OFFER, 0.82, "MOVE ~4 ON ~2 PLATFORM"),
    ("wants to talk elsewhere", OFFER, 0.78, "BETTER ~4 ON|PLATFORM ~2 PLATFORM|TEXT"),
    ("wants to talk elsewhere", OFFER, 0.76, "PLATFORM CAN? BE ~1 BETTER"),
    ("wants to talk elsewhere", OFFER, 0.72, "BETTER ~1 ON ~1 PLATFORM|WEAKLY"),
    ("wants to talk elsewhere", OFFER, 0.76, "ON PLATFORM ~2 INSTEAD"),
    ("wants to talk elsewhere", OFFER, 0.74, "TALK|MESSAGE ~1 ON ~1 PLATFORM"),
    # something of one's own, the value to follow
    ("offers it", OFFER, 0.86, "GIVE|AUX|GET|SEE|MESSAGE ~2 MY ~2 NUMBER|CONTACT|PLATFORM|PHONE|HANDLE|MAIL"),
    ("offers it", OFFER, 0.84, "OFFERING ~1 MY ~2 NUMBER|CONTACT|PLATFORM|WEAKLY|HANDLE|EMAIL|MAIL"),
    ("offers it", OFFER, 0.76, "MY ~1 PLATFORM|CONTACT BE|COLON ~1 WORD|MY"),
    ("offers it", OFFER, 0.7, "MY ~1 PLATFORM|CONTACT|HANDLE BE|COLON"),
    ("offers it", OFFER, 0.7, "MY NUMBER|WEAKLY BE ~1 SAME|ON"),
    ("offers it", OFFER, 0.68, "ON MY ~1 PLATFORM"),
    ("offers it", OFFER, 0.72, "I ON ~1 PLATFORM|WEAKLY"),
    ("offers it", OFFER, 0.7, "I AUX PLATFORM"),
    ("offers it", OFFER, 0.7, "I AUX ~1 WEAKLY TIME|IF"),
    ("offers it", OFFER, 0.72, "MY CONTACT BE WORD"),
    ("offers a part of it", OFFER, 0.7, "MY ~1 NUMBER|CONTACT|PHONE WORD ~2 NUMERAL"),
    ("says it is the same name", OFFER, 0.84, "SAME ~1 NAME|HANDLE|CONTACT ~2 AS|ON|PLATFORM"),
    ("says it is the same name", OFFER, 0.84, "SAME ON|AS ~3 PLATFORM|WEAKLY|HERE"),
    ("says it is the same name", OFFER, 0.84, "PLATFORM|WEAKLY ~5 SAME ~1 NAME|HANDLE"),
    ("says it is the same name", OFFER, 0.8, "MY NAME ~3 ON ~1 PLATFORM|WEAKLY"),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled row of PATTERNS. denies: it is itself a denial, so that a "not" in it takes nothing away."""

    says: str
    stance: Stance
    score: float
    compiled: Any
    denies: bool = False


def matching(text: bytes) -> list[Pattern]:
    """The patterns that occur. RE2's set may give up for want of memory: then all are tried."""
    together, patterns, canary = _grammar()
    which = together.Match(text)
    if not which or canary not in which:
        return list(patterns)
    return [patterns[number] for number in sorted(which) if number != canary]


@cache
def _grammar() -> tuple[Any, tuple[Pattern, ...], int]:
    together = re2.Set.SearchSet()
    patterns: list[Pattern] = []
    for says, stance, score, written in PATTERNS:
        expression = _expression(written.removeprefix("!"))
        together.Add(expression)
        compiled = re2.compile(expression.encode())
        patterns.append(Pattern(says, stance, score, compiled, denies=written.startswith("!")))
    canary = together.Add("(?s:.)")
    together.Compile()
    return together, tuple(patterns), canary


def _expression(written: str) -> str:
    """A pattern in the names of groups as a regular expression over symbols."""
    return "".join(_term(term) for term in written.split())


def _term(term: str) -> str:
    if term.startswith("~"):
        return f"{_ANY_WORD}{{0,{term[1:]}}}"
    if term.startswith("END"):
        others = "".join(_symbols(name) for name in term.split("|")[1:])
        return f"(?:{_END}|[{others}])" if others else _END
    if term == "?":
        return "[?]"
    optional = term.endswith("?")
    symbols = "".join(_symbols(name) for name in term.rstrip("?").split("|"))
    return f"[{symbols}]" + ("?" if optional else "")


def _symbols(name: str) -> str:
    if name in _SPECIAL:
        return _SPECIAL[name]
    return SYMBOLS[name.lower()]
