"""Asking for, or offering, a way to meet elsewhere, without yet naming it.

Sentences are written in symbols, one a word (`words.SYMBOLS`), and compared with the
patterns of `grammar`, which RE2 reads in linear time whatever the text.
"""

from __future__ import annotations

from classifiers.contact.grammar import OFFER, REQUEST, Pattern, matching
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.overture import bare_question, invites, sentence_around, ways
from classifiers.contact.polarity import polarity
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, LETTERS
from classifiers.contact.words import any_of, lexicon

_MOST_HITS = 60
_LONGEST = 400_000
_CURRICULUM = 0.4
_WIDEST = 9
_TOPICS = frozenset(("about", "how", "why", "whether", "because", "did", "does", "like"))
_DETERMINERS = frozenset(
    ("that", "this", "the", "a", "an", "every", "some", "any", "those", "these", "his", "her", "their")
)
_CLAUSE_ENDS = ".!?;,:"


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
    past = -1
    for place in ways(symbols)[:_MOST_HITS]:
        offset = stream.tokens.starts[stream.at[place]]
        if place < past or any(start <= offset < end for start, end in covered):
            continue
        score = 0.6 if _asks_barely(stream, place) else invites(symbols, place)
        if _a_thing(stream, place):
            score -= 0.2
        if score < HOLD or polarity(stream, place, place + 1) is not None or _a_sum(stream, place):
            continue
        begin, end = _clause(stream, place, place + 1)
        past = sentence_around(symbols, place)[1]
        hints.append(
            hit(
                stream,
                "intent",
                begin,
                end,
                score,
                stance=REQUEST if "Y" in symbols[max(0, place - 2) : place] else OFFER,
                evidence=("a way to meet between you and me",),
            )
        )
    return hints


def _a_thing(stream: Stream, place: int) -> bool:
    """ "that tiktok", "how instagram affects": something to talk of, no way to reach anybody."""
    first = stream.at[place]
    if not first or stream.symbols[place] not in "PO":
        return False
    return stream.tokens.words[first - 1] in _DETERMINERS | _TOPICS


def _asks_barely(stream: Stream, place: int) -> bool:
    """Whether a platform and hardly another word is asked for, and it is no ordinary word."""
    word = stream.tokens.words[stream.at[place]]
    return bare_question(stream.symbols, place) and word not in lexicon().context["ambiguous"]


def _a_sum(stream: Stream, place: int) -> bool:
    """Whether a number is one of a sum, not of a telephone."""
    return stream.symbols[place] == "n" and _in_a_sum(stream, place, place + 1)


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


def _read(stream: Stream, pattern: Pattern, first: int, last: int) -> Hit:
    symbols = stream.symbols
    while last - 1 > first and symbols[last - 1] in ".!?,;":
        last -= 1
    score, stance, evidence = pattern.score, pattern.stance, [pattern.says]
    taken = None if pattern.denies else polarity(stream, first, last)
    if taken is not None:
        score, stance = 0.15, taken
        evidence.append(f"stance: {taken}")
    if taken is None and (lesson := _of_lessons(symbols, first, last)):
        evidence.append("words of lessons")
        score -= lesson
    after = symbols[last : sentence_around(symbols, last - 1)[1]][:7]
    if (
        taken is None
        and "H" in after
        and "X" not in after[: after.index("H")]
        and not pattern.denies
        and not set(symbols[first:last]) & set("POGNsEinf")
    ):
        evidence.append("on the platform itself")
        score = 0.2
    if (
        taken is None
        and "#" in symbols[max(0, first - 1) : last] + after
        and "m" not in symbols[first:last]
        and not pattern.denies
    ):
        evidence.append("for the organisation")
        score -= 0.4
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


def _of_lessons(symbols: str, first: int, last: int) -> float:
    """How much words of lessons beside a sentence take from it: they are talk of platforms, mostly.

    "text me" stays an order, whatever the draft it is about.
    """
    begin, end = sentence_around(symbols, first)[0], sentence_around(symbols, last - 1)[1]
    inside = symbols[first:last]
    if "q" in inside or "q" in symbols[max(begin, first - 3) : min(end, last + 3)]:
        return _CURRICULUM / 2 if inside in ("Tm", "Tmi") else _CURRICULUM
    return _CURRICULUM / 2 if "q" in symbols[max(begin, first - 8) : min(end, last + 8)] else 0.0


def _in_a_sum(stream: Stream, first: int, last: int) -> bool:
    begin, end = stream.at[first], stream.upto[last - 1]
    inside = stream.tokens.words[begin : end + 1]
    if stream.cue("riddles", begin, end, 14, 8) or any_of(inside, lexicon().context["riddles"] - {"line"}):
        return True
    return stream.cue("sums", begin, end, 10, 6)
