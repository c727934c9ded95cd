"""What matters are seen, by whom to whom, how they are meant, and what is left alone."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from classifiers.catalogue import Catalogue
from classifiers.finding import Fault, Finding, Kind, KnownName, Layer, Passage, Scene, Stance
from classifiers.matters.detector import MOST_READ, Matters, TooMuchToRead

ACTS = 0.5
CORPORA = Path(__file__).parents[3] / "corpora"
CIRCLE = (
    KnownName("p1", "pupil", "Amy", "Brown"),
    KnownName("p2", "pupil", "Zoe", "Marsh"),
    KnownName("p3", "pupil", "Ben", "Carter"),
    KnownName("t1", "tutor", "Tara", "Okafor"),
    KnownName("g1", "guardian", "Ruth", "Brown"),
)
PRESENT = frozenset(("p1", "t1", "g1"))


@cache
def detector() -> Matters:
    return Matters()


def found(text: str, sender: str, *recipients: str, layer: Layer = Layer.TEXT) -> list[Finding]:
    scene = Scene(sender, recipients, names=CIRCLE, present=PRESENT)
    return detector().find([Passage(layer, text)], scene)


def categories(text: str, sender: str, *recipients: str) -> set[str]:
    return {one.category for one in found(text, sender, *recipients) if one.score >= ACTS}


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# The same words, the opposite meaning: (category, writer, reader, seen, left alone).
PAIRS = [
    ("technology", "tutor", "guardian", "Zoom link for today is below.", "Join by the usual classroom link."),
    ("technology", "tutor", "guardian", "Could we use Zoom?", "Please don't use Zoom."),
    ("technology", "tutor", "pupil", "Let's meet on Teams.", "The two teams meet on Sunday."),
    ("technology", "tutor", "pupil", "Join my Zoom room.", "Zoom in on the map."),
    (
        "tool_failure",
        "tutor",
        "guardian",
        "The board is down, I will call you on FaceTime instead.",
        "The board is down; the office will rebook today's lesson.",
    ),
    (
        "off_platform_lesson",
        "tutor",
        "guardian",
        "If you pay me directly it is 10 pounds cheaper.",
        "Book next week in your dashboard.",
    ),
    (
        "private_recording",
        "tutor",
        "guardian",
        "I filmed today's lesson on my phone for you.",
        "The platform replay is available.",
    ),
    (
        "recording_shared",
        "tutor",
        "outsider",
        "Attaching the video of my lesson with A.B. for your website.",
        "Attaching the worksheet of my lesson.",
    ),
    (
        "credential",
        "tutor",
        "pupil",
        "My password is on the next line, log in as me.",
        "You forgot your password? Use the reset link.",
    ),
    (
        "password_in_thread",
        "tutor",
        "guardian",
        "I have attached the file. The password is tulip44.",
        "I have attached the file. I will tell you the password by phone.",
    ),
    ("sensitive_health", "guardian", "tutor", "She has diabetes.", "She has a cold."),
    ("sensitive_send", "guardian", "tutor", "I attach his EHCP.", "I attach his essay."),
    ("lesson_place", "tutor", "guardian", "I will teach from a cafe today.", "Friday from my home as usual."),
    (
        "working_abroad",
        "tutor",
        "guardian",
        "I will be teaching from Spain.",
        "I am away in Spain next week, so there are no lessons.",
    ),
    (
        "gift_from_family",
        "guardian",
        "tutor",
        "I have put 200 pounds in an envelope for you.",
        "Thank you for everything.",
    ),
    (
        "demeaning",
        "tutor",
        "pupil",
        "Even my six-year-old could do this.",
        "This is hard; most people need two attempts.",
    ),
    (
        "confidentiality_promise",
        "tutor",
        "pupil",
        "I promise I will not tell anyone.",
        "I need to share this with people who can help.",
    ),
    (
        "information_seeking",
        "tutor",
        "pupil",
        "Are your parents out this evening?",
        "Is your parent there to start the lesson?",
    ),
    (
        "off_platform_contact_report",
        "tutor",
        "staff",
        "A pupil found my profile and messaged me last night.",
        "A pupil found the answer booklet.",
    ),
    (
        "dress_incident",
        "tutor",
        "staff",
        "The child was not suitably dressed.",
        "The child had a new school jumper.",
    ),
    ("insult", "tutor", "guardian", "The school is run by crooks.", "I disagree with the school."),
    ("sensitive_finance", "guardian", "tutor", "We can't afford the lessons.", "We can't open the lesson."),
    (
        "intimate_image_mention",
        "pupil",
        "tutor",
        "someone shared a private picture of me",
        "someone shared a picture of the board",
    ),
]


@pytest.mark.parametrize(("category", "sender", "to", "seen", "alone"), PAIRS)
def test_a_matter_is_seen_and_its_twin_left_alone(
    category: str, sender: str, to: str, seen: str, alone: str
) -> None:
    assert category in categories(seen, sender, to)
    assert category not in categories(alone, sender, to)


@pytest.mark.parametrize(
    ("text", "sender", "to"),
    [
        ("For next week I want you to refactor the loop in the middle.", "tutor", "guardian"),
        ("They want you, not Einstein.", "tutor", "pupil"),
        ("The worst six are in his folder; the office can post the rest.", "tutor", "guardian"),
        ("I've been charged £35 for a lesson that costs £37.50.", "guardian", "staff"),
        ("Message me on here any evening, it comes straight to me.", "tutor", "guardian"),
    ],
)
def test_ordinary_words_of_other_matters_are_left_alone(text: str, sender: str, to: str) -> None:
    others = {"flirting", "third_party_credential", "sensitive_safeguarding", "off_platform_lesson"}
    assert not others & categories(text, sender, to)


def test_a_gift_counts_by_who_gives_it() -> None:
    text = "I bought you a watch."
    assert "gift_from_family" in categories(text, "guardian", "tutor")
    assert "gift_to_family" in categories(text, "tutor", "pupil")
    assert categories(text, "guardian", "guardian") == set()


def test_recipients_nobody_named_could_be_anybody() -> None:
    assert "gift_to_family" in categories("I bought you a watch.", "tutor")


def test_one_of_several_recipients_is_enough() -> None:
    assert "personal_solicitation" in categories("What's your Instagram?", "tutor", "guardian", "pupil")


@pytest.mark.parametrize(
    ("text", "sender", "to", "category", "value"),
    [
        ("Zoom link for today is below.", "tutor", "guardian", "technology", "zoom"),
        ("Let's talk on Face Time instead.", "tutor", "pupil", "technology", "facetime"),
        ("Our room: https://meet.google.com/abc-defg-hij", "tutor", "guardian", "technology", "meet"),
        ("Join from your TutorCruncher dashboard link.", "tutor", "guardian", "technology", "tutorcruncher"),
        ("I've sent you a £1,200 voucher.", "guardian", "tutor", "gift_from_family", "1200"),
        ("I bought you a game for 30 quid.", "tutor", "pupil", "gift_to_family", "30"),
        ("Have you watched Pulp Fiction?", "tutor", "pupil", "age_rating", "18"),
        ("It's an 18 but you'll be fine.", "tutor", "pupil", "age_rating", "18"),
        ("I will be teaching from Spain.", "tutor", "guardian", "working_abroad", "ES"),
        ("I will be teaching from abroad.", "tutor", "guardian", "working_abroad", "abroad"),
        ("I will teach from the library today.", "tutor", "guardian", "lesson_place", "library"),
        ("Zoe Marsh is further on than you.", "tutor", "pupil", "other_person", "p2"),
    ],
)
def test_it_says_what_exactly_it_is(text: str, sender: str, to: str, category: str, value: str) -> None:
    assert [one.value for one in found(text, sender, to) if one.category == category] == [value]


def test_a_rating_nobody_gave_is_no_rating() -> None:
    assert "age_rating" not in categories("It's a 7 but you'll improve.", "tutor", "pupil")


def stance(text: str, sender: str, to: str, category: str) -> Stance:
    return next(one.stance for one in found(text, sender, to) if one.category == category)


def test_stance_tells_offers_from_requests_and_reports() -> None:
    assert stance("We will use Zoom.", "tutor", "guardian", "technology") is Stance.OFFER
    assert stance("Could we use Zoom?", "guardian", "tutor", "technology") is Stance.REQUEST
    assert stance("Mum asked me to use Zoom.", "tutor", "guardian", "technology") is Stance.REPORT
    assert stance("They do the lesson on Zoom.", "guardian", "staff", "technology") is Stance.REPORT
    assert (
        stance("Please do not contact us again.", "guardian", "tutor", "stop_contact_request")
        is Stance.REQUEST
    )


def test_a_finding_points_into_the_source() -> None:
    html = "<p>I have <b>diabetes</b></p>"
    text = "I have diabetes"
    origin = array("i", [*range(3, 10), *range(13, 21)])
    scene = Scene("pupil", ("tutor",))
    one = next(iter(detector().find([Passage(Layer.HTML, text, 2, origin)], scene)))
    assert (html[one.start : one.end], one.part, one.layer) == ("I have <b>diabetes", 2, Layer.HTML)
    assert one.kind is Kind.MATTER


def test_disguised_letters_are_read_and_shown_where_they_stand() -> None:
    text = "Let’s do it on Ｚｏｏｍ instead"
    one = next(one for one in found(text, "tutor", "guardian") if one.category == "technology")
    assert "Ｚｏｏｍ" in text[one.start : one.end]


def test_quoted_text_counts_half() -> None:
    text = "Zoom link for today is below."
    assert found(text, "tutor", "guardian", layer=Layer.QUOTED)[0].score == pytest.approx(
        found(text, "tutor", "guardian")[0].score / 2, abs=0.001
    )


def test_a_link_target_is_read_for_rooms_alone() -> None:
    seen = found("https://zoom.us/j/123?pwd=password is zoom", "tutor", "guardian", layer=Layer.LINK)
    assert [(one.category, one.value) for one in seen] == [("technology", "zoom")]


def test_a_story_is_no_matter() -> None:
    assert categories("In chapter two his father is in prison.", "tutor", "pupil") == set()
    assert categories("Write a paragraph about the novel. He has diabetes.", "tutor", "pupil") == set()


def test_the_same_sentence_twice_is_said_once() -> None:
    assert len(found("We will use Zoom. We will use Zoom.", "tutor", "guardian")) == 1


def test_more_than_may_be_read_is_a_fault_and_never_a_pass() -> None:
    text = " ".join(f"We will use Zoom word{number}." for number in range(MOST_READ + 1))
    with pytest.raises(TooMuchToRead):
        found(text, "tutor", "guardian")
    seen = Catalogue([detector()])([Passage(Layer.TEXT, text)], Scene("tutor", ("guardian",)))
    assert seen.faults == (Fault("matters", "raised"),)


@pytest.mark.parametrize(
    "text", ["", " ", "£", "11 pm", "?!", "\n\n", "11", "am", "23:59", "'", "￼", "\u200b"]
)
def test_odd_scraps_are_read_without_a_fault(text: str) -> None:
    assert found(text, "tutor", "guardian") == []


@pytest.mark.parametrize("scrap", ["a.", "zoom link ", "\u200b", "£5 ", "password ", "11 pm ", "\n", "' "])
def test_endless_text_is_read_in_pieces(scrap: str) -> None:
    assert len(found(scrap * (60_000 // len(scrap)), "tutor", "guardian")) < MOST_READ


def test_most_of_what_was_written_to_be_found_is_found() -> None:
    items = lines(CORPORA / "matters" / "dev.jsonl")
    hit: Counter[str] = Counter()
    there: Counter[str] = Counter()
    alarms = near = 0
    for item in items:
        seen = categories(item["text"], item["sender_role"], item["recipient_role"])
        if item["category"]:
            there[item["category"]] += 1
            hit[item["category"]] += item["category"] in seen
        else:
            near += 1
            alarms += item["near"] in seen
    assert sum(hit.values()) >= 0.92 * sum(there.values())
    assert {name: share for name in there if (share := hit[name] / there[name]) < 0.75} == {}
    assert alarms <= 0.03 * near


def test_ordinary_talk_is_left_alone() -> None:
    """Everyday messages by other hands; some of them do cancel, or speak of Ramadan, and are rightly seen."""
    files = sorted((CORPORA / "conduct" / "dev").glob("*.jsonl")) + sorted(
        (CORPORA / "conduct" / "train").glob("*.jsonl")
    )
    items = [item for path in files for item in lines(path) if item["label"] == "ordinary"][::3]
    seen = Counter(
        name
        for item in items
        for name in categories(item["text"], item["sender_role"], item["recipient_role"])
    )
    assert len(items) > 400
    assert {name: count for name, count in seen.items() if count > 0.01 * len(items)} == {}
