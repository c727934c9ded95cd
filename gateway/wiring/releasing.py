"""Versions of a policy on their way into force, for the command line and the desk alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from gateway.domain.people import Person
from gateway.domain.policy import Policy
from gateway.domain.release import LIVE, WAITING, Covered, Difference, Flip, Release
from gateway.errors import Forbidden
from gateway.packs.comparing import differences
from gateway.packs.coverage import coverage, examples_played
from gateway.packs.keeping import restored
from gateway.settings import config_folder
from gateway.store.past import PastMessages
from gateway.store.policies import SqlPolicies
from gateway.wiring.policies import release_of


def published(
    releases: SqlPolicies,
    organisation_id: str,
    in_force: Policy,
    candidate: Policy,
    author: str,
    note: str,
    at: datetime,
) -> Release:
    """Enter a policy under somebody's name: live at once, or waiting for a second person."""
    loose, waits = weighed(in_force, candidate)
    entered = release_of(candidate, WAITING if waits else LIVE, loose, author, note)
    releases.enter(organisation_id, entered, at)
    return entered


def approved(
    releases: SqlPolicies, in_force: Policy, version: str, person: Person, note: str, at: datetime
) -> None:
    """Let a version that waits come into force. Raises: as `SqlPolicies.approve`; Forbidden for another role."""
    if not in_force.may_approve(person.role) and (wanted := in_force.approver):
        raise Forbidden(f"The policy in force wants the word of: {wanted.title} ({wanted.desk}).")
    releases.approve(person.organisation_id, version, person.id, note, at)


def weighed(in_force: Policy, candidate: Policy) -> tuple[tuple[str, ...], bool]:
    """What a policy gives up against the one in force, and whether it has to wait.

    Everything that loosens waits, and every change where the policy in force names who approves.
    """
    changes = differences(in_force, candidate)
    loose = tuple(one.what for one in changes if one.loosens)
    return loose, bool(loose or (changes and in_force.approver))


@dataclass(frozen=True, slots=True)
class PolicyRoom:
    """The versions of policies as the desk sees them. policy_of: what is in force at an organisation."""

    _releases: SqlPolicies
    _past: PastMessages
    _policy_of: Callable[[str], Policy]

    def releases(self, organisation_id: str) -> list[Release]:
        """The newest first."""
        return self._releases.history(organisation_id)

    def differences(self, organisation_id: str, version: str) -> list[Difference] | None:
        """What a version would change of what is in force; None when it cannot be read any more."""
        draft = _read(self._releases.release(organisation_id, version).source)
        return None if draft is None else differences(self._policy_of(organisation_id), draft)

    def flips(self, organisation_id: str, version: str) -> Sequence[Flip]:
        """What a shadow would have judged otherwise, the newest first."""
        return self._releases.flips(organisation_id, version)

    def coverage(self, organisation_id: str) -> list[Covered]:
        """Every clause of the adopted documents and what enforces it."""
        policy = self._policy_of(organisation_id)
        return coverage(policy, self._past.last_fired(organisation_id), _examples(policy.adopts))

    def publish(self, person: Person, version: str, note: str, at: datetime) -> Release:
        """Put one's name to a change that waits; see `ports.policies`."""
        ours = person.organisation_id
        candidate = _read(self._releases.release(ours, version).source)
        if candidate is None:
            raise Forbidden("This version cannot be read any more; publish it anew from its file.")
        loose, waits = weighed(self._policy_of(ours), candidate)
        return self._releases.sign(ours, version, person.id, WAITING if waits else LIVE, loose, note, at)

    def approve(self, person: Person, version: str, note: str, at: datetime) -> None:
        """Let a version that waits come into force."""
        approved(self._releases, self._policy_of(person.organisation_id), version, person, note, at)


@lru_cache(maxsize=8)
def _read(source: str) -> Policy | None:
    """The policy of a kept text, None when this version of the gateway cannot read it."""
    try:
        return restored(source)
    except ValueError:
        return None


@lru_cache(maxsize=16)
def _examples(adopts: tuple[str, ...]) -> dict[str, int]:
    return examples_played(adopts, config_folder() / "examples")
