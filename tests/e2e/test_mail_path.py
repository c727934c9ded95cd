"""Real mail through real processes: what each side sends, hears and receives."""

from __future__ import annotations

import email
import itertools
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from email.policy import default

import pytest

from gateway.ports import CaseFilter
from gateway.wiring.running import now
from tests.e2e.installation import Installation, eventually

pytestmark = pytest.mark.xdist_group("gateway")
numbers = itertools.count(1)


@pytest.fixture
def subject() -> str:
    return f"Lesson notes {next(numbers)}"


def cases(gateway: Installation, subject: str) -> list:
    found = gateway.store.docket.cases("demo", CaseFilter(include_closed=True), now(), 500)
    heads = gateway.store.docket.headings("demo", [one.message_id for one in found])
    return [one for one in found if heads[one.message_id].subject == subject]


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=default)


def test_a_tutors_mail_reaches_pupil_and_forgotten_guardian_from_an_alias(
    gateway: Installation, subject: str
) -> None:
    code, answer = gateway.tutor_sends("jamie", ["jamie"], subject, "Please read page 4.")
    assert code == 250, answer
    pupil = parsed(eventually(lambda: gateway.received("jamie@family.test", subject))[0])
    guardian = parsed(gateway.received("ruth@family.test", subject)[0])
    tutor_alias = gateway.alias("jamie", "tara")
    for mail in (pupil, guardian):
        assert tutor_alias in mail["From"]
        assert gateway.alias("jamie", "ruth") in (mail["Cc"] or "") + mail["To"]
        assert "Please read page 4." in mail.get_body(("plain",)).get_content()
        for private in ("tara@mail.test", "ruth@family.test", "jamie@family.test"):
            assert private not in mail.as_string()
    order = [one.mailbox for one in gateway.sink.delivered if subject.encode() in one.content]
    assert order.index("ruth@family.test") < order.index("jamie@family.test")


def test_a_familys_reply_reaches_the_tutors_own_mailbox_from_an_alias(
    gateway: Installation, subject: str
) -> None:
    assert gateway.family_sends("ruth", "jamie", "tara", subject, "Thank you.")[0] == 250
    mail = parsed(eventually(lambda: gateway.received("tara@mail.test", subject))[0])
    assert gateway.alias("jamie", "ruth") in mail["From"]
    assert "ruth@family.test" not in mail.as_string()


def test_a_reply_to_what_was_delivered_comes_back(gateway: Installation, subject: str) -> None:
    gateway.tutor_sends("jamie", ["ruth"], subject, "A question about Thursday.")
    mail = parsed(eventually(lambda: gateway.received("ruth@family.test", subject))[0])
    sender = mail["From"].addresses[0].addr_spec
    assert sender == gateway.alias("jamie", "tara")


def test_a_pupils_mail_is_copied_to_the_guardian(gateway: Installation, subject: str) -> None:
    assert gateway.family_sends("jamie", "jamie", "tara", subject, "I finished it.")[0] == 250
    eventually(lambda: gateway.received("tara@mail.test", subject))
    eventually(lambda: gateway.received("ruth@family.test", subject))


def test_unproven_mail_from_a_family_is_held(gateway: Installation, subject: str) -> None:
    code, _ = gateway.family_sends("ruth", "jamie", "tara", subject, "Is it me?", proven=False)
    assert code == 250
    case = eventually(lambda: cases(gateway, subject))[0]
    assert case.rule == "sender_verified"
    assert not gateway.received("tara@mail.test", subject)


def test_a_name_in_the_subject_becomes_initials(gateway: Installation) -> None:
    code, _ = gateway.tutor_sends("jamie", ["ruth"], "Jamie Whitfield: notes", "All is well.")
    assert code == 250
    eventually(lambda: gateway.received("ruth@family.test", "J.W.: notes"))


def test_a_plain_number_comes_back_with_the_reason(gateway: Installation, subject: str) -> None:
    code, answer = gateway.tutor_sends("jamie", ["jamie", "ruth"], subject, "Ring me on 07700 900123.")
    assert code == 550
    first = answer.splitlines()[0]
    assert first.startswith("5.7.1") and len(first) <= 106
    assert "07700" not in answer and "900123" not in answer


