"""A message written anew on the page is the mail that a tutor's program would have sent."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from gateway.channels.email.parse import read
from gateway.desk.tutors.rewriting import rewritten
from gateway.domain.message import Assurance, Channel, Envelope
from tests.fakes.circle import NOW, TARA, circle

OLD = Envelope(
    "m1",
    "M-2345-6789",
    "demo",
    "tara-jamie",
    Channel.EMAIL,
    "tara",
    ("jamie", "ruth"),
    NOW,
    Assurance.PASSWORD,
)


def test_it_goes_to_the_same_people_by_their_aliases_from_the_issued_address() -> None:
    around = circle()
    made = rewritten(OLD, around, "Home\r\nBcc: x@y.test work", "Please read page 4 – ü", NOW)
    mail = message_from_bytes(made.raw, policy=default)
    assert mail["From"] == TARA.address
    assert mail["To"] == f"{around.aliases['jamie']}, {around.aliases['ruth']}"
    assert mail["Subject"] == "Home Bcc: x@y.test work" and mail["Bcc"] is None
    assert mail.get_content().splitlines() == ["Please read page 4 – ü"]
    assert made.envelope.recipient_ids == OLD.recipient_ids
    assert made.envelope.id != OLD.id and made.envelope.assurance is Assurance.PASSWORD


def test_the_gate_reads_it_without_a_fault() -> None:
    assert read(rewritten(OLD, circle(), "Homework", "Page 4.\n.\n..\nFrom here", NOW).raw).form_faults == ()


def test_whoever_cannot_be_reached_any_more_is_left_out_and_nobody_is_a_fault() -> None:
    around = circle()
    alone = replace(around, aliases={"tara": "a@relay.test", "ruth": "r@relay.test"})
    assert rewritten(OLD, alone, "x", "y", NOW).envelope.recipient_ids == ("ruth",)
    with pytest.raises(ValueError, match="nobody"):
        rewritten(OLD, replace(around, aliases={}), "x", "y", NOW)
