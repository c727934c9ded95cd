"""How a view is cut into tokens."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.contact.detector import ContactDetails
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, kind_of, tokenise
from classifiers.finding import Layer, Passage, Scene
from classifiers.normalise.view import View, normalise

CHARACTERS = "ab1 .'\u2019\n#-\u2026\u2013\U0001f600\u4e2d\ud800\u00e9\x7f\x01\t"


def plainly(text: str) -> list[tuple[str, str, int, int]]:
    """Word, kind, start and end of each token, one character after the other."""
    found: list[tuple[str, str, int, int]] = []
    classes = []
    for at, char in enumerate(text):
        inside = char == "'" and text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalpha()
        kind = LETTERS if char.isalpha() or inside else DIGITS if char in "0123456789" else char
        classes.append(" " if kind == char and (char.isspace() or char < " ") and char != "\n" else kind)
    for same in re.finditer(r"(.)\1*", "".join(classes), re.DOTALL):
        start, end = same.span()
        kind = {"\n": BREAK, LETTERS: LETTERS, DIGITS: DIGITS}.get(same[1], SIGN)
        if same[1] != " ":
            word = text[start:end]
            found.append((word.replace("'", "") if kind == LETTERS else word, kind, start, end))
    return found


@settings(max_examples=500, deadline=None)
@given(st.text(CHARACTERS, max_size=20))
def test_tokens_are_runs_of_letters_digits_line_ends_or_one_sign(text: str) -> None:
    tokens = tokenise(View(text, text))
    cut = list(zip(tokens.words, tokens.kinds, tokens.starts, tokens.ends, strict=True))
    assert [one[2:] for one in cut] == [one[2:] for one in plainly(text)]
    assert [one[1] for one in cut] == [one[1] for one in plainly(text)]
    assert [one[0] for one in cut] == [one[0] for one in plainly(text)]


def test_an_apostrophe_between_letters_is_left_out_of_the_word() -> None:
    tokens = tokenise(normalise("what's 'this' o''clock"))
    assert tokens.words == ["whats", "'", "this", "'", "o", "''", "clock"]


def test_no_more_tokens_are_cut_than_asked_for() -> None:
    assert tokenise(normalise("it's a dog's life"), 2).words == ["its", "a"]


def test_the_kind_of_a_word_is_the_kind_of_its_token() -> None:
    tokens = tokenise(normalise("Jane_99 (07) \u2026\n"))
    assert [kind_of(word) for word in tokens.words] == tokens.kinds


def test_places_of_words_are_found_in_order() -> None:
    tokens = tokenise(normalise("a b a c a"))
    assert tokens.where(frozenset("a")) == [0, 2, 4]
    assert tokens.where(frozenset("ac")) == [0, 2, 3, 4]
    assert tokens.where(frozenset("z")) == []


def test_a_lone_surrogate_stops_no_reader() -> None:
    text = "\ud83d for a brew, my surname \ud800 then my age on insta \udc00"
    assert "\ud83d" not in tokenise(View(text, text)).said()
    ContactDetails().find(
        [Passage(Layer.TEXT, text), Passage(Layer.TEXT, "lone \ud83d surrogate")], Scene("tutor")
    )
