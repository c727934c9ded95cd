"""An invitation is written anew: aliases for people we know, nobody else, nothing unjudged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.calendars import UNREADABLE, rewritten, told
from tests.fakes.files import invitation

SHOWN = {"ruth@family.test": ("alias2@relay.test", "Ruth W.")}


def made(*lines: str) -> str:
    return rewritten(invitation(*lines), SHOWN, "relay.test").decode().replace("\r\n ", "")


def test_its_words_and_the_names_of_its_people_are_told() -> None:
    source = invitation(
        "DESCRIPTION:Ring\\, me", "LOCATION:Room 4", "ORGANIZER;CN=Ruth:mailto:ruth@family.test"
    )
    assert told(source) == (["Lesson on quadratics", "Ring, me", "Room 4"], ["Ruth"], [])


def test_known_people_are_shown_by_alias_and_strangers_not_at_all() -> None:
    text = made("ORGANIZER;CN=R:MAILTO:Ruth@Family.test", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.test")
    assert 'ORGANIZER;CN="Ruth W.":mailto:alias2@relay.test' in text
    assert "ATTENDEE" not in text and "family.test" not in text


def test_an_answer_keeps_what_was_answered() -> None:
    text = made(
        'ATTENDEE;PARTSTAT=DECLINED;RSVP=TRUE;X-MAIL=a;SENT-BY="mailto:a@b.test":mailto:ruth@family.test'
    )
    assert "PARTSTAT=DECLINED" in text and "RSVP=TRUE" in text
    assert "SENT-BY" not in text and "X-MAIL" not in text


def test_an_id_says_nothing_and_stays_the_same() -> None:
    assert "7kukuqrfedlm2f9t" not in made()
    assert [line for line in made().split("\r\n") if line.startswith("UID")] == [
        line for line in made("SEQUENCE:1").split("\r\n") if line.startswith("UID")
    ]


def test_what_is_not_on_the_list_is_left_out_and_times_stay() -> None:
    text = made("X-ALT-DESC:<p>x</p>", "CONTACT:Ruth", "RELATED-TO:y", "RRULE:FREQ=WEEKLY;COUNT=3")
    assert not any(one in text for one in ("X-ALT-DESC", "CONTACT", "RELATED-TO"))
    assert "DTSTART:20260305T160000Z" in text and "RRULE:FREQ=WEEKLY;COUNT=3" in text
    assert "METHOD:REQUEST" in text


def test_an_alarm_sends_no_mail() -> None:
    text = made("BEGIN:VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", "ATTENDEE:mailto:x@y.test", "END:VALARM")
    assert "ACTION:DISPLAY" in text and "EMAIL" not in text


@pytest.mark.parametrize(
    "source",
    [
        "",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        invitation() + invitation(),
        invitation("ATTACH:https://x.test/a"),
        invitation("DTSTART:yesterday"),
        invitation() + "x" * 600_000,
        invitation(*["BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"] * 201),
    ],
    ids=["empty", "no event", "two", "a file", "no date", "long", "many"],
)
def test_what_cannot_be_read_is_a_fault(source: str) -> None:
    assert told(source)[2] == [UNREADABLE]


@given(st.text(max_size=80), st.integers(0, 200))
def test_it_never_raises_and_what_was_told_can_be_written(noise: str, at: int) -> None:
    source = invitation()
    source = source[:at] + noise + source[at:]
    if not told(source)[2]:
        rewritten(source, SHOWN, "relay.test")
