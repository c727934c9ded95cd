"""Many rows at the cost of few, in the caller's transaction.

`insert_together` writes a message's rows in one trip to the server, `copy_in` thousands of
rows into one table. Neither looks at conflicts: whoever calls looked under a lock before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from psycopg import sql
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from gateway.store.openline import Driver, driver_of
from gateway.store.packed import packed

TYPES: dict[type[TypeEngine[Any]], str] = {
    Text: "text",
    LargeBinary: "bytea",
    Boolean: "bool",
    BigInteger: "int8",
    Integer: "int4",
    SmallInteger: "int2",
    Float: "float8",
    JSON: "json",
    ARRAY: "text[]",
    Date: "date",
    DateTime: "timestamptz",
}
WRITTEN = frozenset({"text[]", "json"})  # sent as text, cast by the server


Rows = Sequence[Mapping[str, Any]]


def insert_together(driver: Driver, tables: Sequence[tuple[Table, Rows]]) -> None:
    """Insert rows into several tables with one statement, each table's in their order.

    All rows of a table have the same columns as its first. Constraints between the tables are
    looked at when all are written.
    """
    filled = [(table, rows) for table, rows in tables if rows]
    if not filled:
        return
    statement, kinds = _together(tuple((table, tuple(rows[0])) for table, rows in filled))
    columns = [
        packed(kind, [row[name] for row in rows] if write is None else [write(row[name]) for row in rows])
        for (_, rows), names in zip(filled, kinds, strict=True)
        for name, kind, write in names
    ]
    driver.execute(statement, columns)


Write = Callable[[Any], str | None]
Kinds = tuple[tuple[str, str, Write | None], ...]


@cache
def _together(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> tuple[bytes, tuple[Kinds, ...]]:
    """One array a column: however many rows, it stays the same statement, prepared once.

    With it the columns of each table: name, type in the array, and how a value is written as text.
    """
    written = (f'"{table.name}_rows" AS ({_insert(table, names)})' for table, names in shape)
    kinds = tuple(tuple(_kind(table.c[name]) for name in names) for table, names in shape)
    return f"WITH {', '.join(written)} SELECT".encode(), kinds


def _kind(column: Column[Any]) -> tuple[str, str, Write | None]:
    kind = TYPES[type(column.type)]
    if kind not in WRITTEN:
        return column.name, kind, None
    return column.name, "text", _as_json if kind == "json" else _as_array


def _insert(table: Table, names: tuple[str, ...]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    types = [TYPES[type(table.c[name].type)] for name in names]
    # unnest would take an array of arrays apart too, and knows no arrays of different lengths.
    given = ", ".join(f"%b::{'text' if kind in WRITTEN else kind}[]" for kind in types)
    taken = ", ".join(f'"{name}"::{kind}' for name, kind in zip(names, types, strict=True))
    into = f'INSERT INTO "{table.name}" ({quoted})'
    return f"{into} SELECT {taken} FROM unnest({given}) AS given ({quoted})"  # noqa: S608 - names of our schema


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _as_array(value: Sequence[str] | None) -> str | None:
    if value is None:
        return None
    escaped = (item.replace("\\", "\\\\").replace('"', '\\"') for item in value)
    return "{" + ",".join(f'"{item}"' for item in escaped) + "}"


def copy_in(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns as the first. Nothing happens for none."""
    if not rows:
        return
    names = tuple(rows[0])
    statement, types = _prepared(table, names)
    with driver_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row([row[name] for name in names])


@cache
def _prepared(table: Table, names: tuple[str, ...]) -> tuple[sql.Composed, list[str]]:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), columns)
    return statement, [TYPES[type(table.c[name].type)] for name in names]
