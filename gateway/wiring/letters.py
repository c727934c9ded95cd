"""Writes our letters to families and tutors: whom to, in which language, with which link."""

from __future__ import annotations

from datetime import datetime

from gateway.domain.language import Say, speaker
from gateway.domain.links import OWN_PAGE
from gateway.domain.message import new_id
from gateway.domain.people import Person, Standing
from gateway.domain.register import FactKind
from gateway.errors import NotFound
from gateway.hold import letters
from gateway.hold.notices import Notice
from gateway.wiring.storing import Store


class Letters:
    """Writes letters by kind. base: where families reach us."""

    def __init__(self, store: Store, base: str) -> None:
        self._store = store
        self._base = base

    def written(self, kind: str, organisation_id: str, about: str, now: datetime) -> list[Notice]:
        """The letters of a kind, none when there is nobody to write to.

        kind: sign_in (about: the mark of an address), code (message and person), answered (a case),
        child_told (a pupil, whose guardians it goes to), strike (a tutor), address (a change of a
        guardian's address).
        """
        match kind:
            case "sign_in":
                return self._sign_in(about, now)
            case "code":
                message_id, _, person_id = about.partition(" ")
                return self._code(organisation_id, message_id, person_id, now)
            case "answered":
                report = self._store.reports.report(organisation_id, about)
                return self._to(organisation_id, report.reporter_id, letters.answered, now)
            case "child_told":
                return self._to_guardians(organisation_id, about, now)
            case "address":
                return self._address(organisation_id, about, now)
            case _:
                return self._to(organisation_id, about, letters.strike, now)

    def _sign_in(self, mark: str, now: datetime) -> list[Notice]:
        made = []
        for one in self._store.entrances.invite(mark, now):
            organisation = self._store.directory.organisation(one.organisation_id)
            say = self._say(self._store.directory.person(one.organisation_id, one.person_id), now)
            made.append(letters.sign_in(organisation, one, self._base, say, new_id(now), now))
        return made

    def _code(self, organisation_id: str, message_id: str, person_id: str, now: datetime) -> list[Notice]:
        one = self._store.entrances.code_for(organisation_id, person_id, message_id, now)
        if one is None:
            return []
        organisation = self._store.directory.organisation(organisation_id)
        say = self._say(self._store.directory.person(organisation_id, person_id), now)
        return [letters.code(organisation, one, say, new_id(now), now)]

    def _address(self, organisation_id: str, change_id: str, now: datetime) -> list[Notice]:
        person_id, asked = self._store.addresses.letters(organisation_id, change_id, now)
        organisation = self._store.directory.organisation(organisation_id)
        say = self._say(self._store.directory.person(organisation_id, person_id), now)
        return [letters.address(organisation, one, self._base, say, new_id(now), now) for one in asked]

    def _to(self, organisation_id: str, person_id: str, write: letters.Write, now: datetime) -> list[Notice]:
        try:
            person = self._store.directory.person(organisation_id, person_id)
        except NotFound:
            return []
        if person.standing is Standing.LEFT or not person.mailboxes:
            return []
        organisation = self._store.directory.organisation(organisation_id)
        link, say = self._base + OWN_PAGE, self._say(person, now)
        return [write(organisation, person.mailboxes[0], link, say, new_id(now), now)]

    def _to_guardians(self, organisation_id: str, pupil_id: str, now: datetime) -> list[Notice]:
        """To everybody who is copied into contact with a pupil; none who is barred is among them."""
        pairs = self._store.directory.pairs_of(pupil_id, organisation_id)
        circles = [self._store.directory.circle(one) for one in pairs[:1]]
        guardians = [one.id for circle in circles for one in circle.required_guardians]
        write = letters.child_told
        return [letter for one in guardians for letter in self._to(organisation_id, one, write, now)]

    def _say(self, person: Person, now: datetime) -> Say:
        """In the language that the register has for somebody, by any of their pairs."""
        pairs = self._store.directory.pairs_of(person.id, person.organisation_id)
        spoken = [
            fact.detail
            for pair_id in pairs[:1]
            for fact in self._store.directory.circle(pair_id).on_file(FactKind.SPEAKS, now.date(), person.id)
        ]
        return speaker(spoken[-1] if spoken else "")
