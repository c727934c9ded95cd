"""How much a run of digits looks like a number to call: its form, its neighbours, the words around."""

from __future__ import annotations

from itertools import pairwise

import phonenumbers

from classifiers.contact.pieces import Numeral
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS

_COUNTRY_CODES = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_SUMS = frozenset("+*/×÷·")
_ORDINARY_SIGNS = frozenset("-.()/ +\n")


def shape(digits: str, *, plus: bool) -> tuple[float, str, str]:
    """How much the digits alone look like a number: score, in words, as to be dialled."""
    length = len(digits)
    if plus or digits.startswith("00"):
        bare = digits if plus else digits[2:]
        if bare.startswith("440"):
            bare = "44" + bare[3:]
        known = any(bare[:size] in _COUNTRY_CODES for size in (1, 2, 3))
        if known and 8 <= len(bare) <= 15 and not bare.startswith("0"):
            return (
                (0.9 if plus else 0.75 if bare.startswith("44") else 0.5),
                "international number",
                bare if plus else "00" + bare,
            )
        return 0.1, "international prefix", digits
    if digits.startswith("0"):
        if length == 11 and digits[1] == "7":
            return (0.9 if digits[2] in "123456789" else 0.6), "UK mobile number", digits
        if length == 11 and digits[1] in "123589":
            return 0.72, "UK number", digits
        if length == 10 and digits[1] in "1238":
            return 0.5, "UK or Irish number", digits
        if digits[1] == "7":
            return (0.35 if 7 <= length <= 12 else 0.1), "part of a UK mobile number", digits
        return (0.2 if 9 <= length <= 12 else 0.1), "digits with a leading nought", digits
    if digits.startswith("440") and length == 13:
        return 0.85, "UK number", "44" + digits[3:]
    if digits.startswith("447") and length == 12:
        return 0.85, "UK mobile number", digits
    if digits.startswith("44") and length == 12 and digits[2] in "1238":
        return 0.6, "UK number", digits
    if digits.startswith("7") and length == 10 and digits[1] != "0":
        return 0.5, "UK mobile number without its nought", digits
    return 0.2, "digits", digits


