"""The normalised view: what it folds, and that every span leads back to its source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.normalise.escapes import unescape
from classifiers.normalise.shapes import fold
from classifiers.normalise.view import normalise

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "0123456789aZ @.\u200b\u200d\u00ad\ufe0f\u20e3\u0301\u202eаеоＡ①𝟘ﬁß½🔟🇬👻٣一%4&#;\r\n"
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Ring ME", "ring me"),
        ("０７７００", "07700"),
        ("0️⃣7️⃣", "07"),
        ("⓪①② ❸ ㊈ ⑩", "012 3 九 10"),
        ("٠٧७৭", "0777"),
        ("𝟎𝟕𝟕 𝓲𝓷𝓼𝓽𝓪", "077 insta"),
        ("іnѕtаgrаm", "instagram"),
        ("ΙΝΣΤΑ", "inσta"),
        ("ɪɴsᴛᴀ ⓘⓝⓢⓣⓐ 🅸🅽🆂🆃🅰", "insta insta insta"),
        ("07\u200b70\u00ad0", "07700"),
        ("z̷a̷l̷g̷o̷", "zalgo"),
        ("Łódź Zoë", "lodz zoe"),
        ("a–b—c‑d", "a-b-c-d"),
        ("it’s “x”", 'it\'s "x"'),
        ("一二三", "123"),
        ("a\r\nb\u2028c", "a\n\nb\nc"),
    ],
)
def test_it_folds_a_disguise_by_shape(written, seen):
    assert normalise(written).text == (seen if "九" not in seen else seen.replace("九", "9"))


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_every_span_leads_back_to_exactly_its_source(text):
    view = normalise(text)
    for index in range(len(view.text)):
        start, end = view.span(index, index + 1)
        assert 0 <= start < end <= len(text)
        assert view.text[index] in normalise(text[start:end]).text


@given(HOSTILE, st.data())
@settings(max_examples=300, deadline=None)
def test_the_source_of_a_span_folds_to_that_span(text, data):
    view = normalise(text)
    first = data.draw(st.integers(0, len(view.text)))
    last = data.draw(st.integers(first, len(view.text)))
    if first == last:
        return
    start, end = view.span(first, last)
    again = normalise(text[start:end]).text
    assert view.text[first:last] in again
    # never more than the rest of a character that folds to several, at either end
    assert len(again) <= last - first + 2 * 18


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_starts_rise_and_nothing_is_both_kept_and_dropped(text):
    view = normalise(text)
    starts = [view.span(index, index + 1)[0] for index in range(len(view.text))]
    assert starts == sorted(starts)
    assert not set(starts) & set(view.dropped)


def test_a_keycap_is_one_span_with_its_marks():
    view = normalise("x1️⃣y")
    assert view.span(1, 2) == (1, 4)


def test_what_was_dropped_is_kept_as_evidence():
    view = normalise("07\u200b70")
    assert list(view.dropped) == [2]
    assert view.disguised(0, 4)


@pytest.mark.parametrize("text", ["Zoë Brontë", "it’s – fine", "£5 • yes", "naïve café"])
def test_ordinary_typing_is_no_disguise(text):
    view = normalise(text)
    assert not view.disguised(0, len(view.text))


@pytest.mark.parametrize("text", ["ѕnap", "０７", "s\u200bnap", "①", "𝓼nap"])
def test_look_alikes_are_a_disguise(text):
    view = normalise(text)
    assert view.disguised(0, len(view.text))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a%40b%2Ecom", "a@b.com"),
        ("a&#64;b", "a@b"),
        ("a&commat;b&period;com", "a@b.com"),
        ("50% & co", "50% & co"),
    ],
)
def test_escapes_are_read_as_shown(written, seen):
    assert unescape(normalise(written)).text == seen


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_an_escape_leads_back_to_all_of_itself(text):
    view = unescape(normalise(text))
    previous = 0
    for index in range(len(view.text)):
        start, end = view.span(index, index + 1)
        assert previous <= start < end <= len(text)
        previous = start


def test_plain_ascii_is_not_copied_character_by_character():
    assert normalise("plain text").starts is None


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_runs_of_plain_letters_fold_as_each_letter_does(text):
    view = normalise(text)
    assert view.text == "".join(fold(char) for char in text)
    kept = [offset for offset, char in enumerate(text) for _ in fold(char)]
    assert [view.span(index, index + 1)[0] for index in range(len(view.text))] == kept


def test_offsets_go_on_where_the_counted_numbers_end():
    text = "é" + "a" * 40_000 + "é"
    view = normalise(text)
    assert view.span(39_999, 40_002) == (39_999, 40_002)
