"""Columns are packed as PostgreSQL reads arrays; what comes back is what was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from psycopg.adapt import PyFormat, Transformer

from gateway.store.packed import packed

MOMENT = datetime(2026, 3, 4, 16, 30, 5, 123456, UTC)
COLUMNS: list[tuple[str, list[Any]]] = [
    ("text", ["", "Homework", 'a "quoted", {braced} \\ one', "día 🙂", None]),
    ("bytea", [b"", b"\0\xff", None]),
    ("bool", [True, False, None]),
    ("int8", [0, -1, 2**63 - 1, -(2**63), None]),
    ("int4", [7, -(2**31), None]),
    ("int2", [7, -(2**15), None]),
    ("float8", [0.0, -1.5, 1e300, None]),
    ("date", [date(1999, 12, 31), date(2012, 3, 4), None]),
    ("timestamptz", [MOMENT, datetime(1970, 1, 1, tzinfo=UTC), None]),
]


def unpacked(array: object) -> Any:
    """Read an array as psycopg reads one that the server sent."""
    dumper = Transformer().get_dumper(array, PyFormat.BINARY)
    data = dumper.dump(array)
    assert data is not None
    return Transformer().get_loader(dumper.oid, dumper.format).load(data)


@pytest.mark.parametrize(("kind", "values"), COLUMNS)
def test_every_value_comes_back(kind: str, values: list[Any]) -> None:
    assert unpacked(packed(kind, values)) == values


@pytest.mark.parametrize("kind", [kind for kind, _ in COLUMNS])
def test_nothing_is_an_array_of_nothing(kind: str) -> None:
    assert unpacked(packed(kind, [])) == []


def test_a_time_elsewhere_is_the_same_moment() -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert unpacked(packed("timestamptz", [there])) == [MOMENT]


@pytest.mark.parametrize(("kind", "value"), [("int2", 2**15), ("int4", 2**31), ("int8", 2**63)])
def test_a_number_that_does_not_fit_is_refused(kind: str, value: int) -> None:
    with pytest.raises(Exception, match=r"format|range|too large"):
        packed(kind, [value])


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        packed("timestamptz", [MOMENT.replace(tzinfo=None)])
