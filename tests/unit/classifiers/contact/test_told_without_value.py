"""What is told rather than written: wishes, homes, recipes and values made of what the reader knows."""

from __future__ import annotations

import pytest

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Layer, Passage, Scene, Stance

DETECTOR = ContactDetails()
HOLD = 0.5


def found(text, prior=(), role="tutor"):
    scene = Scene(role, ("pupil",), prior=tuple(prior))
    held = [one for one in DETECTOR.find([Passage(Layer.TEXT, text)], scene) if one.score >= HOLD]
    return [(one.category, text[one.start : one.end]) for one in held if one.stance is not Stance.REPORT]


@pytest.mark.parametrize(
    "text",
    [
        "Would you be willing to let me have your mobile in case the train is late?",
        "we should facetime when i do the past paper so u can see my working",
        "got snap?",
        "can we make a gc for the three of us",
        "It would be handier if I had a number for you.",
        "Are you free to chat on the phone tonight?",
        "My husband asks if you can give us your contact for urgent thing only.",
        "my wifi isnt working can u text me",
        "slide us them digits",
        "Hast du Insta?",
        "We could meet for a hot chocolate in town and go over Macbeth there.",
    ],
)
def test_a_wish_to_meet_elsewhere_is_held_in_many_wordings(text):
    assert any(category == "intent" for category, _ in found(text))


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for offering your mobile but I'm not able to take it.",
        "You asked for my Instagram, and the answer has to be no I'm afraid.",
        "If anybody claiming to be me contacts you on Instagram, it isn't me.",
        "my son says that another tutor asked him to move to Discord last term",
        "I have given the agency my new mobile number so their records should be right.",
        'A reporter asks the mayor: "Can I have your number?" Punctuate the speech correctly.',
        "Role play: you phone a hotel. Ask for the price and give a telephone number.",
        "Thanks.\n\n> On Sunday Suzanne wrote:\n> Would it be easier if I had a number for you?",
        "The Year 7 WhatsApp group is in meltdown over the homework again.",
        "postcode lottery is when ur care depends on where u live",
        "My phone died so I missed your message.",
    ],
)
def test_refusing_reporting_and_studying_are_not_held(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("category", "value", "text"),
    [
        ("phone", "07700 900 then whatever 400+17 is", "07700 900 then whatever 400+17 is"),
        ("phone", "07700 900 WED", "on an old keypad I'm 07700 900 WED."),
        (
            "handle",
            "otter and then MCMXC in normal numbers",
            "insta is otter and then MCMXC in normal numbers",
        ),
        (
            "handle",
            "my dogs name plus the year on my door",
            "my handle is my dogs name plus the year on my door",
        ),
        ("email", "It's just osmund.vale at the usual gmail", "It's just osmund.vale at the usual gmail"),
        ("phone", "ends 147", "Mine ends 147. Ask your mum for the start of it."),
        (
            "address",
            "Cragg Lane, the house with the blue gate",
            "We're on Cragg Lane, the house with the blue gate.",
        ),
    ],
)
def test_a_value_told_in_part_is_covered_to_its_end(category, value, text):
    assert (category, value) in [(kind, said.rstrip(".")) for kind, said in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Grid reference 077 009, then 412 638 for the trig point.",
        "Choose a password: your pet's name plus a number is weak.",
        "Our lesson is at the library on Church Street as usual.",
        "In my story she ran to 14 Elm Street n the phone was already ringing.",
    ],
)
def test_a_lesson_with_the_same_words_passes(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("link", "my edits r on www,tiktok,com/deano.does.it"),
        ("phone", "Every * is a seven: 0**00 900 8*4. Ring it."),
        ("phone", "ring 07*70*09*00*12*3 and lose the stars"),
        ("email", "Email me: c4r0lyn.sw1ft (4t) 3x4mpl3 d0t 0rg"),
        ("handle", "uᴉqoɹ˙ʇɥƃᴉu - turn ur phone the other way up & follow it"),
        ("phone", "read the clocks: 🕛🕖🕖🕛🕛🕘🕛🕛🕐🕑🕒 and ring"),
    ],
)
def test_a_disguise_of_single_characters_is_undone(category, text):
    assert category in [kind for kind, _ in found(text)]


@pytest.mark.parametrize(
    ("category", "value", "prior"),
    [
        ("phone", "00 148", ["remember this: 07700 9", "q4 is 12cm btw"]),
        ("phone", "552", ["07700, write that down", "then 900"]),
        ("video_link", "6789 0", ["The code for my zoom meeting room: 812 345"]),
    ],
)
def test_digits_are_put_together_over_messages_with_talk_between(category, value, prior):
    assert any(kind == category and value in said for kind, said in found(f"{value} thats it", prior))


def test_a_street_and_its_postcode_are_findings_of_their_own():
    text = "14 Quillfeather Rise, Harrogate HG2 9ZX, red door"
    assert found(text) == [("address", "14 Quillfeather Rise, Harrogate"), ("postcode", "HG2 9ZX")]
    lines = "Any chance of a lesson here? The Old Smithy, Ferrers Lane, Little Quenby, LE96 8NB."
    assert ("address", "The Old Smithy, Ferrers Lane, Little Quenby") in found(lines)


def test_a_profile_is_a_link_and_an_invitation_is_one():
    assert found("https://t.me/+padezhi2gether")[0][0] == "invite"
    assert found("https://www.instagram.com/tara.teaches")[0][0] == "link"
    assert found("send to my Revolut, @stepwithsunil") == [("payment", "@stepwithsunil")]
