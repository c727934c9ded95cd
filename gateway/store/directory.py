"""Who is who, read by index and remembered per process until the directory's version rises."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import ARRAY, Connection, Engine, Select, Text, bindparam, select, union

from gateway.domain.alias import Alias
from gateway.domain.pair import Circle
from gateway.domain.people import CASE_ROLES, Guardianship, Organisation, Person, Standing
from gateway.domain.policy import Policy
from gateway.errors import NotAtHand, NotFound
from gateway.store.engine import store_faults
from gateway.store.failing import failing_among
from gateway.store.openline import OpenLine, sql_of
from gateway.store.packed import packed
from gateway.store.passwords import digest, verify
from gateway.store.people import load_people, open_person, others_of, pair_of
from gateway.store.register import facts_around, lessons_of
from gateway.store.schema import alias, guardianship, mailbox, organisation, pair, person
from gateway.store.vault import Vault

POLL_S = 1.0
REMEMBERED = 50_000
Found = TypeVar("Found")


class SqlDirectory:
    """The Directory port on PostgreSQL.

    Whatever changes a person, pair or alias raises its organisation's `directory_version` in the
    same transaction; a rise, looked for once a second, empties this process's memory. What is
    not there is never remembered, so guessing addresses fills nothing.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        policies: Callable[[Organisation], Policy],
        shadows: Callable[[Organisation], Policy | None] = lambda _: None,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._policies = policies
        self._shadows = shadows
        self._lock = Lock()
        self._memory: OrderedDict[Hashable, object] = OrderedDict()
        self._organisations: dict[str, tuple[Organisation, int, Any]] = {}
        self._next_poll = 0.0
        self._salt = secrets.token_bytes(32)
        self._line = OpenLine(engine)  # of the courier
        self._remembering = _Remembering(self)

    def organisations(self) -> tuple[Organisation, ...]:
        """Every organisation, in order of their ids."""
        self._look_for_changes()
        return tuple(one for one, _, _ in self._organisations.values())

    def organisation(self, organisation_id: str) -> Organisation:
        """Raises NotFound."""
        found = next((one for one in self.organisations() if one.id == organisation_id), None)
        if found is None:
            raise NotFound("There is no such organisation.")
        return found

    def alias(self, address: str) -> Alias | None:
        """The live alias of that address, None when unknown, revoked or its pair closed."""
        named = address.strip().lower()
        if not named.isprintable():  # NUL and lone surrogates, which no column can hold
            return None
        return self._remembered(("alias", named), self._find_alias)

    def circle(self, pair_id: str) -> Circle:
        """The circle of a pair. Raises NotFound."""
        return self._there(("circle", pair_id), self._find_circle)

    def circle_now(self, pair_id: str) -> Circle:
        """The circle as the database has it at this moment. Raises NotFound."""
        return self.circles_now([pair_id]).get(pair_id) or self.circle(pair_id)

    def circles_now(self, pair_ids: Collection[str]) -> dict[str, Circle]:
        """The circles of many pairs as `circle_now` has them, those left out that are not there."""
        rows = self._line.ask(VERSIONS, {"pairs": packed("text", pair_ids)})
        known = {one: version for one, (_, version, _) in self._organisations.items()}
        self._look_for_changes(now=any(known.get(row.id) != row.directory_version for row in rows))
        found = {}
        for pair_id in pair_ids:
            with suppress(NotFound):
                found[pair_id] = self.circle(pair_id)
        return found

    def at_hand(self) -> SqlDirectory | None:
        """This directory answering from memory only, for the event loop; None while it must look.

        It never blocks: where it would have to ask the database it raises NotAtHand.
        """
        if time.monotonic() >= self._next_poll or not self._vault.has_index:
            return None
        return self._remembering

    def person(self, organisation_id: str, person_id: str) -> Person:
        """Raises NotFound, also for another organisation's."""
        return self._there(("person", organisation_id, person_id), self._find_person)

    def deciders(self, organisation_id: str) -> tuple[Person, ...]:
        """The organisation's active moderators, safeguarding leads and administrators."""
        roles = [str(role) for role in CASE_ROLES]
        theirs = select(person).where(
            person.c.organisation_id == organisation_id,
            person.c.role.in_(roles),
            person.c.standing == str(Standing.ACTIVE),
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(person.c.id)).all()
        return tuple(open_person(row, self._vault) for row in rows)

    def sign_in(self, address: str, password: str) -> Person | None:
        """The active person with that issued address and app password, else None."""
        found = self._remembered(("sign-in", self._vault.blind(address)), self._find_issued)
        if not found:
            verify(password, None)
            return None
        one, stored = found
        return one if self._verified(stored, password) and one.standing is Standing.ACTIVE else None

    def issued(self, address: str) -> Person | None:
        """The person to whom the organisation issued that address."""
        found = self._remembered(("sign-in", self._vault.blind(address)), self._find_issued)
        return found[0] if found else None

    def by_mailbox(self, address: str) -> tuple[Person, ...]:
        """Every person registered with that private mailbox."""
        return self._remembered(("mailbox", self._vault.blind(address)), self._find_by_mailbox) or ()

    def pairs_of(self, person_id: str, organisation_id: str | None = None) -> tuple[str, ...]:
        """Ids of the open pairs whose circle holds that person, oldest first.

        Without an organisation, an id that several organisations use belongs to no pair: mail
        must never cross from one to the other by a chance likeness of ids.
        """
        return self._remembered(("pairs", person_id, organisation_id), self._find_pairs) or ()

    def policy_of(self, organisation_id: str) -> Policy:
        """The policy of the organisation's pack. Raises NotFound, PolicyError."""
        self._look_for_changes()
        found = self._organisations.get(organisation_id)
        if found is None:
            raise NotFound("There is no such organisation.")
        return self._policies(found[0])

    def shadow_of(self, organisation_id: str) -> Policy | None:
        """The draft that runs beside the policy, None when there is none."""
        found = self._organisations.get(organisation_id)
        return self._shadows(found[0]) if found else None

    def policy_for(self, circle: Circle) -> Policy:
        """The policy that applies today to the messages of a circle's pair."""
        today = datetime.now(UTC).date()
        return self.policy_of(circle.organisation.id).for_pair(circle.pair, today)

    # --- memory ---

    def _look_for_changes(self, now: bool = False) -> None:
        with self._lock:
            if not now and time.monotonic() < self._next_poll:
                return
            with store_faults(), self._engine.connect() as connection:
                rows = connection.execute(select(organisation).order_by(organisation.c.id)).all()
            if [row.directory_version for row in rows] != [v for _, v, _ in self._organisations.values()]:
                self._memory.clear()
            self._organisations = {
                row.id: (Organisation(row.id, row.name, row.domain, row.pack), row.directory_version, row)
                for row in rows
            }
            self._next_poll = time.monotonic() + POLL_S

    def _remembered(self, key: Hashable, find: Callable[..., Found | None]) -> Found | None:
        """What `find` says of `key` (its first item only names the question)."""
        self._look_for_changes()
        with self._lock:
            if key in self._memory:
                self._memory.move_to_end(key)
                return cast("Found", self._memory[key])
            before = self._organisations
        with store_faults(), self._engine.connect() as connection:
            found = find(connection, *cast("tuple[object, ...]", key)[1:])
        with self._lock:
            # Read before a change was noticed: true enough to answer, too old to keep.
            if found and before is self._organisations:
                self._memory[key] = found
                if len(self._memory) > REMEMBERED:
                    self._memory.popitem(last=False)
        return found

    def _there(self, key: Hashable, find: Callable[..., Found | None]) -> Found:
        found = self._remembered(key, find)
        if found is None:
            raise NotFound("There is no such person or pair.")
        return found

    def _verified(self, stored: str | None, password: str) -> bool:
        """Check a password, and remember by its hash that it was right: argon2 costs 20 ms."""
        key = ("verified", stored, hmac.digest(self._salt, digest(password), "sha256"))
        with self._lock:
            if stored and key in self._memory:
                return True
        right = verify(password, stored)
        if right:
            with self._lock:
                self._memory[key] = True
        return right

    # --- look-ups ---

    def _find_alias(self, connection: Connection, address: str) -> Alias | None:
        live = (
            select(alias.c.address, alias.c.pair_id, alias.c.person_id)
            .join(pair, pair.c.id == alias.c.pair_id)
            .where(alias.c.address == address, alias.c.revoked_at.is_(None), pair.c.open)
        )
        row = connection.execute(live).one_or_none()
        return Alias(row.address, row.pair_id, row.person_id) if row else None

    def _find_person(self, connection: Connection, organisation_id: str, person_id: str) -> Person | None:
        return load_people(connection, self._vault, organisation_id, [person_id]).get(person_id)

    def _find_issued(self, connection: Connection, blind: bytes) -> tuple[Person, str | None] | None:
        row = connection.execute(select(person).where(person.c.issued == blind)).one_or_none()
        return (open_person(row, self._vault), row.password) if row else None

    def _find_by_mailbox(self, connection: Connection, blind: bytes) -> tuple[Person, ...]:
        same = (person.c.organisation_id == mailbox.c.organisation_id) & (person.c.id == mailbox.c.person_id)
        theirs = select(person).join(mailbox, same).where(mailbox.c.blind == blind)
        rows = connection.execute(theirs.order_by(person.c.organisation_id, person.c.id)).all()
        return tuple(open_person(row, self._vault) for row in rows)

    def _find_pairs(
        self, connection: Connection, person_id: str, organisation_id: str | None
    ) -> tuple[str, ...]:
        if organisation_id is None:
            owners = select(person.c.organisation_id).where(
                person.c.id == person_id, person.c.organisation_id.in_(list(self._organisations))
            )
            found = connection.execute(owners).scalars().all()
            if len(found) != 1:
                return ()
            organisation_id = found[0]
        return tuple(connection.execute(_pairs_around(organisation_id, person_id)).scalars())

    def _find_circle(self, connection: Connection, pair_id: str) -> Circle | None:
        row = connection.execute(select(pair).where(pair.c.id == pair_id)).one_or_none()
        known = self._organisations.get(row.organisation_id) if row else None
        if row is None or known is None:
            return None
        ours, version, organisation_row = known
        one = pair_of(row)
        guardians = _guardianships(connection, row.organisation_id, [row.pupil_id])
        near = [row.tutor_id, row.pupil_id, *(g.guardian_id for g in guardians)]
        beside, before = others_of(connection, row.organisation_id, row.tutor_id, row.pupil_id)
        people = load_people(connection, self._vault, row.organisation_id, [*near, *beside, *before])
        aliases = _live_aliases(connection, pair_id)
        named = [one.guardian_id for one in guardians]
        return Circle(
            organisation=ours,
            pair=one,
            people={person_id: people[person_id] for person_id in near},
            guardianships=guardians,
            aliases=aliases,
            neighbours=tuple(people[n] for n in beside if n not in near),
            allowed=self._allowed(organisation_row, aliases, people[row.tutor_id]),
            version=version,
            failing=failing_among(connection, row.organisation_id, named) if named else frozenset(),
            facts=facts_around(connection, self._vault, one, near),
            lessons=lessons_of(connection, pair_id),
            former=tuple(people[n] for n in before if n not in near),
        )

    def _allowed(self, row: Any, aliases: dict[str, str], tutor: Person) -> frozenset[str]:
        listed = self._vault.open_json(row.allowed, "allowed\0" + row.id) if row.allowed else []
        issued = [tutor.address.lower()] if tutor.address else []
        return frozenset((*listed, *aliases.values(), *issued))


