"""Proposals that name no way to meet: held where they are made, passed where they are refused or told of."""

from __future__ import annotations

import time

import pytest

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Layer, Passage, Scene

DETECTOR = ContactDetails()
HOLD = 0.5


def held(text):
    found = DETECTOR.find([Passage(Layer.TEXT, text)], Scene("guardian", ("tutor",)))
    return [text[one.start : one.end] for one in found if one.score >= HOLD]


@pytest.mark.parametrize(
    "text",
    [
        "You must pop over for a cuppa one evening.",
        "I'm at the allotment with the dog most Sundays, come and find me.",
        "I'd rather we spoke somewhere the office can't read.",
        "where else can i send the pics",
        "Is there another address I could use?",
        "I like a chat that isn't recorded.",
        "Do you use the one that rhymes with cats flap?",
        "add me on the green one with the telephone on it",
        "The other half of my username comes tomorrow.",
        "Shall I drop by on Monday with the books?",
        "which apps are you on",
        "digits pls",
        "We could sort it between ourselves, the company needn't know.",
    ],
)
def test_a_proposal_that_names_no_way_is_held(text):
    assert held(text)


@pytest.mark.parametrize(
    "text",
    [
        "My nan popped in for tea so I did the poem late.",
        "I'm not able to come round for a cuppa, but thank you.",
        "Is there another way to solve question four?",
        "Where else can I find examples like these?",
        "The scene where the king can't see the dagger is on page 40.",
        "Put my name down for the reading prize, please.",
        "Are you on anything next or can we go over fractions?",
        "The speech is in the second half of the book.",
        "Which apps did the article blame?",
    ],
)
def test_what_only_sounds_like_one_passes(text):
    assert held(text) == []


def test_the_whole_proposal_is_marked():
    assert held("He did well. I'd rather we spoke somewhere the office can't read.") == [
        "spoke somewhere the office can't read"
    ]


def test_a_refusal_before_it_does_not_cover_a_proposal():
    assert held("I can't come round for tea. But you come to our house for supper!")


def test_reading_is_linear_in_the_length():
    began = time.process_time()
    held("come to the where you me on so my add other " * 5_000)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text",
    [
        "It would be quicker if you just rang me.",
        "my mum says can you whatsapp her",
        "Call the landline, it's in the book.",
        "My number hasn't changed.",
        "I've just messaged you on the other app.",
        "Can we still talk when lessons stop?",
        "I don't like writing here, everything is read.",
        "Where should I post it?",
        "We could do the next one face to face at the library.",
        "I've a YouTube channel, subscribe if you like.",
        "Do you take PayPal?",
        "How much would it be if we went direct?",
        "I'll read my number out in the lesson.",
        "ur not my tutor after friday so u can add me",
        "the rules don't apply then, so let's swap socials on the last day",
        "u got snap",
        "t'as insta?",
        "begins with insta and ends with gram",
        "You could pay me outside of this.",
        "I've tucked a card with our details in his violin case.",
    ],
)
def test_a_proposal_by_another_road_is_held(text):
    assert held(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please ring the office if she is ill.",
        "You are kind to suggest paying me directly, but I am not permitted to.",
        "If you get stuck, you know where to find me: post it in this chat.",
        "The detective left his card in the coat pocket, write what happens next.",
        "The agency has my number if they need it.",
        "In the text the farmer cut out the middle man.",
        "Keep in contact with the bench when you jump.",
        "I'm not sure so please don't text me about it.",
    ],
)
def test_talk_of_other_things_in_the_same_words_passes(text):
    assert not held(text)
