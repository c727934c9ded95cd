"""The policy in force: read from its files, kept in the database, changed only as far as it may be.

A file that cannot be read, or that would loosen something without a second person's word,
leaves the policy as it was and raises an alarm.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from gateway import packs
from gateway.domain.message import new_id
from gateway.domain.people import Organisation
from gateway.domain.policy import Policy
from gateway.domain.release import FROM_FILE, LIVE, SHADOW, WAITING, Difference, Release
from gateway.domain.task import Task
from gateway.errors import PolicyError, SettingsError, Unavailable
from gateway.packs import Shelf
from gateway.packs.comparing import differences
from gateway.packs.keeping import restored
from gateway.store.policies import SqlPolicies

log = logging.getLogger(__name__)

LOOK_S = 2.0
Fingerprint = tuple[tuple[str, int, int], ...]
Alarm = Callable[[Organisation, Task], None]


class Policies:
    """The policies of this installation; safe to ask from several threads.

    alarm: called once for each thing that is wrong, with something for the office to do.
    """

    def __init__(
        self, shelf: Shelf, releases: SqlPolicies, alarm: Alarm, clock: Callable[[], datetime]
    ) -> None:
        self._shelf = shelf
        self._releases = releases
        self._alarm = alarm
        self._clock = clock
        self._lock = Lock()
        self._live: dict[str, Policy] = {}
        self._shadows: dict[str, Policy | None] = {}
        self._seen: dict[str, Fingerprint] = {}
        self._restored: dict[str, Policy] = {}
        self._told: set[str] = set()
        self._look_at: dict[str, float] = {}

    def of(self, organisation: Organisation) -> Policy:
        """The policy in force. Raises PolicyError when there has never been a right one."""
        known = self._live.get(organisation.id)
        if known is not None and time.monotonic() < self._look_at.get(organisation.id, 0.0):
            return known
        with self._lock:
            return self._look(organisation)

    def shadow_of(self, organisation: Organisation) -> Policy | None:
        """The draft that runs beside it, None when there is none."""
        self.of(organisation)
        return self._shadows.get(organisation.id)

    def _look(self, organisation: Organisation) -> Policy:
        ours, known = organisation.id, self._live.get(organisation.id)
        if known is not None and time.monotonic() < self._look_at.get(ours, 0.0):
            return known
        self._look_at[ours] = time.monotonic() + LOOK_S
        try:
            live = self._releases.in_state(ours, LIVE)
            shadow = self._releases.in_state(ours, SHADOW)
        except Unavailable:
            if known is None:
                raise
            return known
        self._shadows[ours] = self._back(shadow)
        in_force = self._back(live)
        if in_force is not None and in_force.pack != organisation.pack:
            in_force = None  # the organisation has taken another pack
        self._live[ours] = self._newest(organisation, in_force)
        return self._live[ours]

    def _newest(self, organisation: Organisation, in_force: Policy | None) -> Policy:
        """What the files say, as far as it may come into force over what is."""
        fingerprint = fingerprint_of(self._shelf)
        if in_force is not None and self._seen.get(organisation.id) == fingerprint:
            return in_force
        try:
            candidate = packs.load(self._shelf, organisation.pack)
        except (PolicyError, OSError) as fault:
            if in_force is None:
                raise
            self._tell(
                organisation, "policy_unreadable", f"a policy file is wrong, the old one stays: {fault}"
            )
            return in_force
        self._seen[organisation.id] = fingerprint
        if in_force is not None and candidate.version == in_force.version:
            return in_force
        return self._change(organisation, in_force, candidate)

    def _change(self, organisation: Organisation, in_force: Policy | None, candidate: Policy) -> Policy:
        loose = tuple(one.what for one in _loosening(in_force, candidate))
        approver = in_force.approver if in_force is not None else None
        waits = bool(loose or approver)
        entered = release_of(candidate, WAITING if waits else LIVE, loose)
        if waits and in_force is not None:
            if not self._waits_already(organisation, candidate):
                self._releases.enter(organisation.id, entered, self._clock())
            why = f"a change of the policy loosens {', '.join(loose[:3])}" if loose else "the policy changes"
            whom = approver.title if approver else "a second person"
            self._tell(organisation, "policy_waits", f"{why}; {whom} must approve it")
            return in_force
        self._releases.enter(organisation.id, entered, self._clock())
        log.info("policy: %s is in force at %s", candidate.version, organisation.id)
        return candidate

    def _waits_already(self, organisation: Organisation, candidate: Policy) -> bool:
        found = {one.version: one.state for one in self._releases.history(organisation.id)}
        return found.get(candidate.version) == WAITING

    def _back(self, release: Release | None) -> Policy | None:
        """The policy of a release, None when this version of the gateway cannot read it any more."""
        if release is None:
            return None
        known = self._restored.get(release.version)
        if known is None:
            try:
                known = self._restored[release.version] = restored(release.source)
            except ValueError as fault:
                log.error("policy: %s cannot be put back (%s)", release.version, type(fault).__name__)
        return known

    def _tell(self, organisation: Organisation, kind: str, because: str) -> None:
        subject = f"{kind}:{because}"
        if subject in self._told:
            return
        self._told.add(subject)
        log.error("policy: %s", because)
        now = self._clock()
        self._alarm(
            organisation,
            Task(new_id(now), organisation.id, kind, "", "office", because, now, subject=subject[:200]),
        )


def _loosening(in_force: Policy | None, candidate: Policy) -> list[Difference]:
    return [] if in_force is None else [one for one in differences(in_force, candidate) if one.loosens]


def release_of(
    policy: Policy, state: str, loosens: tuple[str, ...] = (), author: str = FROM_FILE, note: str = ""
) -> Release:
    """A policy as something to enter."""
    return Release(
        version=policy.version,
        pack=policy.pack,
        state=state,
        loosens=loosens,
        author=author,
        approver="",
        note=note,
        entered_at=datetime.min,
        live_at=None,
        source=policy.source,
    )


def fingerprint_of(shelf: Shelf) -> Fingerprint:
    """Changes whenever a file of the shelf does."""
    found = []
    for folder in shelf.folders:
        for kind in ("policies", "clauses", "overlays"):
            for path in sorted((folder / kind).glob("*.yaml")):
                try:
                    stat = path.stat()
                except OSError:
                    continue
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def shelf_of(home: Path, shipped: Path) -> Shelf:
    """The site's own packs before those that ship."""
    try:
        return packs.shelf(home, shipped)
    except OSError as fault:
        raise SettingsError(f"The policies cannot be read ({type(fault).__name__}).") from fault
