"""Where two policies pull in different directions: each of the 23 resolutions, on the packs that ship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from classifiers.finding import Fault, Finding, Kind
from gateway import packs
from gateway.decide.ruling import RULE_NAMES, decide
from gateway.domain.message import Channel, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Guardianship
from gateway.domain.policy import Policy, Stance, Then
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.verdict import Amend, DeliverAfter, Lane, Outcome, Refuse, Seal, Severity, Verdict
from gateway.packs.choices import PackSettings
from gateway.packs.strictness import stricter
from gateway.settings import config_folder
from tests.fakes.circle import DAN, NOW, circle, finding, message

PACKS = tuple(packs.names(config_folder()))
POLICIES = {name: packs.load(config_folder(), name) for name in PACKS}
PAIR = "tara-jamie"
EVERY = pytest.mark.parametrize("name", PACKS)

DISCLOSURE = finding(Kind.CONDUCT, "disclosure_abuse")
HANDLE = finding(Kind.CONTACT, "handle", value="maths.joe")
PHONE = finding(Kind.CONTACT, "phone")


def around(policy: Policy, *facts: Fact, contract: str = "private", lesson_in: int | None = 24) -> Circle:
    """A circle with everything on file that any pack asks for, and `facts`; a lesson hours away."""
    known = [
        Fact(FactKind.SOLICITED, pair_id=PAIR),
        Fact(FactKind.VETTED, "tara", detail=str(policy.settings["vetting_scheme"])),
        Fact(FactKind.AGREED, "jamie", detail="online_safety_agreement"),
        *(Fact(FactKind.INDUCTED, "tara", detail=f"part {part}") for part in (1, 2, 3)),
    ]
    if asked := policy.rules.get("acknowledged"):
        for person, role in (("tara", "tutor"), ("jamie", "pupil"), ("ruth", "guardian")):
            documents: Any = asked.parameters[role]
            known += [Fact(FactKind.ACKNOWLEDGED, person, detail=one) for one in documents]
    lessons: tuple[Lesson, ...] = ()
    if lesson_in is not None:
        starts = NOW + timedelta(hours=lesson_in)
        lessons = (Lesson(starts, starts + timedelta(hours=1)),)
    home = circle()
    return replace(home, pair=replace(home.pair, contract=contract), facts=(*known, *facts), lessons=lessons)


def judged(
    name: str, *findings: Finding, of: Circle | None = None, channel: Channel = Channel.PLATFORM, **more: Any
) -> Verdict:
    """The verdict of a pack, on the platform unless told otherwise."""
    policy = POLICIES[name]
    return decide(message(*findings, around=of or around(policy), channel=channel, **more), policy)


def rules_of(verdict: Verdict) -> set[str]:
    return {one.rule for one in verdict.ruled}


def setting(name: str, of: str) -> Any:
    return POLICIES[name].settings[of]


def clauses_of(name: str, part: str) -> tuple[str, ...]:
    return POLICIES[name].cited[part]


@EVERY
def test_c01_retention_has_an_explicit_time_for_each_class_and_a_hold_beats_them_all(name: str) -> None:
    policy = POLICIES[name]
    for one in ("retention_messages_days", "retention_images_working_days", "retention_recordings"):
        assert policy.settings[one] and policy.stances[one][0] is not Stance.SITE
    assert policy.settings["legal_hold"] is True
    assert policy.settings["sealed_evidence"] is True
    assert "DFT-11" in clauses_of(name, "settings.retention_messages_days")


def test_c01_retention_keeps_each_organisations_own_times() -> None:
    assert setting("vto", "retention_recordings")["family_access_days"] == 91
    assert setting("mytutor", "retention_recordings")["storage_days"] == 125
    assert setting("home-school", "retention_images_working_days") == 5


@pytest.mark.parametrize(
    ("name", "channel", "outcome"),
    [
        ("home-school", Channel.EMAIL, Outcome.PASS),
        ("home-school", Channel.PLATFORM, Outcome.PASS),
        ("key-stage", Channel.EMAIL, Outcome.PASS),
        ("vto", Channel.EMAIL, Outcome.REFUSE),
        ("vto", Channel.PLATFORM, Outcome.REFUSE),
        ("westcountry-sen", Channel.PLATFORM, Outcome.REFUSE),
        ("mytutor", Channel.EMAIL, Outcome.REFUSE),
        ("mytutor", Channel.PLATFORM, Outcome.PASS),
    ],
)
def test_c02_whether_a_pupil_may_be_written_to_is_each_packs_own(
    name: str, channel: Channel, outcome: Outcome
) -> None:
    verdict = judged(name, channel=channel)
    assert verdict.outcome is outcome
    assert ("pupil_contact_mode" in rules_of(verdict)) is (outcome is Outcome.REFUSE)


def test_c02_inside_the_lesson_a_vto_tutor_may_write() -> None:
    running = around(POLICIES["vto"], lesson_in=0)
    assert judged("vto", of=running).outcome is Outcome.PASS


def test_c02_the_strictest_mode_wins_where_two_apply() -> None:
    modes = ["joint", "platform_only", "lesson_only", "guardian_only"]
    for milder, harder in pairwise(modes):
        assert stricter("pupil_contact_mode", milder, harder) == harder
        assert stricter("pupil_contact_mode", harder, milder) == harder


@EVERY
def test_c03_only_what_nobody_asked_for_is_held_and_only_where_the_policy_says_so(name: str) -> None:
    policy = POLICIES[name]
    bare = replace(around(policy, lesson_in=None), facts=())
    facts = tuple(one for one in around(policy).facts if one.kind is not FactKind.SOLICITED)
    nobody_asked = replace(bare, facts=facts)
    held = "unsolicited_contact" in rules_of(judged(name, of=nobody_asked, recipients=("ruth",)))
    assert held is (name in {"vto", "mytutor"})
    asked_for = replace(nobody_asked, facts=around(policy).facts)
    assert "unsolicited_contact" not in rules_of(judged(name, of=asked_for, recipients=("ruth",)))
    near = replace(nobody_asked, lessons=around(policy).lessons)
    assert "unsolicited_contact" not in rules_of(judged(name, of=near, recipients=("ruth",)))


@EVERY
def test_c04_the_family_exemption_counts_for_social_media_alone_and_only_at_home_school(name: str) -> None:
    policy = POLICIES[name]
    nephew = around(policy, Fact(FactKind.EXEMPT, pair_id=PAIR), lesson_in=0)
    assert setting(name, "relationship_exemption") is (name == "home-school")
    assert ("contact_details" in rules_of(judged(name, HANDLE, of=nephew))) is (name != "home-school")
    assert "contact_details" in rules_of(judged(name, PHONE, of=nephew))
    uncopied = judged(name, of=nephew, recipients=("jamie",))
    assert "guardian_copied" in rules_of(uncopied)


@EVERY
def test_c05_initials_go_over_the_wire_and_full_names_into_the_referral(name: str) -> None:
    policy = POLICIES[name]
    assert policy.settings["subject_initials"] == "enforce"
    referral = policy.records["referral"]
    assert {"pupil_full_name", "summary"} <= referral.required
    assert "DFT-12" in referral.also


@EVERY
def test_c06_sensitive_matter_is_read_first_and_then_sealed(name: str) -> None:
    policy = POLICIES[name]
    assert policy.settings["sensitive_channel"] == "secure_required"
    assert policy.rules["sensitive_channel"].parameters["plain"] == "seal"
    health = finding(Kind.MATTER, "sensitive_health")
    verdict = judged(name, health, channel=Channel.EMAIL, recipients=("ruth",))
    sealed = [one.ruling for one in verdict.ruled if one.rule == "sensitive_channel"]
    assert [type(one) for one in sealed] == [Amend]
    assert isinstance(sealed[0], Amend) and isinstance(sealed[0].changes[0], Seal)


@EVERY
def test_c06_what_nobody_can_read_is_held(name: str) -> None:
    verdict = judged(name, reading=Reading(form_faults=("an encrypted file",)), recipients=("ruth",))
    assert verdict.outcome is Outcome.HOLD
    assert "unreadable" in rules_of(verdict)


@EVERY
def test_c07_a_disclosure_is_sealed_before_any_guardian_is_copied(name: str) -> None:
    verdict = judged(name, DISCLOSURE, sender="jamie", recipients=("tara",))
    assert verdict.outcome is Outcome.HOLD
    assert verdict.leading is not None and verdict.leading.rule == "disclosure_before_copy"
    assert getattr(verdict.leading.ruling, "lane", None) is Lane.SEALED
    assert RULE_NAMES.index("disclosure_before_copy") < RULE_NAMES.index("guardian_copied")


@EVERY
def test_c07_a_pupil_has_a_way_to_the_lead_that_passes_no_guardian(name: str) -> None:
    policy = POLICIES[name]
    private = policy.reports["private_word"]
    assert private.guardian == "never" and "pupil" in private.senders
    assert policy.roles[private.to].desk == "safeguarding_lead"


@EVERY
def test_c08_suspected_evidence_is_sealed_and_no_pack_can_say_otherwise(name: str) -> None:
    report = POLICIES[name].reports["illegal_image"]
    assert (report.lane, report.severity) == (Lane.SEALED, Severity.CRITICAL)
    assert "delete" in report.say
    for one in ("sealed_evidence", "legal_hold"):
        given = {field: {"value": value} for field, value in _settings(name).items()}
        given[one] = {"value": False}
        with pytest.raises(ValueError, match=one):
            PackSettings.model_validate(given)


@EVERY
def test_c09_the_organisation_answers_the_pupil_and_the_tutor_stays_silent(name: str) -> None:
    report = POLICIES[name].reports["approach"]
    assert report.senders == {"tutor"} and not report.counts
    assert "do not answer" in report.say and "we tell them" in report.say


@EVERY
def test_c10_a_registered_page_goes_to_guardians_only_and_only_where_allowed(name: str) -> None:
    policy = POLICIES[name]
    page = around(policy, Fact(FactKind.OFFICIAL_PAGE, "tara", detail="maths.joe"), lesson_in=0)
    to_guardian = judged(name, HANDLE, of=page, recipients=("ruth",))
    assert ("contact_details" in rules_of(to_guardian)) is (name != "home-school")
    assert "contact_details" in rules_of(judged(name, HANDLE, of=page))


@EVERY
def test_c11_one_definition_of_a_pupil_and_no_pack_ends_it_before_eighteen(name: str) -> None:
    definition = setting(name, "pupil_definition")
    assert definition["under"] >= 18
    assert definition["in_education_until"] == (18 if name == "mytutor" else 19)
    told = {one.name: one for one in POLICIES[name].reminders}["turning_adult"]
    assert {"pupil", "guardian"} <= set(told.to) and told.after == timedelta(days=30)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("default", "guidance", "closed"),
        ("mytutor", "guidance", "closed"),
        ("westcountry-sen", "gross_misconduct_process", "gross_misconduct_process"),
        ("home-school", "investigation", "lado_or_police"),
    ],
)
def test_c12_consequences_are_each_packs_own_and_a_person_decides_every_step(
    name: str, first: str, last: str
) -> None:
    ladder = POLICIES[name].ladder
    assert (ladder[0], ladder[-1]) == (first, last)
    assert "DFT-05" in clauses_of(name, "ladder")


@EVERY
def test_c13_a_referral_goes_where_the_nation_says(name: str) -> None:
    policy = POLICIES[name]
    scottish = policy.settings["jurisdiction"] == "scotland"
    assert scottish is (name == "vto")
    assert ("lado" in policy.routes) is not scottish
    assert ("social_work" in policy.routes) is scottish
    assert "police" in policy.routes
    assert all(role in policy.roles for role in policy.settings["roles_routes"].values())  # type: ignore[attr-defined]


@EVERY
def test_c14_a_pupil_never_gets_a_number_and_a_call_to_a_parent_is_logged(name: str) -> None:
    verdict = judged(name, PHONE, of=around(POLICIES[name], lesson_in=0))
    assert "contact_details" in rules_of(verdict)
    assert setting(name, "contact_details_to_pupil") == "block"
    assert ("parent_call" in POLICIES[name].records) is (name == "westcountry-sen")


def test_c15_outside_hours_a_message_waits_and_is_not_refused() -> None:
    late = around(POLICIES["mytutor"], Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR), contract="school")
    # NOW is half past four on a Wednesday; the clock of the message is moved instead of the school's.
    evening = message(around=late, channel=Channel.PLATFORM)
    evening = replace(
        evening, envelope=replace(evening.envelope, received_at=NOW.replace(hour=21, minute=50))
    )
    verdict = decide(evening, POLICIES["mytutor"])
    assert verdict.outcome is Outcome.AMEND
    assert any(isinstance(change, DeliverAfter) for change in verdict.changes)
    told = decide(replace(evening, findings=(DISCLOSURE,)), POLICIES["mytutor"])
    assert told.outcome is Outcome.HOLD, "what tells of harm reaches a person at any hour"


@pytest.mark.parametrize("name", sorted(set(PACKS) - {"mytutor"}))
def test_c15_packs_that_are_silent_have_no_hours(name: str) -> None:
    hours: Any = setting(name, "operating_hours")
    assert not hours["schools"]["enabled"] and not hours["private"]["enabled"]


def test_c16_old_references_are_shown_beside_what_stands_in_their_place() -> None:
    stale = {one.id: dict(one.cites) for one in POLICIES["vto"].documents}
    assert stale["vto"]["Data Protection Act 1998"].startswith("UK GDPR")
    assert any("2022 edition" in what for what in stale["kst"])
    due = {one.id: one.next_review for one in POLICIES["default"].documents}
    assert due["kst"] == date(2024, 10, 2) and due["hst"] == date(2025, 9, 1)


@EVERY
def test_c16_every_pack_warns_when_a_review_is_due(name: str) -> None:
    assert any(one.on == "policy_review" for one in POLICIES[name].reminders)


@pytest.mark.parametrize(
    ("name", "mode", "outcome"),
    [
        ("vto", "exclusive_allowlist", Outcome.REFUSE),
        ("mytutor", "exclusive_allowlist", Outcome.REFUSE),
        ("westcountry-sen", "exclusive_allowlist", Outcome.REFUSE),
        ("key-stage", "register_with_risk_assessment", Outcome.HOLD),
        ("home-school", "register_with_risk_assessment", Outcome.HOLD),
    ],
)
def test_c17_another_tool_is_refused_under_an_exclusive_list_and_else_assessed(
    name: str, mode: str, outcome: Outcome
) -> None:
    zoom = finding(Kind.MATTER, "technology", value="zoom")
    assert setting(name, "approved_technology")["mode"] == mode
    assert judged(name, zoom, recipients=("ruth",)).outcome is outcome
    assessed = around(POLICIES[name], Fact(FactKind.TECHNOLOGY, detail="zoom"))
    passes = "approved_technology" not in rules_of(judged(name, zoom, of=assessed, recipients=("ruth",)))
    assert passes is (mode == "register_with_risk_assessment")


@EVERY
def test_c18_a_picture_needs_consent_and_a_refusal_wins_over_it(name: str) -> None:
    picture = finding(Kind.MATTER, "image_of_pupil")
    given = Fact(FactKind.IMAGE_CONSENT, "jamie", detail="certificate")
    own_word = Fact(FactKind.IMAGE_ASSENT, "jamie")
    refused = Fact(FactKind.IMAGE_REFUSED, "jamie")

    def outcome(*facts: Fact) -> Outcome:
        return judged(name, picture, of=around(POLICIES[name], *facts), recipients=("ruth",)).outcome

    assert outcome() is Outcome.HOLD
    assert outcome(own_word) is Outcome.HOLD
    assert outcome(given, own_word) is Outcome.PASS
    competent = setting(name, "image_consent")["pupil_if_competent"]
    assert outcome(given) is (Outcome.HOLD if competent else Outcome.PASS)
    assert outcome(given, own_word, refused) is Outcome.HOLD
    assert setting(name, "image_consent")["refusal_respected"] is True
    assert setting(name, "image_consent")["reason"] is (name == "home-school")


@EVERY
def test_c19_nobody_is_made_to_change_a_password_by_the_calendar(name: str) -> None:
    policy = POLICIES[name]
    assert "password_rotation_days" not in policy.settings
    assert not any("change your password" in one.say.lower() for one in policy.reminders)
    assert {"KST-09", "HST-06"} & set(clauses_of(name, "built_in.own_accounts"))


@EVERY
def test_c20_everybody_is_told_openly_that_messages_are_checked(name: str) -> None:
    notice = {one.name: one for one in POLICIES[name].reminders}["messages_are_checked"]
    assert notice.on == "copy" and {"pupil", "guardian", "tutor"} <= set(notice.to)
    assert "checked" in notice.say


@EVERY
def test_c21_a_schools_rules_stand_over_the_agencys_and_the_stricter_wins(name: str) -> None:
    policy = POLICIES[name]
    overlay = policy.overlays["example-school"]
    school = overlay.policy
    assert school.settings["school_contract_direct_contact"] == "forbidden"
    assert school.settings["contact_details_to_guardian"] == "block"
    assert school.settings["retention_images_working_days"] == 2
    assert school.stances["school_contract_direct_contact"] == (Stance.SCHOOL, ("HST-15",))
    for one in ("pupil_contact_mode", "relationship_exemption"):
        assert school.settings[one] == policy.settings[one], "where the school is silent the agency's counts"
    assert overlay.until == date(2027, 7, 31)
    leave = around(policy, Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR), contract="school", lesson_in=0)
    verdict = decide(message(around=leave, channel=Channel.PLATFORM), school)
    assert "school_leave" in rules_of(verdict) and verdict.outcome is Outcome.REFUSE
    swearing = {one.then for one in school.watches if one.name.startswith("profanity_to_pupil")}
    assert Then.HOLD not in swearing, "a watch that a setting steers follows the school's word"


@EVERY
def test_c22_every_guardian_is_copied_unless_barred_and_learns_no_others_address(name: str) -> None:
    policy = POLICIES[name]
    registered = date(2026, 1, 5)
    both = (
        Guardianship("ruth", "jamie", registered=registered),
        Guardianship("dan", "jamie", registered=registered),
    )
    home = around(policy, lesson_in=0)
    two = replace(home, people={**home.people, "dan": DAN}, guardianships=both)
    added = judged(name, of=two, recipients=("jamie", "ruth"))
    assert "dan" in {getattr(change, "person_id", "") for change in added.changes}
    barred = replace(two, guardianships=(both[0], replace(both[1], barred=True)))
    held = judged(name, of=barred, recipients=("jamie", "ruth", "dan"))
    assert held.outcome is Outcome.HOLD and "known_parties" in rules_of(held)
    assert "DFT-02" in clauses_of(name, "built_in.guardian_statuses")


@EVERY
def test_c23_a_request_for_erasure_is_answered_and_a_duty_to_keep_wins(name: str) -> None:
    policy = POLICIES[name]
    complaint = policy.reports["data_complaint"]
    assert complaint.acknowledge == timedelta(days=30)
    assert {"tutor", "pupil", "guardian"} <= complaint.senders
    assert policy.settings["legal_hold"] is True


@EVERY
def test_the_order_of_checks_is_harm_then_disclosure_then_contact_then_copies(name: str) -> None:
    order = [rule for rule in RULE_NAMES if rule in POLICIES[name].rules]
    asked = ["known_parties", "imminent_harm", "disclosure_before_copy", "school_leave", "pupil_contact_mode",
             "guardian_copied", "subject_initials", "contact_details", "concerning_conduct"]  # fmt: skip
    assert [rule for rule in order if rule in asked] == asked
    assert order[-1] == "fail_closed"


@EVERY
def test_a_detector_that_is_down_ends_in_a_hold_whatever_else_was_found(name: str) -> None:
    policy = POLICIES[name]
    clean = message(around=around(policy), channel=Channel.PLATFORM, recipients=("ruth",))
    verdict = decide(replace(clean, faults=(Fault("conduct", "raised"),)), policy)
    assert verdict.outcome is Outcome.HOLD
    assert not any(isinstance(one.ruling, Refuse) for one in verdict.ruled)


def _settings(name: str) -> Mapping[str, object]:
    return POLICIES[name].settings
