"""Where a pair is heading, and what it writes beside the tutor's other pupils: bars and their tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from gateway.desk import charts, words
from gateway.domain.course import Trajectory
from gateway.domain.people import Person
from gateway.moderate.trajectory import FULL, STAGES, faded, score
from gateway.ports import Traffic

FAINT = 0.1  # a sum below this is nothing one would call a sign
MOST_BARS = 13


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How much of one behaviour there was, fading with time. weight: the sum; said: in words."""

    name: str
    stage: str
    weight: float
    said: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A pair's course today. reached: its score; called_at: the score that opens a case."""

    behaviours: tuple[Behaviour, ...]
    chart: Markup = field(repr=False)
    reached: float
    called_at: float
    told: float
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """This pair's traffic, and that of the tutor's other pupils, the busiest first.

    usual: messages of the tutor to the others, on average; None without any.
    """

    own: Traffic | None
    others: tuple[Traffic, ...]
    pupils: Mapping[str, Person] = field(repr=False)
    usual: float | None
    volume: Markup = field(repr=False)
    hours: Markup = field(repr=False)


def course(state: Trajectory, called_at: float, now: datetime) -> Heading:
    """A pair's course as it stands now, its behaviours in the order of the stages."""
    today = faded(state, now)
    found = tuple(
        Behaviour(words.behaviour(name), words.plain(stage), today.sums[name], _much(today.sums[name]))
        for stage, names in STAGES.items()
        for name in names
        if today.sums.get(name, 0.0) >= FAINT
    )
    bars = [charts.Bar(one.name, one.weight, one.said) for one in found]
    chart = charts.rows("Behaviours seen between the two, by weight", bars)
    return Heading(found, chart, score(today), called_at, state.told, state.at)


def beside(found: Sequence[Traffic], pupils: Mapping[str, Person], pair_id: str) -> Beside:
    """One pair's traffic beside the others'. pupils: by pair id."""
    own = next((one for one in found if one.pair_id == pair_id), None)
    others = tuple(one for one in found if one.pair_id != pair_id)
    shown = [*([own] if own else []), *others][:MOST_BARS]
    names = {one.pair_id: _name(pupils[one.pair_id], one.pair_id == pair_id) for one in shown}
    volume = [
        charts.Bar(names[one.pair_id], one.by_tutor + one.by_family, str(one.by_tutor + one.by_family))
        for one in shown
    ]
    hours = [charts.Bar(names[one.pair_id], late_share(one), said_late(one)) for one in shown]
    return Beside(
        own=own,
        others=others,
        pupils=pupils,
        usual=sum(one.by_tutor for one in others) / len(others) if others else None,
        volume=charts.rows("Messages with each pupil", volume),
        hours=charts.rows("Share of the tutor's messages at late hours, by pupil", hours),
    )


def late_share(one: Traffic) -> float:
    """Of the tutor's messages, the share at late hours; 0 without any."""
    return one.late / one.by_tutor if one.by_tutor else 0.0


def said_late(one: Traffic) -> str:
    """The same in words: "4 of 12"."""
    return f"{one.late} of {one.by_tutor}" if one.by_tutor else "none sent"


def _much(weight: float) -> str:
    return "much" if weight >= FULL else "some" if weight >= FULL / 2 else "a little"


def _name(pupil: Person, own: bool) -> str:
    return f"{pupil.initials} (this one)" if own else pupil.initials
