"""Forgives typing: which directory name a word nobody knows was meant to be."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from classifiers.names.lore import lore
from classifiers.names.roster import Roster
from classifiers.names.tokens import Token

_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
    ("v", "f"),
    ("y", "i"),
    ("gh", ""),
    ("h", ""),
)


def sound_of(key: str) -> str:
    """Return a key that names said alike share: Sarah and Sara, Katherine and Catherine."""
    head = key[:1] if key[:1] == "h" else ""
    key = key[len(head) :]
    for written, heard in _SOUNDS:
        key = key.replace(written, heard)
    key = head + key
    squeezed = "".join(c for i, c in enumerate(key) if i == 0 or c != key[i - 1])
    return squeezed.rstrip("e") if len(squeezed) > 3 else squeezed


def _consonants(key: str) -> str:
    """What stays of a name when its vowels are heard wrong: Mohamad and Mohammed."""
    return key[:1] + "".join(c for c in sound_of(key)[1:] if c not in "aeiou")


def nearest(token: Token, roster: Roster) -> str | None:
    """Return the one directory word that `token` is a misspelling of, None when in doubt."""
    key = token.key
    if not _worth_it(token):
        return None
    slack = 2 if len(key) > 7 else 1
    near: dict[str, int] = {}
    for name in _of_length(roster, len(key), slack):
        distance = OSA.distance(key, name, score_cutoff=slack)
        alike = sound_of(key) == sound_of(name) or (len(key) > 5 and _consonants(key) == _consonants(name))
        if (distance <= slack and _starts_alike(key, name)) or alike:
            near[name] = min(distance, 1)
    if key in lore().given:
        near = {name: d for name, d in near.items() if sound_of(name) == sound_of(key)}
    best = [name for name, d in near.items() if d == min(near.values())]
    return best[0] if len(best) == 1 else None


def close_enough(key: str, name: str) -> bool:
    """True when `key` may be `name` given that the other half of the full name fits."""
    if len(name) > 2 and OSA.distance(key, name, score_cutoff=2) <= min(2, len(name) // 2):
        return True
    clan, other = (one.replace("mac", "mc", 1) if one.startswith("mac") else one for one in (key, name))
    return len(name) > 5 and _consonants(clan) == _consonants(other)


def _worth_it(token: Token) -> bool:
    long_enough = len(token.key) > (3 if token.titled else 4)
    return token.word and long_enough and token.key.isascii() and not lore().is_known_word(token.key)


def _of_length(roster: Roster, length: int, slack: int) -> Iterable[str]:
    for size in range(length - slack - 1, length + slack + 2):
        yield from roster.singles.get(size, ())


def _starts_alike(key: str, name: str) -> bool:
    """Typing seldom spoils the first letter, unless it swaps the first two."""
    return (
        key[0] == name[0]
        or (key[0] == name[1] and key[1] == name[0])
        or sound_of(key[:2]) == sound_of(name[:2])
    )
