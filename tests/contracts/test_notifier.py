"""Who is told what, over a real database: in our own words, signed, and never a program."""

import asyncio
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from sqlalchemy import text

from gateway.channels.email.dkim_keys import ensure_dkim_keys
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import SendAnswer
from gateway.domain.message import Assurance
from gateway.domain.policy import Reminder
from gateway.domain.verdict import Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.ports import CaseFilter
from gateway.wiring.notifying import Notifier
from tests.fakes.sql import NOW, arrival, held, home_circle, plain_policy

BODY = b"From: tara.okafor@relay.test\r\nSubject: Homework\r\n%s\r\nThe heron nests by the weir.\r\n"


@pytest.fixture
def posted() -> list:
    return []


def notifier(store, posted, keys: Path | None = None) -> Notifier:
    async def post(notice) -> SendAnswer:
        posted.append(notice)
        return SendAnswer(250)

    return Notifier(store, post, "https://relay.test", keys)


def case_about(store, extra: bytes = b"", **more):
    one = arrival(raw=BODY % extra, **more)
    store.ledger.keep(one, held(one), home_circle(store)).result(timeout=20)
    (case,) = store.docket.cases("demo", CaseFilter(), NOW)
    return case


def given_back(store, case):
    decision = Decision(case.id, case.version, Action.RETURN, "mo", "holds a number", say="Leave it out.")
    return store.docket.settle(case, decision, (), NOW)


def test_the_sender_of_a_returned_mail_is_told_and_the_notice_is_signed(
    family_store, posted, tmp_path: Path
) -> None:
    keys = ensure_dkim_keys(tmp_path, "relay.test")
    records = {f"{key.selector}._domainkey.relay.test.": key.record.encode() for key in keys}
    case = given_back(family_store, case_about(family_store))
    asyncio.run(notifier(family_store, posted, tmp_path).sender_told("demo", case.id))
    (notice,) = posted
    assert notice.mailbox == "tara.personal@mail.test"
    assert b"heron" not in notice.content
    assert notice.content.count(b"DKIM-Signature:") == len(keys) == 2
    # The first is RSA's; the judge knows no other.
    assert dkim.verify(notice.content, dnsfunc=lambda name, **_: records[name.decode()])


def test_without_keys_a_notice_goes_out_unsigned(family_store, posted, tmp_path: Path) -> None:
    case = given_back(family_store, case_about(family_store))
    asyncio.run(notifier(family_store, posted, tmp_path).sender_told("demo", case.id))
    assert b"DKIM-Signature" not in posted[0].content


@pytest.mark.parametrize(("to", "said"), [("tutor", True), ("guardian", False)])
def test_a_message_that_comes_back_carries_what_the_policy_says_to_its_writer(
    family_store, posted, monkeypatch: pytest.MonkeyPatch, to: str, said: bool
) -> None:
    advice = Reminder("why_it_came_back", "KST-03", "hold", (to,), "The office answers questions.")
    policy = replace(plain_policy(), reminders=(advice,))
    monkeypatch.setattr(family_store.directory, "policy_of", lambda _: policy)
    case = given_back(family_store, case_about(family_store))
    asyncio.run(notifier(family_store, posted).sender_told("demo", case.id))
    assert (b"The office answers questions." in posted[0].content) is said


@pytest.mark.parametrize("mark", [b"Auto-Submitted: auto-replied\r\n", b"Precedence: bulk\r\n"])
def test_a_program_that_wrote_is_never_answered(family_store, posted, mark: bytes) -> None:
    case = given_back(family_store, case_about(family_store, mark, sender="ruth", recipients=("tara",)))
    asyncio.run(notifier(family_store, posted).sender_told("demo", case.id))
    assert posted == []


def test_moderators_hear_of_a_case_by_notices_that_are_signed_too(family_store, posted, tmp_path) -> None:
    from gateway.domain.people import Role
    from gateway.store.desk_users import add_desk_user

    ensure_dkim_keys(tmp_path, "relay.test")
    case = case_about(family_store)
    add_desk_user(
        family_store.engine,
        family_store.vault,
        "demo",
        address="mo@org.test",
        role=Role.MODERATOR,
        password="a long desk password",
    )
    asyncio.run(notifier(family_store, posted, tmp_path).case_waits("demo", case.id))
    assert [one.mailbox for one in posted] == ["mo@org.test"]
    assert posted[0].content.count(b"DKIM-Signature:") == 2
    assert replace(posted[0], content=b"").return_path == "no-reply@relay.test"


def went_round(store, assurance=Assurance.PASSWORD, also=(), extra=b""):
    """A mail that was also addressed to a private address, kept; the kinds of its alarms."""
    one = arrival(raw=BODY % extra)
    one = replace(one, envelope=replace(one.envelope, assurance=assurance))
    rules = ("addressed_directly", *also)
    ruled = tuple(Ruled(rule, "HST-08", Hold(Lane.REVIEW, Severity.HIGH, "because")) for rule in rules)
    judged = replace(held(one), verdict=Verdict(Outcome.HOLD, "default@1+00000000", ruled))
    store.ledger.keep(one, judged, home_circle(store)).result(timeout=20)
    with store.engine.connect() as connection:
        return set(connection.execute(text("SELECT task_name FROM procrastinate_jobs")).scalars())


def test_the_writer_to_a_private_address_is_warned_without_a_word_of_it(family_store, posted) -> None:
    assert went_round(family_store) == {"case_overdue", "case_waits", "writer_warned"}
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    asyncio.run(notifier(family_store, posted).writer_warned("demo", case.id))
    (notice,) = posted
    assert notice.mailbox == "tara.personal@mail.test"
    assert case.reference.encode() in notice.content
    assert b"heron" not in notice.content and b"family.test" not in notice.content


def test_nobody_is_warned_whom_nothing_proves_or_of_whom_there_is_more_to_say(family_store) -> None:
    assert "writer_warned" not in went_round(family_store, Assurance.NONE)
    assert "writer_warned" not in went_round(family_store, also=("concerning_conduct",))


def test_a_program_is_not_warned_either(family_store, posted) -> None:
    went_round(family_store, extra=b"Auto-Submitted: auto-generated\r\n")
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    asyncio.run(notifier(family_store, posted).writer_warned("demo", case.id))
    assert posted == []
