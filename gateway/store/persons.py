"""People as the desk looks them up: the list, whom somebody belongs with, their aliases and mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, or_, select, union, update

from gateway.domain.alias import Alias, mint
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.register import Fact
from gateway.domain.strike import Strike
from gateway.errors import NotFound
from gateway.ports.people import Failing, Ties
from gateway.record.casework import alias_revoked, mailboxes_viewed
from gateway.store.engine import store_faults
from gateway.store.failing import raise_version
from gateway.store.people import load_people, open_person, pair_of
from gateway.store.record import append, lock_heads
from gateway.store.register import SqlRegister
from gateway.store.schema import alias, failing_address, guardianship, mailbox, organisation, pair, person
from gateway.store.strikes import SqlStrikes
from gateway.store.vault import Vault

AT_ONCE = 2_000  # rows opened between two looks at whether enough fit


class SqlPersons:
    """People on PostgreSQL. Names are sealed, so a search opens them one by one."""

    def __init__(self, engine: Engine, vault: Vault, strikes: SqlStrikes) -> None:
        self._engine = engine
        self._vault = vault
        self._register = SqlRegister(engine, vault)
        self.strikes: Callable[[str, str], list[Strike]] = strikes.of_tutor

    def counts(self, organisation_id: str) -> Mapping[Role, int]:
        """How many people there are of each role."""
        ours = select(person.c.role, func.count()).where(person.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            return {Role(row[0]): row[1] for row in connection.execute(ours.group_by(person.c.role))}

    def people(
        self,
        organisation_id: str,
        roles: AbstractSet[Role],
        fits: Callable[[Person], bool],
        after: str = "",
        limit: int = 50,
    ) -> list[Person]:
        """Those of these roles that fit, in the order of their ids, from behind one id on."""
        theirs = select(person).where(
            person.c.organisation_id == organisation_id, person.c.role.in_(sorted(map(str, roles)))
        )
        found: list[Person] = []
        with store_faults(), self._engine.connect() as connection:
            while len(found) < limit:
                next_ones = theirs.where(person.c.id > after).order_by(person.c.id).limit(AT_ONCE)
                rows = connection.execute(next_ones).all()
                found += [one for row in rows if fits(one := open_person(row, self._vault))]
                if len(rows) < AT_ONCE:
                    break
                after = rows[-1].id
        return found[:limit]

    def at_address(self, organisation_id: str, address: str) -> list[Person]:
        """Whose mailbox, issued address or alias that is."""
        blind = self._vault.blind(address)
        by_mailbox = select(mailbox.c.person_id).where(
            mailbox.c.organisation_id == organisation_id, mailbox.c.blind == blind
        )
        issued = select(person.c.id).where(
            person.c.organisation_id == organisation_id, person.c.issued == blind
        )
        by_alias = select(alias.c.person_id).where(
            alias.c.organisation_id == organisation_id, alias.c.address == address.strip().lower()
        )
        with store_faults(), self._engine.connect() as connection:
            ids = connection.execute(union(by_mailbox, issued, by_alias)).scalars().all()
            return sorted(
                load_people(connection, self._vault, organisation_id, ids).values(), key=lambda one: one.id
            )

    def ties(self, organisation_id: str, person_id: str) -> Ties:
        """How somebody belongs with others."""
        near = select(guardianship).where(
            guardianship.c.organisation_id == organisation_id,
            or_(guardianship.c.guardian_id == person_id, guardianship.c.pupil_id == person_id),
        )
        with store_faults(), self._engine.connect() as connection:
            guardians = [
                Guardianship(row.guardian_id, row.pupil_id, row.copied, row.barred, row.registered)
                for row in connection.execute(near.order_by(guardianship.c.pupil_id, guardianship.c.position))
            ]
            pupils = [person_id, *(one.pupil_id for one in guardians)]
            theirs = select(pair).where(pair.c.organisation_id == organisation_id)
            rows = connection.execute(
                theirs.where(or_(pair.c.tutor_id == person_id, pair.c.pupil_id.in_(pupils))).order_by(
                    pair.c.open.desc(), pair.c.created_at, pair.c.id
                )
            )
            pairs = tuple(pair_of(row) for row in rows)
            named = {person_id, *(one for each in pairs for one in (each.tutor_id, each.pupil_id))}
            named |= {one for each in guardians for one in (each.guardian_id, each.pupil_id)}
            people = load_people(connection, self._vault, organisation_id, named)
        return Ties(pairs, tuple(guardians), people)

    def aliases(self, organisation_id: str, person_id: str, pair_ids: Sequence[str]) -> list[Alias]:
        """The live addresses that stand for somebody in these pairs."""
        live = select(alias).where(
            alias.c.organisation_id == organisation_id,
            alias.c.pair_id.in_(list(pair_ids)),
            alias.c.person_id == person_id,
            alias.c.revoked_at.is_(None),
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(live.order_by(alias.c.minted_at, alias.c.address))
            return [Alias(row.address, row.pair_id, row.person_id) for row in rows]

    def revoke(
        self, organisation_id: str, person_id: str, address: str, by: str, at: datetime
    ) -> Alias | None:
        """Let an alias work no more; while its pair is open a new one takes its place. Raises NotFound."""
        with store_faults(), self._engine.begin() as connection:
            raise_version(connection, [organisation_id])
            heads = lock_heads(connection, [organisation_id])
            ended = (
                update(alias)
                .where(
                    alias.c.organisation_id == organisation_id,
                    alias.c.person_id == person_id,
                    alias.c.address == address,
                    alias.c.revoked_at.is_(None),
                )
                .values(revoked_at=at)
            )
            pair_id = connection.execute(ended.returning(alias.c.pair_id)).scalar_one_or_none()
            if pair_id is None:
                raise NotFound("There is no such alias.")
            new = _new_alias(connection, organisation_id, pair_id, person_id, at)
            append(connection, heads, [alias_revoked(organisation_id, person_id, pair_id, by, at)])
        return new

    def failing(self, one: Person) -> list[Failing]:
        """The mailboxes of somebody that gave back what was sent to them."""
        theirs = select(failing_address).where(
            failing_address.c.organisation_id == one.organisation_id, failing_address.c.person_id == one.id
        )
        boxes = {self._vault.blind(address): address for address in one.mailboxes}
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(failing_address.c.since)).all()
        return [Failing(boxes[row.blind], row.since, row.case_id) for row in rows if row.blind in boxes]

    def facts(self, organisation_id: str, person_id: str) -> tuple[Fact, ...]:
        """What is on file about somebody, oldest first."""
        return self._register.facts(organisation_id, person_id)

    def mailboxes_viewed(self, organisation_id: str, person_id: str, by: str, at: datetime) -> None:
        """Record that somebody was shown a person's mailboxes."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            append(connection, heads, [mailboxes_viewed(organisation_id, person_id, by, at)])


def _new_alias(
    connection: Connection, organisation_id: str, pair_id: str, person_id: str, at: datetime
) -> Alias | None:
    """Mint the next alias of somebody in a pair that is still open."""
    domain = connection.execute(
        select(organisation.c.domain)
        .join(pair, pair.c.organisation_id == organisation.c.id)
        .where(pair.c.id == pair_id, pair.c.open, organisation.c.id == organisation_id)
    ).scalar_one_or_none()
    if domain is None:
        return None
    made = Alias(mint(domain), pair_id, person_id)
    row = {
        "address": made.address,
        "organisation_id": organisation_id,
        "pair_id": pair_id,
        "person_id": person_id,
        "minted_at": at,
    }
    connection.execute(insert(alias).values(row))
    return made
