"""Whole mails: what came in, and the very bytes that go out, or why nothing does.

Each pair is NAME.in.eml and NAME.out.eml; the first has a line `X-Reason:` that says why it
exists. Files have plain line feeds. After a change that is meant, write the outputs anew
with `REWRITE_MAIL=1 pytest tests/mail` and read the difference before keeping it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.channels.email.compose import compose, leaks
from gateway.channels.email.parse import on_the_wire, read
from gateway.domain.people import Person
from tests.fakes.circle import JAMIE, RUTH, TARA, circle, envelope

FOLDER = Path(__file__).parent
MAILS = sorted(path.name.removesuffix(".in.eml") for path in FOLDER.glob("*.in.eml"))


def delivered(raw: bytes) -> bytes:
    """The first recipient's copy, or "HELD:" and the reasons."""
    reading = read(raw)
    if reading.form_faults:
        return b"HELD: " + "; ".join(reading.form_faults).encode() + b"\r\n"
    from_tutor = reading.authors == (TARA.address,)
    sender, others = (TARA, (JAMIE, RUTH)) if from_tutor else (RUTH, (TARA,))
    to: Person = others[0]
    people = circle()
    content = compose(reading, envelope(sender.id, tuple(one.id for one in others)), people, others, to)
    assert leaks(content, people, to) == ()
    return content


@pytest.mark.parametrize("name", MAILS)
def test_what_goes_out_is_what_is_kept_beside_what_came_in(name: str) -> None:
    stored = (FOLDER / f"{name}.in.eml").read_bytes()
    assert b"\nX-Reason: " in stored
    made = delivered(on_the_wire(stored)).replace(b"\r\n", b"\n")
    out = FOLDER / f"{name}.out.eml"
    if os.environ.get("REWRITE_MAIL"):
        out.write_bytes(made)
    assert made == out.read_bytes()


def test_every_output_belongs_to_an_input() -> None:
    assert sorted(path.name.removesuffix(".out.eml") for path in FOLDER.glob("*.out.eml")) == MAILS
