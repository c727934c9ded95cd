"""Checks a roster row by row: either everything is right, or each wrong row is named in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from gateway.cli.allow_values import canonical
from gateway.cli.roster_cells import MAILBOX, Cells
from gateway.cli.roster_file import ALLOW_KINDS, Row, Sheets
from gateway.cli.roster_register import fact_of, lesson_of
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role, Standing
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.roster import Roster, pair_id
from gateway.domain.zones import zone_of
from gateway.packs import names
from gateway.settings import config_folder

ORGANISATION = ("id", "name", "domain", "pack")
PERSON = (
    "id", "role", "given", "family", "nicknames", "born", "mailboxes", "address", "password", "standing",
)  # fmt: skip
GUARDIANSHIP = ("guardian", "pupil", "copied", "barred", "registered")
PAIR = ("tutor", "pupil", "subject", "contract", "open", "overlay")
ROLES = tuple(role.value for role in Role if role not in (Role.OUTSIDER, Role.ORGANISATION))
HAVE_ADDRESS = frozenset({Role.TUTOR, Role.STAFF})


@dataclass
class Checked:
    """The good rows so far, and a sentence for each bad one."""

    organisation: Organisation
    today: date
    problems: list[str]
    people: dict[str, Person] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    guardianships: list[Guardianship] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    allow: set[str] = field(default_factory=set, repr=False)
    allow_given: bool = False
    facts: list[Fact] | None = field(default=None, repr=False)
    lessons: list[tuple[str, Lesson]] | None = None
    organisation_unknown: bool = False

    def keep(self, cells: Cells) -> bool:
        """True when the row was right; else its problems are noted."""
        self.problems += cells.problems
        return not cells.problems


def check(sheets: Sheets, today: date, organisation: Organisation | None = None) -> Checked:
    """Check every row. organisation: the one to import into when the sheets name none."""
    problems = list(sheets.problems)
    named = _organisation(sheets.organisation, problems) or organisation
    if named is None and not problems:
        problems.append("organisation: id, name, domain and pack are missing; add them")
    checked = Checked(
        named or Organisation("unnamed", "Unnamed", ""),
        today,
        problems,
        allow_given=bool(sheets.allow),
        organisation_unknown=named is None,
    )
    _people(sheets, checked)
    _guardianships(sheets, checked)
    _drop_pupils_without_guardian(sheets, checked)
    _pairs(sheets, checked)
    _allow(sheets, checked)
    _on_file(sheets, checked)
    return checked


def _organisation(row: Row | None, problems: list[str]) -> Organisation | None:
    if row is None or not row.values:
        return None
    cells = Cells(row, ORGANISATION)
    domain = cells.text("domain", required=True).lower()
    if domain and not MAILBOX.fullmatch(f"office@{domain}"):
        cells.wrong("domain is no domain name")
    # Empty: the pack that the organisation has already.
    pack = cells.one_of("pack", tuple(names(config_folder()))) if cells.text("pack") else ""
    found = Organisation(cells.id("id"), cells.text("name", required=True), domain, pack)
    problems += cells.problems
    return None if cells.problems else found


def _people(sheets: Sheets, checked: Checked) -> None:
    taken: dict[str, str] = {}
    ids: dict[str, str] = {}
    for row in sheets.people:
        cells = Cells(row, PERSON)
        person = _person(cells, checked)
        if person.id in ids:
            cells.wrong(f"id '{person.id}' is already that of {ids[person.id]}")
        for address in filter(None, (person.address, *person.mailboxes)):
            if address in taken:
                cells.wrong(f"one of its addresses is already in {taken[address]}")
        # A wrong row still takes its id and addresses, so that a second one is named too.
        ids.setdefault(person.id, row.where)
        taken |= dict.fromkeys(filter(None, (person.address, *person.mailboxes)), row.where)
        if checked.keep(cells):
            checked.people[person.id] = person
            if password := cells.text("password"):
                checked.passwords[person.id] = password


def _person(cells: Cells, checked: Checked) -> Person:
    role = cells.one_of("role", ROLES)
    person = Person(
        id=cells.id("id"),
        organisation_id=checked.organisation.id,
        role=Role(role) if role else Role.OUTSIDER,
        given=cells.text("given", required=True),
        family=cells.text("family"),
        nicknames=cells.several("nicknames"),
        address=cells.mailbox("address"),
        mailboxes=cells.mailboxes("mailboxes"),
        born=cells.day("born"),
        standing=Standing(cells.one_of("standing", tuple(Standing), "active") or "active"),
    )
    cells.text("password")
    _check_addresses(person, cells, checked.organisation.domain)
    if person.born and person.born > checked.today:
        cells.wrong("born lies in the future")
    return person


def _check_addresses(person: Person, cells: Cells, domain: str) -> None:
    if person.role is Role.TUTOR and not person.address and not cells.problems:
        cells.wrong("a tutor needs an address at the organisation's domain")
    if person.address and domain and not person.address.endswith("@" + domain):
        cells.wrong("address must be at the organisation's domain; private ones go under mailboxes")
    if domain and any(one.endswith("@" + domain) for one in person.mailboxes):
        # Mail to it would come straight back to the gateway.
        cells.wrong("a mailbox must not be at the organisation's own relay domain")
    if len(set(person.mailboxes)) < len(person.mailboxes):
        cells.wrong("names one mailbox twice")


def _known(cells: Cells, name: str, role: Role, checked: Checked) -> str:
    """The id of a person with a good row and that role."""
    person_id = cells.id(name)
    person = checked.people.get(person_id)
    if person_id and person is None:
        cells.wrong(f"{name} '{person_id}' is not among the people with a right row")
    elif person and person.role is not role:
        cells.wrong(f"{name} '{person_id}' is a {person.role.value}, not a {role.value}")
    return person_id


def _guardianships(sheets: Sheets, checked: Checked) -> None:
    """A looked-after pupil's guardians without delegated authority are copied only where the row says so."""
    seen: dict[tuple[str, str], str] = {}
    looked_after, covered = (_said_of(sheets, kind) for kind in (FactKind.LOOKED_AFTER, FactKind.COVERED))
    for row in sheets.guardianships:
        cells = Cells(row, GUARDIANSHIP)
        guardian_id = _known(cells, "guardian", Role.GUARDIAN, checked)
        pupil_id = _known(cells, "pupil", Role.PUPIL, checked)
        found = Guardianship(
            guardian_id=guardian_id,
            pupil_id=pupil_id,
            copied=cells.flag("copied", pupil_id not in looked_after or guardian_id in covered),
            barred=cells.flag("barred", False),
            registered=cells.day("registered"),
        )
        both = (found.guardian_id, found.pupil_id)
        if both in seen:
            cells.wrong(f"says again what {seen[both]} says")
        if found.registered and found.registered > checked.today:
            cells.wrong("registered lies in the future")
        seen.setdefault(both, row.where)
        if checked.keep(cells):
            checked.guardianships.append(found)


