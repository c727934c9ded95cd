"""Reads a roster as it was written: roster.yaml, or a folder of CSV files.

Nothing is checked here but that there are rows; `roster_check` says what they mean.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import PolicyError, RosterError
from gateway.packs.marked import Marked, read

SHEETS = ("people", "guardianships", "pairs")
EXTRA_SHEETS = ("register", "lessons")  # None when the roster does not speak of them
ALLOW_KINDS = ("phones", "hosts", "addresses")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. where: such as "people row 3 (line 12)" or "people.csv row 4"."""

    where: str
    values: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rows of a roster. organisation: None when the folder does not name one.

    register, lessons: None when the roster says nothing of them, which leaves what there is.
    allow: rows of {"kind", "value"}. problems: rows that could not even be read.
    """

    organisation: Row | None
    people: tuple[Row, ...]
    guardianships: tuple[Row, ...]
    pairs: tuple[Row, ...]
    allow: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    register: tuple[Row, ...] | None = None
    lessons: tuple[Row, ...] | None = None


def read_sheets(path: Path) -> Sheets:
    """The rows of a roster.yaml, or of people.csv, guardianships.csv, pairs.csv and allow.csv.

    Raises: RosterError when there is nothing to read at all.
    """
    if path.is_dir():
        return _from_folder(path)
    if path.suffix.lower() == ".csv":
        raise RosterError([f"{path.name}: give the folder that holds people.csv, not a single file"])
    try:
        return _from_yaml(read(path))
    except PolicyError as error:
        raise RosterError([str(error)]) from error


def _from_yaml(marked: Marked) -> Sheets:
    content = marked.value
    if not isinstance(content, dict):
        raise RosterError([f"{marked.path.name}: a roster has organisation, people, guardianships and pairs"])
    known = ("organisation", *SHEETS, "allow", *EXTRA_SHEETS)
    problems = [f"{marked.path.name}: there is no section '{name}'" for name in content if name not in known]
    problems += [
        f"{marked.path.name}: {name} must be a list of rows"
        for name in (*SHEETS, *EXTRA_SHEETS)
        if not isinstance(content.get(name) or [], list)
    ]
    organisation = content.get("organisation")
    if not isinstance(organisation, dict):
        problems.append(f"{marked.path.name}: organisation must give id, name, domain and pack")
        organisation = {}
    people, guardianships, pairs = (_yaml_rows(marked, content, name, problems) for name in SHEETS)
    allow = _yaml_allow(content.get("allow") or {}, problems)
    extra = {name: _yaml_rows(marked, content, name, problems) for name in EXTRA_SHEETS if name in content}
    return Sheets(
        Row("organisation", organisation), people, guardianships, pairs, allow, tuple(problems), **extra
    )


def _yaml_rows(
    marked: Marked, content: Mapping[str, object], name: str, problems: list[str]
) -> tuple[Row, ...]:
    rows = content.get(name)
    found = []
    for number, values in enumerate(rows if isinstance(rows, list) else [], 1):
        line = marked.where([name, number - 1]).rsplit(":", 2)[-2]
        where = f"{name} row {number} (line {line})"
        if isinstance(values, dict):
            found.append(Row(where, values))
        else:
            problems.append(f"{where}: a row has named fields in braces")
    return tuple(found)


def _yaml_allow(allow: object, problems: list[str]) -> tuple[Row, ...]:
    if not isinstance(allow, dict):
        problems.append("allow: must give phones, hosts or addresses")
        return ()
    rows = []
    for kind, values in allow.items():
        for number, value in enumerate(values if isinstance(values, list) else [values], 1):
            rows.append(Row(f"allow {kind} row {number}", {"kind": kind, "value": value}))
    return tuple(rows)


def _from_folder(folder: Path) -> Sheets:
    if not (folder / "people.csv").is_file():
        raise RosterError([f"{folder.name}: this folder has no people.csv"])
    problems: list[str] = []
    sheets = {
        name: _csv_rows(folder / f"{name}.csv", problems) for name in ("organisation", *SHEETS, "allow")
    }
    organisation = next(iter(sheets.pop("organisation")), None)
    for name in EXTRA_SHEETS:
        if (folder / f"{name}.csv").is_file():
            sheets[name] = _csv_rows(folder / f"{name}.csv", problems)
    return Sheets(organisation, **sheets, problems=tuple(problems))


def _csv_rows(path: Path, problems: list[str]) -> tuple[Row, ...]:
    """Rows numbered as a spreadsheet shows them: the heading is row 1."""
    if not path.is_file():
        return ()
    try:
        # utf-8-sig: spreadsheets write a byte order mark that would become part of a heading.
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(f"{path.name}: cannot be read as CSV in UTF-8 ({type(error).__name__})")
        return ()
    rows = []
    for number, cells in enumerate(found, 2):
        where = f"{path.name} row {number}"
        if None in cells or None in cells.values():
            problems.append(f"{where}: has not as many cells as the heading")
            continue
        rows.append(Row(where, {name.strip(): text.strip() for name, text in cells.items() if text.strip()}))
    return tuple(rows)
