"""Canonical forms are the RFC's, agree with dkimpy's, and cost the same whoever wrote the mail."""

from __future__ import annotations

import hashlib
import time

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import canonical
from gateway.channels.email.canonical import relaxed_field, selected, simple_field, split, tags

LINES = st.lists(st.text(" \ta.=", max_size=12)).map(
    lambda lines: "".join(f"{x}\r\n" for x in lines).encode()
)


def digest(body: bytes, *, relaxed: bool) -> tuple[bytes, int]:
    return split(b"From: a@b.test\r\n\r\n" + body)[1].hashed(relaxed=relaxed)


def hashed(data: bytes) -> tuple[bytes, int]:
    return hashlib.sha256(data).digest(), len(data)


# RFC 6376 section 3.4.5.
EXAMPLE = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n"


def test_the_relaxed_form_is_the_one_of_the_rfcs_example() -> None:
    fields, body = split(EXAMPLE)
    assert [relaxed_field(one) for one in fields] == [b"a:X", b"b:Y Z"]
    assert body.hashed(relaxed=True) == hashed(b" C\r\nD E\r\n")


def test_the_simple_form_is_the_one_of_the_rfcs_example() -> None:
    fields, body = split(EXAMPLE)
    assert [simple_field(one) for one in fields] == [b"A: X", b"B : Y\t\r\n\tZ  "]
    assert body.hashed(relaxed=False) == hashed(b" C \r\nD \t E\r\n")


def test_an_empty_body_is_nothing_when_relaxed_and_one_line_end_when_simple() -> None:
    for body in (b"", b"\r\n", b"\r\n\r\n"):
        assert digest(body, relaxed=True) == hashed(b"")
        assert digest(body, relaxed=False) == hashed(b"\r\n")


@given(LINES)
def test_bodies_are_hashed_as_dkimpy_does(body: bytes) -> None:
    assert digest(body, relaxed=True) == hashed(Relaxed.canonicalize_body(body))
    assert digest(body, relaxed=False) == hashed(Simple.canonicalize_body(body))


@given(LINES, st.integers(1, 9))
def test_the_size_of_the_pieces_changes_nothing(body: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical, "PIECE_BYTES", size)
        assert digest(body, relaxed=True) == hashed(Relaxed.canonicalize_body(body))
        assert digest(body, relaxed=False) == hashed(Simple.canonicalize_body(body))


def test_a_megabyte_of_spaces_costs_no_more_than_a_megabyte_of_words() -> None:
    started = time.process_time()
    for body in (b" " * 1_000_000 + b"x\r\n", b" \t" * 500_000, b" \r\n" * 300_000 + b"x", b"\r\n" * 500_000):
        digest(body, relaxed=True)
    assert time.process_time() - started < 2  # dkimpy's expressions take minutes


@pytest.mark.parametrize(
    "head", [b"From: a\r\nno colon", b" folded first", b"Fr om: a", b"From: a\nTo: b", b""]
)
def test_what_is_no_header_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="header line"):
        split(head + b"\r\n\r\nHi\r\n")


def test_of_equal_names_the_lowest_is_signed_first_and_absence_can_be_signed() -> None:
    fields = [(b"From", b"1"), (b"To", b"2"), (b"from", b"3")]
    assert selected(fields, [b"from", b"from", b"from", b"cc", b"to"]) == [
        (b"from", b"3"),
        (b"From", b"1"),
        (b"To", b"2"),
    ]


def test_a_tag_list_is_read_without_the_space_around_its_values() -> None:
    assert tags(" v = DKIM1 ;\tp=ab=\r\n cd= ; ") == {"v": "DKIM1", "p": "ab=\r\n cd="}


@pytest.mark.parametrize("text", ["v=1; v=1", "v", "=1", "1v=1", "v=1;;p=2", "v=\x00", "v=é", ""])
def test_a_broken_tag_list_is_refused(text: str) -> None:
    if text:
        with pytest.raises(ValueError, match="tag list"):
            tags(text)
    else:
        assert tags(text) == {}
