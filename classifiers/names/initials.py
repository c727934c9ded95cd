"""Writes a person's name as a subject may carry it: "J.S." (DETECTION 3, clause HST-02)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.finding import KnownName
from classifiers.names.lore import lore
from classifiers.names.tokens import APOSTROPHES, key_of

_HYPHENS = "-‐‑‒–"


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart: titles and middle names are gone, particles are with the surname.

    given: every given name, the one that counts first. surname: words, particles included.
    """

    given: tuple[str, ...]
    surname: tuple[str, ...]


def parts_of(name: KnownName) -> Parts:
    """Take a directory name apart, wherever its particles and middle names were put."""
    words = lore()
    given = [w for w in name.given.split() if key_of(w) not in words.titles]
    family = name.family.split()
    while len(given) > 1 and _is_particle(given[-1]):
        family.insert(0, given.pop())
    at = next((i for i, word in enumerate(family[:-1]) if _is_particle(word)), None)
    if at is None and len(family) > 1:
        at = next((i for i, word in enumerate(family) if key_of(word) not in words.given), len(family) - 1)
    at = at or 0
    return Parts((*given, *family[:at]), tuple(family[at:]))


def _is_particle(word: str) -> bool:
    return key_of(word) in lore().particles


def letters_of(name: str) -> str:
    """Return a letter with a stop for each hyphenated piece: "Anna-Sophie" is "A.S.".

    Empty when a piece does not begin with a Latin letter.
    """
    for hyphen in _HYPHENS[1:]:
        name = name.replace(hyphen, "-")
    pieces = [piece for piece in name.split("-") if piece.strip()]
    firsts = [_first_letter(piece) for piece in pieces]
    return "".join(f"{first}." for first in firsts) if all(firsts) else ""


def _first_letter(piece: str) -> str:
    """Return the first Latin letter with its marks, in upper case; "" for another script."""
    for character in unicodedata.normalize("NFC", piece):
        if character in APOSTROPHES:
            continue
        if character.isalpha() and "LATIN" in unicodedata.name(character, ""):
            return character.upper()[0]
        return ""
    return ""


def plain_initials(name: KnownName) -> str:
    """Return "J.S." without regard to others, "[pupil]" where there is no Latin form."""
    parts = parts_of(name)
    given = letters_of(parts.given[0]) if parts.given else ""
    family = letters_of(parts.surname[0]) if parts.surname else ""
    if (parts.given and not given) or (parts.surname and not family) or not (given or family):
        return f"[{name.role or 'pupil'}]"
    return given + family


def numbered(names: Sequence[KnownName]) -> list[str]:
    """Return everybody's initials in directory order; shared ones are numbered, "T.F.1".

    The same person listed twice counts once.
    """
    plain = [plain_initials(name) for name in names]
    who = [name.person_id or f"#{index}" for index, name in enumerate(names)]
    labels: list[str] = []
    for index, initials in enumerate(plain):
        sharing = list(dict.fromkeys(who[i] for i, other in enumerate(plain) if other == initials))
        shared = len(sharing) > 1 and not initials.startswith("[")
        labels.append(f"{initials}{sharing.index(who[index]) + 1}" if shared else initials)
    return labels
