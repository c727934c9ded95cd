"""Mails that programs read differently: what any of four parsers shows, we judged, or we held the mail.

`index.tsv` names every mail, the marker hidden in it and why it exists. `recorded/` keeps what
the other parsers showed once (see `recorders/README.md`); none of them is needed here.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from gateway.channels.email.parse import on_the_wire, read
from gateway.domain.message import Reading
from gateway.moderate.gate import faults

FOLDER = Path(__file__).parent
# Fixtures held on purpose: for what they carry, or for a footer behind base64.
HELD_ON_PURPOSE = {"calendar_invite", "list_footer_after_base64"}
ORDINARY = sorted(
    path
    for path in FOLDER.parent.glob("*.in.eml")
    if path.name.removesuffix(".in.eml") not in HELD_ON_PURPOSE
)

# Mails that show a marker to somebody and pass unjudged here. Strict: a mended one must leave.
KNOWN_GAPS: dict[str, str] = {}


def _index() -> dict[str, tuple[str, str]]:
    rows = (FOLDER / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {name: (marker, why) for name, marker, why in (row.split("\t") for row in rows)}


INDEX = _index()


@cache
def _recorded() -> dict[str, dict[str, dict[str, list[str]]]]:
    records = (json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / "recorded").glob("*.json"))
    return {f"{one['parser']} {one['version']}": one["mails"] for one in records}


def _raw(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def _level(text: str) -> str:
    """Text as a reader takes it: full-width digits are digits, any white space is one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _showing(name: str) -> list[str]:
    """The parsers that show a mail's marker."""
    marker = _level(INDEX[name][0])
    return [
        parser
        for parser, mails in _recorded().items()
        if any(marker in _level(text) for texts in mails[name].values() for text in texts)
    ]


def _judged(reading: Reading, name: str) -> bool:
    marker = _level(INDEX[name][0])
    return any(marker in _level(passage.text) for passage in reading.passages)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=KNOWN_GAPS[name]))
        if name in KNOWN_GAPS
        else name
        for name in INDEX
    ],
)
def test_what_any_parser_shows_was_judged_or_the_mail_was_held(name: str) -> None:
    reading = read(_raw(name))
    if showing := _showing(name):
        assert reading.form_faults or _judged(reading, name), f"{INDEX[name][1]}; shown by {showing}"


@pytest.mark.parametrize("name", INDEX)
def test_what_the_gate_faults_is_held_by_the_reader(name: str) -> None:
    """The reader may find more than the gate, never less."""
    assert set(faults(_raw(name))) <= set(read(_raw(name)).form_faults)


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: path.name.removesuffix(".in.eml"))
def test_no_ordinary_mail_is_held_for_its_form(path: Path) -> None:
    assert read(on_the_wire(path.read_bytes())).form_faults == ()


def test_every_mail_is_indexed_and_recorded_by_every_parser() -> None:
    mails = {path.stem for path in FOLDER.glob("*.eml")}
    assert mails == set(INDEX)
    assert len(INDEX) >= 120
    assert len({marker for marker, _ in INDEX.values()}) == len(INDEX)
    assert set(KNOWN_GAPS) <= mails
    assert len(_recorded()) == 5
    assert all(set(record) == mails for record in _recorded().values())


def test_most_markers_are_shown_by_somebody() -> None:
    """A marker nobody shows proves nothing about its mail; those stay for readers not recorded here."""
    assert sum(bool(_showing(name)) for name in INDEX) >= 500


def test_the_parsers_and_the_gateway_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Written for `pytest -s`: how many of the mails each shows, and what the gateway does with them."""
    rows = Counter[str]()
    for name in INDEX:
        reading = read(_raw(name))
        rows["gateway: held"] += bool(reading.form_faults)
        rows["gateway: passed on, marker judged"] += not reading.form_faults and _judged(reading, name)
        rows["gateway: passed on, marker not seen"] += not reading.form_faults and not _judged(reading, name)
        showing = _showing(name)
        rows.update(f"shown by {parser}" for parser in showing)
        rows["shown by some parsers, not by all"] += 0 < len(showing) < len(_recorded())
    print(f"\n{len(INDEX)} ambiguous mails")
    for row, count in sorted(rows.items()):
        print(f"  {row:50} {count:4}")
    # A gate that held everything would pass every other test of this file but the ordinary mails.
    assert rows["gateway: passed on, marker judged"] >= 150
