"""A message under seal leaves as a link, and nothing of it stands in a copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest

from gateway.channels.email.compose import compose
from gateway.deliver.amend import amend
from gateway.domain.links import Links, Way, holder
from gateway.domain.message import Part, Reading
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Seal
from tests.fakes.circle import RUTH, TARA, circle, envelope

LINKS = Links("https://pages.example.org", b"k" * 32)
READING = Reading(
    subject="[secure] J.W.",
    parts=(
        Part(1, "text/plain", "Her diagnosis is in the plan."),
        Part(2, "application/pdf", None, b"%PDF-1.4 plan", "plan.pdf", inline=False),
    ),
)


def copy(*facts: Fact, links: Links | None = LINKS) -> str:
    around = replace(circle(), facts=facts)
    sealed = amend(READING, (Seal("the sender asked for it"),))
    made = compose(sealed, envelope(recipients=("ruth",)), around, (TARA, RUTH), RUTH, links)
    mail = message_from_bytes(made, policy=default)
    return "\n".join((str(mail["Subject"]), mail.get_content()))


def test_nothing_of_it_stands_in_the_copy_but_its_subject() -> None:
    made = copy()
    assert "diagnosis" not in made and "plan" not in made and "PDF" not in made
    assert "[secure] J.W." in made, "the tag that the sender set is kept"


def test_the_link_is_for_this_person_alone() -> None:
    made = copy()
    token = made.split("/sealed/", 1)[1].split()[0]
    assert holder(LINKS.key, Way.SEALED, token, ("tara", "ruth", "jamie")) == "ruth"


def test_the_notice_speaks_the_readers_language() -> None:
    assert "darllen" in copy(Fact(FactKind.SPEAKS, "ruth", detail="cy", since=date(2026, 1, 1)))


def test_without_a_page_to_read_it_on_it_is_held() -> None:
    with pytest.raises(ValueError, match="public_url"):
        copy(links=None)
