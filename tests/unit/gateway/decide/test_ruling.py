"""One verdict out of many rulings."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.finding import Fault, Kind, Layer, Stance
from gateway.decide import ruling
from gateway.decide.ruling import RULE_NAMES, decide, strength, verdict_of
from gateway.domain.message import Assurance, Channel, Reading
from gateway.domain.people import Guardianship, Standing
from gateway.domain.verdict import (
    AddRecipient,
    Amend,
    Hold,
    Lane,
    Outcome,
    Pass,
    Refuse,
    Replace,
    Ruled,
    Severity,
)
from tests.fakes.circle import DAN, TARA, attachment, circle, finding, message, policy

PHONE = finding(Kind.CONTACT, "phone")
HIDDEN_PHONE = finding(Kind.CONTACT, "phone", evasive=True)
SECRECY = finding(Kind.CONDUCT, "secrecy")
DISCLOSURE = finding(Kind.CONDUCT, "disclosure_abuse")


def outcome(*args, **kwargs) -> tuple[Outcome, str]:
    verdict = decide(message(*args, **kwargs), policy())
    return verdict.outcome, verdict.leading.rule if verdict.leading else ""


def test_a_clean_message_passes_without_a_ruling() -> None:
    verdict = decide(message(), policy())
    assert verdict.outcome is Outcome.PASS
    assert verdict.ruled == ()
    assert verdict.policy_version == "test@1+00000000"


def test_every_ruling_cites_the_clause_of_its_rule() -> None:
    verdict = decide(message(PHONE, SECRECY, recipients=("jamie",)), policy())
    assert {one.clause for one in verdict.ruled} == {f"T-{one.rule}" for one in verdict.ruled}
    assert len(verdict.ruled) == 3


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"recipients": ()}, (Outcome.REFUSE, "known_parties")),
        ({"recipients": ("stranger",)}, (Outcome.REFUSE, "known_parties")),
        ({"around": circle(pair_open=False)}, (Outcome.REFUSE, "known_parties")),
        ({"around": circle(replace(TARA, standing=Standing.SUSPENDED))}, (Outcome.REFUSE, "known_parties")),
        ({"reading": Reading(authors=("other@relay.test",))}, (Outcome.REFUSE, "sender_verified")),
        (
            {"sender": "ruth", "recipients": ("tara",), "assurance": Assurance.NONE},
            (Outcome.HOLD, "sender_verified"),
        ),
        (
            {
                "sender": "ruth",
                "recipients": ("tara",),
                "assurance": Assurance.AUTHENTICATED_MAIL,
                "reading": Reading(authors=("somebody@else.test",)),
            },
            (Outcome.HOLD, "sender_verified"),
        ),
        (
            {"sender": "ruth", "recipients": ("tara",), "assurance": Assurance.AUTHENTICATED_MAIL},
            (Outcome.PASS, ""),
        ),
        ({"channel": Channel.PLATFORM, "assurance": Assurance.API_KEY}, (Outcome.PASS, "")),
        ({"reading": Reading(form_faults=("two From headers",))}, (Outcome.HOLD, "unreadable")),
        (
            {"reading": Reading(parts=(attachment("image/png", unread=True),))},
            (Outcome.HOLD, "unchecked_attachment"),
        ),
        ({"reading": Reading(parts=(attachment("image/png"),))}, (Outcome.PASS, "")),
        (
            {"reading": Reading(parts=(attachment("image/png", unread=True),)), "recipients": ("ruth",)},
            (Outcome.PASS, ""),
        ),
        ({"reading": Reading(parts=(attachment("application/pdf"),))}, (Outcome.PASS, "")),
    ],
)
def test_who_and_what_form(case: dict, expected: tuple[Outcome, str]) -> None:
    assert outcome(**case) == expected


def test_a_barred_guardian_is_never_written_to() -> None:
    barred = (*circle().guardianships, Guardianship("dan", "jamie", barred=True))
    around = circle(DAN, guardianships=barred)
    assert outcome(recipients=("ruth", "dan"), around=around) == (Outcome.HOLD, "known_parties")


class TestAddressedDirectly:
    @staticmethod
    def got(sender: str, *addressees: str, around=None) -> tuple[Outcome, str]:
        tutor = sender == "tara"
        own = "tara.okafor@relay.test" if tutor else f"{sender}@family.test"
        return outcome(
            sender=sender,
            recipients=("jamie", "ruth") if tutor else ("tara",),
            assurance=Assurance.PASSWORD if tutor else Assurance.AUTHENTICATED_MAIL,
            reading=Reading(authors=(own,), addressees=addressees),
            around=around,
        )

    @pytest.mark.parametrize("address", ["jamie@family.test", "Ruth@Family.test"])
    def test_a_tutor_who_also_writes_to_a_private_address_is_held(self, address: str) -> None:
        assert self.got("tara", "x@relay.test", address) == (Outcome.HOLD, "addressed_directly")

    @pytest.mark.parametrize("sender", ["ruth", "jamie"])
    def test_a_family_that_also_writes_to_the_tutors_own_address_is_held(self, sender: str) -> None:
        around = circle(DAN)
        assert self.got(sender, "tara@mail.test", around=around) == (Outcome.HOLD, "addressed_directly")

    def test_a_private_address_of_another_family_is_no_better(self) -> None:
        around = replace(circle(), neighbours=(DAN,))
        assert self.got("tara", "dan@other.test", around=around) == (Outcome.HOLD, "addressed_directly")

    def test_a_family_may_write_among_itself_and_everybody_to_themselves(self) -> None:
        around = circle(DAN)
        to = ("jamie@family.test", "dan@other.test", "ruth@family.test", "grandma@post.test")
        assert self.got("ruth", *to, around=around)[1] != "addressed_directly"
        assert self.got("tara", "tara@mail.test", "tara.okafor@relay.test")[1] != "addressed_directly"

    def test_an_address_the_organisation_allows_is_nobodys_secret(self) -> None:
        around = replace(circle(), allowed=frozenset({"ruth@family.test"}))
        assert self.got("tara", "ruth@family.test", around=around)[1] != "addressed_directly"

    def test_on_a_platform_there_are_no_addresses(self) -> None:
        reading = Reading(addressees=("ruth@family.test",))
        assert outcome(channel=Channel.PLATFORM, reading=reading)[1] != "addressed_directly"


class TestGuardianCopied:
    def test_a_missing_guardian_is_added(self) -> None:
        verdict = decide(message(recipients=("jamie",)), policy())
        assert verdict.outcome is Outcome.AMEND
        assert verdict.changes == (AddRecipient("ruth"),)

    def test_it_is_refused_where_the_pack_says_so(self) -> None:
        strict = policy(guardian_copied={"when_missing": "refuse"})
        assert decide(message(recipients=("jamie",)), strict).outcome is Outcome.REFUSE

    def test_a_pupils_own_message_is_copied_too(self) -> None:
        written = message(sender="jamie", recipients=("tara",), assurance=Assurance.AUTHENTICATED_MAIL)
        assert decide(written, policy()).changes == (AddRecipient("ruth"),)

    def test_nobody_registered_means_no_message_to_the_pupil(self) -> None:
        around = circle(guardianships=(Guardianship("ruth", "jamie"),))
        assert outcome(around=around) == (Outcome.REFUSE, "guardian_registered")

    def test_a_pupil_without_a_registered_guardian_is_heard_by_a_person(self) -> None:
        around = circle(guardianships=())
        got = outcome(
            sender="jamie", recipients=("tara",), assurance=Assurance.AUTHENTICATED_MAIL, around=around
        )
        assert got == (Outcome.HOLD, "guardian_registered")

    def test_a_guardian_without_a_mailbox_holds_it(self) -> None:
        around = circle(
            replace(DAN, mailboxes=()),
            guardianships=(*circle().guardianships, replace(circle().guardianships[0], guardian_id="dan")),
        )
        assert outcome(around=around) == (Outcome.HOLD, "guardian_copied")

    @pytest.mark.parametrize("sender", ["tara", "jamie"])
    def test_a_guardian_whose_address_fails_holds_it(self, sender: str) -> None:
        how = Assurance.PASSWORD if sender == "tara" else Assurance.AUTHENTICATED_MAIL
        to = ("jamie", "ruth") if sender == "tara" else ("tara",)
        around = replace(circle(), failing=frozenset({"ruth"}))
        got = outcome(around=around, sender=sender, recipients=to, assurance=how)
        assert got == (Outcome.HOLD, "guardian_copied")

    def test_a_guardian_who_writes_has_no_address_to_fail(self) -> None:
        around = replace(circle(), failing=frozenset({"ruth"}))
        how = Assurance.AUTHENTICATED_MAIL
        assert outcome(around=around, sender="ruth", recipients=("jamie",), assurance=how)[0] is Outcome.PASS

    def test_a_barred_guardian_is_not_copied(self) -> None:
        barred = replace(circle().guardianships[0], guardian_id="dan", barred=True)
        around = circle(DAN, guardianships=(*circle().guardianships, barred))
        assert decide(message(recipients=("jamie",), around=around), policy()).changes == (
            AddRecipient("ruth"),
        )

    def test_mail_between_adults_needs_no_copy(self) -> None:
        assert outcome(recipients=("ruth",)) == (Outcome.PASS, "")


class TestContactDetails:
    def test_plain_details_to_a_pupil_come_back(self) -> None:
        assert outcome(PHONE) == (Outcome.REFUSE, "contact_details")

    def test_disguised_details_are_held_without_a_word(self) -> None:
        assert outcome(HIDDEN_PHONE) == (Outcome.HOLD, "contact_details")
        assert outcome(HIDDEN_PHONE, PHONE) == (Outcome.HOLD, "contact_details")

    def test_doubtful_details_are_held(self) -> None:
        assert outcome(finding(Kind.CONTACT, "handle", 0.6)) == (Outcome.HOLD, "contact_details")

    def test_faint_traces_pass(self) -> None:
        assert outcome(finding(Kind.CONTACT, "phone", 0.3)) == (Outcome.PASS, "")

    def test_to_a_guardian_they_are_held(self) -> None:
        assert outcome(PHONE, recipients=("ruth",)) == (Outcome.HOLD, "contact_details")

    def test_a_pack_may_allow_them_to_guardians(self) -> None:
        lenient = policy({"contact_details_to_guardian": "allow"})
        assert decide(message(PHONE, recipients=("ruth",)), lenient).outcome is Outcome.PASS

    @pytest.mark.parametrize("stance", [Stance.REFUSAL, Stance.REPORT])
    def test_refusing_or_reporting_is_never_punished(self, stance: Stance) -> None:
        assert outcome(finding(Kind.CONTACT, "intent", stance=stance)) == (Outcome.PASS, "")


class TestConduct:
    def test_one_clear_sign_is_enough(self) -> None:
        assert outcome(SECRECY) == (Outcome.HOLD, "concerning_conduct")

    def test_one_weak_sign_is_not(self) -> None:
        assert outcome(finding(Kind.CONDUCT, "flattery", 0.5)) == (Outcome.PASS, "")

    def test_two_weak_signs_of_a_kind_are_not(self) -> None:
        weak = finding(Kind.CONDUCT, "flattery", 0.5)
        assert outcome(weak, replace(weak, start=9, end=12)) == (Outcome.PASS, "")

    def test_two_weak_signs_of_different_kinds_are(self) -> None:
        pair = (finding(Kind.CONDUCT, "flattery", 0.5), finding(Kind.CONDUCT, "gifts", 0.5))
        assert outcome(*pair) == (Outcome.HOLD, "concerning_conduct")

    def test_it_beats_a_refusal_that_would_tell_what_was_seen(self) -> None:
        assert outcome(PHONE, SECRECY) == (Outcome.HOLD, "concerning_conduct")

    def test_leaving_the_platform_by_a_plain_handle_is_a_matter_of_contact_details(self) -> None:
        away = finding(Kind.CONDUCT, "off_platform")
        assert outcome(finding(Kind.CONTACT, "handle"), away) == (Outcome.REFUSE, "contact_details")
        assert outcome(away) == (Outcome.HOLD, "concerning_conduct")

    def test_harm_is_urgent(self) -> None:
        verdict = decide(message(finding(Kind.CONDUCT, "disclosure_self_harm", 0.6)), policy())
        assert verdict.leading.ruling.lane is Lane.URGENT

    def test_a_disclosure_is_sealed_and_copied_to_nobody(self) -> None:
        told = message(
            DISCLOSURE, sender="jamie", recipients=("tara",), assurance=Assurance.AUTHENTICATED_MAIL
        )
        verdict = decide(told, policy())
        assert (verdict.outcome, verdict.leading.ruling.lane) == (Outcome.HOLD, Lane.SEALED)

    def test_a_parents_report_is_urgent(self) -> None:
        report = finding(Kind.CONDUCT, "third_party_report", stance=Stance.REPORT)
        told = message(report, sender="ruth", recipients=("tara",), assurance=Assurance.AUTHENTICATED_MAIL)
        assert decide(told, policy()).leading.ruling.lane is Lane.URGENT


def test_names_in_the_subject_are_replaced() -> None:
    name = finding(Kind.NAME, "name", layer=Layer.SUBJECT, start=4, end=9, replacement="J.W.")
    verdict = decide(message(name), policy())
    assert verdict.changes == (Replace(Layer.SUBJECT, 0, 4, 9, "J.W."),)


def test_a_detector_that_failed_holds() -> None:
    late = replace(message(), faults=(Fault("contact", "late"),))
    assert decide(late, policy()).leading.rule == "fail_closed"


def test_a_rule_that_crashes_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> Pass:
        raise RuntimeError("secret words")

    rules = tuple((name, crash if name == "contact_details" else rule) for name, rule in ruling.RULES)
    monkeypatch.setattr(ruling, "RULES", rules)
    verdict = decide(message(), policy())
    assert verdict.outcome is Outcome.HOLD
    assert "secret" not in verdict.leading.ruling.because


def test_a_hold_keeps_the_changes_that_a_release_will_need() -> None:
    verdict = decide(message(SECRECY, recipients=("jamie",)), policy())
    assert verdict.outcome is Outcome.HOLD
    assert AddRecipient("ruth") in verdict.changes


RULINGS = [
    Amend((AddRecipient("x"),)),
    Refuse("say", "because"),
    *(Hold(lane, severity, "x") for lane, severity in itertools.product(Lane, Severity)),
]


@given(st.lists(st.sampled_from(RULINGS), max_size=6))
def test_the_strongest_leads_and_none_is_lost(rulings: list) -> None:
    ruled = [Ruled(f"r{n}", "c", one) for n, one in enumerate(rulings)]
    verdict = verdict_of(ruled, "v")
    assert sorted(one.rule for one in verdict.ruled) == sorted(one.rule for one in ruled)
    if ruled:
        assert strength(verdict.leading.ruling) == max(strength(one) for one in rulings)
    assert (verdict.outcome is Outcome.PASS) == (not ruled)


def test_every_rule_has_its_own_file() -> None:
    assert len(set(RULE_NAMES)) == len(RULE_NAMES) == 27