def _said_of(sheets: Sheets, kind: FactKind) -> frozenset[str]:
    """Whom the register has a row of that kind about."""
    rows = sheets.register or ()
    return frozenset(str(row.values.get("person")) for row in rows if row.values.get("kind") == kind)


def _drop_pupils_without_guardian(sheets: Sheets, checked: Checked) -> None:
    """A pupil nobody answers for cannot be written to (clause HST-07), so the row is not right."""
    guarded = {one.pupil_id for one in checked.guardianships}
    for row in sheets.people:
        person = checked.people.get(str(row.values.get("id")))
        if person and person.role is Role.PUPIL and person.id not in guarded:
            checked.problems.append(f"{row.where}: pupil '{person.id}' has no guardian; add a guardianship")
            del checked.people[person.id]
            checked.passwords.pop(person.id, None)


def _pairs(sheets: Sheets, checked: Checked) -> None:
    seen: dict[str, str] = {}
    for row in sheets.pairs:
        cells = Cells(row, PAIR)
        tutor_id = _known(cells, "tutor", Role.TUTOR, checked)
        pupil_id = _known(cells, "pupil", Role.PUPIL, checked)
        found = Pair(
            id=pair_id(checked.organisation.id, tutor_id, pupil_id),
            organisation_id=checked.organisation.id,
            tutor_id=tutor_id,
            pupil_id=pupil_id,
            subject=cells.text("subject"),
            contract=cells.one_of("contract", ("private", "school"), "private"),
            open=cells.flag("open", True),
            overlay=cells.text("overlay"),
        )
        if found.id in seen:
            cells.wrong(f"is the same pair as {seen[found.id]}")
        seen.setdefault(found.id, row.where)
        if checked.keep(cells):
            checked.pairs.append(found)


