"""The ids of a thread are found in a header at little cost, and as the parser reads them."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.parse import read
from gateway.moderate.threads import message_ids, named_in


def test_what_a_mail_names_as_before_it() -> None:
    raw = (
        b"Message-ID: <own@a.test>\r\nReferences: <1@a.test>\r\n\t<2@b.test>\r\n <3@c.test>\r\nTo: <x@y.test>\r\n"
        b"in-reply-to:<4@d.test>\r\n\r\nReferences: <5@e.test>\r\n"
    )
    assert named_in(raw) == ("<4@d.test>", "<1@a.test>", "<2@b.test>", "<3@c.test>")
    assert named_in(b"References: <1@a.test>") == ("<1@a.test>",)
    assert named_in(b"Subject: Re: <1@a.test>\r\n\r\nHello") == ()
    assert named_in(b"") == ()


def test_of_a_long_thread_the_end_counts() -> None:
    ids = " ".join(f"<{number}@a.test>" for number in range(80))
    assert message_ids(ids.encode()) == tuple(f"<{number}@a.test>" for number in range(30, 80))


def test_a_hostile_header_costs_little() -> None:
    raw = b"References: " + b"<" * 60_000 + b"\r\n\r\n"
    began = time.process_time()
    assert named_in(raw) == ()
    assert time.process_time() - began < 0.1


@given(
    st.lists(st.sampled_from(["<1@a.test>", "<2@b.test>", "<3>", "x", '"<4@c"', "\r\n ", ","]), max_size=9)
)
def test_it_finds_all_that_the_parser_finds(words: list[str]) -> None:
    raw = f"From: a@b.test\r\nReferences: {' '.join(words)}\r\nSubject: x\r\n\r\nHi\r\n".encode()
    assert set(read(raw).references) <= set(named_in(raw))
