"""The order in which cases are worked, read so that a long queue costs no sort."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from gateway.domain.case import Standing, State
from gateway.domain.verdict import SEVERITY_RANK, Severity
from gateway.ports import CaseFilter, Place
from gateway.store.cases import SEVERITIES
from gateway.store.casework_schema import swapped
from gateway.store.desk_schema import case_claim
from gateway.store.families_schema import report
from gateway.store.schema import case_file, decision, guardianship, pair

# Written out, not bound: only so can a prepared statement use the partial index.
IS_CLOSED: ColumnElement[str] = literal_column("'closed'")
NEAREST: ColumnElement[Any] = func.extract("epoch", case_file.c.due_at)
COLUMNS = ("lane", "state", "clause", "rule", "channel")
Condition = ColumnElement[bool]


def in_working_order(
    organisation_id: str,
    which: CaseFilter,
    now: datetime,
    limit: int,
    offset: int = 0,
    after: Place | None = None,
) -> Select[Any]:
    """Rows of cases: overdue first, then severity, then deadline; closed ones last, newest first.

    Each (overdue, severity) is one short range of the index `case_queue`, so only `limit + offset`
    rows of each are read, however many wait. after: the place of the last case of the page before.
    """
    if (
        which.among is not None
        and after is None
        and not (which.include_closed or which.state == State.CLOSED)
    ):
        return _few(organisation_id, which, now).limit(limit).offset(offset)
    enough = limit + offset
    branches: list[Select[Any]] = []
    for late, severity in _ranges(which):
        if _is_past(late, severity, after):
            continue
        branch = _branch(organisation_id, which, len(branches), NEAREST)
        branch = branch.where(*_waiting(late, severity, now))
        if after and (after.late, after.severity) == (late, severity):
            branch = branch.where(tuple_(case_file.c.due_at, case_file.c.id) > (after.at, after.case_id))
        branches.append(branch.order_by(case_file.c.due_at, case_file.c.id).limit(enough))
    if which.include_closed or which.state == State.CLOSED:
        branches.append(_closed(organisation_id, which, len(branches), after).limit(enough))
    if not branches:
        branches.append(_branch(organisation_id, which, 0, NEAREST).where(false()))
    together = union_all(*(branch.subquery().select() for branch in branches)).subquery()
    order = (together.c.place, together.c.nearness, together.c.id)
    return select(together).order_by(*order).limit(limit).offset(offset)


def narrowed(connection: Connection, organisation_id: str, which: CaseFilter, now: datetime) -> CaseFilter:
    """The same filter with what it says of people, pairs and leases looked up.

    Mostly that comes to nothing or to a handful of cases; as a part of the query it would cost a
    look at every case that waits.
    """
    pairs: Collection[str] = ()
    told: Collection[str] = ()
    if which.without_people:
        apart = sorted(which.without_people)
        pairs = connection.execute(pairs_of(organisation_id, apart)).scalars().all()
        told = connection.execute(reports_of(organisation_id, apart)).scalars().all()
    few = [_claimed(now, case_claim.c.person_id == which.claimed_by)] if which.claimed_by else []
    if which.pair_id or which.tutor_id:
        few.append(_of_pairs(organisation_id, which))
    sets = [frozenset(connection.execute(query).scalars()) for query in few]
    among = frozenset.intersection(*sets) if sets else None
    return replace(
        which,
        without_people=frozenset(),
        without_pairs=frozenset(pairs),
        without_cases=frozenset(told),
        among=among,
    )


def one_by_one(
    organisation_id: str, which: CaseFilter, person_id: str, now: datetime
) -> Iterator[Select[Any]]:
    """For each range in the order to work them: its first case that this person may take, locked.

    A case that somebody else is just taking is passed over, so that nobody waits for anybody.
    """
    for late, severity in _ranges(which):
        query = select(case_file).where(*_conditions(organisation_id, which))
        mine = (_free(person_id, now), _not_judged(person_id), _not_given_away(person_id))
        query = query.where(*_waiting(late, severity, now), *mine)
        if not late:
            query = query.where(case_file.c.state != str(State.ASKED))
        query = query.order_by(case_file.c.due_at, case_file.c.id).limit(1)
        yield query.with_for_update(skip_locked=True)


def pairs_of(organisation_id: str, people: Collection[str]) -> Select[Any]:
    """The pairs whose circle holds one of these people."""
    children = select(guardianship.c.pupil_id).where(
        guardianship.c.organisation_id == organisation_id, guardianship.c.guardian_id.in_(people)
    )
    around = or_(pair.c.tutor_id.in_(people), pair.c.pupil_id.in_(people), pair.c.pupil_id.in_(children))
    return select(pair.c.id).where(pair.c.organisation_id == organisation_id, around)


def reports_of(organisation_id: str, people: Collection[str]) -> Select[Any]:
    """The cases of what these people reported, or was reported about these pupils."""
    about = or_(report.c.reporter_id.in_(people), report.c.pupil_id.in_(people))
    return select(report.c.case_id).where(report.c.organisation_id == organisation_id, about)


def _ranges(which: CaseFilter) -> list[tuple[bool, Severity]]:
    wanted = [Severity(which.severity)] if which.severity else list(reversed(SEVERITIES))
    return [(late, severity) for late in (True, False) for severity in wanted]


def _is_past(late: bool, severity: Severity, after: Place | None) -> bool:
    if after is None:
        return False
    if after.closed:
        return True
    return (late, SEVERITY_RANK[severity]) > (after.late, SEVERITY_RANK[after.severity])


def _waiting(late: bool, severity: Severity, now: datetime) -> tuple[Condition, ...]:
    deadline = case_file.c.due_at < now if late else case_file.c.due_at >= now
    return case_file.c.state != IS_CLOSED, deadline, case_file.c.severity == SEVERITY_RANK[severity]


def _closed(organisation_id: str, which: CaseFilter, place: int, after: Place | None) -> Select[Any]:
    newest = -func.extract("epoch", case_file.c.opened_at)
    branch = _branch(organisation_id, which, place, newest)
    branch = branch.where(case_file.c.state == IS_CLOSED)
    if which.severity:
        branch = branch.where(case_file.c.severity == SEVERITY_RANK[Severity(which.severity)])
    if after and after.closed:
        branch = branch.where(tuple_(case_file.c.opened_at, case_file.c.id) < (after.at, after.case_id))
    return branch.order_by(case_file.c.opened_at.desc(), case_file.c.id.desc())


def _few(organisation_id: str, which: CaseFilter, now: datetime) -> Select[Any]:
    """Cases already looked up, which cost no more to sort than to find."""
    query = select(case_file).where(*_conditions(organisation_id, which), case_file.c.state != IS_CLOSED)
    if which.severity:
        query = query.where(case_file.c.severity == SEVERITY_RANK[Severity(which.severity)])
    in_time = case_file.c.due_at >= now
    return query.order_by(in_time, case_file.c.severity.desc(), case_file.c.due_at, case_file.c.id)


def _branch(organisation_id: str, which: CaseFilter, place: int, nearness: ColumnElement[Any]) -> Select[Any]:
    columns: list[Any] = [*case_file.c, literal(place).label("place"), nearness.label("nearness")]
    return select(*columns).where(*_conditions(organisation_id, which))


def _conditions(organisation_id: str, which: CaseFilter) -> list[Condition]:
    """What a narrowed filter asks, but for severity and whether closed ones count."""
    asked: list[Condition] = [case_file.c.organisation_id == organisation_id]
    asked += [case_file.c[name] == value for name in COLUMNS if (value := getattr(which, name))]
    if which.opened_before:
        asked.append(case_file.c.opened_at <= which.opened_before)
    if which.among is not None:
        asked.append(case_file.c.id.in_(sorted(which.among)))
    if which.without_lanes:
        asked.append(case_file.c.lane.not_in(sorted(which.without_lanes)))
    if which.without_states:
        asked.append(case_file.c.state.not_in(sorted(which.without_states)))
    if which.without_pairs:
        asked.append(case_file.c.pair_id.not_in(sorted(which.without_pairs)))
    if which.without_cases:
        asked.append(case_file.c.id.not_in(sorted(which.without_cases)))
    return asked


def _of_pairs(organisation_id: str, which: CaseFilter) -> Select[Any]:
    """The cases of the pair or the tutor that the filter names."""
    theirs: list[Condition] = [case_file.c.organisation_id == organisation_id]
    if not which.include_closed and which.state != State.CLOSED:
        theirs.append(case_file.c.state != IS_CLOSED)
    if which.pair_id:
        theirs.append(case_file.c.pair_id == which.pair_id)
    if which.tutor_id:
        taught = select(pair.c.id).where(
            pair.c.organisation_id == organisation_id, pair.c.tutor_id == which.tutor_id
        )
        theirs.append(case_file.c.pair_id.in_(taught))
    return select(case_file.c.id).where(*theirs)


def _free(person_id: str, now: datetime) -> Condition:
    """Nobody else works on it."""
    return case_file.c.id.not_in(_claimed(now, case_claim.c.person_id != person_id))


def _claimed(now: datetime, by: Condition) -> Select[Any]:
    return select(case_claim.c.case_id).where(case_claim.c.until > now, by)


def _not_judged(person_id: str) -> Condition:
    """It waits for no second view, or the first was another's."""
    own = select(decision.c.case_id).where(
        decision.c.case_id == case_file.c.id,
        decision.c.standing == str(Standing.FIRST),
        decision.c.moderator_id == person_id,
    )
    return or_(case_file.c.state != str(State.SECOND), ~own.exists())


def _not_given_away(person_id: str) -> Condition:
    """This person has not given it to somebody else."""
    given = select(swapped.c.case_id).where(
        swapped.c.case_id == case_file.c.id, swapped.c.person_id == person_id
    )
    return ~given.exists()