def spelt_in_earnest(pieces: list[Numeral]) -> bool:
    """Words that may be ordinary ("to", "for", "a", "un") count only among plain ones."""
    if len(pieces) >= 9 and not any(piece.gap for piece in pieces[1:]):
        return True
    roman = [piece for piece in pieces if piece.how == "roman"]
    doubtful = sum(piece.how == "weak" for piece in pieces) + sum(piece.digits in "15" for piece in roman)
    foreign = sum(piece.how == "foreign" for piece in pieces) + sum(
        piece.digits not in "15" for piece in roman
    )
    plain = len(pieces) - doubtful - foreign
    if pieces[-1].how == "weak" and len(pieces[-1].digits) == 1 and plain < 5:
        return False
    if foreign and plain == 0 and doubtful == 0:
        return True
    return doubtful <= max(1, (plain + foreign) * 3 // 4)


def oddly_spaced(pieces: list[Numeral]) -> bool:
    """Whether digits are taken apart: one by one, with odd signs, or with words between."""
    singles = sum(len(piece.digits) == 1 for piece in pieces)
    odd = sum(
        any(sign not in _ORDINARY_SIGNS for sign in piece.signs) or piece.gap > 0 for piece in pieces[1:]
    )
    return singles >= max(6, len(pieces) * 2 // 3) or odd >= 2


def by_form(stream: Stream, run: list[Numeral], first: int, last: int, *, hidden: bool) -> float:
    """What the grouping and the neighbours of the digits say."""
    pieces = run[first : last + 1]
    score = 0.0
    digits = "".join(piece.digits for piece in pieces)
    singles = all(len(piece.digits) == 1 for piece in pieces)
    mobile = digits.startswith(("07", "447", "4407", "00447")) or (len(digits) == 10 and digits[0] == "7")
    if not singles and len(pieces) <= 6 and all(len(piece.digits) >= 2 for piece in pieces):
        score += 0.1
    elif singles and not mobile and not all(piece.how == "word" for piece in pieces):
        score -= 0.25
    if singles and _neighbours_are_single(run, first, last):
        score -= 0.15 if mobile else 0.3
    if is_progression(pieces):
        score -= 0.8
    if any(len(piece.digits) >= 6 and set(piece.digits) <= {"0", "1"} for piece in pieces):
        score -= 0.8
    if set(digits) <= {"0", "1"}:
        score -= 0.8
    signs = "".join(piece.signs for piece in pieces[1:])
    if (
        not singles
        and len(pieces) > 3
        and all("," in piece.signs for piece in pieces[1:])
        and not digits.startswith("07")
    ):
        score -= 0.45
    elif not singles and ("," in signs or ";" in signs) and not hidden:
        score -= 0.25 if mobile else 0.45
    if "|" in signs and "\n" in signs and not stream.cue("call_me", pieces[0].first, pieces[-1].last, 30, 30):
        score -= 0.45  # a table, or stems and leaves
    if any(_is_range(run, at) for at in range(first + 1, last)):
        score -= 0.4
    if signs.count(")") >= 2 and "(" not in signs and _answers(stream, pieces):
        score -= 0.5
    if any(sign in _SUMS for sign in signs) and signs.strip("/\n-. ()") and not mobile:
        score -= 0.3
    return score + _by_edges(stream, pieces)


def _answers(stream: Stream, pieces: list[Numeral]) -> bool:
    """Whether "1) 07 2) 700" are answers to questions: words of sums near, none of calling."""
    first, last = pieces[0].first, pieces[-1].last
    return stream.cue("sums", first, last, 30, 30) and not stream.cue("call_me", first, last, 30, 30)


def _is_range(run: list[Numeral], at: int) -> bool:
    """Whether a "to" between two figures says from where to where: "from 07700 to 07946"."""
    sides = (run[at - 1], run[at + 1])
    return run[at].how == "weak" and run[at].digits == "2" and all(len(side.digits) >= 3 for side in sides)


def _is_hex(word: str) -> bool:
    """Whether a token is one byte of a hardware address, or ends one: "3C" or its "c"."""
    return len(word) <= 2 and set(word) <= set("0123456789abcdef")


def _by_edges(stream: Stream, pieces: list[Numeral]) -> float:
    """What touches the digits: part of a code, a decimal, a price or a sum."""
    tokens = stream.tokens
    before, after = pieces[0].first - 1, pieces[-1].last + 1
    score = 0.0
    if before >= 0 and tokens.tight(before):
        word = tokens.words[before]
        if word.isalpha() and len(word) <= 2 and word not in ("t", "m", "p", "tel"):
            score -= 0.3
        elif word == ":" and before and tokens.tight(before - 1) and _is_hex(tokens.words[before - 1]):
            score -= 0.6  # the end of "3C:07:70:09"
        elif word in ("£", "$", "€", "#", "=", "^") or (
            word == "." and before and tokens.kinds[before - 1] == "d" and tokens.tight(before - 1)
        ):
            score -= 0.4
    if after < len(tokens.words) and tokens.tight(after - 1):
        word = tokens.words[after]
        if word in ("%", "^", "=") or (word.isalpha() and len(word) <= 2):
            score -= 0.3
    return score


def _neighbours_are_single(run: list[Numeral], first: int, last: int) -> bool:
    before = first > 0 and len(run[first - 1].digits) == 1 and not run[first].gap
    after = last + 1 < len(run) and len(run[last + 1].digits) == 1 and not run[last + 1].gap
    return before or after


def is_progression(pieces: list[Numeral]) -> bool:
    """A list that only rises (or falls) by steps: "0, 3, 6, 9", counting, "1 2 3 4 5 ...".

    Grouped numbers never do over five pieces or more.
    """
    values = [int(piece.digits) for piece in pieces]
    listed = all("," in piece.signs or piece.gap for piece in pieces[1:])
    if len(pieces) == 4 and listed:
        return values == sorted(values)
    if len(pieces) < 5:
        return False
    steps = [after - before for before, after in pairwise(values)]
    if len(set(steps)) == 1:
        return True
    rising = sum(step >= 0 for step in steps)
    return (rising == len(steps) and values[-1] > 12) or sum(step == 1 for step in steps) >= len(steps) - 1


def by_context(stream: Stream, first: int, last: int, base: float, evidence: list[str]) -> float:
    """What the words around say for and against."""
    score = 0.0
    called = stream.cue("call_me", first, last, 8, 5)
    verbs = called and stream.cue("meant", first, last, 8, 5)
    if not verbs and stream.cue("not_phone", first, last, 3, 0) and not _alone_on_line(stream, first):
        evidence.append("words of reference numbers")
        return -0.6
    if called:
        evidence.append("words of calling")
        score += 0.22
    referred = stream.cue("not_phone", first, last, 4, 2) and not _alone_on_line(stream, first)
    if not referred and stream.cue("number_is", first, last, 5, 3):
        score += 0.1
        if stream.cue("mine", first, last, 6, 2):
            evidence.append("said to be the writer's")
            score += 0.12
    if base == 0.35 and stream.cue("partial", first, last, 8, 8):
        evidence.append("told in part")
        score += 0.25
    if referred:
        evidence.append("words of reference numbers")
        score -= 0.3 if called else 0.4
    if stream.cue("sums", first, last, 8, 6) and not _alone_on_line(stream, first):
        evidence.append("words of sums")
        score -= 0.1 if called else 0.55 if stream.tokens.kinds[first] == DIGITS else 0.35
    return max(score, -0.6 if not called else -0.45) if base >= 0.85 else score


def _alone_on_line(stream: Stream, first: int) -> bool:
    """Whether a number begins its line: what the line before says is not about it."""
    return first > 0 and stream.tokens.kinds[first - 1] == BREAK


def public(stream: Stream, pieces: list[Numeral], digits: str, *, hidden: bool) -> bool:
    """A freephone or public-service number beside words of a public body is nobody's own."""
    local = "0" + digits[2:] if digits.startswith("44") else digits
    if hidden or not local.startswith(
        ("0800", "0808", "0300", "0303", "0330", "0333", "0344", "0345", "0370", "0371", "0116")
    ):
        return False
    first, last = pieces[0].first, pieces[-1].last
    return stream.cue("helpline", first, last, 10, 8) and not stream.cue("mine", first, last, 3, 0)
