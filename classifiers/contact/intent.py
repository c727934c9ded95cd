"""Asking for, or offering, a way to meet elsewhere, without yet naming it.

Sentences are written in symbols, one a word (`words.SYMBOLS`), and compared with the
patterns of `grammar`, which RE2 reads in linear time whatever the text.
"""

from __future__ import annotations

from classifiers.contact.grammar import OFFER, REQUEST, Pattern, matching
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.polarity import polarity
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, LETTERS
from classifiers.contact.words import any_of, lexicon

_MOST_HITS = 60
_LONGEST = 400_000
_CURRICULUM = 0.4
_WIDEST = 9
_CLAUSE_ENDS = ".!?;,:"
_LESSONS = frozenset("qJXRpr")
_DOING = frozenset("ADTCSKgWvitEb45hc")
_WAYS = {"P": 0.34, "N": 0.34, "f": 0.13, "O": 0.14, "n": 0.1, "G": 0.2, "E": 0.3, "u": 0.12, "e": 0.12}
"""How much each way to meet weighs by itself."""


def intents(stream: Stream) -> list[Hit]:
    """Every sentence that asks for or offers a way to meet, refusals and reports among them."""
    symbols = stream.symbols
    if not symbols or len(symbols) > _LONGEST:
        return []
    text = symbols.encode("ascii", "replace")
    found: list[Hit] = []
    for pattern in matching(text):
        for matched in pattern.compiled.finditer(text):
            first, last = matched.span()
            found.append(_read(stream, pattern, first, last))
            if len(found) >= _MOST_HITS:
                return found
    return found + _hinted(stream, found)


def _hinted(stream: Stream, found: list[Hit]) -> list[Hit]:
    """Ways to meet in a sentence between "you" and "me", in no known pattern."""
    symbols = stream.symbols
    if len(symbols) <= 2 and symbols[:1] in ("P", "O") and symbols[1:] in ("?", ""):
        return [
            hit(
                stream,
                "intent",
                stream.at[0],
                stream.upto[0],
                0.6,
                stance=REQUEST,
                evidence=("names a platform and no more",),
            )
        ]
    covered = [(one.start, one.end) for one in found]
    hints: list[Hit] = []
    looked, past = 0, 0
    for place, symbol in enumerate(symbols):
        if symbol not in _WAYS or place < past:
            continue
        looked += 1
        if looked > _MOST_HITS:
            break
        first, last = _sentence_from(symbols, place), _sentence_to(symbols, place)
        offset = stream.tokens.starts[stream.at[place]]
        if any(start <= offset < end for start, end in covered):
            continue
        score = _invites(symbols[first:last], place - first, asks=symbols[last : last + 1] == "?")
        if score >= HOLD and polarity(stream, place, place + 1) is None:
            begin, end = _clause(stream, place, place + 1)
            hints.append(
                hit(
                    stream,
                    "intent",
                    begin,
                    end,
                    score,
                    stance=OFFER,
                    evidence=("a way to meet between you and me",),
                )
            )
            past = last
    return hints


def _invites(sentence: str, place: int, *, asks: bool) -> float:
    """How much a sentence joins writer and reader in meeting elsewhere; place: of the way to meet."""
    symbols, way = set(sentence), sentence[place]
    if symbols & _LESSONS:
        return 0.0
    you, me = bool(symbols & set("UY")), bool(symbols & set("IMm"))
    both = "l" in symbols or "W" in symbols or (you and me)
    doing = symbols & _DOING
    owner = sentence[max(0, place - 2) : place]
    score = _WAYS[way]
    score += 0.12 if both else 0.0
    score += 0.12 if doing else -0.1
    score += 0.08 if asks and (you or me) else 0.0
    score += 0.1 if "Y" in owner or "M" in owner else 0.0
    score += 0.1 if symbols & set("Ei") and way not in "Ei" else 0.0
    return score if both or ("Y" in owner and (asks or doing)) else 0.0


def _clause(stream: Stream, first: int, last: int) -> tuple[int, int]:
    """The tokens of the clause around symbols first..last (exclusive)."""
    symbols = stream.symbols
    begin, floor = first, max(0, first - _WIDEST)
    while begin > floor and symbols[begin - 1] not in _CLAUSE_ENDS and not _new_line(stream, begin):
        begin -= 1
    until, ceiling = last, min(len(symbols), last + _WIDEST)
    while until < ceiling and symbols[until] not in _CLAUSE_ENDS and not _new_line(stream, until):
        until += 1
    start = stream.at[begin]
    lead = stream.upto[begin - 1] if begin else -1
    while start - 1 > lead and stream.tokens.kinds[start - 1] == LETTERS:
        start -= 1
    end = stream.upto[until - 1]
    if until < len(symbols) and symbols[until] == "?":
        end = stream.upto[until]
    return min(start, stream.at[first]), max(end, stream.upto[last - 1])


def _new_line(stream: Stream, place: int) -> bool:
    """Whether a line ends between a symbol and the one before it."""
    return BREAK in stream.tokens.kinds[stream.upto[place - 1] + 1 : stream.at[place]]


def _sentence_from(symbols: str, place: int) -> int:
    floor = max(0, place - 24)
    return max((symbols.rfind(end, floor, place) + 1 for end in ".!?"), default=floor) or floor


def _sentence_to(symbols: str, place: int) -> int:
    ends = [at for end in ".!?" if (at := symbols.find(end, place, place + 24)) >= 0]
    return min(ends, default=place + 24)


def _read(stream: Stream, pattern: Pattern, first: int, last: int) -> Hit:
    symbols = stream.symbols
    while last - 1 > first and symbols[last - 1] in ".!?,;":
        last -= 1
    score, stance, evidence = pattern.score, pattern.stance, [pattern.says]
    taken = None if pattern.denies else polarity(stream, first, last)
    if taken is not None:
        score, stance = 0.15, taken
        evidence.append(f"stance: {taken}")
    near = symbols[max(0, first - 8) : last + 8]
    if taken is None and "q" in near:
        evidence.append("words of lessons")
        score -= _CURRICULUM
    if (
        taken is None
        and "H" in symbols[last : _sentence_to(symbols, last - 1)][:7]
        and not pattern.denies
        and not set(symbols[first:last]) & set("POGNsEinf")
    ):
        evidence.append("on the platform itself")
        score = 0.2
    number = "n" in symbols[first:last] and not set(symbols[first:last]) & set("PONfeuG")
    if taken is None and number and _in_a_sum(stream, first, last):
        evidence.append("words of sums")
        score = 0.2
    begin, end = stream.at[first], stream.upto[last - 1]
    if stream.evasive(begin, end):
        score += 0.05
    if score >= HOLD:
        begin, end = _clause(stream, first, last)
    return hit(stream, "intent", begin, end, score, stance=stance, evidence=evidence)


def _in_a_sum(stream: Stream, first: int, last: int) -> bool:
    begin, end = stream.at[first], stream.upto[last - 1]
    inside = stream.tokens.words[begin : end + 1]
    if stream.cue("riddles", begin, end, 14, 8) or any_of(inside, lexicon().context["riddles"] - {"line"}):
        return True
    return stream.cue("sums", begin, end, 10, 6)
