"""The register and the booked lessons: written by imports, pages and platforms, read with a circle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, insert, or_, select, update

from gateway.domain.entry import Entry
from gateway.domain.pair import Pair
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.store.bulk import copy_in
from gateway.store.engine import store_faults
from gateway.store.failing import raise_version
from gateway.store.policy_schema import lesson, register_fact
from gateway.store.record import append, lock_heads
from gateway.store.vault import Vault

ROSTER = "roster"
BACK = timedelta(days=60)  # lessons longer ago than this bear on nothing
MOST_LESSONS = 500


def facts_around(
    connection: Connection, vault: Vault, pair: Pair, person_ids: Sequence[str]
) -> tuple[Fact, ...]:
    """What is on file about a pair, its people, and the organisation."""
    nobody = and_(register_fact.c.person_id == "", register_fact.c.pair_id == "")
    about = or_(register_fact.c.person_id.in_(person_ids), register_fact.c.pair_id == pair.id, nobody)
    judged = register_fact.c.kind != str(FactKind.GROUP)  # who somebody is bears on no judgement
    rows = connection.execute(
        select(register_fact)
        .where(register_fact.c.organisation_id == pair.organisation_id, about, judged)
        .order_by(register_fact.c.id)
    )
    return tuple(_fact(row, vault) for row in rows)


def all_facts(
    connection: Connection, vault: Vault, organisation_id: str, source: str = "", kind: FactKind | None = None
) -> tuple[Fact, ...]:
    """What is on file at an organisation, oldest first: all of it, of one source, or of one kind."""
    which = register_fact.c.organisation_id == organisation_id
    which = and_(which, register_fact.c.source == source) if source else which
    which = and_(which, register_fact.c.kind == str(kind)) if kind else which
    rows = connection.execute(select(register_fact).where(which).order_by(register_fact.c.id))
    return tuple(_fact(row, vault) for row in rows)


def lessons_of(connection: Connection, pair_id: str, now: datetime | None = None) -> tuple[Lesson, ...]:
    """The pair's lessons from two months ago on, in order of time."""
    since = (now or datetime.now(UTC)) - BACK
    theirs = (
        select(lesson)
        .where(lesson.c.pair_id == pair_id, lesson.c.ends >= since)
        .order_by(lesson.c.starts)
        .limit(MOST_LESSONS)
    )
    return tuple(Lesson(row.starts, row.ends, row.tool) for row in connection.execute(theirs))


def add_fact(connection: Connection, vault: Vault, organisation_id: str, fact: Fact, source: str) -> int:
    """Enter a fact, in the caller's transaction; every process reads it with the next circle. Its id."""
    raise_version(connection, [organisation_id])
    row = _row(fact, vault, organisation_id, source)
    return int(
        connection.execute(insert(register_fact).values(row).returning(register_fact.c.id)).scalar_one()
    )


def end_fact(connection: Connection, organisation_id: str, fact_id: int, last: datetime) -> bool:
    """Let a fact hold no longer than that day; False when there is no such fact."""
    raise_version(connection, [organisation_id])
    same = (register_fact.c.organisation_id == organisation_id) & (register_fact.c.id == fact_id)
    return connection.execute(update(register_fact).where(same).values(until=last.date())).rowcount == 1


def replace_imported(
    connection: Connection, vault: Vault, organisation_id: str, facts: Iterable[Fact]
) -> None:
    """Put what an import brings in the place of what imports brought before."""
    before = (register_fact.c.organisation_id == organisation_id) & (register_fact.c.source == ROSTER)
    connection.execute(delete(register_fact).where(before))
    copy_in(connection, register_fact, [_row(one, vault, organisation_id, ROSTER) for one in facts])


def replace_lessons(
    connection: Connection, organisation_id: str, booked: Iterable[tuple[str, Lesson]], source: str = ROSTER
) -> None:
    """Put these lessons, each with its pair's id, in the place of what that source brought before."""
    before = (lesson.c.organisation_id == organisation_id) & (lesson.c.source == source)
    connection.execute(delete(lesson).where(before))
    rows = [
        {
            "organisation_id": organisation_id,
            "pair_id": pair_id,
            "starts": one.starts,
            "ends": one.ends,
            "tool": one.tool,
            "source": source,
        }
        for pair_id, one in booked
    ]
    copy_in(connection, lesson, rows)


def _row(fact: Fact, vault: Vault, organisation_id: str, source: str) -> dict[str, Any]:
    sealed = vault.organisation(organisation_id).seal_json(fact.detail, _about(fact, organisation_id))
    return {
        "organisation_id": organisation_id,
        "kind": str(fact.kind),
        "person_id": fact.person_id,
        "pair_id": fact.pair_id,
        "detail": sealed,
        "since": fact.since,
        "until": fact.until,
        "source": source,
    }


def _fact(row: Any, vault: Vault) -> Fact:
    bare = Fact(FactKind(row.kind), row.person_id, row.pair_id, "", row.since, row.until)
    detail = vault.open_json(row.detail, _about(bare, row.organisation_id))
    return Fact(bare.kind, bare.person_id, bare.pair_id, detail, bare.since, bare.until)


def _about(fact: Fact, organisation_id: str) -> str:
    return "\0".join(("fact", organisation_id, str(fact.kind), fact.person_id, fact.pair_id))


class SqlRegister:
    """What families' pages ask of the register."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def facts(self, organisation_id: str, person_id: str) -> tuple[Fact, ...]:
        """What is on file about somebody, oldest first."""
        theirs = select(register_fact).where(
            register_fact.c.organisation_id == organisation_id, register_fact.c.person_id == person_id
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(register_fact.c.id)).all()
        return tuple(_fact(row, self._vault) for row in rows)

    def add(
        self,
        organisation_id: str,
        fact: Fact,
        by: str,
        now: datetime,
        instead_of: frozenset[FactKind] = frozenset(),
    ) -> None:
        """Enter what somebody said on their page.

        instead_of: kinds of which what was said before, of the same person and detail, ends.
        """
        with store_faults(), self._engine.begin() as connection:
            raise_version(connection, [organisation_id])
            heads = lock_heads(connection, [organisation_id])
            for fact_id in self._standing(connection, organisation_id, fact, instead_of):
                end_fact(connection, organisation_id, fact_id, now - timedelta(days=1))
            fact_id = add_fact(connection, self._vault, organisation_id, fact, f"person:{by}")
            entry = Entry(
                organisation_id,
                now,
                "register.said",
                fact.person_id,
                by,
                {"fact": fact_id, "kind": fact.kind},
            )
            append(connection, heads, [entry])

    def _standing(
        self, connection: Connection, organisation_id: str, fact: Fact, kinds: frozenset[FactKind]
    ) -> list[int]:
        """Ids of the facts of these kinds about the same person and detail that nobody has ended."""
        theirs = select(register_fact).where(
            register_fact.c.organisation_id == organisation_id,
            register_fact.c.person_id == fact.person_id,
            register_fact.c.kind.in_([str(one) for one in kinds]),
            register_fact.c.until.is_(None),
        )
        rows = connection.execute(theirs).all()
        return [row.id for row in rows if _fact(row, self._vault).detail == fact.detail]
