"""What the desk's pages of people ask of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.domain.alias import Alias
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.register import Fact
from gateway.domain.strike import Strike


@dataclass(frozen=True, slots=True)
class Ties:
    """How somebody belongs with others.

    pairs: theirs as tutor or pupil, or of their children. people: whoever is named here, by id.
    """

    pairs: tuple[Pair, ...]
    guardianships: tuple[Guardianship, ...]
    people: Mapping[str, Person] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failing:
    """A mailbox that gave back what was sent to it. case_id: of the case about it."""

    mailbox: str = field(repr=False)
    since: datetime
    case_id: str


class PeopleBook(Protocol):
    """The people of an organisation, looked up by the desk."""

    def counts(self, organisation_id: str) -> Mapping[Role, int]:
        """How many people there are of each role."""
        ...

    def people(
        self,
        organisation_id: str,
        roles: AbstractSet[Role],
        fits: Callable[[Person], bool],
        after: str = "",
        limit: int = 50,
    ) -> list[Person]:
        """Those of these roles that fit, in the order of their ids, from behind one id on."""
        ...

    def at_address(self, organisation_id: str, address: str) -> list[Person]:
        """Whose mailbox, issued address or alias that is."""
        ...

    def ties(self, organisation_id: str, person_id: str) -> Ties: ...

    def aliases(self, organisation_id: str, person_id: str, pair_ids: Sequence[str]) -> list[Alias]:
        """The live addresses that stand for somebody in these pairs."""
        ...

    def revoke(
        self, organisation_id: str, person_id: str, address: str, by: str, at: datetime
    ) -> Alias | None:
        """Let an alias work no more; while its pair is open a new one takes its place. Raises NotFound."""
        ...

    def failing(self, person: Person) -> list[Failing]: ...

    def facts(self, organisation_id: str, person_id: str) -> tuple[Fact, ...]:
        """What is on file about somebody, oldest first."""
        ...

    def strikes(self, organisation_id: str, tutor_id: str) -> list[Strike]:
        """A tutor's strikes, newest first."""
        ...

    def mailboxes_viewed(self, organisation_id: str, person_id: str, by: str, at: datetime) -> None:
        """Record that somebody was shown a person's mailboxes."""
        ...
