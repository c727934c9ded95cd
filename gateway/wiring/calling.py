"""What the families' and tutors' pages work with, joined."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from gateway.desk.families.callers import Callers
from gateway.desk.families.needs import Takes
from gateway.domain.message import Arrival, Reading
from gateway.domain.register import Fact
from gateway.errors import ReaderFailed, Unavailable
from gateway.ports import Readers
from gateway.settings import config_folder
from gateway.wiring.storing import Store


def callers_of(store: Store, readers: Readers, take: Takes) -> Callers:
    """The parts of the families' and tutors' pages over one store."""

    def read(arrival: Arrival) -> Reading:
        try:
            return readers.read(arrival).result()
        except ReaderFailed:
            return Reading(form_faults=("it could not be read within the limits",))

    return Callers(
        store.entrances,
        store.correspondence,
        store.reports,
        NoRegister(),
        store.sendings,
        store.strikes,
        read,
        take,
        store.link_key,
        helplines(),
    )


class NoRegister:
    """Stands where the register will: nothing is on file, and whoever says something hears that it is not kept."""

    def facts(self, organisation_id: str, person_id: str) -> tuple[Fact, ...]:
        """Nothing."""
        del organisation_id, person_id
        return ()

    def add(self, organisation_id: str, fact: Fact, by: str) -> None:
        """Raises Unavailable: nothing said is lost without a word."""
        raise Unavailable("Agreements cannot be kept here yet.")


@cache
def helplines() -> Mapping[str, str]:
    """Numbers of public help by name, as config/words/helplines.toml lists them first."""
    listed = tomllib.loads((config_folder() / "words" / "helplines.toml").read_text("utf-8"))["phones"]
    return {name: number for number, name in reversed(listed.items())}
