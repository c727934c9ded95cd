"""Words that stand for digits: config/words/numbers.toml, compounds and slips among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from classifiers.contact.words import entries, is_english, table

SCALES = {
    "hundred": 2, "hundreds": 2, "hunner": 2, "hunder": 2, "hunnert": 2, "hundert": 2, "cent": 2, "cents": 2,
    "cientos": 2, "ciento": 2, "cento": 2, "honderd": 2, "cant": 2, "thousand": 3, "grand": 3, "mille": 3, "mil": 3,
}  # fmt: skip
_ONE_WORD = (
    (
        "ein zwei drei vier fünf sechs sieben acht neun",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        "und",
        "hundert",
    ),
    (
        "een twee drie vier vijf zes zeven acht negen",
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
        "en",
        "honderd",
    ),
    (
        "uno due tre quattro cinque sei sette otto nove",
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        "",
        "cento",
    ),
)  # units, tens, what links them (nothing: tens come first), hundred


@dataclass(frozen=True, slots=True)
class Numerals:
    """What number words mean. tens hold the first digit, scales the number of noughts.

    spoken: every word with which digits can begin. weights: how many digits a word is worth.
    telling: every word that counts when a text is looked at for the first time.
    """

    digits: Mapping[str, str]
    foreign: Mapping[str, str]
    tens: Mapping[str, str]
    multipliers: Mapping[str, int]
    weak: Mapping[str, str]
    roman: Mapping[str, str]
    between: frozenset[str]
    vocabulary: frozenset[str]
    spoken: frozenset[str]
    weights: Mapping[str, int]
    telling: frozenset[str]


@cache
def numerals() -> Numerals:
    """The shipped number words; read once a process."""
    file = table("numbers")
    sections = ("english", "foreign", "tens", "multipliers", "foreign_multipliers", "weak", "roman")
    english = _flipped(file["english"])
    taken = {word for section in sections for word in _flipped(file[section])}
    slips = {word: digits for word, digits in _misspelt(english).items() if word not in taken}
    digits, foreign = english | slips, _flipped(file["foreign"]) | _compounds()
    tens, weak, roman = (_flipped(file[section]) for section in ("tens", "weak", "roman"))
    multipliers = {
        word: int(times)
        for section in ("multipliers", "foreign_multipliers")
        for word, times in _flipped(file[section]).items()
    }
    vocabulary = frozenset(taken | slips.keys())
    weights = dict.fromkeys((*multipliers, "hundred"), 2) | {word: 1 for word in roman if len(word) > 1}
    weights |= dict.fromkeys((*digits, *foreign), 1) | dict.fromkeys(tens, 2)
    return Numerals(
        vocabulary=vocabulary,
        spoken=frozenset().union(digits, foreign, tens, multipliers, weak, roman),
        weights=weights,
        telling=vocabulary.union(weights),
        digits=digits,
        foreign=foreign,
        tens=tens,
        multipliers=multipliers,
        weak=weak,
        roman=roman,
        between=frozenset(entries(file["between"]["words"])),
    )


def _compounds() -> dict[str, str]:
    """German, Dutch and Italian numbers that are one word: "siebenundsiebzig", "neunhundert", "settantasette"."""
    found: dict[str, str] = {}
    for units, tens, link, hundred in _ONE_WORD:
        for at, unit in enumerate(units.split(), 1):
            found[_plain(unit + hundred)] = f"{at}00"
            for ten_at, ten in enumerate(tens.split(), 2):
                found[_plain(unit + link + ten if link else ten + unit)] = f"{ten_at}{at}"
    return found


def _plain(word: str) -> str:
    return next(entries(word))


def _misspelt(english: Mapping[str, str]) -> dict[str, str]:
    """The digits' names with one slip in them, where that makes no other word: "sevven", "nyne", "zerro"."""
    found: dict[str, str] = {}
    for word, digits in english.items():
        if len(digits) > 1 or len(word) < 4 or word.endswith("s"):
            continue
        slips = {word[:at] + word[at] * 2 + word[at + 1 :] for at in range(len(word))}
        slips |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
        slips |= {word[:at] + other + word[at:] for at in range(1, len(word)) for other in "aeiou"}
        slips |= {
            word[:at] + other + word[at + 1 :]
            for at in range(1, len(word))
            for other in "aeiouy"
            if word[at] in "aeiouy"
        }
        if len(word) >= 5:
            slips |= {word[:at] + word[at + 1 :] for at in range(1, len(word))}
        for slip in slips:
            if not is_english(slip):
                found.setdefault(slip, digits)
    return found


def _flipped(section: Mapping[str, str]) -> dict[str, str]:
    meaning: dict[str, str] = {}
    for digits, line in section.items():
        for word in entries(line):
            meaning.setdefault(word, digits)
    return meaning
