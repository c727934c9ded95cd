"""Every way in which the people of a scene can be called, ready for look-up."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from classifiers.finding import KnownName
from classifiers.names.initials import Parts, letters_of, numbered, parts_of
from classifiers.names.lore import lore
from classifiers.names.tokens import key_of, tokenise

LONGEST_NAME = 12  # pieces; nobody's name is cut into more, and it bounds the work


class Form(IntEnum):
    """How much of a name was written; more is stronger."""

    SURNAME = 1
    GIVEN = 2
    REVERSED = 3
    FULL = 4


@dataclass(frozen=True, slots=True)
class Call:
    """One way to call one person. person: index into the roster."""

    person: int
    form: Form


@dataclass(slots=True)
class Roster:
    """The people of a scene and the keys that call them.

    labels: what stands for each person. keys: folded joined letters to calls.
    singles: keys of one word worth comparing with a misspelling, by length.
    initial: first letter of given name and of surname, folded, for "J. Smith".
    halves: given names and surnames that person goes by.
    """

    names: tuple[KnownName, ...]
    labels: list[str]
    keys: dict[str, list[Call]] = field(default_factory=dict)
    singles: dict[int, set[str]] = field(default_factory=dict)
    initial: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    halves: list[tuple[list[str], list[str]]] = field(default_factory=list)
    full_keys: tuple[str, ...] = ()
    longest: int = 1

    @classmethod
    def of(cls, names: tuple[KnownName, ...]) -> Roster:
        """Build the roster of these people."""
        roster = cls(names, numbered(names))
        for person, name in enumerate(names):
            roster._enter(person, name)
        roster.full_keys = tuple(
            key
            for key, calls in roster.keys.items()
            if len(key) > 6 and any(c.form >= Form.REVERSED for c in calls)
        )
        roster.longest = min(roster.longest + 1, LONGEST_NAME)
        return roster

    def _enter(self, person: int, name: KnownName) -> None:
        parts = parts_of(name)
        givens = _givens(name, parts)
        surnames = _surnames(parts)
        self.halves.append((givens, surnames))
        for given in givens:
            self._add(given, person, Form.GIVEN)
        for surname in surnames:
            self._add(surname, person, Form.SURNAME)
        for given in givens:
            for surname in surnames:
                self._add(given + surname, person, Form.FULL)
                self._add(surname + given, person, Form.REVERSED)
        self.longest = max(self.longest, _pieces(name.given) + _pieces(name.family) + 1)
        first = key_of(parts.given[0])[:1] if parts.given else ""
        self.initial.append((first, frozenset(surname[:1] for surname in surnames)))

    def _add(self, key: str, person: int, form: Form) -> None:
        if not key or (len(key) < 2 and key.isascii()):
            return
        calls = self.keys.setdefault(key, [])
        if all(call.person != person for call in calls):
            calls.append(Call(person, form))
        if form <= Form.GIVEN and len(key) > 3:
            self.singles.setdefault(len(key), set()).add(key)

    def writes(self, initials: str) -> bool:
        """True when somebody's initials are just these, numbers left aside."""
        return any(label.rstrip("0123456789") == initials for label in self.labels)

    def label(self, persons: frozenset[int], form: Form, written: str) -> str:
        """Return what stands for whoever is meant; one letter when that is not certain.

        written: the name as found, for the letter of an ambiguous one.
        """
        people = {self.names[p].person_id or f"#{p}": p for p in sorted(persons)}
        first = next(iter(people.values()))
        if len(people) == 1:
            return self.labels[first]
        if form >= Form.REVERSED:
            return self.labels[first].rstrip("0123456789")
        return letters_of(written) or f"[{self.names[first].role or 'pupil'}]"


@lru_cache(maxsize=8192)
def _pieces(name: str) -> int:
    return len(tokenise(name))


def _givens(name: KnownName, parts: Parts) -> list[str]:
    """Given names and what they are shortened to: the first, all together, nicknames."""
    found = [key_of(parts.given[0]), key_of("".join(parts.given))] if parts.given else []
    found += [key_of(nickname) for nickname in name.nicknames]
    if parts.given:
        found += lore().short_forms.get(found[0], ())
        half = key_of(parts.given[0].partition("-")[0])
        found += [half] if "-" in parts.given[0] and len(half) > 2 else []
    return list(dict.fromkeys(key for key in found if key))


def _surnames(parts: Parts) -> list[str]:
    """The surname whole, without particles, and the halves of a double one."""
    particles = lore().particles
    whole = "".join(key_of(word) for word in parts.surname)
    bare = [word for word in parts.surname if key_of(word) not in particles]
    found = [whole, "".join(key_of(word) for word in bare)]
    for word in bare:
        found += [key_of(half) for half in (word, *word.split("-")) if len(key_of(half)) > 3]
    return list(dict.fromkeys(key for key in found if key))
