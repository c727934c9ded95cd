"""The small types that a pack's fields are made of."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gateway.domain.policy import Stance

FIRST_SENTENCE = re.compile(r".*?[.!?](?=\s|$)|.+")
DURATION = re.compile(r"(\d{1,5})\s*(min|h|d)")
UNIT = {"min": "minutes", "h": "hours", "d": "days"}


def _wording(text: str) -> str:
    """Refuse what an SMTP answer cannot carry (MAIL 7)."""
    text = text.strip()
    if not text.isascii() or not text.isprintable():
        raise ValueError("must be one paragraph of plain ASCII")
    first = FIRST_SENTENCE.match(text)
    if first is None:
        raise ValueError("must not be empty")
    if len(first.group()) > 100:
        raise ValueError(f"its first sentence has {len(first.group())} characters, at most 100 may stand")
    return text


def _duration(value: object) -> timedelta:
    match = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError("write a time such as 30 min, 2 h or 1 d")
    return timedelta(**{UNIT[match[2]]: int(match[1])})


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a date such as 2026-09-01") from None


Wording = Annotated[str, Field(max_length=400), AfterValidator(_wording)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Day = Annotated[date, BeforeValidator(_day)]
Score = Annotated[float, Field(gt=0, le=1, strict=False)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ClauseId = str
Cadence = Literal["week", "month", "term", "half_year", "year"]
Party = Literal["tutor", "pupil", "guardian", "staff", "outsider"]


class Strict(BaseModel):
    """Knows its words and takes no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Value = TypeVar("Value")


class Setting(Strict, Generic[Value]):
    """A value and where it comes from; `name: value` alone is the organisation's own choice."""

    value: Value
    stance: Annotated[Stance, Field(strict=False)] = Stance.SITE
    clauses: list[ClauseId] = Field(default=[])

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, dict) and "value" in value:
            return value
        return {"value": value}
