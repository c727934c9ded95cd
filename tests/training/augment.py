"""More messages out of the ones there are, alike for those of concern and the others.

Long mails in which one sentence matters, and the disguises people use: what garbles a text must
never by itself look guilty, so innocent texts are garbled just as often.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.training.corpus import Example

SEED = 20260105
SHORT, LONG = 25, 40  # words
EMBEDDED, GARBLED = 0.15, 0.12  # shares of the messages
OF_MADE = 0.5  # what a made message counts
LEET = str.maketrans("aeiost", "431057")
SHAPES = str.maketrans("aeopcyxi", "аеорсухі")
EMOJI = "😊🙂😂👍🙈✨"


def widened(examples: Sequence[Example]) -> Iterator[tuple[Example, float]]:
    """Every example with weight 1, then the made ones."""
    chance = random.Random(SEED)
    yield from ((one, 1.0) for one in examples)
    hosts = [one for one in examples if not one.label and len(one.text.split()) >= LONG]
    guests = [one for one in examples if len(one.text.split()) <= SHORT]
    for one in guests:
        if hosts and chance.random() < EMBEDDED:
            yield embedded(one, hosts, chance), OF_MADE
    for one in examples:
        if chance.random() < GARBLED:
            yield replace(one, text=chance.choice(DISGUISES)(one.text, chance)), OF_MADE


def amid(examples: Sequence[Example], share: float) -> list[Example]:
    """Some of the short messages, each once more as one sentence of an ordinary mail."""
    chance = random.Random(SEED)
    hosts = [one for one in examples if one.ordinary and len(one.text.split()) >= LONG]
    guests = [one for one in examples if len(one.text.split()) <= SHORT]
    return [embedded(one, hosts, chance) for one in guests if chance.random() < share]


def embedded(guest: Example, hosts: Sequence[Example], chance: random.Random) -> Example:
    """A short message as one sentence of an innocent mail by somebody of the same role."""
    fitting = [one for one in hosts if one.role == guest.role] or hosts
    host = chance.choice(fitting).text
    sentences = host.replace("\n", " \n").split(". ")
    at = chance.randrange(1, len(sentences) + 1)
    text = guest.text if guest.text[-1:] in ".!?" else guest.text + "."
    return replace(
        guest, text=". ".join(sentences[:at]).rstrip(". ") + ". " + text + " " + ". ".join(sentences[at:])
    )


def leet(text: str, chance: random.Random) -> str:
    """Digits for letters, in about half of the words."""
    return _some(text, chance, lambda word: word.translate(LEET), 0.5)


def homoglyphs(text: str, chance: random.Random) -> str:
    """Cyrillic letters that look the same."""
    return "".join(one.translate(SHAPES) if chance.random() < 0.4 else one for one in text)


def zero_width(text: str, chance: random.Random) -> str:
    """Invisible characters inside words."""
    return "".join(one + ("\u200b" if one.isalpha() and chance.random() < 0.25 else "") for one in text)


def spaced(text: str, chance: random.Random) -> str:
    """Spaces or full stops between the letters of some words."""
    between = chance.choice([" ", ".", "-"])
    return _some(
        text, chance, lambda word: between.join(word) if len(word) > 3 and word.isalpha() else word, 0.25
    )


def transposed(text: str, chance: random.Random) -> str:
    """Two neighbouring letters the wrong way round, in about a third of the words."""

    def swap(word: str) -> str:
        if len(word) < 4:
            return word
        at = chance.randrange(1, len(word) - 2) if len(word) > 3 else 1
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _some(text, chance, swap, 0.35)


def emoji(text: str, chance: random.Random) -> str:
    """Small pictures between words."""
    return _some(text, chance, lambda word: f"{word} {chance.choice(EMOJI)}", 0.25)


def casing(text: str, chance: random.Random) -> str:
    """Capitals at random, throughout, or none at all."""
    how = chance.randrange(3)
    if how == 0:
        return text.upper()
    if how == 1:
        return text.lower()
    return "".join(one.upper() if chance.random() < 0.5 else one.lower() for one in text)


def _some(text: str, chance: random.Random, change: Callable[[str], str], share: float) -> str:
    words = text.split(" ")
    return " ".join(change(word) if chance.random() < share else word for word in words)


DISGUISES = (leet, homoglyphs, zero_width, spaced, transposed, emoji, casing)
