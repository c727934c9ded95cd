"""The sections of a pack that are data alone: what is watched for, told, recorded, reported, and to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gateway.domain.people import Role
from gateway.domain.policy import Then
from gateway.domain.register import FactKind
from gateway.domain.verdict import Lane, Severity
from gateway.packs.choices import NoticePeriod
from gateway.packs.fields import Cadence, ClauseId, Duration, Name, Party, Score, Strict, Wording, Words

Occasion = Literal[
    "calendar",  # by the calendar alone, with `every`
    "joined",  # somebody was added to the directory
    "first_lesson",  # before the first booked lesson of a pair, by `after`
    "before_lesson",  # before every booked lesson, by `after`
    "after_lesson",  # `after` every booked lesson
    "repeated",  # a tutor had three messages held or sent back within half a year
    "copy",  # stands under every delivered copy
    "hold",  # somebody's message is held or comes back
    "unanswered",  # a family's message has no answer for `after`
    "case_opened",
    "case_closed",  # a review, `after` it
    "harm_threshold",  # somebody noted that a concern may meet it
    "policy_review",  # a document's review is due
    "policy_changed",
    "turning_adult",  # `after` counts backwards from the birthday
    "technology_review",  # an assessment lapses
    "observation",  # lessons are to be observed, per tutor and term, as sampling_duty says
    "sample",  # clean traffic is to be looked at, per tutor
    "left",  # a tutor left
    "guardian_unreachable",
    "unequal_holds",  # a group on file is held markedly more often than others
]
# What a part may hang on: without it the part is not there.
Switch = Literal[
    "recording_notice", "guardian_presence_prompt", "notice_period.enabled", "tutor_leaver.exit_notice"
]
DeskRole = Literal["moderator", "safeguarding_lead", "administrator"]


FIELDS = {"notice_period.enabled": tuple(NoticePeriod.model_fields)}
NAMED = re.compile(r"\{(.*?)\}")


def filled(say: str, setting: object) -> str:
    """The words with the fields of a setting in the places that are named."""
    known = setting if isinstance(setting, Mapping) else {}
    return NAMED.sub(lambda found: str(known.get(found[1], found[0])), say)


class Cited(Strict):
    """Something that enforces a clause."""

    clause: ClauseId
    also: list[ClauseId] = Field(default=[])


class Watched(Cited):
    """A rule without code: seen this, from these to those, then that."""

    categories: list[Name] = Field(default=[])
    phrases: list[Annotated[str, Field(min_length=3, max_length=80)]] = Field(default=[])
    senders: list[Party] = Field(default=[], alias="from")
    recipients: list[Party] = Field(default=[], alias="to")
    contract: Literal["private", "school"] | None = None
    at: Score = 0.5
    then: Annotated[Then, Field(strict=False)] | None = None
    by_setting: (
        Literal["profanity_to_pupil", "contract_cheating", "gifts", "infatuation", "extremism"] | None
    ) = None
    lane: Annotated[Lane, Field(strict=False)] = Lane.REVIEW
    severity: Annotated[Severity, Field(strict=False)] = Severity.MEDIUM
    say: Wording = "This message was not sent. The office will get in touch with you."
    only_with: Switch | None = None
    role: Name | None = None
    within: Duration | None = None
    blameless: bool = False
    given: Annotated[FactKind, Field(strict=False)] | None = None
    unless: Annotated[FactKind, Field(strict=False)] | None = None
    short_notice: bool = False  # only when nothing so far ahead as the setting notice_period is named

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Watched:
        if not self.categories and not self.phrases:
            raise ValueError("give categories or phrases to watch for")
        if (self.then is None) == (self.by_setting is None):
            raise ValueError("give either then or by_setting")
        if self.then is Then.NOTE and self.role is None:
            raise ValueError("a watch that notes names the role that is told")
        return self


class Reminds(Cited):
    """What somebody is told, or has to do, when its time comes.

    only_with: a setting that it hangs on, whose fields `say` may name: "{days} days' notice".
    """

    on: Occasion
    to: Annotated[list[Name], Field(min_length=1)]
    say: Words
    after: Duration | None = None
    every: Cadence | None = None
    acknowledge: bool = False
    only_with: Switch | None = None

    @model_validator(mode="after")
    def _comes_again(self) -> Reminds:
        if self.on == "calendar" and self.every is None:
            raise ValueError("say how often: every week, month, term, half_year or year")
        if strange := set(NAMED.findall(self.say)) - set(FIELDS.get(self.only_with or "", ())):
            raise ValueError(f"there is nothing to put in the place of {{{min(strange)}}}")
        return self


class Records(Cited):
    """A record with set fields."""

    title: Words
    fields: Annotated[dict[Name, Words], Field(min_length=1)]
    required: list[Name] = Field(default=[])

    @model_validator(mode="after")
    def _requires_its_own(self) -> Records:
        if strange := [name for name in self.required if name not in self.fields]:
            raise ValueError(f"'{strange[0]}' is required but is no field of this record")
        return self


class Reports(Cited):
    """A way to tell the organisation something."""

    title: Words
    senders: Annotated[list[Party], Field(min_length=1, alias="from")]
    to: Name
    lane: Annotated[Lane, Field(strict=False)] = Lane.REVIEW
    severity: Annotated[Severity, Field(strict=False)] = Severity.HIGH
    acknowledge: Duration
    say: Words
    fields: dict[Name, Words] = Field(default={})
    counts: bool = True
    guardian: Literal["never", "after_decision", "at_once"] = "never"

    @model_validator(mode="after")
    def _tells_nobody_too_early(self) -> Reports:
        if self.guardian == "at_once" and self.lane is Lane.SEALED:
            raise ValueError("what is sealed is told to no guardian before somebody has decided")
        return self


class Roles(Strict):
    """A role as this organisation calls it."""

    title: Words
    desk: DeskRole

    @property
    def role(self) -> Role:
        """The desk role that does its work."""
        return Role(self.desk)


class Ladder(Cited):
    """The clause behind the setting sanction_ladder; people decide every step of it."""


class Routes(Cited):
    """Whom a referral goes to, by nation."""

    england: list[Name]
    scotland: list[Name]
    wales: list[Name]
    northern_ireland: list[Name]
