"""What the address of the queue asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import abort

from gateway.desk.parts import hidden_lanes, parts
from gateway.domain.case import SEES_SEALED, Case, State
from gateway.domain.message import Channel
from gateway.domain.people import Person
from gateway.domain.verdict import Lane, Severity
from gateway.ports import CaseFilter, Place

WAITING, ALL, MINE = "waiting", "all", "yes"
AGES = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3)}
ID = re.compile(r"[A-Za-z0-9_.@-]{1,64}")
PLACE = re.compile(r"(late|due|closed)_(low|medium|high|critical)_([0-9]{1,17})_([A-Za-z0-9_-]{1,64})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a view; "" means no restriction.

    state: waiting (whatever is not closed), one of the states, or all.
    age: one of AGES, for cases opened so long ago. after: the place of the last case of the page before.
    """

    lane: str = ""
    severity: str = ""
    state: str = WAITING
    mine: str = ""
    clause: str = ""
    channel: str = ""
    tutor: str = ""
    pair: str = ""
    age: str = ""
    after: str = ""

    def query(self, **changes: str) -> dict[str, Any]:
        """The arguments of a link to this view with `changes`; any change leads to its first page."""
        wanted: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__ if name != "after"}
        wanted |= changes
        return {name: value for name, value in wanted.items() if value not in ("", WAITING)}

    @property
    def narrowed(self) -> bool:
        """True when anything but the lane and the page is asked for."""
        return any(self.query(lane="").values())

    def case_filter(self, person: Person, now: datetime) -> CaseFilter:
        """The same as the docket asks it, without what this person must not know of."""
        return CaseFilter(
            lane=self.lane or None,
            severity=self.severity or None,
            state=None if self.state in (WAITING, ALL) else self.state,
            include_closed=self.state in (ALL, State.CLOSED),
            clause=self.clause or None,
            channel=self.channel or None,
            pair_id=self.pair or None,
            tutor_id=self.tutor or None,
            claimed_by=person.id if self.mine else None,
            opened_before=now - AGES[self.age] if self.age else None,
            without_lanes=frozenset(str(lane) for lane in hidden_lanes(person)),
            without_states=frozenset(),
            without_people=parts().docket.kept_from(person.organisation_id, person.id),
        )

    def place(self) -> Place | None:
        """Where the page begins, None for the front."""
        found = PLACE.fullmatch(self.after)
        if found is None:
            return None
        moment = EPOCH + timedelta(microseconds=int(found[3]))
        return Place(found[1] == "late", Severity(found[2]), moment, found[4], found[1] == "closed")


def workable(which: CaseFilter, person: Person) -> CaseFilter:
    """The same, without what waits for the safeguarding lead's decision if this is not the lead."""
    split = frozenset() if person.role in SEES_SEALED else frozenset({str(State.SPLIT)})
    return replace(which, without_states=split, include_closed=False)


def place_of(case: Case, now: datetime) -> str:
    """The place of a case, for the address of the page after it."""
    closed = case.state is State.CLOSED
    kind = "closed" if closed else "late" if case.overdue(now) else "due"
    moment = (case.opened_at if closed else case.due_at) - EPOCH
    return f"{kind}_{case.severity}_{moment // timedelta(microseconds=1)}_{case.id}"


def filters_of(arguments: Mapping[str, str], person: Person) -> Filters:
    """Read the address. A value that is unknown, or hidden from this person, is not found."""
    given = {name: arguments.get(name, "") for name in Filters.__slots__}
    given["state"] = given["state"] or WAITING
    filters = Filters(**given)
    allowed = {
        "lane": {"", *Lane} - hidden_lanes(person),
        "severity": {"", *Severity},
        "state": {WAITING, ALL, *State},
        "mine": {"", MINE},
        "channel": {"", *Channel},
        "age": {"", *AGES},
    }
    named = (filters.clause, filters.tutor, filters.pair)
    wrong = any(getattr(filters, name) not in known for name, known in allowed.items())
    if wrong or any(one and not ID.fullmatch(one) for one in named):
        abort(404)
    if filters.after and not PLACE.fullmatch(filters.after):
        abort(404)
    return filters
