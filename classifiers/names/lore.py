"""What the world knows about names and words, read once from lore.toml and english.txt."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from classifiers.names.tokens import key_of

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Lore:
    """Sets of folded words; see the comments in lore.toml.

    fields: words that go with a word which is also a name: "magpie" with "jay".
    stories: people of a work or an age, by the key of its title or author.
    """

    titles: frozenset[str]
    adult_titles: frozenset[str]
    particles: frozenset[str]
    words_first: frozenset[str]
    names_first: frozenset[str]
    months: frozenset[str]
    seasons: frozenset[str]
    school_subjects: frozenset[str]
    proper: frozenset[str]
    greetings: frozenset[str]
    leading: frozenset[str]
    reported_on: frozenset[str]
    school_nouns: frozenset[str]
    billing: frozenset[str]
    connectors: frozenset[str]
    travel: frozenset[str]
    person_verbs: frozenset[str]
    families: frozenset[str]
    royal: frozenset[str]
    roman: frozenset[str]
    landmarks: frozenset[str]
    eponyms: frozenset[str]
    eponym_nouns: frozenset[str]
    places: frozenset[str]
    place_leads: frozenset[str]
    works: frozenset[str]
    literature: frozenset[str]
    famous: frozenset[str]
    phrases: frozenset[str]
    given: frozenset[str]
    generic_school_words: frozenset[str]
    not_schools: frozenset[str]
    schools: frozenset[str]
    schools_first: frozenset[str]
    accounts: frozenset[str]
    account_hosts: frozenset[str]
    school_kinds: frozenset[str]
    school_inner: frozenset[str]
    never_own_a_lesson: frozenset[str]
    abstract: frozenset[str]
    english: frozenset[str]
    weekdays: frozenset[str]
    homonyms: frozenset[str]
    adjectives: frozenset[str]
    articles: frozenset[str]
    function_words: frozenset[str]
    pronouns: frozenset[str]
    third_person: frozenset[str]
    family_words: frozenset[str]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    states: frozenset[str]
    appointments: frozenset[str]
    festivals: frozenset[str]
    base_verbs: frozenset[str]
    adverbs: frozenset[str]
    kings_and_queens: frozenset[str]
    elements: frozenset[str]
    chemical: frozenset[str]
    cities: frozenset[str]
    going: frozenset[str]
    stopping_places: frozenset[str]
    weak_landmarks: frozenset[str]
    monuments: frozenset[str]
    letters_from: frozenset[str]
    study_verbs: frozenset[str]
    pupil_nouns: frozenset[str]
    belongings: frozenset[str]
    titles_of_books: frozenset[str]
    short_forms: dict[str, tuple[str, ...]]
    fields: dict[str, frozenset[str]]
    stories: dict[str, frozenset[str]]

    def is_word(self, key: str) -> bool:
        """True when `key` could be an ordinary word rather than a name."""
        return (
            key in self.words_first
            or key in self.function_words
            or key in self.weekdays
            or key in self.months
            or (key in self.english and key not in self.names_first)
        )

    def is_known_word(self, key: str) -> bool:
        """True for any word that is nobody's misspelt name."""
        return key in self.english or key in self.proper or key in self.words_first or key in self.titles


@lru_cache(maxsize=1)
def lore() -> Lore:
    """Return the shipped lore."""
    raw = tomllib.loads((_HERE / "lore.toml").read_text(encoding="utf-8"))
    sets = {
        name: frozenset(value.split())
        for name, value in raw.items()
        if isinstance(value, str) and name != "short_forms"
    }
    sets["phrases"] = frozenset(_keys_of(raw["phrases"]))
    lines = (_HERE / "english.txt").read_text(encoding="utf-8").splitlines()
    sets["english"] = frozenset(line for line in lines if not line.startswith("#"))
    return Lore(
        **sets,
        short_forms=_short_forms(raw["short_forms"]),
        fields={word: frozenset(near.split()) for word, near in raw["fields"].items()},
        stories=_stories(raw["stories"]),
    )


def _keys_of(phrases: str) -> list[str]:
    """Return the keys of phrases that stand on lines or between slashes."""
    return [key_of(phrase) for phrase in phrases.replace("\n", "/").split("/") if phrase]


def _stories(written: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return the people each title, author or age brings to mind, by the title's key."""
    people: dict[str, frozenset[str]] = {}
    for titles, names in written.items():
        for title in _keys_of(titles):
            people[title] = people.get(title, frozenset()) | frozenset(names.split())
    return people


def _short_forms(written: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split(":") for row in written.replace("\n", " ").split(";") if ":" in row)
    return {name.strip(): tuple(short.split()) for name, short in rows}
