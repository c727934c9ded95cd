"""Header sections: the quick way and the careful way must read the same."""

from __future__ import annotations

import pytest

from gateway.moderate.fields import split_fields, split_parameters


@pytest.mark.parametrize(
    "section",
    [
        b"Subject: one",
        b"Subject:\r\nTo: \t x",
        b"Subject: one\r\n two\r\n\tthree\r\nTo: x\r\n",
        b"Subject: a:b: c\r\nX-Empty:\r\nX-Empty: again",
        b"To: caf\xc3\xa9\r\nTo: y",
    ],
)
def test_a_line_that_is_no_field_changes_nothing_about_the_others(section: bytes) -> None:
    fields, faults = split_fields(section)
    careful, more = split_fields(section.removesuffix(b"\r\n") + b"\r\nno field")
    assert careful == fields
    assert faults == []
    assert more == ["a header line without a colon"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\n\r"])
def test_a_bare_line_end_begins_no_field(end: bytes) -> None:
    fields, _ = split_fields(b"Subject: one" + end + b"Bcc: x\r\nTo: y")
    assert set(fields) == {"subject", "to"}


def test_parameters_once_read_are_nobodys_to_change() -> None:
    first = split_parameters(b"text/plain; charset=utf-8; charset=x", "Content-Type")
    first[1]["charset"] = "utf-7"
    first[2].clear()
    assert split_parameters(b"text/plain; charset=utf-8; charset=x", "Content-Type") == (
        "text/plain",
        {"charset": "utf-8"},
        ["two charset parameters"],
    )
