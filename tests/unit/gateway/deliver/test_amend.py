"""Changes land where they were meant, all of them or none."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.deliver.amend import amend, redactions, together
from gateway.domain.message import Part, Reading
from gateway.domain.verdict import AddRecipient, Replace

SOURCE = "<p>Call 0770&#48; <b>900</b>123</p>"
ORIGIN = array("l", [*range(3, 12), 12, 17, *range(21, 24), *range(28, 31)])
READING = Reading(
    subject="Jamie Whitfield",
    parts=(
        Part(1, "text/plain", "Call 07700 900123 now"),
        Part(2, "text/html", SOURCE, alternative=True),
        Part(3, "text/plain", None, b"ring 07700", "07700.txt", inline=False),
        Part(4, "application/pdf", None, b"%PDF", "a.pdf", inline=False),
    ),
    passages=(
        Passage(Layer.SUBJECT, "Jamie Whitfield"),
        Passage(Layer.TEXT, "Call 07700 900123 now", 1),
        Passage(Layer.HTML, "Call 07700 900123", 2, ORIGIN),
        Passage(Layer.FILENAME, "07700.txt", 3),
        Passage(Layer.ATTACHMENT, "ring 07700", 3),
    ),
)


def found(layer: Layer, part: int, start: int, end: int, category: str = "phone") -> Finding:
    return Finding(Kind.CONTACT, category, layer, start, end, 0.9, part)


def test_nothing_to_change_changes_nothing() -> None:
    assert amend(READING, (AddRecipient("ruth"),)) == READING


def test_changes_are_made_from_the_end_so_that_places_stay_right() -> None:
    changes = (Replace(Layer.SUBJECT, 0, 0, 5, "J."), Replace(Layer.SUBJECT, 0, 6, 15, "W."))
    made = amend(READING, changes)
    assert made.subject == "J. W."
    assert made.passages[0].text == "J. W."
    assert made.parts == READING.parts


def test_each_layer_is_changed_where_it_is() -> None:
    changes = (
        Replace(Layer.TEXT, 1, 5, 17, "[x]"),
        Replace(Layer.FILENAME, 3, 0, 5, "x"),
        Replace(Layer.ATTACHMENT, 3, 5, 10, "[é]"),
    )
    made = amend(READING, changes)
    assert made.parts[0].text == "Call [x] now"
    assert (made.parts[2].filename, made.parts[2].content) == ("x.txt", "ring [é]".encode())
    assert [one.text for one in made.passages[1:]] == [
        "Call [x] now",
        "Call 07700 900123",
        "x.txt",
        "ring [é]",
    ]


def test_what_goes_into_html_is_escaped() -> None:
    made = amend(READING, (Replace(Layer.HTML, 2, 8, 31, "<a> & [b]"),))
    assert made.parts[1].text == "<p>Call &lt;a&gt; &amp; [b]</p>"
    assert made.passages[2].text == "Call <a> & [b]"


def test_passages_keep_their_places_after_a_change_before_them() -> None:
    made = amend(READING, (Replace(Layer.HTML, 2, 3, 7, "Ring & ring"),))
    passage, text = made.passages[2], made.parts[1].text or ""
    assert passage.text == "Ring & ring 07700 900123"
    start = passage.text.index("900123")
    assert text[slice(*passage.source_span(start, start + 6))] == "900</b>123"


@pytest.mark.parametrize(
    "changes",
    [
        (Replace(Layer.TEXT, 1, 0, 5, ""), Replace(Layer.TEXT, 1, 4, 8, "")),
        (Replace(Layer.HTML, 2, 0, 5, ""), Replace(Layer.HIDDEN, 2, 4, 8, "")),
        (Replace(Layer.TEXT, 1, 0, 22, ""),),
        (Replace(Layer.TEXT, 1, -1, 2, ""),),
        (Replace(Layer.TEXT, 1, 2, 2, ""),),
        (Replace(Layer.TEXT, 9, 0, 1, ""),),
        (Replace(Layer.ATTACHMENT, 4, 0, 1, ""),),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(changes: tuple[Replace, ...]) -> None:
    with pytest.raises(ValueError, match="change"):
        amend(READING, changes)


def test_the_same_change_twice_is_one() -> None:
    change = Replace(Layer.TEXT, 1, 0, 4, "Ring")
    assert amend(READING, (change, change)).parts[0].text == "Ring 07700 900123 now"


def test_a_redaction_says_what_was_there() -> None:
    (change,) = redactions([found(Layer.TEXT, 1, 5, 17)], READING)
    assert amend(READING, (change,)).parts[0].text == "Call [phone number removed] now"


def test_overlapping_findings_are_covered_once_and_wholly() -> None:
    findings = [found(Layer.TEXT, 1, 8, 17), found(Layer.TEXT, 1, 5, 11), found(Layer.TEXT, 1, 9, 10)]
    assert [(one.start, one.end) for one in redactions(findings, READING)] == [(5, 17)]


def test_layers_of_one_html_part_are_covered_together() -> None:
    findings = [found(Layer.HTML, 2, 8, 31), found(Layer.HIDDEN, 2, 8, 20)]
    changes = redactions(findings, READING)
    assert amend(READING, changes).parts[1].text == "<p>Call [phone number removed]</p>"


def test_an_entity_is_covered_wholly() -> None:
    """A passage's last character may be an entity, whose span ends after its first letter."""
    start, end = READING.passages[2].source_span(5, 10)
    assert SOURCE[start:end] == "0770&"
    changes = redactions([found(Layer.HTML, 2, start, end)], READING)
    assert "#48" not in (amend(READING, changes).parts[1].text or "")