def test_a_number_in_words_is_held_and_answered_like_a_delivery(gateway: Installation, subject: str) -> None:
    clean = gateway.tutor_sends("jamie", ["jamie", "ruth"], subject + " clean", "See page 5.")
    text = "call me on oh seven seven double oh, nine hundred, one two three"
    held = gateway.tutor_sends("jamie", ["jamie", "ruth"], subject, text)
    assert held[0] == clean[0] == 250
    assert held[1].rsplit(" ", 1)[0] == clean[1].rsplit(" ", 1)[0]
    assert eventually(lambda: cases(gateway, subject))[0].rule == "contact_details"
    assert not gateway.received("jamie@family.test", subject)


def test_secrecy_is_held_and_released_by_a_moderator(gateway: Installation, subject: str) -> None:
    text = "You did well. Let's keep this just between us, don't tell your mum."
    assert gateway.tutor_sends("jamie", ["jamie", "ruth"], subject, text)[0] == 250
    case = eventually(lambda: cases(gateway, subject))[0]
    assert (case.rule, case.lane) == ("secrecy_request", "review")
    assert not gateway.received("ruth@family.test", subject)


def test_a_disclosure_is_sealed_and_goes_to_nobody(gateway: Installation, subject: str) -> None:
    text = "please dont tell anyone but my dad hits me and i am scared to go home"
    assert gateway.family_sends("jamie", "jamie", "tara", subject, text)[0] == 250
    case = eventually(lambda: cases(gateway, subject))[0]
    assert case.lane == "sealed"
    for mailbox in ("ruth@family.test", "tara@mail.test"):
        assert not gateway.received(mailbox, subject)


def test_without_a_registered_guardian_nothing_goes_to_the_pupil(gateway: Installation, subject: str) -> None:
    code, _ = gateway.tutor_sends("kit", ["kit"], subject, "Hello.", tutor="owen")
    assert code == 550


def test_two_guardians_get_own_copies_and_never_each_others_address(
    gateway: Installation, subject: str
) -> None:
    assert gateway.tutor_sends("amara", ["amara"], subject, "Next: moles.")[0] == 250
    eventually(lambda: gateway.received("amara@nwosu.test", subject))
    chidi = gateway.received("chidi@nwosu.test", subject)[0]
    helen = gateway.received("helen@bell.test", subject)[0]
    assert b"helen@bell.test" not in chidi
    assert b"chidi@nwosu.test" not in helen


def post(gateway: Installation, key: str, body: dict[str, object], mark: str) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{gateway.ports['web']}/v1/messages",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": mark},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_a_platform_message_is_decided_and_copied_to_the_guardian(gateway: Installation) -> None:
    key = gateway.store.api_keys.mint_api_key("demo", "test")
    pair = next(p.id for p in gateway.store.roster.export("demo").pairs if p.pupil_id == "jamie")
    body = {"pair": pair, "sender": "tara", "recipients": ["jamie"], "text": "A platform greeting."}
    code, told = post(gateway, key, body, "greeting")
    assert code == 200, told
    assert told["text"] == "A platform greeting."
    assert post(gateway, key, body, "greeting")[1] == told
    assert post(gateway, key, {**body, "text": "Another."}, "greeting")[0] == 422
    assert post(gateway, key, {**body, "smuggled": 1}, "greeting-2")[0] == 422

    def copied() -> list[bytes]:
        return [
            d.content for d in gateway.sink.to("ruth@family.test") if b"A platform greeting." in d.content
        ]

    eventually(copied)
    held = {**body, "text": "let's keep this between us, don't tell your mum"}
    code, told = post(gateway, key, held, "secret")
    assert (code, told["state"]) == (202, "checking")
    assert "text" not in told or told["text"] is None


def test_the_record_holds_every_link(gateway: Installation) -> None:
    command = [sys.executable, "-m", "gateway", "record", "verify", "--json"]
    done = subprocess.run(
        command, env=gateway.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["flaw"] is None


def test_no_log_holds_an_address_a_name_or_a_text(gateway: Installation) -> None:
    gateway.tutor_sends("jamie", ["jamie"], "Canary Whitfield", "The canary sings softly.")
    logs = "".join(path.read_text() for path in gateway.home.glob("*.log"))
    for private in ("family.test", "mail.test", "tara.okafor", "Whitfield", "canary"):
        assert private not in logs
    assert os.path.getsize(gateway.home / "smtp.log") >= 0
