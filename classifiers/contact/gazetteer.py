"""Words of addresses, as they stand in config/words/places.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from classifiers.contact.words import entries, table


@dataclass(frozen=True, slots=True)
class Places:
    """Words of addresses (config/words/places.toml)."""

    areas: frozenset[str]
    streets: frozenset[str]
    perhaps_streets: frozenset[str]
    landmarks: frozenset[str]
    public: frozenset[str]
    endings: tuple[str, ...]
    vague: frozenset[str]
    all_streets: frozenset[str]


@cache
def known_places() -> Places:
    """The shipped words of addresses; read once a process."""
    file = table("places")
    return Places(
        areas=frozenset(file["areas"].split()),
        streets=frozenset(file["streets"].split()),
        perhaps_streets=frozenset(file["perhaps_streets"].split()),
        all_streets=frozenset(f"{file['streets']} {file['perhaps_streets']}".split()),
        landmarks=frozenset(entries(file["landmarks"])),
        public=frozenset(entry.replace(" ", "") for entry in entries(file["public_postcodes"])),
        endings=tuple(file["endings"].split()),
        vague=frozenset(file["vague"].split()),
    )
