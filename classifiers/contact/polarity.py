"""What a writer does with the thing named: offers it, asks for it, refuses it, or reports it.

A tutor who declines to swap numbers and a pupil who tells of an approach name the very
things that others offer; they are never to be punished for it (DETECTION 2, 4).
"""

from __future__ import annotations

from classifiers.contact.stream import Stream
from classifiers.contact.words import any_of, lexicon
from classifiers.finding import Stance

_SENTENCE_ENDS = ".!?"
_FARTHEST = 24
_STARTS_ANEW = frozenset("ATSDCKglPO")
_OTHERS_VERBS = frozenset("hgWdTSKC")
_PERSONAL = frozenset("mMIUY")


def polarity(stream: Stream, first: int, last: int) -> Stance | None:
    """REFUSAL, REPORT or MENTION when symbols first..last (exclusive) stand in such a sentence.

    None when nothing takes the edge off.
    """
    symbols = stream.symbols
    clause = _clause_start(symbols, first)
    before, inside = symbols[clause:first], symbols[first:last]
    if _denied(before, inside, symbols[last : last + 1]):
        return Stance.REFUSAL
    if _told_of_others(before, inside):
        return Stance.REPORT
    sentence = symbols[_sentence_start(symbols, first) : first]
    if "p" in sentence and not _PERSONAL & set(inside):
        return Stance.MENTION
    return None


def _clause_start(symbols: str, first: int) -> int:
    """Where the clause begins: after the last sentence end or "but", or a comma before an order."""
    floor = max(0, first - _FARTHEST)
    place = first
    while place > floor:
        symbol = symbols[place - 1]
        if symbol in _SENTENCE_ENDS or symbol == ";":
            return place
        if symbol == "," and place == first and symbols[first : first + 1] in _STARTS_ANEW:
            return place
        place -= 1
    return floor


def _sentence_start(symbols: str, first: int) -> int:
    floor = max(0, first - _FARTHEST)
    place = first
    while place > floor and symbols[place - 1] not in _SENTENCE_ENDS:
        place -= 1
    return place


def _denied(before: str, inside: str, after: str) -> bool:
    """Whether a "not" governs the thing: in its clause, and not only in an "if" of it.

    A "not" long before, with another verb between ("I don't use mail much, text me"), was
    cut off by the comma; one inside ("can I not ...") counts too.
    """
    del after
    at = before.rfind("X")
    if at >= 0:
        condition = before.rfind("F", 0, at)
        return not (condition >= 0 and "," not in before[condition:at])
    return "X" in inside


def _told_of_others(before: str, inside: str) -> bool:
    """Whether somebody else is said to have done it: "he told me to add him on snap"."""
    said = before.rfind("R")
    if said >= 0 and ("J" in before[:said] or "m" in before[said : said + 3]):
        return True
    if inside[:1] == "R" and "J" in before[-4:]:
        return True
    if before.rstrip("ow")[-1:] == "J" and inside[:1] in _OTHERS_VERBS:
        return True
    others = before.rfind("J")
    return len(before) - others <= 4 and others >= 0 and "h" in before[others:]


def reported(stream: Stream, first: int, last: int) -> bool:
    """Whether tokens first..last are a value that somebody else is said to have used or given."""
    place = stream.place(first)
    if polarity(stream, place, place + 1) is Stance.REPORT:
        return True
    before = stream.tokens.words[max(0, first - 8) : first]
    if any_of(stream.around(first, last, 14, 14), lexicon().context["scams"]):
        return not any_of(before, frozenset(("my", "mine", "me", "im")) - frozenset(before[:-4]))
    joined = " ".join(before)
    arrived = any(
        f"{what} from" in joined
        for what in (
            "text",
            "texts",
            "call",
            "calls",
            "message",
            "messages",
            "email",
            "voicemail",
            "request",
            "msg",
        )
    )
    rang = "from" in before[-3:] and any_of(
        before, frozenset(("rang", "texted", "called", "messaged", "phoned", "emailed", "wrote"))
    )
    return (
        arrived and any_of(before, frozenset(("got", "had", "received", "gets", "getting", "get", "a", "an")))
    ) or rang
