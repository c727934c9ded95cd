"""What a policy pack may say: its frame, and the rules that are code.

The settings are in `choices`, the sections that are data alone in `sections`.

To give a rule a new parameter, add it to the rule's terms here and to the packs that set it.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, model_validator

from gateway.domain.verdict import Lane, Severity
from gateway.packs.choices import PackSettings
from gateway.packs.fields import ClauseId, Day, Duration, Name, Score, Strict, Wording, Words
from gateway.packs.sections import Cited, Ladder, Records, Reminds, Reports, Roles, Routes, Watched

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


class NoParameters(Strict):
    """A rule without knobs."""


class ActAt(Strict):
    """A rule that acts at a score."""

    act_at: Score = 0.5


class GuardianCopied(Strict):
    """What happens to a tutor's message that leaves a guardian out."""

    when_missing: Literal["add", "refuse"] = "add"


class ContactDetails(Strict):
    """When contact details are refused or held, and what families may send."""

    refuse_at: Score = 0.8
    hold_at: Score = 0.5
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
    """How far a pair may go before a person looks: at most one in twenty warm and harmless talks does.

    night_messages: which message of a tutor in one night, without the pupil's answer, is held; 0 for none.
    """

    act_at: Annotated[float, Field(gt=0, le=10, strict=False)] = 1.0
    night_messages: Annotated[int, Field(ge=0, le=50)] = 0


class Acknowledged(Strict):
    """Documents that each must have acknowledged before the first message, and what happens without."""

    tutor: list[Name] = Field(default=[])
    pupil: list[Name] = Field(default=[])
    guardian: list[Name] = Field(default=[])
    when_missing: Literal["note", "hold", "refuse"] = "note"


class TutorCleared(Strict):
    """What must be on file of a tutor. induction_parts: how many different ones."""

    vetting: bool = True
    induction_parts: Annotated[int, Field(ge=0, le=20)] = 0


class SolicitedContact(Strict):
    """When contact is asked for: a lesson that near, or a message from the family that recent."""

    lesson_within_days: Annotated[int, Field(ge=1, le=365)] = 14
    reply_within_days: Annotated[int, Field(ge=1, le=365)] = 30


class SensitiveChannel(Strict):
    """How sensitive matter in plain mail is dealt with: sealed behind a link, or held."""

    plain: Literal["seal", "hold"] = "seal"
    act_at: Score = 0.5


class UncheckedAttachment(Strict):
    """Content types, or their beginnings, that nobody could read."""

    types: list[Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]*$")]] = Field(default=["audio/", "video/"])


Knobs = TypeVar("Knobs", bound=Strict)


class Terms(Cited, Generic[Knobs]):
    """How one rule is applied."""

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
    guardian_registered: Terms[NoParameters]
    pupil_contact_mode: Terms[NoParameters]
    school_leave: Terms[NoParameters]
    tutor_leaver: Terms[NoParameters]
    addressed_directly: Terms[NoParameters] | None = None
    acknowledged: Terms[Acknowledged] | None = None
    tutor_cleared: Terms[TutorCleared] | None = None
    human_sender: Terms[ActAt] | None = None
    subject_initials: Terms[SubjectInitials] | None = None
    contact_details: Terms[ContactDetails] | None = None
    approved_technology: Terms[ActAt] | None = None
    lesson_place: Terms[ActAt] | None = None
    sensitive_channel: Terms[SensitiveChannel] | None = None
    image_consent: Terms[ActAt] | None = None
    age_rating: Terms[ActAt] | None = None
    unsolicited_contact: Terms[SolicitedContact] | None = None
    concerning_conduct: Terms[ConcerningConduct] | None = None
    pair_trajectory: Terms[PairTrajectory] | None = None
    operating_hours: Terms[NoParameters] | None = None
    unchecked_attachment: Terms[UncheckedAttachment] | None = None


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
    """A whole pack, what it extends already in it.

    documents: those whose clauses may be cited. adopts: those that bind, clause by clause.
    """

    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    edition: Annotated[int, Field(ge=1)]
    documents: Annotated[list[str], Field(min_length=1)]
    adopts: Annotated[list[str], Field(min_length=1)]
    settings: PackSettings
    clocks: Clocks
    roles: dict[Name, Roles]
    routes: Routes
    rules: Rules
    watch: dict[Name, Watched] = Field(default={})
    reminders: dict[Name, Reminds] = Field(default={})
    records: dict[Name, Records] = Field(default={})
    reports: dict[Name, Reports] = Field(default={})
    ladder: Ladder
    built_in: dict[Name, list[ClauseId]] = Field(default={})


class ClauseText(Strict):
    """A clause in our own words. enforce: what it asks of a gateway. why: it is out of scope."""

    section: str
    summary: Annotated[str, Field(min_length=1)]
    enforce: Literal[
        "block", "hold", "auto-fix", "require", "record", "remind", "report", "configure", "out-of-scope"
    ]
    why: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> ClauseText:
        if (self.enforce == "out-of-scope") != bool(self.why):
            raise ValueError("a clause out of scope, and no other, says why")
        return self


class Cites(Strict):
    """A law or guidance that a document names. now: what stands in its place today, "" while current."""

    what: Words
    now: str = ""


class DocumentFile(Strict):
    """The clauses of one document."""

    document: Annotated[str, Field(min_length=1)]
    version: str = ""
    owner: str = ""
    cadence: Literal["termly", "annual", ""] = ""
    last_review: Day | None = None
    next_review: Day | None = None
    cites: list[Cites] = Field(default=[])
    clauses: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{1,3}$")], ClauseText], Field(min_length=1)
    ]
