"""Where pairs are heading: one row a pair, moved on in the transaction that keeps a message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import ARRAY, Connection, Text, bindparam, func, select

from gateway.domain.course import Signals, Trajectory
from gateway.moderate.trajectory import bears, further
from gateway.store.openline import Driver, rows_of, sql_of
from gateway.store.packed import packed
from gateway.store.schema import pair_course

RULE = "pair_trajectory"
Step = tuple[str, str, str, Signals, bool]
"""Organisation, pair and tutor; what a message adds; whether a case was opened for the pair's course."""


def ask_courses(driver: Driver, pair_ids: Iterable[str]) -> psycopg.Cursor[Any]:
    """The rows of some pairs; in a pipeline, before they are there."""
    return rows_of(driver, COURSES, {"pairs": packed("text", sorted(set(pair_ids)))})


def courses_of(rows: Iterable[Any]) -> dict[str, Trajectory]:
    """Trajectories by pair id."""
    return {row.pair_id: _read(row.state, row.usual) for row in rows}


def course_of(connection: Connection, organisation_id: str, pair_id: str) -> Trajectory:
    """The trajectory of one pair; an empty one where nothing was said yet."""
    theirs = select(pair_course.c.state, _usual.label("usual")).where(
        pair_course.c.organisation_id == organisation_id, pair_course.c.pair_id == pair_id
    )
    row = connection.execute(theirs).one_or_none()
    return _read(row.state, row.usual) if row else Trajectory()


def write_courses(driver: Driver, before: dict[str, Trajectory], steps: Sequence[Step]) -> None:
    """Move pairs on by messages, in their order. before: as read under this transaction's lock."""
    after: dict[str, tuple[str, str, Trajectory]] = {}
    for organisation_id, pair_id, tutor_id, signals, opened in steps:
        if bears(signals):
            state = after[pair_id][2] if pair_id in after else before.get(pair_id, Trajectory())
            after[pair_id] = organisation_id, tutor_id, further(state, signals, opened)
    if after:
        driver.execute(
            WRITE,
            [
                packed("text", list(after)),
                packed("text", [one[0] for one in after.values()]),
                packed("text", [one[1] for one in after.values()]),
                packed("float8", [one[2].volume for one in after.values()]),
                packed("text", [_written(one[2]) for one in after.values()]),
            ],
        )


def _written(state: Trajectory) -> str:
    held = asdict(state)
    del held["usual"]
    return json.dumps({**held, "at": state.at.isoformat() if state.at else None})


def _read(written: str, usual: float | None) -> Trajectory:
    held = json.loads(written)
    at = datetime.fromisoformat(held["at"]) if held["at"] else None
    return Trajectory(**{**held, "at": at, "strongest": tuple(held["strongest"]), "usual": usual})


_others = pair_course.alias("others")
_usual = (
    select(func.avg(_others.c.volume))
    .where(
        _others.c.organisation_id == pair_course.c.organisation_id,
        _others.c.tutor_id == pair_course.c.tutor_id,
        _others.c.pair_id != pair_course.c.pair_id,
    )
    .scalar_subquery()
)
COURSES = sql_of(
    select(pair_course.c.pair_id, pair_course.c.state, _usual.label("usual")).where(
        pair_course.c.pair_id == bindparam("pairs", type_=ARRAY(Text)).any_()
    )
)
WRITE = (
    "INSERT INTO pair_course (pair_id, organisation_id, tutor_id, volume, state)"
    " SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::float8[], %b::text[])"
    " ON CONFLICT (pair_id) DO UPDATE SET volume = excluded.volume, state = excluded.state"
)
