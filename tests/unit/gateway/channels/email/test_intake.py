from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email.intake import Intake, has_odd_bytes

KIB = 1024


def fed(chunks: list[bytes], most: int = 10**6, line: int = 64 * KIB) -> tuple[Intake, bytes | None]:
    body, rest = Intake(most, line), None
    for number, chunk in enumerate(chunks):
        rest = body.feed(chunk)
        if rest is not None:
            return body, rest + b"".join(chunks[number + 1 :])
    return body, rest


def by_lines(wire: bytes) -> tuple[bytes, bytes] | None:
    """The slow, obvious way: CRLF-ended lines up to a lone dot, leading dots removed."""
    lines = wire.split(b"\r\n")
    for number, line in enumerate(lines[:-1]):
        if line == b".":
            kept = [one[1:] if one.startswith(b".") else one for one in lines[:number]]
            return b"".join(one + b"\r\n" for one in kept), b"\r\n".join(lines[number + 1 :])
    return None


def test_it_takes_an_empty_body() -> None:
    body, rest = fed([b".\r\n"])
    assert (body.content(), rest) == (b"", b"")


def test_it_removes_one_leading_dot_of_each_line() -> None:
    body, rest = fed([b"..\r\n.a\r\n..b\r\nc.\r\n.\r\nQUIT\r\n"])
    assert (body.content(), rest) == (b".\r\na\r\n.b\r\nc.\r\n", b"QUIT\r\n")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\r\n.", b"\0", b"\r\n.\r\n"]), max_size=40
    ),
    st.data(),
)
def test_however_the_bytes_are_cut_it_reads_what_a_line_reader_reads(
    pieces: list[bytes], data: st.DataObject
) -> None:
    wire = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=12)))
    chunks = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    body, rest = fed([chunk for chunk in chunks if chunk])
    expected = by_lines(wire)
    if expected is None:
        assert rest is None
        return
    raw = wire[: len(wire) - len(expected[1])]
    assert (body.content(), rest) == expected
    assert body.odd == has_odd_bytes(b"\r\n" + raw)


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 50), st.integers(1, 60))
def test_it_finds_a_long_line_however_the_bytes_are_cut(lengths: list[int], longest: int, step: int) -> None:
    wire = b"".join(b"x" * length + b"\r\n" for length in lengths) + b".\r\n"
    body, rest = fed([wire[at : at + step] for at in range(0, len(wire), step)], line=longest)
    assert rest == b""
    assert body.long_line == (max(lengths) > longest)


@pytest.mark.parametrize("size", [999, 1000, 1001])
def test_it_counts_bytes_without_stuffed_dots_and_end_mark(size: int) -> None:
    body, rest = fed([b".." + b"x" * (size - 3) + b"\r\n.\r\n"], most=1000)
    assert rest == b""
    assert body.too_large == (size > 1000)
    assert len(body.content()) == (0 if size > 1000 else size)


def test_what_is_too_large_is_not_kept() -> None:
    body = Intake(10 * KIB, 64 * KIB)
    for _ in range(1000):
        body.feed(b"x" * 998 + b"\r\n")
    assert body.too_large
    assert body.content() == b""
    assert body.received == 1_000_000


@pytest.mark.parametrize("odd", [b"a\rb", b"a\nb", b"a\0b", b"a\r\r\nb", b"a\n\r\nb"])
def test_it_notices_bytes_that_have_no_place_in_a_line(odd: bytes) -> None:
    assert fed([odd + b"\r\n.\r\n"])[0].odd
    assert fed([bytes([one]) for one in odd + b"\r\n.\r\n"])[0].odd


def test_no_chunk_of_a_25_mb_mail_holds_the_loop_up() -> None:
    """50 ms is allowed; the slowest chunk takes about one."""
    chunk = (b"x" * 76 + b"\r\n") * 3300
    body, slowest = Intake(30 * KIB * KIB, 64 * KIB), 0.0
    for _ in range(100):
        began = time.thread_time()
        body.feed(chunk)
        slowest = max(slowest, time.thread_time() - began)
    body.feed(b".\r\n")
    assert len(body.content()) == 100 * len(chunk)
    assert slowest < 0.05
