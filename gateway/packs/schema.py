"""What a policy pack may say.

To give a rule a new parameter, add it to the rule's terms here and to the packs that set it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gateway.domain.verdict import Lane, Severity

FIRST_SENTENCE = re.compile(r".*?[.!?](?=\s|$)|.+")
DURATION = re.compile(r"(\d{1,5})\s*(min|h|d)")
UNIT = {"min": "minutes", "h": "hours", "d": "days"}


def _wording(text: str) -> str:
    """Refuse what an SMTP answer cannot carry (MAIL 7)."""
    text = text.strip()
    if not text.isascii() or not text.isprintable():
        raise ValueError("must be one paragraph of plain ASCII")
    first = FIRST_SENTENCE.match(text)
    if first is None:
        raise ValueError("must not be empty")
    if len(first.group()) > 100:
        raise ValueError(f"its first sentence has {len(first.group())} characters, at most 100 may stand")
    return text


def _duration(value: object) -> timedelta:
    match = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError("write a time such as 30 min, 2 h or 1 d")
    return timedelta(**{UNIT[match[2]]: int(match[1])})


Wording = Annotated[str, Field(max_length=400), AfterValidator(_wording)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Score = Annotated[float, Field(gt=0, le=1, strict=False)]
ContactStance = Literal["block", "hold", "allow"]
# What an organisation may choose not to ask after; signs of grooming are not among them.
ByPack = Literal["profanity", "discrimination", "bullying", "contract_cheating", "extremism"]
Concern = Literal[
    "secrecy",
    "isolation",
    "off_platform",
    "probing",
    "risk_assessment",
    "gifts",
    "flattery",
    "personal",
    "image_request",
    "meeting",
    "control",
    "boundary_testing",
    "desensitisation",
    "dependency",
    "infatuation",
    "profanity",
    "discrimination",
    "bullying",
    "contract_cheating",
    "extremism",
]


class Strict(BaseModel):
    """Knows its words and takes no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoParameters(Strict):
    """A rule without knobs."""


class ActAt(Strict):
    """A rule that acts at a score."""

    act_at: Score = 0.5


class GuardianCopied(Strict):
    """What happens to a tutor's message that leaves a guardian out."""

    when_missing: Literal["add", "refuse"] = "add"


class ContactDetails(Strict):
    """When contact details are refused or held, and for whom."""

    refuse_at: Score = 0.8
    hold_at: Score = 0.5
    to_pupil: ContactStance = "block"
    to_guardian: ContactStance = "hold"
    from_family: ContactStance = "hold"

    @model_validator(mode="after")
    def _ordered(self) -> ContactDetails:
        if self.hold_at > self.refuse_at:
            raise ValueError("hold_at must not be above refuse_at")
        return self


class ConcerningConduct(Strict):
    """The score of one clear sign, and of two weak ones together; what is left out, what only the lead sees."""

    act_at: Score = 0.7
    together_at: Score = 0.4
    leave_out: list[ByPack] = Field(default=[])
    to_safeguarding_lead: list[Concern] = Field(default=["infatuation"])

    @model_validator(mode="after")
    def _ordered(self) -> ConcerningConduct:
        if self.together_at > self.act_at:
            raise ValueError("together_at must not be above act_at")
        return self


class SubjectInitials(Strict):
    """Whether names of files are written over like subjects."""

    in_file_names: bool = False


class PairTrajectory(Strict):
    """How far a pair may go before a person looks: at most one in twenty warm and harmless talks does."""

    act_at: Annotated[float, Field(gt=0, le=10, strict=False)] = 1.0


class UncheckedAttachment(Strict):
    """Content types, or their beginnings, that nobody could read."""

    types: list[Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]*$")]] = Field(default=["audio/", "video/"])


Knobs = TypeVar("Knobs", bound=Strict)


class Terms(Strict, Generic[Knobs]):
    """How one rule is applied."""

    clause: str
    lane: Annotated[Lane, Field(strict=False)]
    severity: Annotated[Severity, Field(strict=False)]
    say: Wording
    parameters: Knobs

    @model_validator(mode="before")
    @classmethod
    def _default_parameters(cls, value: object) -> object:
        return {"parameters": {}, **value} if isinstance(value, dict) else value


class Rules(Strict):
    """The rules by name. Those without a default belong to every pack: they keep the promises."""

    known_parties: Terms[NoParameters]
    sender_verified: Terms[NoParameters]
    imminent_harm: Terms[ActAt]
    disclosure_before_copy: Terms[ActAt]
    guardian_copied: Terms[GuardianCopied]
    unreadable: Terms[NoParameters]
    fail_closed: Terms[NoParameters]
    addressed_directly: Terms[NoParameters] | None = None
    subject_initials: Terms[SubjectInitials] | None = None
    contact_details: Terms[ContactDetails] | None = None
    concerning_conduct: Terms[ConcerningConduct] | None = None
    pair_trajectory: Terms[PairTrajectory] | None = None
    unchecked_attachment: Terms[UncheckedAttachment] | None = None


class PackSettings(Strict):
    """Settings in force. A value that the gateway does not enforce yet is refused, not ignored."""

    jurisdiction: Literal["england", "scotland", "wales", "northern_ireland"]
    pupil_contact_mode: Literal["joint"]
    retention_messages_days: Annotated[int, Field(ge=1, le=36_500)]


class Clocks(Strict):
    """Time to a decision by severity."""

    critical: Duration
    high: Duration
    medium: Duration
    low: Duration

    @model_validator(mode="after")
    def _ordered(self) -> Clocks:
        if not self.critical <= self.high <= self.medium <= self.low:
            raise ValueError("a graver case must not wait longer: critical, high, medium, low")
        return self


class Pack(Strict):
    """A whole pack."""

    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    edition: Annotated[int, Field(ge=1)]
    documents: Annotated[list[str], Field(min_length=1)]
    settings: PackSettings
    clocks: Clocks
    rules: Rules


class ClauseText(Strict):
    """A clause in our own words."""

    section: str
    summary: Annotated[str, Field(min_length=1)]


class Document(Strict):
    """The clauses of one document."""

    document: Annotated[str, Field(min_length=1)]
    clauses: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{1,3}$")], ClauseText], Field(min_length=1)
    ]
