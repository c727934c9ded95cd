"""Finds what else tells a pupil apart: school, birth date, UPN, candidate number, ULN."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.names.line import Line
from classifiers.names.lore import lore
from classifiers.names.tokens import APOSTROPHES

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = rf"(?:\d{{1,4}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? ?(?:\d{{4}}|\d{{2}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? ?(?:\d{{4}})?)"
_SEP = r"[\s:.=#(_-]{0,4}"
# \b before a trigger keeps every search linear: nothing is tried in the middle of a word.
_BIRTH = re.compile(
    rf"\b(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date|born(?: on)?|birthday){_SEP}(?:(?:is|was|on|record|file|should|be|as|given|in|the|system|register){_SEP}){{0,4}}(?P<it>{_DATE}|\d{{8}}\b)",
    re.I,
)
_BARE_DATE = re.compile(
    r"[\s,(_-]{1,3}(?:b\.? ?)?(?P<it>\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\b", re.I
)
_BIRTH_LATER = re.compile(
    r"\b(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date)\b[^\d\n]{1,40}"
    r"(?P<it>\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d)\b",
    re.I,
)
_UPN = re.compile(r"\b(?P<it>[A-HJ-NP-RT-Z]\d{12}|[A-HJ-NP-RT-Z]\d{11}[A-Z])\b", re.I)
_UPN_LABELLED = re.compile(rf"\bupn(?: no\.?| number)?{_SEP}(?P<it>[a-z]?\d[\d ]{{6,14}}\d[a-z]?)\b", re.I)
_NUMBER = r"(?: ?(?:no|nos|num|nr)\b\.?| numbers?| ref(?:erence)?s?\b| identifier| id\b)"
_REFERENCE = re.compile(
    rf"\b(?:(?:cand(?:idates?|s)?\.?(?:'s)?|uln|uci|scn)(?:{_NUMBER})?"
    rf"|(?:exam(?:ination)?|unique (?:learner|candidate)|learner|student|pupil|admissions?|registration|roll)(?:'s)?{_NUMBER})"
    rf"(?: is)?{_SEP}(?P<it>\d{{4,6}}[a-z]?\d{{0,7}}[a-z]?|\d[\d ]{{6,11}}\d)\b",
    re.I,
)
_FURTHER_DATE = re.compile(
    rf"(?:, ?| and | or | & |/| ?-> ?| ?→ ?|,? (?:should be|not|now|instead of|vs?\.?) (?:the )?)(?P<it>{_DATE})",
    re.I,
)
_FURTHER = re.compile(
    r"(?:, ?| and | or | not | to | & |, and |/| should be | ?-> ?| ?→ ?)(?P<it>\d{4,10}[a-z]?)\b(?![-/.:])",
    re.I,
)


_UNIVERSITIES = frozenset(("oxford", "cambridge", "durham", "oxbridge"))


@dataclass(frozen=True, slots=True)
class Identifier:
    """What was found and what stands for it; offsets into the line."""

    start: int
    end: int
    category: str
    replacement: str
    value: str
    evidence: str


def identifiers(line: Line, names: Sequence[Identifier]) -> Iterator[Identifier]:
    """Yield schools, birth dates and numbers; a bare date counts only right after a name."""
    text = line.text
    for found in _BIRTH.finditer(text):
        birth: re.Match[str] | None = found
        while birth is not None:
            yield _of(birth, "birth_date", "[dob]", "birth date")
            birth = _FURTHER_DATE.match(text, birth.end())
    for found in _BIRTH_LATER.finditer(text):
        yield _of(found, "birth_date", "[dob]", "birth date")
    for name in names:
        date = _BARE_DATE.match(text, name.end)
        if date is not None:
            yield _of(date, "birth_date", "[dob]", "date after a name")
    for pattern in (_UPN, _UPN_LABELLED):
        for found in pattern.finditer(text):
            yield _of(found, "upn", "[upn]", "unique pupil number")
    for found in _REFERENCE.finditer(text):
        reference: re.Match[str] | None = found
        while reference is not None:
            yield _of(reference, "reference", "[ref]", "candidate or learner number")
            reference = _FURTHER.match(text, reference.end())
    yield from _schools(line, {at for name in names for at in range(name.start, name.end)})


def _of(found: re.Match[str], category: str, replacement: str, evidence: str) -> Identifier:
    start = found.start("it")
    written = found["it"].rstrip(" ,.")
    return Identifier(start, start + len(written), category, replacement, written, evidence)


def _schools(line: Line, named: set[int]) -> Iterator[Identifier]:
    """Yield "Oakfield School", "St Mary's CE Primary": capitals that end in a kind of school."""
    at = 0
    while at < len(line.tokens):
        if line.tokens[at].key in lore().schools_first and line.capital(at):
            last = _named_after(line, at)
            if last > at + 1:
                start, end = line.tokens[at].start, line.tokens[last - 1].end
                yield Identifier(start, end, "school", "[school]", line.text[start:end], "school name")
            at = last
        elif line.tokens[at].key in lore().schools and line.hushed:
            last = at + 1
            first = _after_at_or_from(line, at)
            if first < at:
                start, end = line.tokens[first].start, line.tokens[at].end
                yield Identifier(start, end, "school", "[school]", line.text[start:end], "school name")
            at = last
        elif line.tokens[at].key in lore().schools and line.capital(at):
            last = _to_the_right(line, at)
            first = _to_the_left(line, at, named)
            if first < at and not _is_institution(line, first, last):
                start, end = line.tokens[first].start, line.tokens[last - 1].end
                yield Identifier(start, end, "school", "[school]", line.text[start:end], "school name")
            at = last
        else:
            at += 1


def _after_at_or_from(line: Line, at: int) -> int:
    """Where the name begins in "at castle rock high school", `at` when it is no name."""
    first = at
    while first > 0 and at - first < 5 and line.close(first - 1, first):
        key = line.tokens[first - 1].key
        if key in ("at", "from"):
            proper = [t for t in line.tokens[first:at] if not _is_common(t.key, lore().school_kinds)]
            return first if proper and not _is_common(line.tokens[first].key) else at
        first -= 1
    return at


def _is_common(key: str, kinds: frozenset[str] = frozenset()) -> bool:
    words = lore()
    return (
        key in words.generic_school_words
        or key in words.articles
        or key in words.leading
        or key in words.connectors
        or key in kinds
    )


def _named_after(line: Line, at: int) -> int:
    """Where "Ysgol Glan y Môr" ends: capitals, and small words between them."""
    last = end = at + 1
    while last < min(at + 6, len(line.tokens)) and line.close(at, last):
        token = line.tokens[last]
        if line.capital(last) and token.word:
            end = last + 1
        elif len(token.key) > 3:
            break
        last += 1
    return end


def _to_the_right(line: Line, at: int) -> int:
    last = at + 1
    while (
        last < len(line.tokens)
        and line.tokens[last].key in lore().school_kinds
        and line.capital(last)
        and line.close(at, last)
    ):
        last += 1
    return last


def _to_the_left(line: Line, at: int, named: set[int]) -> int:
    """Return the first token of the proper name before `at`, or `at` when there is none.

    named: offsets that belong to a person's name.
    """
    generic, first, proper = lore().generic_school_words, at, at
    while first > 0 and _adjoins(line, first) and at - first < 7:
        previous = line.tokens[first - 1]
        possessive = previous.key == "s" and not line.capital(first - 1)
        if (
            previous.start in named
            or previous.key in lore().titles
            or (len(previous.raw) == 1 and not possessive)
        ):
            break
        if not previous.word or not (
            line.capital(first - 1) or possessive or previous.key in lore().school_inner
        ):
            break
        first -= 1
        known = (
            previous.key in generic
            or previous.key in lore().school_kinds
            or previous.key in lore().school_inner
        )
        if not known and not possessive:
            proper = first
    return proper


def _adjoins(line: Line, at: int) -> bool:
    """True when token `at` goes on after the one before, as "School" in "Girls' School" does."""
    gap = line.tokens[at].before
    return line.close(at - 1, at) or (len(gap) == 2 and gap[0] in APOSTROPHES and gap[1] == " ")


def _is_institution(line: Line, first: int, last: int) -> bool:
    """Universities and the like stay: "King's College London", "Khan Academy"."""
    following = line.after(last)
    if following is not None and following.key in ("london", "of") and line.tokens[last - 1].key == "college":
        return True
    if line.tokens[last - 1].key == "college" and following is not None and following.key in _UNIVERSITIES:
        return True
    named = line.tokens[first].key in lore().not_schools
    return named and line.tokens[last - 1].key in ("college", "academy")
