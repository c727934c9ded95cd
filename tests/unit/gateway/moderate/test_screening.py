"""A body that says the very same as another is read once, and never judged less for it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.catalogue import Catalogue, standard
from classifiers.finding import Examination, Finding, Kind, Layer, Passage, Scene
from gateway.channels.email.html_text import tell
from gateway.channels.email.parse import read
from gateway.moderate.screening import examine

SCENE = Scene("tutor", ("pupil",))
PLAIN = Passage(Layer.TEXT, "Read page four,\n\nplease.\n", 1)
PAGE = Passage(Layer.HTML, "Read page four,\n\nplease.", 2)


class Watching:
    """A screen that notes what it is shown, and finds a word wherever it stands."""

    def __init__(self, word: str = "") -> None:
        self.word = word
        self.shown: list[list[tuple[Layer, int]]] = []

    def __call__(self, passages: Sequence[Passage], scene: Scene) -> Examination:
        self.shown.append([(one.layer, one.part) for one in passages])
        hits = [one for one in passages if self.word and self.word in one.text]
        return Examination(
            tuple(Finding(Kind.CONTACT, "word", one.layer, 0, 1, 0.9, one.part) for one in hits)
        )


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return standard()


def test_a_body_that_says_the_same_again_is_read_once() -> None:
    screen = Watching()
    examine([PLAIN, PAGE], SCENE, screen)
    assert screen.shown == [[(Layer.TEXT, 1)]]


def test_what_is_found_in_one_body_is_found_in_both() -> None:
    found = examine([PLAIN, PAGE], SCENE, Watching("page")).findings
    assert [(one.layer, one.part) for one in found] == [(Layer.TEXT, 1), (Layer.HTML, 2)]


def test_a_finding_elsewhere_is_no_reason_to_read_them_again() -> None:
    screen = Watching("Tuesday")
    found = examine([Passage(Layer.SUBJECT, "Tuesday"), PLAIN, PAGE], SCENE, screen).findings
    assert [one.layer for one in found] == [Layer.SUBJECT]
    assert len(screen.shown) == 1


@pytest.mark.parametrize(
    "other",
    [
        "Read page five,\n\nplease.",
        "Read page four,\nplease.",
        "Read page four, please.",
        "Read  page four,\n\nplease.",
        "Read page four,\n\nplease.\u200b",
        "Read page four,\n\n\u0440lease.",
        "\nRead page four,\n\nplease.",
    ],
)
def test_any_difference_in_words_lines_or_signs_is_read(other: str) -> None:
    screen = Watching()
    examine([PLAIN, Passage(Layer.HTML, other, 2)], SCENE, screen)
    assert screen.shown == [[(Layer.TEXT, 1), (Layer.HTML, 2)]]


@pytest.mark.parametrize("layer", [Layer.HIDDEN, Layer.LINK, Layer.ATTACHMENT, Layer.FILENAME, Layer.SUBJECT])
def test_what_is_no_body_is_always_read(layer: Layer) -> None:
    screen = Watching()
    examine([PLAIN, Passage(layer, PLAIN.text, 2)], SCENE, screen)
    assert screen.shown == [[(Layer.TEXT, 1), (layer, 2)]]


WORDS = (
    "ring",
    "my snap is",
    "jane_99",
    "don't tell",
    "your mum",
    "dot com",
    "mail.test",
    "nine",
    "one two three",
)
SIGNS = ("07700", "900123", "0", "7", "@", "_", "at", "and", "please", "Hello,", "Read page four.")
PIECES = st.lists(st.sampled_from(WORDS + SIGNS), max_size=12)
GAPS = st.lists(st.sampled_from([" ", "\n", "\n\n", ", "]), min_size=12, max_size=12)


@settings(max_examples=120, deadline=None)
@given(PIECES, GAPS, st.sampled_from(["", "\n", " \n\n"]), st.sampled_from(["", "\n"]))
def test_detectors_find_the_same_in_either_body(
    catalogue: Catalogue, pieces: list[str], gaps: list[str], end: str, start: str
) -> None:
    text = start + "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=False))
    found = [
        [(one.kind, one.category, one.value) for one in examine([Passage(*where)], SCENE, catalogue).findings]
        for where in ((Layer.TEXT, text + end, 1), (Layer.HTML, text, 2))
    ]
    assert found[0] == found[1]


@settings(max_examples=60, deadline=None)
@given(PIECES, GAPS)
def test_nothing_is_judged_less_than_when_all_is_read(
    catalogue: Catalogue, pieces: list[str], gaps: list[str]
) -> None:
    text = "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=False))
    paragraphs = (one.replace("\n", "<br>") for one in text.split("\n\n"))
    page = "".join(f"<p>{one}</p>" for one in paragraphs)
    passages = read(_mail(text, page)).passages
    every = {(one.layer, one.part): examine([one], SCENE, catalogue).findings for one in passages}
    together = examine(passages, SCENE, catalogue).findings
    assert together == tuple(one for findings in every.values() for one in findings)


def _mail(text: str, page: str) -> bytes:
    parts = "".join(
        f"--x\nContent-Type: text/{kind}\n\n{body}\n" for kind, body in (("plain", text), ("html", page))
    )
    head = "From: <a@mail.test>\nSubject: Reading\nContent-Type: multipart/alternative; boundary=x\n\n"
    return f"{head}{parts}--x--\n".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (
            "<p>Hello, Tara</p>\r\n<p>bring the book<br>and the pen</p>",
            "Hello, Tara\n\nbring the book\nand the pen",
        ),
        ("<div>Hello, Tara</div><div><br></div><div>bring it</div>", "Hello, Tara\n\nbring it"),
        ("<div>Hello, Tara<br></div><div>bring it</div>", "Hello, Tara\nbring it"),
        ("Hello, Tara<br><br><br>bring it", "Hello, Tara\n\nbring it"),
    ],
)
def test_a_page_reads_as_the_plain_text_sent_with_it(page: str, shown: str) -> None:
    assert tell(page).whole.text.strip() == shown


@pytest.mark.parametrize(
    "lines", [["0", "7", "7", "0", "0"], ["jamie_", "99"], ["mail.", "test"], ["j a", "m\u200b"]]
)
def test_pieces_of_a_value_down_a_page_stand_close_together(lines: list[str]) -> None:
    page = "".join(f"<p>{one}</p>" for one in lines)
    assert tell(page).whole.text.strip() == "\n".join(lines)


LONG = (
    "Jamie finished the questions on ratio and got nearly all of them right, so we may go on to percentages. "
    "Could the mock paper wait until the week after, please? He would like to see the worked answers first."
)


def _wrapped_at(width: int) -> str:
    return "\n".join(textwrap.wrap(LONG, width))


@pytest.mark.parametrize("width", [72, 76, 78])
def test_a_plain_text_wrapped_by_the_mail_program_is_read_as_its_page_shows_it(width: int) -> None:
    screen = Watching()
    plain, page = Passage(Layer.TEXT, _wrapped_at(width), 1), Passage(Layer.HTML, LONG, 2)
    examine([plain, page], SCENE, screen)
    examine([page, plain], SCENE, screen)
    assert screen.shown == [[(Layer.HTML, 2)], [(Layer.HTML, 2)]]


def test_what_is_found_in_the_page_is_covered_in_the_wrapped_text_too() -> None:
    plain, page = Passage(Layer.TEXT, _wrapped_at(76), 1), Passage(Layer.HTML, LONG, 2)
    found = examine([plain, page], SCENE, Watching("mock")).findings
    assert {(one.layer, one.part) for one in found} == {(Layer.TEXT, 1), (Layer.HTML, 2)}


@pytest.mark.parametrize(
    "text",
    [
        _wrapped_at(40),  # no mail program does that by itself
        _wrapped_at(76).replace("percentages", "percentage5"),
        f"{LONG[:20]}\n{LONG[21:]}",
        _wrapped_at(76) + "\nNo more",
    ],
)
def test_lines_that_somebody_broke_are_read_for_themselves(text: str) -> None:
    screen = Watching()
    examine([Passage(Layer.TEXT, text, 1), Passage(Layer.HTML, LONG, 2)], SCENE, screen)
    assert screen.shown == [[(Layer.TEXT, 1), (Layer.HTML, 2)]]


def test_a_text_that_speaks_of_its_lines_is_read_as_it_is_broken() -> None:
    said = f"Mind the first letter of each line. {LONG}"
    plain = Passage(Layer.TEXT, "\n".join(textwrap.wrap(said, 76)), 1)
    screen = Watching()
    examine([plain, Passage(Layer.HTML, said, 2)], SCENE, screen)
    assert len(screen.shown[0]) == 2
