"""What the families' and tutors' pages work with, joined."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache

from gateway.desk.families.callers import Callers
from gateway.desk.families.needs import Takes
from gateway.domain.message import Arrival, Reading
from gateway.errors import ReaderFailed
from gateway.ports import Readers
from gateway.settings import config_folder
from gateway.wiring.storing import Store


def callers_of(store: Store, readers: Readers, take: Takes) -> Callers:
    """The parts of the families' and tutors' pages over one store."""
    return Callers(
        store.entrances,
        store.correspondence,
        store.reports,
        store.register,
        store.sendings,
        store.strikes,
        store.addresses,
        showing(readers),
        take,
        store.link_key,
        helplines(),
    )


def showing(readers: Readers) -> Callable[[Arrival], Reading]:
    """What can be read in a message, for a page that shows it; a bad one reads as a fault of form."""

    def read(arrival: Arrival) -> Reading:
        try:
            return readers.read(arrival).result()
        except ReaderFailed:
            return Reading(form_faults=("it could not be read within the limits",))

    return read


@cache
def helplines() -> Mapping[str, str]:
    """Numbers of public help by name, as config/words/helplines.toml lists them first."""
    listed = tomllib.loads((config_folder() / "words" / "helplines.toml").read_text("utf-8"))["phones"]
    return {name: number for number, name in reversed(listed.items())}
