"""What conduct cues see, and the ordinary talk that they must leave alone."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from array import array
from collections.abc import Callable, Set
from pathlib import Path

import pytest

from classifiers.conduct.cues import MOST_READ, ConductCues
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.patterns import Choice, Patterns, patterns
from classifiers.conduct.words import skim
from classifiers.finding import Finding, Kind, Layer, Passage, Scene, Stance

EXAMPLES = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))
POSITIVE = [
    (category, role, text)
    for category, by_role in EXAMPLES["positive"].items()
    for role, texts in by_role.items()
    for text in texts
]
NEGATIVE = [(role, text) for role, texts in EXAMPLES["negative"].items() for text in texts]
ACTS = 0.7

# The same words, the opposite stance: (category, role, seen, left alone).
PAIRS = [
    ("secrecy", "tutor", "Don't tell your mum.", "Don't forget to tell your mum."),
    ("secrecy", "tutor", "I promise I will not tell anyone.", "I can't promise not to tell anyone."),
    ("secrecy", "tutor", "Keep this between us.", "The answer is between 3 and 4."),
    ("secrecy", "tutor", "Best delete this after reading.", "Delete the old draft and keep version two."),
    ("isolation", "tutor", "Your parents do not understand you the way I do.", "Your parents asked me to help."),
    ("off_platform", "tutor", "Let's talk on WhatsApp instead.", "We can't talk on WhatsApp, please stay here."),
    ("probing", "tutor", "Are your parents out this evening?", "Is your parent there to start the lesson?"),
    ("probing", "tutor", "Which school bus do you take home?", "Which exam board does your school use?"),
    ("risk_assessment", "tutor", "Does your mum read your messages?", "Does your mum check your homework?"),
    ("gifts", "tutor", "I bought you the headphones you wanted.", "I bought the revision guide for the class."),
    ("flattery", "tutor", "You looked so cute on camera today.", "Your handwriting looks much neater."),
    ("flattery", "tutor", "I miss our chats.", "We missed you in Tuesday's lesson."),
    ("personal", "tutor", "Do you have a boyfriend?", "Do you have a favourite theorem?"),
    ("image_request", "tutor", "Send me a photo of yourself.", "Send me a photo of your homework."),
    ("meeting", "tutor", "Come over to mine after school.", "Come to the online classroom after school."),
    ("meeting", "tutor", "Let's meet without your mum.", "We can't meet without your mum."),
    ("control", "tutor", "If you tell anyone I'll make sure you fail.", "If you miss class you may fail."),
    ("boundary_testing", "tutor", "Why are you ignoring me?", "Why are we ignoring air resistance?"),
    ("desensitisation", "tutor", "Have you ever tried vodka?", "Have you tried the ethanol question?"),
    ("dependency", "tutor", "You won't pass without me.", "You won't pass without revision."),
    ("infatuation", "pupil", "I count the hours until I see you.", "I count the hours until the exam."),
    ("disclosure_abuse", "pupil", "My brother hits me.", "My brother hits me in FIFA every time."),
    ("disclosure_abuse", "pupil", "Dad gets really scary when he drinks.", "Dad jokes are scary bad."),
    ("disclosure_self_harm", "pupil", "I have taken tablets.", "I have taken notes on tablets and capsules."),
    ("disclosure_self_harm", "pupil", "I want to die.", "My character wants to die in chapter two."),
    ("threat", "pupil", "I will kill you.", "I will kill you at Mario Kart haha."),
    ("third_party_report", "guardian", "The tutor wrote to her on a game.", "She plays too many games."),
    ("third_party_report", "pupil", "My tutor said something that made me feel weird.", "My tutor set a weird sum."),
    ("profanity", "tutor", "This bloody exam board!", "Bloody Sunday is on the history paper."),
    ("discrimination", "pupil", "People like you should not be in this group.", "People like this group."),
    ("bullying", "tutor", "Honestly that was a silly question.", "There are no silly questions."),
    ("contract_cheating", "pupil", "Can you write my coursework for 80 pounds?", "Can you mark my coursework draft?"),
    ("extremism", "pupil", "It tells the truth about who should be driven out.", "The causes of extremism are studied."),
]  # fmt: skip


@pytest.fixture(scope="module")
def cues() -> ConductCues:
    return ConductCues()


def see(cues: ConductCues, text: str, role: str = "tutor", layer: Layer = Layer.TEXT) -> list[Finding]:
    return cues.find([Passage(layer, text)], Scene(role))


def acting(found: list[Finding]) -> set[str]:
    return {one.category for one in found if one.score >= ACTS}


@pytest.mark.parametrize(("category", "role", "text"), POSITIVE)
def test_it_sees_what_a_person_should_look_at(cues: ConductCues, category: str, role: str, text: str) -> None:
    assert category in acting(see(cues, text, role))


@pytest.mark.parametrize(("role", "text"), NEGATIVE)
def test_it_leaves_ordinary_talk_alone(cues: ConductCues, role: str, text: str) -> None:
    assert acting(see(cues, text, role)) == set()


@pytest.mark.parametrize(("category", "role", "seen", "alone"), PAIRS)
def test_it_tells_a_cue_from_its_harmless_twin(
    cues: ConductCues, category: str, role: str, seen: str, alone: str
) -> None:
    assert category in acting(see(cues, seen, role))
    assert acting(see(cues, alone, role)) == set()


def test_every_category_of_the_handbook_has_examples() -> None:
    assert {category for category, *_ in POSITIVE} >= {
        "secrecy", "isolation", "off_platform", "probing", "risk_assessment", "gifts", "flattery", "personal",
        "image_request", "meeting", "control", "boundary_testing", "desensitisation", "dependency", "infatuation",
        "disclosure_abuse", "disclosure_self_harm", "threat", "third_party_report", "profanity", "discrimination",
        "bullying", "contract_cheating", "extremism",
    }  # fmt: skip


def test_a_long_mail_in_which_one_sentence_matters_is_seen_at_that_sentence(cues: ConductCues) -> None:
    filler = " ".join(text for role, text in NEGATIVE[:60] if role == "tutor")
    text = f"{filler} Don't tell your mum about this. {filler}"
    found = [one for one in see(cues, text) if one.score >= ACTS]
    assert [text[one.start : one.end] for one in found] == ["Don't tell your mum"]


def test_an_ordinary_mail_made_of_harmless_sentences_is_not_flagged(cues: ConductCues) -> None:
    tutors = [text for role, text in NEGATIVE if role == "tutor"]
    flagged = sum(bool(acting(see(cues, " ".join(tutors[i : i + 6])))) for i in range(0, len(tutors), 6))
    assert flagged == 0


DISGUISES: list[Callable[[str], str]] = [
    str.upper,
    lambda text: text.replace("e", "е").replace("o", "о"),  # Cyrillic
    lambda text: "\u200b".join(text),
    lambda text: text.replace("secret", "s3cr3t").replace("tell", "t3ll"),
    lambda text: text.replace("secret", "s e c r e t").replace("tell", "t.e.l.l"),
    lambda text: text.replace("secret", "seeeecret").replace("tell", "telllll"),
    lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("text", ["this is our little secret", "do not tell your mum"])
def test_a_disguise_does_not_hide_a_cue(cues: ConductCues, disguise: Callable[[str], str], text: str) -> None:
    assert "secrecy" in acting(see(cues, disguise(text)))


def test_a_hidden_word_counts_as_evasive_and_a_plain_one_does_not(cues: ConductCues) -> None:
    assert see(cues, "this is our s3cr3t")[0].evasive
    assert not see(cues, "this is our secret")[0].evasive


def test_offsets_point_into_the_source_of_a_passage(cues: ConductCues) -> None:
    source = "<p>Don&#39;t <b>tell</b> your mum</p>"
    text = "Don't tell your mum"
    origin = array("i", [3, 4, 5, 6, 11, 12, 16, 17, 18, 19, 24, 25, 26, 27, 28, 29, 30, 31, 32])
    found = cues.find([Passage(Layer.HTML, text, part=2, origin=origin)], Scene("tutor"))[0]
    assert source[found.start : found.end] == "Don&#39;t <b>tell</b> your mum"
    assert (found.kind, found.part, found.layer) == (Kind.CONDUCT, 2, Layer.HTML)


@pytest.mark.parametrize("layer", [Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.HIDDEN, Layer.ATTACHMENT])
def test_every_readable_layer_is_judged(cues: ConductCues, layer: Layer) -> None:
    assert "secrecy" in acting(see(cues, "Don't tell your mum.", layer=layer))


def test_quoted_text_weighs_less(cues: ConductCues) -> None:
    fresh = see(cues, "Don't tell your mum.")[0]
    quoted = see(cues, "Don't tell your mum.", layer=Layer.QUOTED)[0]
    assert quoted.score == pytest.approx(fresh.score / 2, abs=0.001)


def test_the_writer_decides_what_words_mean(cues: ConductCues) -> None:
    assert "infatuation" in acting(see(cues, "You are so fit.", "pupil"))
    assert "flattery" in acting(see(cues, "You are so fit.", "tutor"))
    assert acting(see(cues, "I won't tell anyone.", "tutor")) == {"secrecy"}
    assert acting(see(cues, "I won't tell anyone.", "guardian")) == set()


def test_a_guardian_is_a_guardian_by_either_name(cues: ConductCues) -> None:
    text = "The tutor asked my daughter for a photo of herself."
    assert acting(see(cues, text, "parent")) == acting(see(cues, text, "guardian")) == {"third_party_report"}


def test_evidence_is_in_handbook_words_and_never_the_message(cues: ConductCues) -> None:
    found = see(cues, "Don't tell your mum about Zanzibar.")[0]
    assert found.evidence == ("asks to keep contact from parents",)
    assert "Zanzibar" not in repr(found)


def test_a_weak_cue_does_not_act_alone(cues: ConductCues) -> None:
    found = see(cues, "You can tell me anything.")
    assert found and all(0.4 <= one.score < ACTS for one in found)


def test_findings_of_one_category_do_not_overlap(cues: ConductCues) -> None:
    for _, role, text in POSITIVE:
        found = see(cues, text, role)
        for one in found:
            twins = [other for other in found if other is not one and other.category == one.category]
            assert all(one.end <= other.start or other.end <= one.start for other in twins)


def test_the_same_text_gives_the_same_findings(cues: ConductCues) -> None:
    text = " ".join(text for _, role, text in POSITIVE if role == "tutor")
    assert see(cues, text) == see(cues, text)


def test_more_suspicious_sentences_than_can_be_read_go_to_a_person(cues: ConductCues) -> None:
    shield = "You should never keep secrets from your mum. " * (MOST_READ + 1)
    found = see(cues, shield + "Don't tell your mum.")
    assert [one.evidence for one in found] == [("holds more suspicious sentences than could be read",)]
    assert found[0].score >= ACTS


@pytest.mark.parametrize(
    "unit",
    [
        "0123456789 ",
        ". ",
        "oh ",
        "\u200b",
        "Don't tell your mum. ",
        "a ",
        "s e c r e t ",
        '"',
        "aaaa",
        "i will ",
    ],
)
def test_work_grows_no_faster_than_the_text(
    cues: ConductCues, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    chosen = Patterns.worth_trying

    def counted(self: Patterns, present: Set[str], choice: Choice) -> list[int]:
        tried[-1] += 1 + len(present)
        return chosen(self, present, choice)

    monkeypatch.setattr(Patterns, "worth_trying", counted)
    for size in (20_000, 40_000):
        tried.append(0)
        see(cues, (unit * (size // len(unit) + 1))[:size])
    assert tried[1] <= 2.2 * tried[0] + 100


def test_a_sentence_is_tried_for_the_same_rows_alone_and_in_any_text() -> None:
    known, rows = lexicon(), patterns()
    text = " ".join(
        (
            "Don't tell your mum about this, ok?",
            "Bring the ruler.",
            "Can you send me a pic of you?",
            "My dad hits me when he is angry.",
        )
    )
    whole = skim(text, known)
    for role in ("tutor", "pupil", "guardian"):
        choice = rows.choice(whole.present(), role)
        for run in whole.runs:
            present = run.present(known)
            alone = rows.choice(present, role)
            tried = rows.worth_trying(present, alone) if alone else []
            assert tried == (rows.worth_trying(present, choice) if choice else [])
            if tried:
                assert choice is not None
                assert not choice.clues.isdisjoint(run.texts)


def test_ordinary_words_alone_leave_nothing_to_look_for() -> None:
    whole = skim("Thank you for the notes on fractions. We did questions three to eight.", lexicon())
    assert patterns().choice(whole.present(), "guardian") is None


def test_spacy_is_not_imported_for_a_message_without_cues() -> None:
    program = (
        "import sys\n"
        "from classifiers.conduct.cues import ConductCues\n"
        "from classifiers.finding import Layer, Passage, Scene\n"
        "found = ConductCues().find([Passage(Layer.TEXT, 'See you on Thursday at five.')], Scene('tutor'))\n"
        "sys.exit(bool(found) or 'spacy' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("text", ["", " ", "\n\n", "?", "...", "\u200b", "'", '"', "£", "\ud83d\ude02"])
def test_next_to_nothing_is_nothing(cues: ConductCues, text: str) -> None:
    assert see(cues, text) == []


def test_a_disclosure_is_a_report(cues: ConductCues) -> None:
    assert see(cues, "My dad hits me.", "pupil")[0].stance is Stance.REPORT
    assert see(cues, "Send me a photo of yourself.")[0].stance is Stance.REQUEST
