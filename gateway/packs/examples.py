"""Examples of a document's clauses: what each must catch, and the near miss that it must let be.

`gateway policy examples` plays them under the pack. Everybody in them is invented: the tutor is
Joe Sharma, the pupil Amy Brown, the guardian Helen Brown, and all is in order with them unless the
situation says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gateway.domain.policy import Policy
from gateway.errors import PolicyError
from gateway.packs.categories import KNOWN
from gateway.packs.fields import Name, Party, Strict, Words
from gateway.packs.marked import Marked, Step, read
from gateway.packs.shaping import Wrong, nearest, shaped

GuardianState = Literal["registered", "unregistered", "not_copied", "barred", "bouncing", "no_mailbox"]
Attached = Literal["photo_of_pupil", "photo_of_work", "worksheet", "recording", "protected_file"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
PartName = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z][a-z0-9_]*)?$")]


class Child(Strict):
    """A pupil of other parents whose name the directory knows."""

    given: Words
    family: Words


class Situation(Strict):
    """What is so around a message. Left out, each says that all is in order.

    guardians: the state of each guardian of the pupil.
    contract: of the pair. school_leave: the school's written leave to write to the pupil is on file.
    agreement: what the pack's guardian_gate asks to be agreed has been. acknowledged: the documents
    that the pack asks for have been, by everybody. cleared: vetting and induction are on file.
    lesson: "near" is within days, "running" is now, "none" is not booked. at: time of a weekday.
    solicited: the family has an open booking. reply: it answers what the family wrote.
    from_private: sent from a private mailbox. left: the tutor's work has ended.
    by_program: written by a program. attached: files that go with it.
    image_consent: what is on file about pictures. pupil_age: in years.
    exempt: a declared and approved relative. official_pages: pages in the register.
    assessed: tools in the register of technologies. other_children: see `Child`.
    copied_outside: somebody outside is copied. detector_down: a detector does not answer.
    attachment_case: there is an open case that the pupil is infatuated.
    sent_today: messages that the sender sent to the same people in the hour before, without an answer.
    found: what the detectors find, where its wording is withheld.
    """

    guardians: list[GuardianState] = Field(default=["registered"])
    contract: Literal["private", "school"] = "private"
    school_leave: bool = False
    agreement: bool = True
    acknowledged: bool = True
    cleared: bool = True
    lesson: Literal["near", "running", "none"] = "near"
    at: Clock = "15:00"
    solicited: bool = True
    reply: bool = False
    from_private: bool = False
    left: bool = False
    by_program: bool = False
    attached: list[Attached] = Field(default=[])
    image_consent: Literal["none", "given", "refused", "other_purpose"] = "none"
    pupil_age: Annotated[int, Field(ge=4, le=25)] = 13
    exempt: bool = False
    official_pages: list[Words] = Field(default=[])
    assessed: list[Name] = Field(default=[])
    other_children: list[Child] = Field(default=[])
    copied_outside: bool = False
    detector_down: bool = False
    attachment_case: bool = False
    sent_today: Annotated[int, Field(ge=0, le=50)] = 0
    found: list[Name] = Field(default=[])


class Row(Strict):
    """A message from somebody to somebody, or a part of the pack that answers where there is none.

    part: its name as in "reminders.recording_notice". hours: since what it waits for happened, or
    before it. done: what it asks for has been done. filled: fields of a record that were filled in.
    noted: the message passes, and a note about it is right.
    """

    sender: Party | None = Field(default=None, alias="from")
    to: list[Party] = Field(default=[])
    channel: Literal["email", "platform"] = "email"
    subject: str = ""
    text: str = ""
    situation: Situation = Situation()
    about: (
        Literal["reminder", "record", "report", "setting", "rule", "built_in", "ladder", "routes"] | None
    ) = None
    part: PartName | None = None
    hours: Annotated[int, Field(ge=0)] = 0
    done: bool = False
    filled: list[Name] = Field(default=[])
    noted: bool = False

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Row:
        if self.about is None and (self.sender is None or not self.to):
            raise ValueError("say from whom and to whom, or what part of the pack it is about")
        if (self.about is None) != (self.part is None):
            raise ValueError("about and part belong together")
        return self


class Example(Strict):
    """A clause with what it catches and what it lets be, or what is still missing for it."""

    clause: str
    fires: Row | None = None
    passes: Row | None = None
    awaits: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Example:
        if bool(self.awaits) == bool(self.fires or self.passes):
            raise ValueError("give fires and passes, or say what it awaits")
        return self


class ExampleFile(Strict):
    """The examples of one document. pack: the pack they are played under."""

    document: Name
    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    examples: Annotated[list[Example], Field(min_length=1)]


def examine(path: Path, policy: Policy) -> ExampleFile | list[PolicyError]:
    """The examples of a file, or all that is wrong with them under that policy."""
    try:
        marked = read(path)
        found = shaped(marked, ExampleFile)
    except Wrong as wrong:
        return wrong.problems
    except PolicyError as error:
        return [error]
    return list(_misplaced(marked, found, policy)) or found


def load(path: Path, policy: Policy) -> ExampleFile:
    """The examples of a file. Raises PolicyError with the first thing wrong, by line and column."""
    examined = examine(path, policy)
    if isinstance(examined, ExampleFile):
        return examined
    raise examined[0]


def _misplaced(marked: Marked, found: ExampleFile, policy: Policy) -> Iterator[PolicyError]:
    for number, example in enumerate(found.examples):
        here: list[Step] = ["examples", number]
        if example.clause not in policy.clauses:
            what = f"none of the pack's documents has clause '{example.clause}'"
            yield PolicyError(marked.where([*here, "clause"]), what, nearest(example.clause, policy.clauses))
        for side in ("fires", "passes"):
            row: Row | None = getattr(example, side)
            if row is not None:
                yield from _wrong_words(marked, [*here, side], example.clause, row, policy)


def _wrong_words(
    marked: Marked, here: list[Step], clause: str, row: Row, policy: Policy
) -> Iterator[PolicyError]:
    if row.part is not None and row.part not in policy.cited:
        what = f"the pack has no part '{row.part}'"
        yield PolicyError(marked.where([*here, "part"]), what, nearest(row.part, policy.cited))
    elif row.part is not None and clause not in policy.cited[row.part]:
        yield PolicyError(marked.where([*here, "part"]), f"'{row.part}' does not cite clause '{clause}'")
    for number, word in enumerate(row.situation.found):
        if word not in KNOWN:
            steps: list[Step] = [*here, "situation", "found", number]
            yield PolicyError(
                marked.where(steps), f"no detector finds '{word}'", nearest(word, sorted(KNOWN))
            )
