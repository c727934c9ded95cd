"""Platform bytes are read one way only, and reading never raises."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.finding import Layer
from gateway.channels.platform.compose import compose, encode
from gateway.channels.platform.parse import read
from tests.fakes.circle import RUTH, circle, envelope


def test_subject_and_text_become_passages_and_the_text_a_part() -> None:
    reading = read(encode({"subject": "Fractions", "text": "See you.\r\n  Tara", "pair": "tara-jamie"}))
    assert [(p.layer, p.part, p.text, p.origin) for p in reading.passages] == [
        (Layer.SUBJECT, 0, "Fractions", None),
        (Layer.TEXT, 0, "See you.\r\n  Tara", None),
    ]
    (part,) = reading.parts
    assert (part.index, part.content_type, part.text) == (0, "text/plain", "See you.\r\n  Tara")
    assert reading.subject == "Fractions"
    assert not reading.form_faults


def test_without_a_subject_there_is_only_the_text() -> None:
    for raw in (b'{"text": "x"}', b'{"text": "x", "subject": null}', b'{"text": "x", "subject": ""}'):
        reading = read(raw)
        assert [p.layer for p in reading.passages] == [Layer.TEXT]
        assert reading.subject == ""


def test_offsets_count_code_points_of_the_text_as_sent() -> None:
    text = "\U0001f600 e\u0301 07700 900123"
    passage = read(encode({"text": text})).passages[0]
    assert passage.text[5:] == text[5:] == "07700 900123"


def test_lone_surrogates_are_a_form_fault_and_do_not_travel_on() -> None:
    reading = read(b'{"text": "a\\ud800b", "subject": "ok"}')
    assert reading.form_faults
    assert reading.parts[0].text == "a?b"
    assert read(b'{"text": "\\ud83d\\ude00"}').parts[0].text == "\U0001f600"


def test_what_is_no_platform_message_is_a_form_fault() -> None:
    for raw in (
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "x", "subject": 2}',
        b"\xff",
        b"[" * 99_999,
    ):
        reading = read(raw)
        assert reading.form_faults
        assert not reading.parts


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(alphabet=st.characters(), max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "subject", "x"]), inner),
    max_leaves=6,
)


@given(raw=st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode()))
@example(raw=b'{"text": "\\udfff", "subject": "\\ud800"}')
def test_reading_never_raises_and_gives_text_that_can_be_encoded(raw: bytes) -> None:
    reading = read(raw)
    assert reading.passages or reading.form_faults
    for passage in reading.passages:
        passage.text.encode()


@given(text=st.text(), subject=st.none() | st.text(min_size=1))
def test_what_is_composed_reads_as_what_was_read(text: str, subject: str | None) -> None:
    raw = encode({"text": text, "subject": subject})
    assert compose(read(raw), envelope(), circle(), (), RUTH) == raw
