"""Words that people run together: "zerosevenseven", "addmeonsnapjane"."""

from __future__ import annotations

from functools import cache, lru_cache

import ahocorasick

from classifiers.contact.numerals import numerals
from classifiers.contact.words import lexicon

SHORTEST_GLUED, LONGEST_GLUED = 8, 120


@cache
def _automaton() -> ahocorasick.Automaton:
    """Words that people run together: digits, platforms and the words around them."""
    automaton = ahocorasick.Automaton()
    words = set(numerals().digits) | set(numerals().tens) | {"double", "triple", "treble"}
    words |= {name.replace(" ", "") for name in lexicon().platforms if len(name) >= 4}
    words |= {
        "add",
        "meon",
        "me",
        "on",
        "my",
        "is",
        "text",
        "call",
        "call me",
        "message",
        "find",
        "follow",
        "dm",
        "your",
        "whats",
        "number",
        "at",
        "dot",
        "com",
        "the",
    }
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


@lru_cache(maxsize=20_000)
def segments(word: str, *, handle_follows: bool = False) -> list[str] | None:
    """The words glued together in `word`, None unless they tell something.

    Either all of it is number words (two or more), or it begins with words around a
    platform and what is left over at the end may be a handle (at once, if handle_follows).
    """
    if len(word) > LONGEST_GLUED:
        return None
    reached, found = _furthest(word)
    numbers = numerals()
    counted = sum(1 for segment in found if segment in numbers.digits or segment in numbers.tens)
    if reached == len(word) and counted >= 2:
        return found
    platform = any(segment in lexicon().platforms for segment in found)
    if platform and len(found) >= (1 if handle_follows and len(word) - reached >= 3 else 3):
        return found if reached == len(word) else [*found, word[reached:]]
    return None


def _furthest(word: str) -> tuple[int, list[str]]:
    """How far known words reach from the start of `word`, and the fewest of them that do."""
    ways: dict[int, list[str]] = {0: []}
    for end, segment in _automaton().iter(word):
        before = ways.get(end + 1 - len(segment))
        if before is not None and (end + 1 not in ways or len(before) + 1 < len(ways[end + 1])):
            ways[end + 1] = [*before, segment]
    reached = max(ways)
    return reached, ways[reached]
