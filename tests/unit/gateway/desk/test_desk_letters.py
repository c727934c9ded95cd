from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.desk.letters import pieces, visible


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a\u202eb", "RLO"),
        ("a\u2066b", "LRI"),
        ("a\u200bb", "ZWSP"),
        ("a\u200db", "ZWJ"),
        ("a\ufe0fb", "U+FE0F"),
        ("a\u00adb", "SHY"),
        ("a\ufeffb", "BOM"),
        ("a\u3164b", "U+3164"),
        ("a\u2800b", "U+2800"),
        ("a\u2028b", "LINE SEP"),
        ("a\0b", "NUL"),
        ("a\x1bb", "ESC"),
        ("a\rb", "CR"),
        ("a\udce9b", "U+DCE9"),
        ("a\ue000b", "U+E000"),
        ("a\U000e0041b", "U+E0041"),
    ],
)
def test_it_shows_a_character_that_cannot_be_seen(text: str, label: str) -> None:
    assert list(pieces(text)) == [("a", ""), (text[1], label), ("b", "")]


@pytest.mark.parametrize(
    "text",
    [
        "plain words\n\twith lines",
        "Zoë, naïve, Łódź, 日本語, Ελλάδα",
        "\u05e9\u05dc\u05d5\u05dd and \u0645\u0631\u062d\u0628\u0627",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u2764\ufe0f \U0001f469\u200d\U0001f467 \U0001f44b\U0001f3fd 1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "caf\u00e9\u00a0noir – “quoted” …",
    ],
)
def test_it_leaves_writing_and_emoji_alone(text: str) -> None:
    assert list(pieces(text)) == [(text, "")]


def test_a_line_end_from_mail_is_a_line_end() -> None:
    assert visible("a\r\nb") == "a\nb"


def test_markup_in_a_message_is_only_text() -> None:
    assert visible("<b onclick='x()'>&") == "&lt;b onclick=&#39;x()&#39;&gt;&amp;"


@given(st.text(alphabet=st.characters()))
def test_the_page_can_be_sent_and_nothing_is_lost(text: str) -> None:
    page = visible(text)
    page.encode("utf-8")
    assert "<script" not in page
    assert "".join(run for run, _ in pieces(text)).replace("\r", "") == text.replace("\r", "")
    shown = re.sub(r'<span class="unseen"[^>]*>[^<]*</span>', "", page)
    assert html.unescape(shown) == "".join(run for run, label in pieces(text) if not label) or "&" in text


@given(
    st.text(alphabet="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ud800\x00a", max_size=20)
)
def test_no_bidi_control_reaches_the_page(text: str) -> None:
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00]", visible(text))
