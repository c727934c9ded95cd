"""Numbers to call, however they are written."""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.contact.ciphers import told_backwards
from classifiers.contact.dialling import (
    by_context,
    by_form,
    is_progression,
    oddly_spaced,
    public,
    shape,
    spelt_in_earnest,
)
from classifiers.contact.figures import figures
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.pieces import Numeral
from classifiers.contact.protected import Protected, e164
from classifiers.contact.runs import runs, spots, worth_reading
from classifiers.contact.scattered import scattered
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import Tokens
from classifiers.contact.traits import HOLDS_SEVEN, traits_of
from classifiers.contact.words import any_of, lexicon

_LENGTHS = (11, 10, 12, 13, 14, 15, 9, 8, 7)
_MOST_PIECES, _MOST_WINDOWS, _MOST_HITS = 20, 10000, 200
_SHORTEST, _SHORTEST_PART, _MANY = min(_LENGTHS), 3, 1 << 30
_COUNTING = "01234567890123456789"
_ENDING = frozenset(("ending", "ends", "endin", "finishes", "finishing"))
_DIVIDED = frozenset(
    ("divide", "divisible", "divides", "multiple", "multiples", "factor", "prime", "odd", "even")
)
_LAST = frozenset(("last", "final"))
_LAST_ONES = frozenset(
    ("digits", "numbers", "bit", "part", "three", "four", "few", "ones", "3", "4", "is", "are")
)
_BEGINNING = frozenset(("starts", "start", "starting", "begins", "beginning", "begin", "front"))
_ENDS = _ENDING | _BEGINNING | _LAST
_CALLS = frozenset(
    ("call", "ring", "text", "phone", "mobile", "whatsapp", "missed", "dial", "buzz", "number", "mob")
)
_HIDING = frozenset(("word", "foreign", "weak", "roman", "shaped"))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Pieces first..last of a run that may be one number."""

    score: float
    first: int
    last: int
    value: str
    evidence: tuple[str, ...]
    evasive: bool
    protected: bool = False


def phones(stream: Stream, protected: Protected) -> list[Hit]:
    """Every number to call but the protected ones."""
    tokens = stream.tokens
    if not worth_reading(tokens):
        return _short_parts(stream) if tokens.holds(_ENDS) else []
    among = scattered(stream, protected)
    found: list[Hit] = [among] if among is not None else []
    left = _MOST_WINDOWS
    for run in _runs(tokens, _SHORTEST):
        if sum(len(piece.digits) for piece in run) < _SHORTEST:
            if (part := _in_part(stream, run)) is not None:
                found.append(part)
            continue
        candidates, looked_at = _candidates(stream, run, protected, left)
        left -= looked_at
        for chosen in _best(candidates)[:_MOST_HITS]:
            if chosen.score >= 0.3:
                first = _with_opening(stream, run[chosen.first].first)
                if "told in part" in chosen.evidence:
                    first = _from_cue(stream, first)
                found.append(
                    hit(stream, "phone", first, run[chosen.last].last, chosen.score, chosen.value,
                        evasive=chosen.evasive, evidence=chosen.evidence)
                )  # fmt: skip
        if left <= 0 or len(found) >= _MOST_HITS:
            last = run[-1].last
            found.append(
                hit(stream, "phone", last, last, HOLD + 0.1, evidence=("more numbers than are read",))
            )
            break
    return found


def _short_parts(stream: Stream) -> list[Hit]:
    """The part of a number that a text with few digits tells: "mine ends 147"."""
    found = (_in_part(stream, run) for run in _runs(stream.tokens, _MANY))
    return [one for one in found if one is not None]


def _runs(tokens: Tokens, whole: int) -> list[list[Numeral]]:
    """The runs of digits that may be a number, of which `whole` digits are needed, or told in part.

    A part either follows a word of ending, or stands near other words of parts and begins as numbers do.
    """
    ending = tokens.holds(_ENDING) or (tokens.holds(_LAST) and tokens.holds(_CALLS))
    begun = traits_of(tokens).any & HOLDS_SEVEN and tokens.holds(lexicon().context["partial"])
    part = _SHORTEST_PART if ending or begun else _MANY
    if part == whole == _MANY:
        return []
    found = spots(tokens, whole, part, openings=not ending)
    barriers = figures(tokens, found) if found else frozenset[int]()
    if barriers:
        found = spots(tokens, whole, part, openings=not ending, barriers=barriers)
    return runs(tokens, barriers, found) if found else []


def _in_part(stream: Stream, run: list[Numeral]) -> Hit | None:
    """Digits that begin or end a number of which the rest is to follow."""
    run = run[1:] if run[0].how == "weak" and len(run) > 1 else run  # "mine ends 147": no nine
    digits = "".join(piece.digits for piece in run)
    if len(digits) < _SHORTEST_PART:
        return None
    first, last = run[0].first, run[-1].last
    context = lexicon().context
    before, around = stream.around(first, last, 6, 0), stream.around(first, last, 12, 12)
    whole = not any(piece.gap for piece in run[1:])
    begun = (
        whole
        and (len(digits) >= 4 or (len(digits) == 3 and any_of(before[-3:], _BEGINNING)))
        and digits.startswith(("07", "447"))
        and any_of(around, context["partial"])
    )
    said_so = any_of(around, _CALLS) or "mine" in before[-3:]
    ends = any_of(before[-4:], _ENDING) or (any_of(before, _LAST) and any_of(before[-4:], _LAST_ONES))
    ended = 3 <= len(digits) <= 6 and ends and said_so
    if (
        not (begun or ended)
        or any_of(before, context["not_phone"])
        or (any_of(around, _DIVIDED) and "mine" not in before)
        or len(context["study"] & set(around)) >= 2
    ):
        return None
    told = (begun and len(digits) >= 5) or (ended and "mine" in before[-3:])
    if not told and not any_of(around, context["call_me"] | context["number_is"]):
        return None
    return hit(stream, "phone", _from_cue(stream, first), last, 0.6, evasive=True, evidence=("told in part",))


def _from_cue(stream: Stream, first: int) -> int:
    """The token before digits that says they are a part: "ending 0317"."""
    partial = lexicon().context["partial"] | _ENDING
    return next(
        (at for at in range(first - 1, max(-1, first - 4), -1) if stream.tokens.words[at] in partial), first
    )


def _with_opening(stream: Stream, first: int) -> int:
    """The token with which a number begins: its "+" or "(" if one touches it."""
    while first > 0 and stream.tokens.words[first - 1] in ("+", "(") and stream.tokens.tight(first - 1):
        first -= 1
    return first


def _candidates(
    stream: Stream, run: list[Numeral], protected: Protected, most: int
) -> tuple[list[_Candidate], int]:
    """Windows over whole pieces whose digits could be a number, scored; and how many were looked at."""
    found: list[_Candidate] = []
    looked_at = 0
    ends: dict[int, int] = {}
    offset = 0
    starts: list[int] = []
    for number, piece in enumerate(run):
        starts.append(offset)
        offset += len(piece.digits)
        ends[offset] = number
    digits = "".join(piece.digits for piece in run)
    for first, start in enumerate(starts):
        head = digits[start : start + 2]
        plus = run[first].plus
        if not (plus or first == 0 or head[:1] in "07" or head == "44") or digits.startswith("000", start):
            continue
        for length in _LENGTHS:
            last = ends.get(start + length)
            if last is None or last < first or last - first >= _MOST_PIECES:
                continue
            part = digits[start : start + length]
            if part in protected.dialled or (stream.view.glued and _stuck_to(part, protected)):
                found.append(_Candidate(2.0, first, last, "", (), evasive=False, protected=True))
                continue
            if len(set(part)) < 3 or part in _COUNTING or part[::-1] in _COUNTING:
                continue
            looked_at += 1
            if (candidate := _judge(stream, run, first, last, part, protected)) is not None:
                found.append(candidate)
        if looked_at >= most:
            break
    if looked_at < most and 10 <= len(digits) <= 13:
        found += _reversed(stream, run, digits, protected)
    return found, looked_at


def _stuck_to(part: str, protected: Protected) -> bool:
    """Whether spelt digits are a protected number and one more: "... seven one seven for Samaritans"."""
    return part[:-1] in protected.dialled or part[1:] in protected.dialled


def _best(candidates: list[_Candidate]) -> list[_Candidate]:
    """The strongest candidates that share no piece; protected ones stand for themselves alone."""
    taken: set[int] = set()
    chosen: list[_Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (-one.score, one.first - one.last)):
        pieces = range(candidate.first, candidate.last + 1)
        if taken.isdisjoint(pieces):
            taken.update(pieces)
            if not candidate.protected:
                chosen.append(candidate)
    return chosen


def _judge(
    stream: Stream, run: list[Numeral], first: int, last: int, digits: str, protected: Protected
) -> _Candidate | None:
    """Score one window, None when it is no number at all."""
    pieces = run[first : last + 1]
    base, looks, local = shape(digits, plus=pieces[0].plus)
    if not spelt_in_earnest(pieces):
        return None
    value = e164(local, plus=pieces[0].plus or local.startswith("44")) if base > 0.25 else ""
    if value is None:
        base, value = base - 0.3, ""
    evidence = [looks]
    hidden = any(piece.how in _HIDING for piece in pieces) or oddly_spaced(pieces)
    score = base + by_form(stream, run, first, last, hidden=hidden)
    score += by_context(stream, pieces[0].first, pieces[-1].last, base, evidence)
    if value and value in protected.phones:
        return _Candidate(2.0, first, last, "", (), evasive=False, protected=True)
    if hidden:
        evidence.append("spelt out or taken apart")
        if base >= 0.5:
            score += 0.12 if base > 0.5 or "words of calling" in evidence else -0.15
    if public(stream, pieces, digits, hidden=hidden):
        score = min(score, 0.4)
    return _Candidate(score, first, last, value, tuple(evidence), hidden)


def _reversed(stream: Stream, run: list[Numeral], digits: str, protected: Protected) -> list[_Candidate]:
    """The run read from its end, if the writer says so or it only makes sense that way."""
    first, last = run[0].first, run[-1].last
    told = told_backwards(stream.view)
    backwards = digits[::-1]
    if (
        not backwards.startswith(("07", "447", "00447", "01", "02"))
        or len(set(digits)) < 3
        or digits in _COUNTING + _COUNTING[::-1]
    ):
        return []
    base, looks, local = shape(backwards, plus=False)
    value = e164(local, plus=local.startswith("44"))
    if base < 0.5 or value is None or value in protected.phones or is_progression(run):
        return []
    if not told and not (base >= 0.85 and stream.cue("call_me", first, last)):
        return []
    score = 0.9 if told else 0.6
    return [_Candidate(score, 0, len(run) - 1, value, (looks, "written backwards"), evasive=True)]
