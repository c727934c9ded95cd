"""Columns of values as PostgreSQL's binary arrays, packed in one go.

Psycopg would look at every value anew for the type to send it as, which is half of what a
commit costs this process; a column of ours has one type, and we know which.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.postgres import types

_EPOCH, _FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_HEAD, _LENGTH = struct.Struct("!iiIii").pack, struct.Struct("!i").pack
_NULL = _LENGTH(-1)


def _moment(value: datetime) -> bytes:
    return struct.pack("!q", (value - _EPOCH) // _MICROSECOND)


def _day(value: date) -> bytes:
    return struct.pack("!i", value.toordinal() - _FIRST_DAY)


_WRITE: dict[str, Callable[[Any], bytes]] = {
    "text": str.encode,
    "bytea": bytes,
    "bool": struct.Struct("!?").pack,
    "int8": struct.Struct("!q").pack,
    "int4": struct.Struct("!i").pack,
    "int2": struct.Struct("!h").pack,
    "float8": struct.Struct("!d").pack,
    "date": _day,
    "timestamptz": _moment,
}


@dataclass(frozen=True, slots=True)
class Packed:
    """An array of one type, as the server takes it; there is a class for each type."""

    data: bytes


def _packed_class(kind: str) -> type[Packed]:
    class Array(Packed):
        __slots__ = ()

    class ArrayDumper(Dumper):
        format = psycopg.pq.Format.BINARY
        oid = types[kind].array_oid

        def dump(self, obj: Packed) -> bytes:
            return obj.data

    psycopg.adapters.register_dumper(Array, ArrayDumper)
    return Array


_KINDS = {kind: (_packed_class(kind), types[kind].oid, write) for kind, write in _WRITE.items()}


def packed(kind: str, values: Iterable[Any]) -> Packed:
    """Return values as a parameter of type `kind`[].

    kind: a key of the types above, such as "int8". values: None for NULL; times are aware.
    """
    array, oid, write = _KINDS[kind]
    pieces: list[bytes] = []
    count = nulls = 0
    for value in values:
        count += 1
        if value is None:
            nulls = 1
            pieces.append(_NULL)
        else:
            data = write(value)
            pieces += (_LENGTH(len(data)), data)
    # An array of nothing has no dimension (array_send in PostgreSQL's arrayfuncs.c).
    head = _HEAD(1, nulls, oid, count, 1) if count else _HEAD(0, 0, oid, 0, 0)[:12]
    return array(b"".join((head, *pieces)))