def _allow(sheets: Sheets, checked: Checked) -> None:
    for row in sheets.allow:
        cells = Cells(row, ("kind", "value"))
        kind, value = cells.one_of("kind", ALLOW_KINDS), cells.text("value", required=True)
        forms = canonical(value) if value else frozenset()
        if value and not forms:
            cells.wrong(f"its value is none of the {kind} that a message could hold")
        if checked.keep(cells):
            checked.allow |= forms


def _on_file(sheets: Sheets, checked: Checked) -> None:
    """Sheets that are there take the place of what an earlier import brought, also when they are empty."""
    ours = checked.organisation.id
    pairs = frozenset(_ends(one) for one in checked.pairs)
    if sheets.register is not None:
        checked.facts = []
        for row in sheets.register:
            fact, problems = fact_of(row, ours, checked.people, pairs)
            checked.problems += problems
            checked.facts += [] if problems else [fact]
    if sheets.lessons is not None:
        checked.lessons = []
        families = _zones(checked)
        for row in sheets.lessons:
            lesson, problems = lesson_of(row, ours, pairs, families)
            checked.problems += problems
            checked.lessons += [lesson] if lesson else []


def _zones(checked: Checked) -> dict[str, ZoneInfo]:
    """The time zone of each pupil's family, of those who have one on file."""
    facts = checked.facts or []
    found: dict[str, ZoneInfo] = {}
    guardians: dict[str, list[str]] = defaultdict(list)
    for one in checked.guardianships:
        guardians[one.pupil_id] += [] if one.barred else [one.guardian_id]
    for pair in checked.pairs:
        zone = zone_of(facts, (pair.pupil_id, *guardians[pair.pupil_id]), checked.today)
        found |= {pair.pupil_id: zone} if zone else {}
    return found


def as_roster(checked: Checked, known: Sequence[Organisation] = ()) -> Roster:
    """The good rows, ready to import.

    known: organisations of this installation. A domain belongs to one of them, so a roster for
    a domain that is there is for that organisation, under the id and pack it has here.
    """
    ours = checked.organisation
    there = next((one for one in known if one.domain == ours.domain), None)
    if there:
        ours = replace(ours, id=there.id, pack=ours.pack or there.pack)
    pairs = [replace(one, organisation_id=ours.id, id=pair_id(ours.id, *_ends(one))) for one in checked.pairs]
    # The pair's id holds the organisation's, which may be another one here.
    ids = {one.id: new.id for one, new in zip(checked.pairs, pairs, strict=True)} | {"": ""}
    return Roster(
        organisation=replace(ours, pack=ours.pack or "default"),
        people=tuple(replace(one, organisation_id=ours.id) for one in checked.people.values()),
        passwords=dict(checked.passwords),
        guardianships=tuple(checked.guardianships),
        pairs=tuple(pairs),
        allow=frozenset(checked.allow) if checked.allow_given else None,
        facts=_facts(checked.facts, ids),
        lessons=None if checked.lessons is None else tuple((ids[p], one) for p, one in checked.lessons),
    )


def _facts(facts: list[Fact] | None, ids: dict[str, str]) -> tuple[Fact, ...] | None:
    return None if facts is None else tuple(replace(one, pair_id=ids[one.pair_id]) for one in facts)


def _ends(pair: Pair) -> tuple[str, str]:
    return pair.tutor_id, pair.pupil_id
