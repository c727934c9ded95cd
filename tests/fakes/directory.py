"""An in-memory Directory, and the made-up families that tests talk about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from gateway.domain.alias import Alias
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role, Standing
from gateway.domain.policy import Policy
from gateway.domain.verdict import Severity
from gateway.errors import NotFound

PASSWORD = "app-password"


@dataclass
class FakeDirectory:
    """Fulfils ports.Directory from plain lists; change the lists to change the world."""

    organisation_list: list[Organisation] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    guardianships: list[Guardianship] = field(default_factory=list)
    pairs: dict[str, Pair] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    policy: Policy | None = None
    broken: Exception | None = None

    def organisations(self) -> tuple[Organisation, ...]:
        return tuple(self.organisation_list)

    def alias(self, address: str) -> Alias | None:
        self._stumble()
        found = self.aliases.get(address.casefold())
        if found is None or found.revoked or not self.pairs[found.pair_id].open:
            return None
        return found

    def circle(self, pair_id: str) -> Circle:
        self._stumble()
        if pair_id not in self.pairs:
            raise NotFound("There is no such pair.")
        pair = self.pairs[pair_id]
        ships = tuple(one for one in self.guardianships if one.pupil_id == pair.pupil_id)
        ids = [pair.tutor_id, pair.pupil_id, *(one.guardian_id for one in ships)]
        return Circle(
            organisation=next(one for one in self.organisation_list if one.id == pair.organisation_id),
            pair=pair,
            people={one: self.people[one] for one in ids},
            guardianships=ships,
            aliases={
                one.person_id: one.address
                for one in self.aliases.values()
                if one.pair_id == pair_id and not one.revoked
            },
        )

    def person(self, organisation_id: str, person_id: str) -> Person:
        found = self.people.get(person_id)
        if found is None or found.organisation_id != organisation_id:
            raise NotFound("There is no such person.")
        return found

    def sign_in(self, address: str, password: str) -> Person | None:
        self._stumble()
        person = self.issued(address)
        if person is None or person.standing is not Standing.ACTIVE:
            return None
        return person if self.passwords.get(person.id) == password else None

    def issued(self, address: str) -> Person | None:
        self._stumble()
        wanted = address.casefold()
        return next(
            (one for one in self.people.values() if wanted and one.address.casefold() == wanted), None
        )

    def by_mailbox(self, address: str) -> tuple[Person, ...]:
        self._stumble()
        wanted = address.casefold()
        return tuple(one for one in self.people.values() if wanted in map(str.casefold, one.mailboxes))

    def pairs_of(self, person_id: str) -> tuple[str, ...]:
        return tuple(
            pair.id for pair in self.pairs.values() if pair.open and person_id in self.circle(pair.id).people
        )

    def shadow_of(self, organisation_id: str) -> Policy | None:
        return None

    def policy_of(self, organisation_id: str) -> Policy:
        if self.policy is None:
            raise NotFound("There is no policy.")
        return self.policy

    # Changing the world.

    def enrol(self, people: Iterable[Person]) -> None:
        self.people.update((one.id, one) for one in people)

    def pair_up(self, pair: Pair, *people: str) -> None:
        """Open a pair; its aliases are "<pair id>-<person id>@<domain>", readable on purpose."""
        self.pairs[pair.id] = pair
        domain = next(one.domain for one in self.organisation_list if one.id == pair.organisation_id)
        for person_id in people:
            address = f"{pair.id}-{person_id}@{domain}"
            self.aliases[address] = Alias(address, pair.id, person_id)

    def revoke(self, address: str) -> None:
        self.aliases[address] = replace(self.aliases[address], revoked=True)

    def close(self, pair_id: str) -> None:
        self.pairs[pair_id] = replace(self.pairs[pair_id], open=False)

    def _stumble(self) -> None:
        if self.broken is not None:
            raise self.broken


def demo_directory() -> FakeDirectory:
    """One organisation, two tutors, the Whitfields (one pupil), and the Marlows (two).

    tara-jamie: Tara with Jamie Whitfield; guardians Ruth (copied) and Owen, who is barred.
    tara-nell, tara-sam: Tara with the siblings Nell and Sam Marlow; guardian Ada. Sam has no
        mailbox but Ada's.
    sunil-jamie: Sunil with Jamie.
    """
    directory = FakeDirectory(organisation_list=[Organisation("demo", "Demo Tutors", "relay.test")])

    def person(name: str, role: Role, given: str, family: str, *mailboxes: str, address: str = "") -> Person:
        return Person(name, "demo", role, given, family, address=address, mailboxes=mailboxes)

    directory.enrol(
        [
            person(
                "tara",
                Role.TUTOR,
                "Tara",
                "Okafor",
                "tara.personal@mail.test",
                address="tara.okafor@relay.test",
            ),
            person(
                "sunil",
                Role.TUTOR,
                "Sunil",
                "Rao",
                "sunil.personal@mail.test",
                address="sunil.rao@relay.test",
            ),
            replace(
                person("jamie", Role.PUPIL, "Jamie", "Whitfield", "jamie@family.test"),
                nicknames=("Jay",),
                born=date(2012, 3, 4),
            ),
            person("ruth", Role.GUARDIAN, "Ruth", "Whitfield", "ruth@family.test"),
            person("owen", Role.GUARDIAN, "Owen", "Whitfield", "owen@other.test"),
            person("nell", Role.PUPIL, "Nell", "Marlow", "nell@marlow.test"),
            person("sam", Role.PUPIL, "Sam", "Marlow", "ada@marlow.test"),
            person("ada", Role.GUARDIAN, "Ada", "Marlow", "ada@marlow.test"),
            person("mo", Role.MODERATOR, "Mo", "Haddad", "mo@org.test", address="mo.haddad@relay.test"),
        ]
    )
    registered = date(2026, 1, 5)
    directory.guardianships = [
        Guardianship("ruth", "jamie", registered=registered),
        Guardianship("owen", "jamie", barred=True),
        Guardianship("ada", "nell", registered=registered),
        Guardianship("ada", "sam", registered=registered),
    ]
    for pair_id, tutor, pupil, *others in (
        ("tara-jamie", "tara", "jamie", "ruth"),
        ("tara-nell", "tara", "nell", "ada"),
        ("tara-sam", "tara", "sam", "ada"),
        ("sunil-jamie", "sunil", "jamie", "ruth"),
    ):
        directory.pair_up(Pair(pair_id, "demo", tutor, pupil, "Maths"), tutor, pupil, *others)
    directory.passwords = {"tara": PASSWORD, "sunil": PASSWORD, "mo": PASSWORD}
    directory.policy = Policy(
        pack="default",
        name="Default",
        version="default@1+00000000",
        settings={},
        rules={},
        clauses={},
        clocks={
            Severity.CRITICAL: timedelta(hours=1),
            Severity.HIGH: timedelta(hours=4),
            Severity.MEDIUM: timedelta(hours=24),
            Severity.LOW: timedelta(hours=48),
        },
    )
    return directory
