"""Many families of a pupil and two guardians each, and a message to every pupil, ready to leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from gateway.domain.dispatch import Copy
from gateway.domain.message import Channel
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.roster import Roster, pair_id
from tests.fakes.sql import Store, arrival, passed

DOMAIN = "family.test"


@dataclass(frozen=True, slots=True)
class Family:
    """The ids of a pupil and of both guardians; each one's mailbox is the id at `DOMAIN`."""

    name: str

    @property
    def guardians(self) -> tuple[str, str]:
        return f"{self.name}-first", f"{self.name}-second"

    @property
    def pupil(self) -> str:
        return f"{self.name}-pupil"

    @property
    def pair(self) -> str:
        return pair_id("demo", "tara", self.pupil)


def mailbox(person_id: str) -> str:
    """Where somebody of these families gets mail."""
    return f"{person_id}@{DOMAIN}"


def bring_in(
    store: Store, families: Sequence[Family], newcomers: Mapping[Family, str] = MappingProxyType({})
) -> None:
    """Import these families, all taught by Tara. newcomers: a third guardian of a family."""
    people = [_person("tara", Role.TUTOR, address="tara.okafor@relay.test")]
    for family in families:
        people.append(_person(family.pupil, Role.PUPIL, born=date(2012, 3, 4)))
        people += (_person(one, Role.GUARDIAN) for one in _guardians(family, newcomers))
    guardianships = tuple(
        Guardianship(guardian, family.pupil, registered=date(2026, 1, 5))
        for family in families
        for guardian in _guardians(family, newcomers)
    )
    pairs = tuple(Pair(family.pair, "demo", "tara", family.pupil, "Maths") for family in families)
    store.bring_in(
        Roster(Organisation("demo", "Demo Tutors", "relay.test"), tuple(people), {}, guardianships, pairs)
    )


def keep_messages(store: Store, families: Sequence[Family], writer: str = "tara") -> Mapping[str, str]:
    """Commit a message to each pupil with copies for all three but its writer; message ids by family."""
    ids, kept = {}, []
    for family in families:
        one = arrival(pair=family.pair, sender=writer, recipients=(family.pupil, *family.guardians))
        ids[family.name] = one.envelope.id
        copies = tuple(copy for copy in _copies(family) if copy.recipient_id != writer)
        kept.append(store.ledger.keep(one, passed(one, copies), store.directory.circle(family.pair)))
    for each in kept:
        each.result(60)
    return ids


def _guardians(family: Family, newcomers: Mapping[Family, str]) -> tuple[str, ...]:
    return (*family.guardians, *((newcomers[family],) if family in newcomers else ()))


def _person(who: str, role: Role, **more: object) -> Person:
    return Person(who, "demo", role, who.title(), "Example", mailboxes=(mailbox(who),), **more)  # type: ignore[arg-type]


def _copies(family: Family) -> tuple[Copy, ...]:
    content = f"From: x@relay.test\r\nSubject: {family.name}\r\n\r\nPlease read page 4.\r\n".encode()
    back = "bounce@relay.test"
    required = (
        Copy(one, Channel.EMAIL, mailbox(one), back, content, required=True) for one in family.guardians
    )
    pupil = Copy(family.pupil, Channel.EMAIL, mailbox(family.pupil), back, content, waits_for_required=True)
    return (*required, pupil)
