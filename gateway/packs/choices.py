"""The settings of a pack: every choice that an organisation makes, and the values it may have.

Each changes what happens, and a test changes it to see (tests/unit/gateway/packs/test_settings_matter.py);
a choice that nothing enforces does not belong here. Those in `PROMISED` have one value: a pack says
them and no pack can say otherwise. Which value of two is the stricter is said in `strictness`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from gateway.packs.fields import Name, Setting, Strict

WINDOW = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d) (Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?"
)

Nation = Literal["england", "scotland", "wales", "northern_ireland"]
Matter = Literal["first", "safeguarding", "operations", "compliance"]
Count = Annotated[int, Field(ge=1, le=36_500)]


def _window(text: str) -> str:
    if not WINDOW.fullmatch(text):
        raise ValueError("write opening hours such as 08:00-18:00 Mon-Fri")
    if text[:5] >= text[6:11]:
        raise ValueError("opening hours must end later than they begin")
    return text


Window = Annotated[str, AfterValidator(_window)]


PROMISED = {
    "guardian_copy": "the rule guardian_copied, which every pack has",
    "guardian_gate.required": "the rule guardian_registered, which every pack has",
    "operating_hours.timezone": "opening hours are those of London",
    "image_consent.refusal_respected": "the rule image_consent: a refusal wins over a consent",
    "retention_recordings.extend_for_investigation": "retention leaves what is on hold or in a case",
    "legal_hold": "retention leaves what is on hold",
    "sealed_evidence": "what is sealed is shown to the safeguarding lead alone, and retention leaves it",
    "disclosure_before_copy": "the rule of that name, which every pack has",
    "tutor_leaver.block_inbound": "the rule tutor_leaver, which every pack has",
}
"""What holds under every pack, by what keeps it: a setting, or a field of one, with a single value."""


class GuardianGate(Strict):
    """An adult registers and agrees before anything reaches the pupil.

    min_age: of the guardian, where the directory knows it. agreement: what they and the pupil
    must have agreed to besides, None for nothing.
    """

    required: Literal[True] = True
    min_age: Annotated[int, Field(ge=18, le=21)] = 18
    agreement: Name | None = None


class ApprovedTechnology(Strict):
    """Where lessons and talk may take place.

    exclusive_allowlist: only what is allowed; with fallback_allowed, where a tool has failed, also what
    the register holds. register_with_risk_assessment: also what the register holds with an assessment
    that has not lapsed (after assessment_valid_months, or on its own day). open: anything.
    """

    mode: Literal["exclusive_allowlist", "register_with_risk_assessment", "open"]
    allow: list[Name] = Field(default=[])
    fallback_allowed: bool = False
    assessment_valid_months: Annotated[int, Field(ge=1, le=60)] = 12


class LessonPlace(Strict):
    """Where tutors may teach from.

    check: another place is held. allowed: places that need no leave, as config/words/matters.toml calls
    them. permission: the role that hears of signs of work from abroad, else that of the operations.
    """

    check: bool
    allowed: list[Name] = Field(default=[])
    permission: Name | None = None


class SubmissionCountry(Strict):
    """Signs in the words that a tutor works from abroad are flagged. allowed: countries, in two letters."""

    enabled: bool
    allowed: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field(default=[])


class Hours(Strict):
    """Opening hours of one kind of contract."""

    enabled: bool
    window: Window = "08:00-18:00 Mon-Fri"


class OperatingHours(Strict):
    """When pupils may be written to, by contract; outside it messages wait."""

    schools: Hours = Hours(enabled=False)
    private: Hours = Hours(enabled=False)
    timezone: Literal["Europe/London"] = "Europe/London"


class ImageConsent(Strict):
    """What must be on file before a picture of a pupil or a family is passed on.

    guardian_written: a guardian's consent, else its lack is noted. purpose_bound: for what the message
    says that it is for. pupil_if_competent: from thirteen the pupil's own consent too. reason: a
    consent that says for what. A refusal wins.
    """

    guardian_written: bool = True
    purpose_bound: bool = True
    pupil_if_competent: bool = False
    reason: bool = False
    refusal_respected: Literal[True] = True


class Recordings(Strict):
    """How long messages with a recording of a lesson can be opened by families, and are kept."""

    family_access_days: Count
    storage_days: Count
    extend_for_investigation: Literal[True] = True


class PupilDefinition(Strict):
    """Until which birthday somebody is a pupil: always `under`, in education `in_education_until`."""

    under: Annotated[int, Field(ge=18, le=19)] = 18
    in_education_until: Annotated[int, Field(ge=18, le=20)] = 19

    @model_validator(mode="after")
    def _ordered(self) -> PupilDefinition:
        if self.in_education_until < self.under:
            raise ValueError("in_education_until must not be below under")
        return self


class TutorLeaver(Strict):
    """What happens when a tutor leaves.

    alias_off: nothing goes on from the day after the last on file, or as soon as a last day is on file.
    exit_notice: they are told. past_clients_confidential: the names of pupils they taught before
    count as those of other people.
    """

    alias_off: Literal["end_date", "at_once"] = "end_date"
    block_inbound: Literal[True] = True
    exit_notice: bool = False
    past_clients_confidential: bool = False


class PolicyReview(Strict):
    """How often the policy is gone through; approver: the role without which no change comes into force."""

    cadence: Literal["termly", "annual"]
    approver: Name | None = None


class SamplingDuty(Strict):
    """How much clean traffic is looked at, and how many lessons of each tutor are observed."""

    threads_per_tutor_per_term: Annotated[int, Field(ge=1, le=50)]
    lessons_per_term: Annotated[int, Field(ge=0, le=50)] = 0


class NoticePeriod(Strict):
    """Written notice that tutors give: they are told how long, and each notice is noted for the office."""

    enabled: bool
    days: Annotated[int, Field(ge=1, le=365)] = 14
    late_cancel_hours: Annotated[int, Field(ge=1, le=168)] = 24


class PackSettings(Strict):
    """Every setting of a pack."""

    jurisdiction: Setting[Nation]
    vetting_scheme: Setting[Literal["dbs_enhanced", "pvg", "access_ni"]]
    pupil_contact_mode: Setting[Literal["guardian_only", "lesson_only", "platform_only", "joint"]]
    guardian_copy: Setting[Literal["required"]]
    email_relay_to_pupil: Setting[bool]
    school_contract_direct_contact: Setting[Literal["forbidden", "with_school_permission"]]
    guardian_gate: Setting[GuardianGate]
    subject_initials: Setting[Literal["enforce", "warn", "off"]]
    subject_initials_people: Setting[list[Literal["pupil", "teacher", "guardian"]]]
    contact_details_to_pupil: Setting[Literal["block", "hold", "allow"]]
    contact_details_to_guardian: Setting[Literal["block", "hold", "allow_work_contact_hold_social", "allow"]]
    professional_page_allowlist: Setting[bool]
    relationship_exemption: Setting[bool]
    approved_technology: Setting[ApprovedTechnology]
    lesson_place_rule: Setting[LessonPlace]
    submission_country_flag: Setting[SubmissionCountry]
    operating_hours: Setting[OperatingHours]
    response_reminder_hours: Setting[Count]
    unsolicited_contact: Setting[Literal["hold", "off"]]
    sensitive_channel: Setting[Literal["secure_required", "off"]]
    image_consent: Setting[ImageConsent]
    retention_images_working_days: Setting[Count]
    retention_recordings: Setting[Recordings]
    retention_messages_days: Setting[Count]
    legal_hold: Setting[Literal[True]]
    sealed_evidence: Setting[Literal[True]]
    disclosure_before_copy: Setting[Literal[True]]
    profanity_to_pupil: Setting[Literal["block", "hold", "off"]]
    contract_cheating: Setting[Literal["hold", "off"]]
    gifts: Setting[Literal["hold", "record_from_family_hold_to_pupil", "record", "off"]]
    infatuation: Setting[Literal["report", "off"]]
    extremism: Setting[Literal["hold", "off"]]
    sanction_ladder: Setting[list[Name]]
    roles_routes: Setting[dict[Matter, Name]]
    pupil_definition: Setting[PupilDefinition]
    tutor_leaver: Setting[TutorLeaver]
    policy_review: Setting[PolicyReview]
    sampling_duty: Setting[SamplingDuty]
    recording_notice: Setting[bool]
    guardian_presence_prompt: Setting[bool]
    notice_period: Setting[NoticePeriod]
