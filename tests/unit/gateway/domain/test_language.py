"""Every sentence that families and tutors are shown has its translation, with the same blanks in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from gateway.channels.email import footer, sealing
from gateway.desk.families import callers, signing, telling
from gateway.desk.families import sealed as sealed_page
from gateway.desk.families.guardian import NOT_YOURS, PURPOSES
from gateway.desk.tutors import discipline, outbox
from gateway.desk.words import CATEGORIES
from gateway.domain import language
from gateway.domain.report import ALWAYS, REVIEW
from gateway.hold import letters

TEMPLATES = Path(callers.__file__).parents[1] / "templates"
SAID = re.compile(r"""say\((".*?"|'.*?')\)""")
SUBJECTS = (
    "Your sign-in link",
    "Your code",
    "There is an answer for you",
    "News on your page",
    "Your child told us something",
    "A change of address",
    "Your address was changed",
)
REMOVED = ("phone number", "e-mail address", "account name", "link", "name of a service", "address")
CONTACT = ("phone", "email", "handle", "platform", "link", "video_link", "invite", "invite_link", "postal_address", "postcode", "shortener", "payment", "intent", "person")  # fmt: skip


def shown() -> set[str]:
    """Every sentence, from the templates and from the code."""
    pages = [
        path.read_text("utf-8")
        for folder in ("families", "tutors")
        for path in (TEMPLATES / folder).glob("*.html")
    ]
    said = {ast.literal_eval(found) for page in pages for found in SAID.findall(page)}
    said |= {"How often", "Messages", *SUBJECTS, *PURPOSES, *outbox.STATES.values(), *outbox.SHOWN.values()}
    said |= {part for pair in callers.FAULTS.values() for part in pair}
    said |= {
        callers.ENDED,
        NOT_YOURS,
        signing.WRONG,
        signing.WRONG_PASSWORD,
        signing.WAIT,
        telling.TELL_US,
        sealed_page.WRONG,
        outbox.NOBODY,
    }
    said |= {part for route in (*ALWAYS, REVIEW) for part in (route.title, route.say)}
    said |= {f"{what} removed" for what in REMOVED} | {CATEGORIES[one] for one in CONTACT}
    said |= {step.capitalize() for step in discipline.STEPS}
    said |= {letters.SIGN_IN, letters.CODE, letters.ANSWERED, letters.STRIKE, letters.CHILD_TOLD}
    said |= {letters.ADDRESS_OLD, letters.ADDRESS_NEW, letters.ADDRESS_MOVED}
    said |= {sealing.NOTICE, sealing.READ_AT, sealing.CODE}
    return said | {footer.CHECKED, *footer.IN_ORDER}


@pytest.mark.parametrize("tag", [tag for tag in language.LANGUAGES if tag != language.ENGLISH])
def test_nothing_is_left_untranslated_and_nothing_translated_is_unused(tag: str) -> None:
    known = language.sentences(tag)
    assert shown() - known.keys() == set()
    ladders = {"Investigation", "Action", "Lado or police"}  # steps that packs name
    assert known.keys() - shown() - ladders == set()


@pytest.mark.parametrize("tag", [tag for tag in language.LANGUAGES if tag != language.ENGLISH])
def test_a_translation_keeps_the_blanks_that_are_filled_in(tag: str) -> None:
    for english, other in language.sentences(tag).items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", other)), english


def test_english_and_an_unknown_language_are_english() -> None:
    for tag in ("en-GB", "tlh", ""):
        assert language.speaker(tag)("Thank you") == "Thank you"
    assert language.known("cy") == "cy" and language.known("../cy") == "en-GB"


def test_welsh_is_spoken() -> None:
    say = language.speaker("cy")
    assert say("Thank you") == "Diolch"
    assert say(letters.CODE).format(organisation="Demo", code="123456").count("123456") == 1
    assert say("Never heard of") == "Never heard of"
