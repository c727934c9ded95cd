"""What a text says when it is put together, read backwards or by a key; study, reports, seams."""

import pytest

from classifiers.contact.aloud import aloud
from classifiers.contact.ciphers import ciphered
from classifiers.contact.detector import ContactDetails
from classifiers.contact.tokens import tokenise
from classifiers.finding import Layer, Passage, Scene, Stance
from classifiers.normalise.view import normalise

DETECTOR = ContactDetails()
REFUSE, HOLD = 0.8, 0.5


def find(text, *, role="tutor", prior=()):
    return DETECTOR.find([Passage(Layer.TEXT, text)], Scene(role, prior=tuple(prior)))


def strongest(text, **scene):
    return max((one.score for one in find(text, **scene)), default=0.0)


def put_together(text):
    view = normalise(text)
    spelt = aloud(view, tokenise(view))
    return spelt.text if spelt is not None else None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("em ay ar at example dot oh ar gee", "mar@example.org"),
        ("t (dot) me (forward slash) owls", "t.me/owls"),
        ("p.a.y.p.a.l...m.e./.o.w.l.s", "paypal.me/owls"),
        ("w w w . o w l s . o r g", "www.owls.org"),
        ("owl\n.night\n@\nexample\n.com", "owl.night@example.com"),
        ("Bravo Echo Delta underscore five", "bed_5"),
        ("monzo me slash owls", "monzo.me/owls"),
        ("0, 11-4, 49/7, 5-5, 0x3, 3^2, 0, 0, 2+4, 10-3, 1", "07700900671"),
        ("XXXVIII Owl Rise", "38 owl rise"),
        ("Sierra Whiskey one one bravo bravo", "sw11bb"),
    ],
)
def test_it_is_put_together_as_it_would_be_typed(text, said):
    assert put_together(text) == said


@pytest.mark.parametrize(
    "text", ["See you on Thursday at four.", "Read pages 4 to 9, then stop.", "A good lesson!"]
)
def test_ordinary_text_needs_no_second_view(text):
    assert put_together(text) is None


@pytest.mark.parametrize(
    "text", ["owl dot night (at) example dot org", "o w l @ e x a m p l e . o r g", "a\nb\n_\n9"]
)
def test_every_character_put_together_knows_its_source(text):
    view = normalise(text)
    spelt = aloud(view, tokenise(view))
    assert spelt is not None
    assert spelt.span(0, len(spelt.text)) == (0, len(text))


def test_a_text_that_invites_no_rule_is_read_by_none():
    view = normalise("Read the text from the top, then answer question 4.")
    assert ciphered(view, tokenise(view)) == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("gro.elpmaxe@lwo if you read it backwards", "email"),
        ("A=0 B=1 C=2: AHHAA JAA BCD", "phone"),
        ("black violet violet black black white black black brown red orange, the colour code", "phone"),
        ("p4yp4l.m3/owls is quickest", "payment"),
        ("take one off every digit: 18811 011234", "phone"),
        ("k0 p7 k7 p0 k0 p9 k0 p0 k1 p2 k3, now ring it", "phone"),
    ],
)
def test_a_value_under_a_rule_is_found_and_evasive(text, category):
    found = [one for one in find(text) if one.category == category and one.score >= HOLD]
    assert found
    assert found[0].evasive


@pytest.mark.parametrize(
    ("prior", "text"),
    [
        (["first bit: zan", "then: dra_gee"], "x_9 and that's it"),
        (["stick these together", "discord", "dot gg"], "/owls9"),
        (["Q1. 077", "Q2. 009"], "Q3. 00123"),
        (["07 7 oh oh", "hang on"], "nine hundred then 1 2 3"),
        (["the account number is in two halves", "sort code 00 11 22"], "0190"),
    ],
)
def test_pieces_are_put_together_with_talk_between_them(prior, text):
    assert strongest(text, prior=prior) >= HOLD
    assert strongest(text) < HOLD or text.startswith("x_9")


@pytest.mark.parametrize(
    "prior",
    [
        ["what did you get?", "and the next one?"],
        ["number 4 please"],
        ["thanks"],
        ["ok", "great"],
        ["see page 12"],
    ],
)
def test_a_short_answer_goes_on_with_nothing(prior):
    assert strongest("0190", prior=prior) < HOLD


@pytest.mark.parametrize(
    "text",
    [
        "Question 8: 'Her number is 07700 900123.' Find the mode of the digits and the range.",
        "The recording gives the hotel's number, 020 7946 0512, fill the gap on the worksheet.",
        "Our trip booklet says the museum is at SW7 2RL, label it on the map.",
    ],
)
def test_values_shown_for_study_stop_nothing(text):
    assert strongest(text) < HOLD


@pytest.mark.parametrize(
    "text",
    [
        "Question 8: ring me on 07700 900123 after the worksheet.",
        "page 4 of the book, then dial 07700 900123",
    ],
)
def test_words_of_study_do_not_shield_what_is_meant(text):
    assert strongest(text) >= HOLD


@pytest.mark.parametrize("role", ["pupil", "guardian"])
def test_a_family_that_reports_a_number_is_not_held_for_it(role):
    for one in find("He told me to ring him on 07700 900123", role=role):
        assert one.score < HOLD
        assert one.stance is Stance.REPORT


@pytest.mark.parametrize(
    "text",
    [
        "We could do it cash in hand and skip the agency.",
        "you could pay me direct and save us both the commission",
    ],
)
def test_settling_things_past_the_organisation_is_held(text):
    assert strongest(text) >= HOLD


@pytest.mark.parametrize(
    "text",
    ["Please don't pay me directly, it goes through the platform.", "They sell direct and cut out the middleman.",
     "x is directly proportional to y", "before our lesson on Thursday.\n\nTara", "See you Thursday.Tara"],
)  # fmt: skip
def test_ordinary_words_of_payment_and_names_are_let_through(text):
    assert strongest(text) < HOLD


def test_a_plain_handle_is_no_evasion():
    found = [one for one in find("I'm @tara.teaches.maths on Instagram") if one.category == "handle"]
    assert found
    assert not found[0].evasive