VERSIONS = sql_of(
    select(organisation.c.id, organisation.c.directory_version)
    .join(pair, pair.c.organisation_id == organisation.c.id)
    .where(pair.c.id == bindparam("pairs", type_=ARRAY(Text)).any_())
    .distinct()
)


class _Remembering(SqlDirectory):
    """Another directory's memory, without the way to the database."""

    def __init__(self, whole: SqlDirectory) -> None:
        self._whole = whole
        self._vault = whole._vault

    def _look_for_changes(self, now: bool = False) -> None:
        del now
        raise NotAtHand("The directory would have to look; ask it where waiting does no harm.")

    def _remembered(self, key: Hashable, find: Callable[..., Found | None]) -> Found | None:
        del find
        # One dict look-up, no lock to wait for: a memory emptied meanwhile just does not have it.
        found = self._whole._memory.get(key)
        if found is None:
            raise NotAtHand("The directory does not remember that.")
        return cast("Found", found)


def _pairs_around(organisation_id: str, person_id: str) -> Select[Any]:
    """Three short index look-ups; one query with OR would read every pair of the organisation."""
    ours = select(pair.c.id, pair.c.created_at).where(pair.c.organisation_id == organisation_id, pair.c.open)
    wards = ours.join(
        guardianship,
        (guardianship.c.organisation_id == pair.c.organisation_id)
        & (guardianship.c.pupil_id == pair.c.pupil_id),
    )
    around = union(
        ours.where(pair.c.tutor_id == person_id),
        ours.where(pair.c.pupil_id == person_id),
        wards.where(guardianship.c.guardian_id == person_id),
    ).subquery()
    return select(around.c.id).order_by(around.c.created_at, around.c.id)


def _guardianships(
    connection: Connection, organisation_id: str, pupil_ids: Sequence[str]
) -> tuple[Guardianship, ...]:
    theirs = (
        select(guardianship)
        .where(guardianship.c.organisation_id == organisation_id, guardianship.c.pupil_id.in_(pupil_ids))
        .order_by(guardianship.c.position, guardianship.c.guardian_id)
    )
    return tuple(
        Guardianship(row.guardian_id, row.pupil_id, row.copied, row.barred, row.registered)
        for row in connection.execute(theirs)
    )


def _live_aliases(connection: Connection, pair_id: str) -> dict[str, str]:
    live = select(alias.c.person_id, alias.c.address).where(
        alias.c.pair_id == pair_id, alias.c.revoked_at.is_(None)
    )
    return {row.person_id: row.address for row in connection.execute(live)}
