"""When something comes round again, and until which birthday somebody is a pupil. Pure."""

from __future__ import annotations

from datetime import date, timedelta

TERM_MONTHS = 4  # January to April, May to August, September to December


def period(every: str, day: date) -> str:
    """The name of the week, month, term, half-year or year that a day lies in, "" for once and for all.

    A reminder is given once in each; every: as in a pack's reminders.
    """
    match every:
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{day:%Y-%m}"
        case "term":
            return f"{day.year}-T{(day.month - 1) // TERM_MONTHS + 1}"
        case "half_year":
            return f"{day.year}-H{(day.month - 1) // 6 + 1}"
        case "year":
            return f"{day.year}"
        case _:
            return ""


def birthday(born: date, age: int) -> date:
    """The day somebody reaches an age; born on 29 February, the first of March in common years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def comes_of_age(born: date, age: int, within: timedelta, day: date) -> bool:
    """Whether the birthday lies ahead, and no further than `within`."""
    return day <= birthday(born, age) <= day + within
