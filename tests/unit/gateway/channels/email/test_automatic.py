"""What no person wrote just now is recognised, and so is what goes in circles."""

from __future__ import annotations

import pytest

from gateway.channels.email.authresults import header_fields
from gateway.channels.email.automatic import MOST_HOPS, goes_in_circles, is_auto_submitted
from gateway.channels.email.compose import compose
from gateway.domain.message import Part, Reading
from tests.fakes.circle import JAMIE, circle, envelope

LETTER = b"From: Ruth <ruth@family.test>\r\nTo: a@relay.test\r\nSubject: Tuesday\r\n"


def fields(*more: str) -> list[tuple[bytes, bytes]]:
    return header_fields(LETTER + "".join(f"{one}\r\n" for one in more).encode() + b"\r\nHi\r\n")


@pytest.mark.parametrize(
    "line",
    [
        *("Auto-Submitted: auto-replied", "auto-submitted: Auto-Generated (out of office)"),
        *("Auto-Submitted: auto-replied; owner-email=x", "Auto-Submitted:\r\n auto-notified"),
        *("Precedence: bulk", "Precedence: Auto_Reply", "Precedence: junk", "Precedence: list"),
        *("X-Autoreply: yes", "X-Autorespond: Away", "X-Vacation: yes", "List-Id: <parents.family.test>"),
        *("Return-Path: <>", "X-Failed-Recipients: x@family.test"),
    ],
)
def test_the_marks_of_a_program_are_known(line: str) -> None:
    assert is_auto_submitted(fields(line))


@pytest.mark.parametrize(
    "line",
    [
        *(
            "Auto-Submitted: no",
            "Auto-Submitted: No (a person)",
            "Auto-Submitted:",
            "Precedence: first-class",
        ),
        *(
            "X-Auto-Response-Suppress: All",
            "X-Autoreply: no",
            "Return-Path: <ruth@family.test>",
            "X-Mailer: Post",
        ),
    ],
)
def test_a_persons_letter_is_a_persons(line: str) -> None:
    assert not is_auto_submitted(fields(line))
    assert not is_auto_submitted(fields(line), "ruth@family.test")


def test_the_null_sender_is_a_program() -> None:
    assert is_auto_submitted(fields(), "")
    assert not is_auto_submitted(fields(), None)


def test_a_copy_of_ours_that_comes_back_goes_in_circles() -> None:
    reading = Reading(parts=(Part(0, "text/plain", "Hi"),), subject="Hello")
    ours = compose(reading, envelope("tara"), circle(), (JAMIE,), JAMIE)
    assert goes_in_circles(header_fields(b"Received: from x\r\n" + ours))
    assert not goes_in_circles(fields("In-Reply-To: <x@relay.test>"))


def test_thirty_servers_are_a_long_way_and_more_are_a_circle() -> None:
    assert not goes_in_circles(fields(*["Received: from x"] * MOST_HOPS))
    assert goes_in_circles(fields(*["Received: from x"] * (MOST_HOPS + 1)))
