"""The pure half of the path: one message in, one judgement out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from classifiers.finding import Examination, Finding, Kind, Passage, Scene
from gateway.channels.email import compose as email_compose
from gateway.channels.email import parse as email_parse
from gateway.channels.platform import compose as platform_compose
from gateway.channels.platform import parse as platform_parse
from gateway.domain.message import Arrival, Assurance, Channel
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.verdict import AddRecipient, Outcome
from gateway.journey import Tools, judge
from gateway.ports import Brief
from tests.fakes.circle import DAN, TARA, circle, envelope, finding, policy

MAIL = (
    b"From: Tara <tara.okafor@relay.test>\r\nTo: x@relay.test\r\nSubject: Homework\r\n"
    b"Message-ID: <1@client.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Please read page 4.\r\n"
)


def tools(*findings: Finding, leaking: bool = False) -> Tools:
    """The real parsers and composers, with detectors that say what the test wants."""

    def screen(passages: Sequence[Passage], scene: Scene) -> Examination:
        return Examination(findings)

    return Tools(
        {Channel.EMAIL: email_parse.read, Channel.PLATFORM: platform_parse.read},
        screen,
        {Channel.EMAIL: email_compose.compose, Channel.PLATFORM: platform_compose.compose},
        (lambda content, circle, to: ("ruth",)) if leaking else email_compose.leaks,
    )


def brief(raw: bytes = MAIL, around=None, changes=None, **who) -> Brief:
    return Brief(Arrival(envelope(**who), raw), around or circle(), policy(), (), changes)


def test_a_clean_mail_gives_one_copy_each_guardian_first() -> None:
    judged = judge(brief(), tools())
    assert judged.verdict.outcome is Outcome.PASS
    assert [(c.recipient_id, c.required, c.waits_for_required) for c in judged.copies] == [
        ("ruth", True, False),
        ("jamie", False, True),
    ]
    assert judged.original_message_id == "<1@client.test>"
    assert judged.subject == "Homework"


def test_a_forgotten_guardian_gets_a_copy_before_the_pupil() -> None:
    judged = judge(brief(recipients=("jamie",)), tools())
    assert judged.verdict.outcome is Outcome.AMEND
    assert [c.recipient_id for c in judged.copies] == ["ruth", "jamie"]


def test_copies_show_aliases_and_no_mailbox() -> None:
    for copy in judge(brief(), tools()).copies:
        assert b"family.test" not in copy.content
        assert b"mail.test" not in copy.content
        assert circle().aliases["tara"].encode() in copy.content


@pytest.mark.parametrize("kind", [Kind.CONDUCT, Kind.CONTACT])
def test_nothing_is_composed_for_what_may_not_leave(kind: Kind) -> None:
    judged = judge(brief(), tools(finding(kind, "secrecy")))
    assert judged.verdict.outcome in (Outcome.HOLD, Outcome.REFUSE)
    assert judged.copies == ()
    assert judged.text is None


def test_a_former_pupils_name_counts_where_the_setting_says_so() -> None:
    zoe = Person("zoe", "demo", Role.PUPIL, "Zoe", "Marsh")
    around = replace(circle(), former=(zoe,))
    scenes: list[Scene] = []

    def screen(passages: Sequence[Passage], scene: Scene) -> Examination:
        scenes.append(scene)
        return Examination(())

    for kept in (False, True):
        asked = policy({"tutor_leaver": {"past_clients_confidential": kept}})
        judge(replace(brief(around=around), policy=asked), replace(tools(), screen=screen))
    without, with_former = ({one.person_id for one in scene.names} for scene in scenes)
    assert with_former - without == {"zoe"}
    assert "zoe" not in scenes[1].present, "so that her name is that of somebody who has no part in this"


def test_a_copy_with_a_private_address_in_it_is_held() -> None:
    judged = judge(brief(), tools(leaking=True))
    assert judged.verdict.outcome is Outcome.HOLD
    assert judged.verdict.leading.rule == "fail_closed"
    assert judged.copies == ()


def test_a_copy_that_cannot_be_composed_is_held() -> None:
    without = replace(circle(), aliases={})
    assert judge(brief(around=without), tools()).verdict.outcome is Outcome.HOLD


def test_nothing_is_sent_by_halves_when_a_recipient_has_no_mailbox() -> None:
    unreachable = circle(replace(TARA, mailboxes=()))
    who = {"sender": "ruth", "recipients": ("tara",), "assurance": Assurance.AUTHENTICATED_MAIL}
    judged = judge(
        brief(MAIL.replace(b"tara.okafor@relay.test", b"ruth@family.test"), unreachable, **who), tools()
    )
    assert judged.verdict.outcome is Outcome.HOLD
    assert judged.copies == ()


def test_a_release_composes_what_a_person_has_allowed() -> None:
    changes = (AddRecipient("ruth"),)
    judged = judge(brief(recipients=("jamie",), changes=changes), tools(finding(Kind.CONDUCT, "secrecy")))
    assert [c.recipient_id for c in judged.copies] == ["ruth", "jamie"]


def test_a_platform_message_gives_its_text_and_a_mail_to_the_guardian() -> None:
    raw = platform_compose.encode({"subject": None, "text": "Well done."})
    who = {"channel": Channel.PLATFORM, "assurance": Assurance.API_KEY, "recipients": ("jamie",)}
    judged = judge(brief(raw, **who), tools())
    assert judged.text == "Well done."
    wires = {c.recipient_id: (c.wire, bool(c.mailbox)) for c in judged.copies}
    assert wires == {"ruth": (Channel.EMAIL, True), "jamie": (Channel.PLATFORM, False)}


def test_a_pupils_platform_message_is_mailed_to_the_guardian_too() -> None:
    raw = platform_compose.encode({"subject": None, "text": "Thank you!"})
    who = {"channel": Channel.PLATFORM, "assurance": Assurance.API_KEY, "sender": "jamie"}
    judged = judge(brief(raw, recipients=("tara",), **who), tools())
    assert {c.recipient_id: c.wire for c in judged.copies} == {
        "tara": Channel.PLATFORM,
        "ruth": Channel.EMAIL,
    }


def test_every_required_guardian_gets_an_own_copy_without_the_others_address() -> None:
    both = (*circle().guardianships, replace(circle().guardianships[0], guardian_id="dan"))
    judged = judge(brief(around=circle(DAN, guardianships=both), recipients=("jamie",)), tools())
    copies = {c.recipient_id: c for c in judged.copies}
    assert set(copies) == {"ruth", "dan", "jamie"}
    assert b"other.test" not in copies["ruth"].content
    assert b"family.test" not in copies["dan"].content


def test_a_barred_guardian_gets_nothing() -> None:
    barred = (*circle().guardianships, Guardianship("dan", "jamie", barred=True))
    judged = judge(brief(around=circle(DAN, guardianships=barred)), tools())
    assert "dan" not in {c.recipient_id for c in judged.copies}


@pytest.mark.parametrize("raw", [b"", b"\0\0\0", b"no mail at all", b"Subject: x\r\n\r\n" + b"\xff" * 2000])
def test_whatever_the_bytes_there_is_a_judgement(raw: bytes) -> None:
    judged = judge(brief(raw), tools())
    assert judged.verdict.outcome in (Outcome.HOLD, Outcome.REFUSE)


def test_only_short_texts_go_into_the_pairs_memory() -> None:
    assert judge(brief(), tools()).fragment.strip() == "Please read page 4."
    assert judge(brief(MAIL + b"x" * 300), tools()).fragment == ""
