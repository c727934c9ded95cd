"""How many days ahead a message says that something ends. Pure.

Of several days that are named the nearest counts: a note too many is read by a person, one too few by nobody.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

_NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_COUNT = rf"(?P<n>\d{{1,3}}|one|an|{'|'.join(_NUMBERS)})\s+(?P<unit>{'|'.join(_UNITS)})s?\b"
_NOW = re.compile(
    r"\b(?:today|tonight|now|immediate(?:ly)?|at once|(?:straight|right) away|this week)\b(?<!from now)"
)
_TOMORROW = re.compile(r"\btomorrow\b")
_COUNTED = (
    re.compile(rf"\b(?:in|after|of)\s+{_COUNT}(?!\s+ago)"),
    re.compile(rf"\b{_COUNT}['’]?s?\s+(?:from\s+(?:now|today)|notice|time|ahead|hence)\b"),
)
_WEEKDAY = re.compile(rf"\b(?P<day>{'|'.join(_DAYS)})\b")
_NEXT = re.compile(r"\bnext\s+(?P<unit>week|month)\b")
_MONTHS_END = re.compile(r"\bend\s+of\s+(?:the|this)\s+month\b")
_NUMBERED = re.compile(
    rf"\b(?P<d>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{'|'.join(_MONTHS)})\b"
    rf"|\b(?P<m2>{'|'.join(_MONTHS)})\s+(?:the\s+)?(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?\b"
    r"|\b(?:the\s+)?(?P<d3>[0-3]?\d)(?:st|nd|rd|th)\b"
)


def least_notice(text: str, day: date) -> int | None:
    """The days from `day` to the nearest day that English words name, None when they name none."""
    said = text.casefold()
    return min((found for found in _named(said, day) if found >= 0), default=None)


def _named(said: str, day: date) -> Iterator[int]:
    if _NOW.search(said):
        yield 0
    if _TOMORROW.search(said):
        yield 1
    for pattern in _COUNTED:
        for found in pattern.finditer(said):
            yield _number(found["n"]) * _UNITS[found["unit"]]
    for found in _WEEKDAY.finditer(said):
        yield (_DAYS.index(found["day"]) - day.weekday()) % 7
    for found in _NEXT.finditer(said):
        left = 7 - day.weekday() if found["unit"] == "week" else _left_of_month(day) + 1
        yield left
    if _MONTHS_END.search(said):
        yield _left_of_month(day)
    for found in _NUMBERED.finditer(said):
        month = found["m"] or found["m2"]
        number = int(found["d"] or found["d2"] or found["d3"])
        yield from _until(number, _MONTHS.index(month) + 1 if month else 0, day)


def _until(number: int, month: int, day: date) -> Iterator[int]:
    """The days to the next such day of that month, of any month for 0; nothing for a day that never comes."""
    ahead = (day + timedelta(days=n) for n in range(366))
    match = (one for one in ahead if one.day == number and month in (0, one.month))
    if (found := next(match, None)) is not None:
        yield (found - day).days


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 1 if word in ("an", "one") else _NUMBERS.index(word) + 1


def _left_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1] - day.day
