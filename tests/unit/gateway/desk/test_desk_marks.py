from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.desk.marks import LONGEST_SHOWN, Segment, abridged, segments, span_in
from tests.fakes.desk import HTML_SOURCE, found, from_html


def finding(start: int, end: int, layer: Layer = Layer.TEXT, part: int = 0) -> Finding:
    return Finding(Kind.CONTACT, "phone", layer, start, end, 0.9, part)


def marked(cut: tuple[Segment, ...], number: int) -> str:
    return "".join(segment.text for segment in cut if number in segment.numbers)


def test_it_marks_exactly_the_characters_of_a_finding() -> None:
    cut = segments(Passage(Layer.TEXT, "ring 07700 900123 now"), [(1, finding(5, 17))])
    assert [(s.text, s.numbers, s.begins) for s in cut] == [
        ("ring ", (), ()),
        ("07700 900123", (1,), (1,)),
        (" now", (), ()),
    ]


def test_it_cuts_overlapping_findings_so_that_each_keeps_its_own_characters() -> None:
    cut = segments(
        Passage(Layer.TEXT, "abcdefgh"), [(1, finding(1, 5)), (2, finding(3, 7)), (3, finding(3, 5))]
    )
    assert [(s.text, s.numbers, s.begins) for s in cut] == [
        ("a", (), ()),
        ("bc", (1,), (1,)),
        ("de", (1, 2, 3), (2, 3)),
        ("fg", (2,), ()),
        ("h", (), ()),
    ]


def test_it_turns_offsets_into_html_back_into_the_characters_a_reader_sees() -> None:
    body = from_html(HTML_SOURCE.split("<div")[0])
    number = found(body, "07700\u00a0900123")
    assert HTML_SOURCE[number.start : number.end].startswith("0</b>77<i>00")
    assert marked(segments(body, [(1, number)]), 1) == "07700\u00a0900123"


def test_it_gives_no_mark_to_a_blank_that_only_shares_an_origin() -> None:
    passage = Passage(Layer.HTML, "a\n07700 b", 1, array("L", [3, 9, 9, 10, 11, 12, 13, 14, 20]))
    start, end = span_in(passage, finding(9, 14, Layer.HTML, 1))
    assert passage.text[start:end] == "07700"


def test_a_finding_of_another_layer_or_part_leaves_no_mark() -> None:
    passage = Passage(Layer.TEXT, "07700 900123", 1)
    others = [(1, finding(0, 5, Layer.SUBJECT, 1)), (2, finding(0, 5, Layer.TEXT, 2))]
    assert [s.numbers for s in segments(passage, others)] == [()]


def test_offsets_beyond_the_text_do_not_break_the_page() -> None:
    cut = segments(
        Passage(Layer.TEXT, "abc"), [(1, finding(2, 99)), (2, finding(50, 60)), (3, finding(2, 2))]
    )
    assert [(s.text, s.numbers) for s in cut] == [("ab", ()), ("c", (1,))]


def test_an_empty_passage_has_no_segments() -> None:
    assert segments(Passage(Layer.TEXT, ""), [(1, finding(0, 4))]) == ()


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=8),
    st.integers(0, 3),
)
def test_segments_are_the_text_and_every_finding_gets_its_characters(
    text: str, spans: list[tuple[int, int]], stretch: int
) -> None:
    origin = array("L", [i * (stretch + 1) for i in range(len(text))]) if stretch else None
    passage = Passage(Layer.TEXT, text, 0, origin)
    numbered = [(n, finding(start, end)) for n, (start, end) in enumerate(spans, 1)]
    cut = segments(passage, numbered)
    assert "".join(s.text for s in cut) == text
    for number, one in numbered:
        start, end = passage.text_span(one.start, one.end)
        assert marked(cut, number) == (text[start:end] if start < end else "")


def test_a_very_long_text_is_shortened_but_never_in_a_mark() -> None:
    text = "x" * LONGEST_SHOWN + "07700 900123" + "y" * LONGEST_SHOWN
    cut = segments(Passage(Layer.TEXT, text), [(1, finding(LONGEST_SHOWN, LONGEST_SHOWN + 12))])
    short = abridged(cut)
    assert marked(short, 1) == "07700 900123"
    assert sum(len(s.text) + s.left_out for s in short) == len(text)
    assert sum(len(s.text) for s in short) < 5_000


def test_a_text_of_ordinary_length_is_shown_whole() -> None:
    cut = segments(Passage(Layer.TEXT, "x" * LONGEST_SHOWN), [])
    assert abridged(cut) == cut


def test_hidden_text_is_told_from_what_a_reader_sees_around_it() -> None:
    whole = Passage(Layer.HIDDEN, "Hi snap: me bye", 1, array("L", range(3, 18)))
    cut = segments(whole, [(1, finding(6, 14, Layer.HIDDEN, 1))], frozenset([3, 4, 5, 14, 15, 16, 17]))
    assert [(s.text, s.numbers, s.seen) for s in cut] == [
        ("Hi ", (), True),
        ("snap: me", (1,), False),
        (" bye", (), True),
    ]
