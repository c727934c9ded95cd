"""Letters to families: what they need and no more, in their language."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from gateway.domain.correspondence import Invitation
from gateway.domain.language import LANGUAGES, speaker
from gateway.domain.people import Organisation, Role
from gateway.hold import letters
from tests.fakes.circle import NOW

OURS = Organisation("demo", "Demo Tutors", "relay.test")
INVITED = Invitation("demo", "ruth", "ruth@family.test", Role.GUARDIAN, "token-of-the-link", "012345")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_letter_is_sent_by_nobody_who_can_be_answered(tag: str) -> None:
    say, link = speaker(tag), "https://relay.test/me/kept"
    made = [
        letters.sign_in(OURS, INVITED, "https://relay.test", say, "1", NOW),
        letters.code(OURS, INVITED, say, "2", NOW),
        letters.answered(OURS, "ruth@family.test", link, say, "3", NOW),
        letters.strike(OURS, "ruth@family.test", link, say, "4", NOW),
    ]
    mails = [message_from_bytes(one.content, policy=default) for one in made]
    assert {one["Auto-Submitted"] for one in mails} == {"auto-generated"}
    texts = [one.get_content() for one in mails]
    assert "https://relay.test/me/enter/token-of-the-link" in texts[0] and "012345" in texts[0]
    assert "012345" in texts[1] and "token-of-the-link" not in texts[1]
    assert all("{" not in text and "Demo Tutors" in text for text in texts)
    assert len({one["Subject"] for one in mails}) == 4


def test_a_secret_is_not_shown_by_accident() -> None:
    assert "012345" not in repr(INVITED) and "token-of" not in repr(INVITED) and "ruth@" not in repr(INVITED)
