"""What the desk asks of the policies: versions, differences, coverage, and who lets a change through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.people import Person
from gateway.domain.release import Covered, Difference, Flip, Release


class PolicyBook(Protocol):
    """The versions of an organisation's policy."""

    def releases(self, organisation_id: str) -> list[Release]:
        """The newest first."""
        ...

    def differences(self, organisation_id: str, version: str) -> list[Difference] | None:
        """What a version would change of what is in force; None when it cannot be read any more."""
        ...

    def flips(self, organisation_id: str, version: str) -> Sequence[Flip]:
        """What a shadow would have judged otherwise, the newest first; at most 200."""
        ...

    def coverage(self, organisation_id: str) -> list[Covered]:
        """Every clause of the adopted documents and what enforces it."""
        ...

    def publish(self, person: Person, version: str, note: str, at: datetime) -> Release:
        """Put one's name to a change that waits; it is live at once if nobody need approve it.

        Raises: NotFound when no such version waits, Stale when it has a name already,
            Forbidden when it cannot be read any more.
        """
        ...

    def approve(self, person: Person, version: str, note: str, at: datetime) -> None:
        """Let a version that waits come into force.

        Raises: NotFound, Forbidden when nobody published it yet, for whoever did, and for another role
            than the policy in force names.
        """
        ...
