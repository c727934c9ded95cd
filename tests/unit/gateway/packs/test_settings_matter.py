"""Every setting changes what happens: each is changed, and something comes out otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway import packs
from gateway.decide.ruling import decide
from gateway.domain.message import Assurance, Channel, Reading
from gateway.domain.policy import Policy
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.packs.choices import PROMISED, PackSettings
from gateway.packs.keeping import restored
from gateway.packs.schema import Rules
from gateway.settings import config_folder
from tests.fakes.circle import JAMIE, NOW, RUTH, circle, finding, message

HOUSE = Path(__file__).parents[4]
PAIR = "tara-jamie"
TODAY = NOW.date()
Probe = Callable[[Policy], object]

ELSEWHERE = {
    "response_reminder_hours": "tests/contracts/test_reminders.py::test_a_tutor_is_reminded_of_a_family_that_waits",
    "policy_review.cadence": "tests/contracts/test_reminders.py::test_a_policy_is_gone_through_as_often_as_the_setting_says",
    "policy_review.approver": "tests/contracts/test_policies_in_force.py::test_a_change_waits_for_the_role_that_approves",
    "sampling_duty.lessons_per_term": "tests/contracts/test_reminders.py::test_as_many_lessons_are_observed_as_the_setting_says",
    "sampling_duty.threads_per_tutor_per_term": "tests/contracts/test_retention.py::test_the_night_does_what_the_settings_say",
    "retention_messages_days": "tests/contracts/test_retention.py::test_the_night_does_what_the_settings_say",
    "retention_recordings.storage_days": "tests/contracts/test_retention.py::test_the_night_does_what_the_settings_say",
    "retention_images_working_days": "tests/contracts/test_retention.py::test_the_night_does_what_the_settings_say",
    "retention_recordings.family_access_days": "tests/contracts/test_guardian_pages.py::test_a_recording_is_shown_for_as_long_as_the_setting_says",
    "tutor_leaver.past_clients_confidential": "tests/unit/gateway/test_journey.py::test_a_former_pupils_name_counts_where_the_setting_says_so",
}
"""What only the store or the whole journey shows, by the test that does."""


def rules(*findings: Finding, facts: tuple[Fact, ...] = (), **more: Any) -> Probe:
    """What a policy rules about a message: which rules, how, why, with what changes."""
    lessons, contract, people = (
        more.pop("lessons", ()),
        more.pop("contract", "private"),
        more.pop("people", {}),
    )
    plain = circle()
    around = replace(
        plain,
        pair=replace(plain.pair, contract=contract),
        people={**plain.people, **people},
        facts=(Fact(FactKind.SOLICITED, pair_id=PAIR), *facts) if more.pop("asked", True) else facts,
        lessons=lessons,
    )

    def ruled(policy: Policy) -> object:
        verdict = decide(message(*findings, around=around, **more), policy)
        return {(one.rule, type(one.ruling).__name__, str(one.ruling)) for one in verdict.ruled}

    return ruled


def reminders(policy: Policy) -> object:
    return {one.name: one.say for one in policy.reminders}


def matter(category: str, value: str = "") -> Finding:
    return finding(Kind.MATTER, category, value=value)


def subject(*findings: Finding) -> Probe:
    passage = Passage(Layer.SUBJECT, "Tara Okafor on Thursday")
    return rules(*findings, reading=Reading(subject=passage.text, passages=(passage,)))


TUTOR_NAMED = finding(
    Kind.NAME, "name", layer=Layer.SUBJECT, start=0, end=11, value="Tara Okafor", replacement="T.O."
)
PICTURE = matter("image_of_pupil")
CONSENT = Fact(FactKind.IMAGE_CONSENT, "jamie", detail="display")
ASSENT = Fact(FactKind.IMAGE_ASSENT, "jamie")
WEBSITE = Reading(passages=(Passage(Layer.TEXT, "A photo of Jamie for our website."),))
ZOOM = matter("technology", "zoom")
ASSESSED = Fact(FactKind.TECHNOLOGY, detail="zoom", since=TODAY - timedelta(days=200))
TOOLS = {"mode": "register_with_risk_assessment", "allow": [], "fallback_allowed": False}
PLACE = {"check": True, "allowed": [], "permission": None}
ADULT = Fact(FactKind.ADULT_AGREEMENT, "jamie")
GROWN = {"jamie": replace(JAMIE, born=date(2007, 9, 1))}  # eighteen
HANDLE = finding(Kind.CONTACT, "handle", value="@tara.teaches")
PHONE = finding(Kind.CONTACT, "phone", value="+447700900123")
LINK = finding(Kind.CONTACT, "link", value="https://pages.example.org/tara")
PAGE = Fact(FactKind.OFFICIAL_PAGE, "tara", detail="https://pages.example.org/tara")
LAST_DAY = Fact(FactKind.ENGAGED, "tara", until=TODAY + timedelta(days=7))
FAMILY = {"sender": "ruth", "recipients": ("tara",), "assurance": Assurance.AUTHENTICATED_MAIL}
PUPIL = {"sender": "jamie", "recipients": ("tara",), "assurance": Assurance.AUTHENTICATED_MAIL}
NEVER = "22:00-23:00 Sun"
ALWAYS = "00:00-24:00 Mon-Sun"


def hours(part: str, **more: object) -> dict[str, object]:
    return {part: {"enabled": True, "window": NEVER, **more}}


# The setting, the pack, its value before and after, and what shows the difference.
CHANGES: list[tuple[str, str, object, object, Probe]] = [
    ("jurisdiction", "default", "england", "scotland", lambda policy: policy.routes),
    ("vetting_scheme", "vto", "pvg", "dbs_enhanced", rules(facts=(Fact(FactKind.VETTED, "tara", detail="pvg"),))),
    ("pupil_contact_mode", "default", "joint", "guardian_only", rules()),
    ("email_relay_to_pupil", "default", True, False, rules()),
    (
        "school_contract_direct_contact", "default", "with_school_permission", "forbidden",
        rules(contract="school", facts=(Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR),)),
    ),
    (
        "guardian_gate.min_age", "default", {"min_age": 18}, {"min_age": 19},
        rules(people={"ruth": replace(RUTH, born=date(2007, 9, 1))}),
    ),
    ("guardian_gate.agreement", "default", {}, {"agreement": "online_safety_agreement"}, rules()),
    ("subject_initials", "default", "enforce", "off", subject(TUTOR_NAMED)),
    ("subject_initials_people", "default", ["pupil", "teacher"], ["pupil"], subject(TUTOR_NAMED)),
    ("contact_details_to_pupil", "default", "block", "hold", rules(PHONE)),
    ("contact_details_to_guardian", "default", "block", "hold", rules(PHONE, recipients=("ruth",))),
    (
        "professional_page_allowlist", "default", True, False,
        rules(LINK, recipients=("ruth",), facts=(PAGE,)),
    ),
    (
        "relationship_exemption", "default", True, False,
        rules(HANDLE, facts=(Fact(FactKind.EXEMPT, pair_id=PAIR),)),
    ),
    ("approved_technology.mode", "default", TOOLS, {**TOOLS, "mode": "exclusive_allowlist"}, rules(ZOOM)),
    ("approved_technology.allow", "default", TOOLS, {**TOOLS, "allow": ["zoom"]}, rules(ZOOM)),
    (
        "approved_technology.fallback_allowed", "default", {**TOOLS, "mode": "exclusive_allowlist"},
        {**TOOLS, "mode": "exclusive_allowlist", "fallback_allowed": True},
        rules(ZOOM, matter("tool_failure"), facts=(ASSESSED,)),
    ),
    (
        "approved_technology.assessment_valid_months", "default", {**TOOLS, "assessment_valid_months": 12},
        {**TOOLS, "assessment_valid_months": 6}, rules(ZOOM, facts=(ASSESSED,)),
    ),
    ("lesson_place_rule.check", "westcountry-sen", PLACE, {**PLACE, "check": False}, rules(matter("lesson_place"))),
    (
        "lesson_place_rule.allowed", "westcountry-sen", PLACE, {**PLACE, "allowed": ["library"]},
        rules(matter("lesson_place", "library")),
    ),
    (
        "lesson_place_rule.permission", "mytutor", PLACE, {**PLACE, "permission": "dsl"},
        rules(matter("working_abroad", "ES")),
    ),
    (
        "submission_country_flag.enabled", "mytutor", {"enabled": True}, {"enabled": False},
        rules(matter("working_abroad", "ES")),
    ),
    (
        "submission_country_flag.allowed", "mytutor", {"enabled": True}, {"enabled": True, "allowed": ["ES"]},
        rules(matter("working_abroad", "ES")),
    ),
    ("operating_hours.schools.enabled", "mytutor", hours("schools"), {}, rules(contract="school")),
    (
        "operating_hours.schools.window", "mytutor", hours("schools"), hours("schools", window=ALWAYS),
        rules(contract="school"),
    ),
    ("operating_hours.private.enabled", "mytutor", hours("private"), {}, rules()),
    ("operating_hours.private.window", "mytutor", hours("private"), hours("private", window=ALWAYS), rules()),
    ("unsolicited_contact", "mytutor", "hold", "off", rules(asked=False, recipients=("ruth",))),
    ("sensitive_channel", "default", "secure_required", "off", rules(matter("sensitive_health"))),
    ("image_consent.guardian_written", "default", {}, {"guardian_written": False}, rules(PICTURE, facts=(ASSENT,))),
    (
        "image_consent.purpose_bound", "default", {}, {"purpose_bound": False},
        rules(PICTURE, facts=(ASSENT, CONSENT), reading=WEBSITE),
    ),
    ("image_consent.pupil_if_competent", "default", {}, {"pupil_if_competent": True}, rules(PICTURE, facts=(CONSENT,))),
    (
        "image_consent.reason", "default", {}, {"reason": True},
        rules(PICTURE, facts=(ASSENT, replace(CONSENT, detail=""))),
    ),
    ("profanity_to_pupil", "default", "block", "hold", rules(finding(Kind.CONDUCT, "profanity"))),
    ("contract_cheating", "default", "hold", "off", rules(finding(Kind.CONDUCT, "contract_cheating"))),
    ("gifts", "default", "hold", "off", rules(finding(Kind.CONDUCT, "gifts"), matter("gift_from_family"), **FAMILY)),
    ("infatuation", "default", "report", "off", rules(finding(Kind.CONDUCT, "infatuation"), **PUPIL)),
    ("extremism", "default", "hold", "off", rules(finding(Kind.CONDUCT, "extremism"))),
    ("sanction_ladder", "default", ["guidance"], ["closed"], lambda policy: policy.ladder),
    (
        "roles_routes", "default", {"first": "moderator", "safeguarding": "dsl"},
        {"first": "moderator", "safeguarding": "deputy_dsl"}, rules(PICTURE, facts=(ASSENT, CONSENT)),
    ),
    (
        "pupil_definition.under", "default", {"under": 18}, {"under": 19},
        rules(people=GROWN, facts=(ADULT,), recipients=("jamie",)),
    ),
    (
        "pupil_definition.in_education_until", "default", {"in_education_until": 18}, {"in_education_until": 19},
        rules(people=GROWN, facts=(ADULT, Fact(FactKind.IN_EDUCATION, "jamie")), recipients=("jamie",)),
    ),
    (
        "tutor_leaver.alias_off", "default", {"alias_off": "end_date"}, {"alias_off": "at_once"},
        rules(facts=(LAST_DAY,)),
    ),
    ("tutor_leaver.exit_notice", "default", {}, {"exit_notice": True}, reminders),
    ("recording_notice", "default", True, False, reminders),
    ("guardian_presence_prompt", "default", True, False, reminders),
    ("notice_period.enabled", "mytutor", {"enabled": True}, {"enabled": False}, rules(matter("notice_to_stop"))),
    ("notice_period.days", "default", {"enabled": True, "days": 14}, {"enabled": True, "days": 30}, reminders),
    (
        "notice_period.late_cancel_hours", "default", {"enabled": True, "late_cancel_hours": 24},
        {"enabled": True, "late_cancel_hours": 48}, reminders,
    ),
]  # fmt: skip


@cache
def _source(pack: str) -> str:
    return packs.load(config_folder(), pack).source


def under(pack: str, setting: str, value: object) -> Policy:
    """A shipped pack with one of its settings changed."""
    content = json.loads(_source(pack))
    content["pack"]["settings"][setting] = {"value": value}
    return restored(json.dumps(content))


def leaves(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, object]]:
    """Every setting and every field of one, by its path, with what it may hold."""
    for name, field in model.model_fields.items():
        held = field.annotation
        if isinstance(held, type) and issubclass(held, BaseModel) and "value" in held.model_fields:
            held = held.model_fields["value"].annotation
        if isinstance(held, type) and issubclass(held, BaseModel):
            yield from leaves(held, f"{above}{name}.")
        else:
            yield f"{above}{name}", held


PATHS: Mapping[str, object] = dict(leaves(PackSettings))


@pytest.mark.parametrize(
    ("path", "pack", "before", "after", "probe"), CHANGES, ids=[row[0] for row in CHANGES]
)
def test_a_setting_that_changes_changes_what_happens(
    path: str, pack: str, before: object, after: object, probe: Probe
) -> None:
    setting = path.partition(".")[0]
    assert probe(under(pack, setting, before)) != probe(under(pack, setting, after))


def test_every_setting_is_shown_to_matter_or_can_only_be_as_it_is() -> None:
    shown = {row[0] for row in CHANGES} | ELSEWHERE.keys()
    assert shown.isdisjoint(PROMISED)
    assert shown | PROMISED.keys() == PATHS.keys()


def test_what_is_promised_under_every_pack_is_what_has_one_value() -> None:
    single = {
        path for path, held in PATHS.items() if get_origin(held) is Literal and len(get_args(held)) == 1
    }
    assert single == PROMISED.keys()
    needed = {name for name, field in Rules.model_fields.items() if field.is_required()}
    assert needed >= {"guardian_copied", "guardian_registered", "disclosure_before_copy", "tutor_leaver"}


@pytest.mark.parametrize(("path", "proof"), ELSEWHERE.items())
def test_what_is_shown_elsewhere_is_shown_there(path: str, proof: str) -> None:
    file, _, name = proof.partition("::")
    _, found, body = (HOUSE / file).read_text("utf-8").partition(f"def {name}(")
    assert found, proof
    assert path.rpartition(".")[2] in body.partition("\ndef ")[0], f"{proof} does not speak of {path}"


def test_the_channel_and_the_lesson_decide_with_the_contact_mode() -> None:
    lesson = Lesson(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    shown = [
        rules(channel=channel, lessons=(lesson,))(under("default", "pupil_contact_mode", mode))
        for mode in ("guardian_only", "lesson_only", "platform_only")
        for channel in (Channel.EMAIL, Channel.PLATFORM)
    ]
    assert [bool(one) for one in shown] == [True, True, False, False, True, False]