@pytest.mark.parametrize(
    ("text", "start", "end", "left"),
    [
        ("e\u0301x", 1, 3, ""),
        ("xe\u0301", 0, 2, ""),
        ("a\U0001f469\u200d\U0001f4bbb", 1, 2, "ab"),
        ("a\U0001f44d\U0001f3fdb", 2, 3, "ab"),
        ("abc", 1, 2, "ac"),
    ],
)
def test_no_character_is_cut_in_two(text: str, start: int, end: int, left: str) -> None:
    reading = Reading(parts=(Part(0, "text/plain", text),))
    changes = redactions([found(Layer.TEXT, 0, start, end)], reading, lambda _: "")
    assert amend(reading, changes).parts[0].text == left


def test_what_is_not_delivered_needs_no_cover() -> None:
    assert redactions([found(Layer.DISPLAY, 0, 0, 5), found(Layer.PRIOR, 0, 0, 5)], READING) == ()


def test_what_cannot_be_covered_is_refused_rather_than_left() -> None:
    with pytest.raises(ValueError, match="covered"):
        redactions([found(Layer.ATTACHMENT, 4, 0, 3)], READING)


def test_a_redaction_swallows_a_rules_own_change() -> None:
    kept = (
        AddRecipient("ruth"),
        Replace(Layer.SUBJECT, 0, 0, 15, "J.W."),
        Replace(Layer.TEXT, 1, 0, 4, "Ring"),
    )
    covering = redactions([found(Layer.SUBJECT, 0, 6, 15, "name")], READING)
    both = together(kept, covering)
    made = amend(READING, both)
    assert AddRecipient("ruth") in both
    assert (made.subject, made.parts[0].text) == ("[removed]", "Ring 07700 900123 now")


def test_an_invitation_is_changed_whole_or_not_at_all() -> None:
    invite = Part(5, "text/calendar", None, b"BEGIN:VCALENDAR", "invite.ics", inline=False)
    reading = replace(READING, parts=(*READING.parts, invite))
    with pytest.raises(ValueError, match="cannot be changed"):
        amend(reading, (Replace(Layer.ATTACHMENT, 5, 0, 4, "x"),))
    with pytest.raises(ValueError, match="cannot be covered"):
        redactions([found(Layer.ATTACHMENT, 5, 0, 4)], reading)


SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=8)


@given(st.text(min_size=26, max_size=40), SPANS)
def test_nothing_found_is_left_and_nothing_else_is_lost(text: str, spans: list[tuple[int, int]]) -> None:
    reading = replace(READING, parts=(Part(1, "text/plain", text),), passages=())
    changes = redactions(
        [found(Layer.TEXT, 1, at, at + length) for at, length in spans], reading, lambda _: ""
    )
    covered = {place for change in changes for place in range(change.start, change.end)}
    assert covered >= {place for at, length in spans for place in range(at, at + length)}
    left = "".join(letter for place, letter in enumerate(text) if place not in covered)
    assert amend(reading, changes).parts[0].text == left
