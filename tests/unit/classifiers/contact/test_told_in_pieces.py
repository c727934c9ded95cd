"""Values in pieces: halves, masks, blanks, signs in odd places, the parts in another order. Each beside what only looks like it."""

import time

import pytest

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Layer, Passage, Scene

DETECTOR = ContactDetails()
HOLD = 0.5


def found(text, role="tutor"):
    scene = Scene(role, ("guardian",))
    return [one for one in DETECTOR.find([Passage(Layer.TEXT, text)], scene) if one.score >= HOLD]


@pytest.mark.parametrize(
    ("category", "piece", "text"),
    [
        ("postcode", "(LS6)(2QT)", "our postcode (LS6)(2QT)"),
        ("postcode", "LS6/2QT", "LS6/2QT, second house on the left"),
        ("postcode", "LS six, two QT", "LS six, two QT is our postcode"),
        ("postcode", "LS vi, ii QT", "postcode LS vi, ii QT"),
        ("postcode", "L S 6 then 2 Q T", "Type L S 6 then 2 Q T into the sat nav"),
        (
            "postcode",
            "LS6, the second half 2QT",
            "the first half of the postcode is LS6, the second half 2QT",
        ),
        ("postcode", "2QT", "half my postcode is 2QT"),
        ("phone", "07700 9*0 456", "07700 9*0 456, replace the star by a zero"),
        ("phone", "A77AA 9AA 456", "change every A to 0: A77AA 9AA 456"),
        ("phone", "07700 900 4_6", "07700 900 4_6 fill the gap with five"),
        ("phone", "07700 900 ...", "07700 900 ..."),
        ("phone", "456", "last digits of my phone are 456"),
        ("phone", "a0 b7 c7 d0 e0 f9 g0 h0 a4 b7 c1", "ignore the letters: a0 b7 c7 d0 e0 f9 g0 h0 a4 b7 c1"),
        ("address", "Hawthorn Road, number 14", "our place: Hawthorn Road, number 14"),
        ("address", "Hawthorn Road", "it's the second house on Hawthorn Road"),
        ("address", "14.Hawthorn.Road", "14.Hawthorn.Road"),
        ("address", "14 H4wth0rn R04d", "come to 14 H4wth0rn R04d"),
        ("email", "priya[monkey]example[spot]org", "priya[monkey]example[spot]org"),
        (
            "email",
            "ruthkettle, then the a in a circle",
            "I'm ruthkettle, then the a in a circle, then outlook, then a point, then com",
        ),
        (
            "email",
            "juliet, dot, m a r s d e n, at sign, example, full stop, net",
            "j for juliet, dot, m a r s d e n, at sign, example, full stop, net",
        ),
        (
            "email",
            "then yahoo",
            "It is my company name, bukola catering, then yahoo, you will see it on the van",
        ),
        ("email", "priya;shah@example;org", "priya;shah@example;org swap the ; for ."),
        ("phone", "07700\nLine 2: 900\nLine 3: 456", "Line 1: 07700\nLine 2: 900\nLine 3: 456"),
        ("payment", "20-00-00, 5577 9911", "20-00-00, 5577 9911 for the fees"),
        ("intent", "c/a/l/l m/e", "c/a/l/l m/e t/o/n/i/g/h/t"),
        ("intent", "wh*ts*pp", "are you on wh*ts*pp"),
        ("invite", "discord dot g g slash primepals", "its discord dot g g slash primepals u should come"),
    ],
)
def test_it_finds_what_is_told_in_pieces(category, piece, text):
    covering = [one for one in found(text) if one.category == category]
    start = text.index(piece)
    inside = {at for one in covering for at in range(one.start, one.end)}
    assert len(inside & set(range(start, start + len(piece)))) >= 0.8 * len(piece)


@pytest.mark.parametrize(
    "text",
    [
        "Mr of CuSO4.5H2O = 63.5+32+64+90 = 249.5",
        "c = 299792458 m/s, e = 1.602176634e-19 C",
        "HOPELINE247 is on 0800 068 4141?",
        "swap the 2 for a 3: 12 x 13",
        "put a 0 instead of the x in 07x00",
        "B A G, C A B B A G E, F A C E: how many words can you write on the stave? I got 11",
        "Downing Street's postcode is SW1A 2AA and the Senedd's is CF99 1SN.",
        "The number ends in 456, so is it divisible by 8?",
        "set 7B, room E4 2ND floor",
        "07700 even in standard form? i put 7.7 x 10^3",
        "The at sign is a in a circle, who invented it?",
        "We walked down Mill Lane, 3 of us",
        "hotmail then gmail: which came first?",
        "a*b*c = 24 and b*c = 6",
        "Find the median of 0, 7, 2, 0, 1, 9, 5, 0, 4, 4, 6.",
        "Stem and leaf:\n0 | 7 7 9\n1 | 0 2 3\n2 | 0 0 5\nKey: 1 | 2 means 12.",
        "Bus 77 leaves at 0900 and 0956, the 496 goes only on Sundays.",
        "Parcel tracking says RB 077 900 112 GB is at the depot.",
        "Line 1: 12\nLine 2: 15\nLine 3: 18",
        "change the y to i and add es: city, cities",
    ],
)
def test_what_only_looks_like_a_piece_passes(text):
    assert not found(text)


@pytest.mark.parametrize(
    "unit",
    ["dot g g ", "LS6/", "L S 6 ", "07700 900 ", "0*", "a*", "0😀", "what3words a . b . c ", "a[b]com "],
)
def test_its_time_grows_with_the_length_only(unit):
    def seconds(size):
        text = (unit * (size // len(unit) + 1))[:size]
        best = []
        for _ in range(3):
            began = time.thread_time()
            found(text)
            best.append(time.thread_time() - began)
        return min(best)

    assert seconds(40_000) < 3.2 * seconds(20_000) + 0.1
