"""Everything that belongs to a concern, gathered to be handed to those who must act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.case import Case, Decision
from gateway.domain.entry import Chained
from gateway.domain.matter import Filed, Matter
from gateway.domain.message import Arrival
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person
from gateway.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DeliveredCopy:
    """One recipient's copy, the exact bytes. state: of the copy; settled_at: when it was handed over."""

    recipient_id: str
    wire: str
    state: str
    settled_at: datetime | None
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as received, what was decided on it, and its copies. sealed: was held in that lane."""

    arrival: Arrival
    verdict: Verdict
    subject: str = field(repr=False)
    copies: tuple[DeliveredCopy, ...] = ()
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bundle is made of.

    matter: None when it is about one case alone. left_out: ids of messages that stay behind because
    they are sealed and whoever asks may not see them, or because nothing is left of them.
    """

    organisation: Organisation
    matter: Matter | None
    people: tuple[Person, ...]
    guardianships: tuple[Guardianship, ...]
    pairs: tuple[Pair, ...]
    cases: tuple[Case, ...]
    decisions: tuple[tuple[str, datetime, Decision], ...]
    messages: tuple[KeptMessage, ...]
    filed: tuple[Filed, ...]
    entries: tuple[Chained, ...]
    left_out: tuple[str, ...] = ()

    @property
    def subject_id(self) -> str:
        """Id of the case file, or of the case."""
        return self.matter.id if self.matter else self.cases[0].id

    def name_of(self, person_id: str) -> str:
        """The full name of somebody in it (DFT-12); the id of anybody else."""
        known = next((one.full_name for one in self.people if one.id == person_id), "")
        return known or person_id
