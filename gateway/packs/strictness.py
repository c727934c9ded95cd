"""Which of two values of a setting is the stricter: for a school's overlay, and to tell when a change loosens.

Every setting is listed; one that is not fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Stricter = Callable[[Any, Any], Any]
"""The stricter of two values; a mixture of both where each is stricter in part."""


def _ranked(*mildest_first: object) -> Stricter:
    return lambda a, b: max(a, b, key=mildest_first.index)


def _fields(**each: Stricter) -> Stricter:
    return lambda a, b: {name: each[name](a[name], b[name]) if name in b else a[name] for name in a}


def _common(a: list[str], b: list[str]) -> list[str]:
    return [one for one in a if one in b]


def _united(a: list[str], b: list[str]) -> list[str]:
    return [*a, *(one for one in b if one not in a)]


def _named(a: object, b: object) -> object:
    return a or b


def _upper(_lower: object, upper: object) -> object:
    """Nothing is stricter: what stands above counts."""
    return upper


def _hours(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    if not (a["enabled"] and b["enabled"]):
        return dict(a if a["enabled"] else b)
    (a_hours, a_days), (b_hours, b_days) = a["window"].split(" "), b["window"].split(" ")
    opens = max(a_hours[:5], b_hours[:5])
    closes = min(a_hours[6:], b_hours[6:])
    if opens >= closes:  # no hour in common: the later word counts
        opens, closes = b_hours[:5], b_hours[6:]
    days = a_days if len(_week(a_days)) < len(_week(b_days)) else b_days
    return {"enabled": True, "window": f"{opens}-{closes} {days}"}


def _week(days: str) -> str:
    names = "Mon Tue Wed Thu Fri Sat Sun Mon Tue Wed Thu Fri Sat Sun"
    first, _, last = days.partition("-")
    return names[names.index(first) :].partition(last or first)[0] + (last or first)


_yes, _no, _more, _less = _ranked(False, True), _ranked(True, False), max, min

STRICTER: dict[str, Stricter] = {
    "jurisdiction": _upper,
    "vetting_scheme": _upper,
    "pupil_contact_mode": _ranked("joint", "platform_only", "lesson_only", "guardian_only"),
    "guardian_copy": _upper,
    "email_relay_to_pupil": _no,
    "school_contract_direct_contact": _ranked("with_school_permission", "forbidden"),
    "guardian_gate": _fields(required=_yes, min_age=_more, agreement=_named),
    "subject_initials": _ranked("off", "warn", "enforce"),
    "subject_initials_people": _united,
    "contact_details_to_pupil": _ranked("allow", "hold", "block"),
    "contact_details_to_guardian": _ranked("allow", "allow_work_contact_hold_social", "hold", "block"),
    "professional_page_allowlist": _no,
    "relationship_exemption": _no,
    "approved_technology": _fields(
        mode=_ranked("open", "register_with_risk_assessment", "exclusive_allowlist"),
        allow=_common,
        fallback_allowed=_no,
        assessment_valid_months=_less,
    ),
    "lesson_place_rule": _fields(check=_yes, allowed=_common, permission=_named),
    "submission_country_flag": _fields(enabled=_yes, allowed=_common),
    "operating_hours": _fields(schools=_hours, private=_hours, timezone=_upper),
    "response_reminder_hours": _less,
    "unsolicited_contact": _ranked("off", "hold"),
    "sensitive_channel": _ranked("off", "secure_required"),
    "image_consent": _fields(
        guardian_written=_yes,
        purpose_bound=_yes,
        pupil_if_competent=_yes,
        reason=_yes,
        refusal_respected=_yes,
    ),
    "retention_images_working_days": _less,
    "retention_recordings": _fields(
        family_access_days=_less, storage_days=_less, extend_for_investigation=_yes
    ),
    "retention_messages_days": _less,
    "legal_hold": _yes,
    "sealed_evidence": _yes,
    "disclosure_before_copy": _yes,
    "profanity_to_pupil": _ranked("off", "hold", "block"),
    "contract_cheating": _ranked("off", "hold"),
    "gifts": _ranked("off", "record", "record_from_family_hold_to_pupil", "hold"),
    "infatuation": _ranked("off", "report"),
    "extremism": _ranked("off", "hold"),
    "sanction_ladder": _upper,
    "roles_routes": _upper,
    "pupil_definition": _fields(under=_more, in_education_until=_more),
    "tutor_leaver": _fields(
        alias_off=_ranked("end_date", "at_once"),
        block_inbound=_yes,
        exit_notice=_yes,
        past_clients_confidential=_yes,
    ),
    "policy_review": _fields(cadence=_ranked("annual", "termly"), approver=_named),
    "sampling_duty": _fields(threads_per_tutor_per_term=_more, lessons_per_term=_more),
    "recording_notice": _yes,
    "guardian_presence_prompt": _yes,
    "notice_period": _fields(enabled=_yes, days=_more, late_cancel_hours=_more),
}


def stricter(setting: str, lower: object, upper: object) -> object:
    """The stricter of two values of a setting."""
    return STRICTER[setting](lower, upper)


def loosens(setting: str, before: object, after: object) -> bool:
    """True when a change from `before` to `after` gives up some strictness."""
    return before != after and stricter(setting, before, after) != after
