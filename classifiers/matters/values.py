"""What exactly a matter is: which tool, how many pounds, which age rating, which place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from classifiers.matters.cues import Cues
from classifiers.matters.words import Sentence

POUNDS, RATING = "pounds", "rating"
_SUM = re.compile(
    r"£ ?([0-9][0-9,]*)|([0-9][0-9,]*)(?:\.[0-9]{2})? ?(?:pounds?|quid|gbp|squid)\b", re.IGNORECASE
)
_BY_NAME = {"fiver": "5", "tenner": "10", "five pounds": "5", "ten pounds": "10", "twenty pounds": "20"}
_AGE = re.compile(r"\b(12|15|16|18)\b")


def value(table: str, held: Cues, sentence: Sentence, span: tuple[int, int], written: str) -> str:
    """The canonical value that a table has for what stands at `span` of a sentence, "" for none.

    written: the sentence as received; figures are read from it.
    """
    if table == POUNDS:
        return _pounds(written)
    names = held.tables[table]
    near = sentence.joined[span[0] : span[1]].decode()
    found = _named(names, near, held) or _named(names, sentence.joined.decode(), held)
    if not found and table == RATING:
        age = _AGE.search(written)
        return age[1] if age else ""
    return found


def _named(names: Mapping[str, str], joined: str, held: Cues) -> str:
    """The canonical name whose longest way of being written stands in single-spaced words."""
    best, length = "", 0
    for canonical, ways in names.items():
        for way in ways.split(","):
            plain = " ".join(held.known.plain(way.replace("'", "").replace("-", " ").split()))
            if len(plain) > length and f" {plain} " in joined:
                best, length = canonical, len(plain)
    return best


def _pounds(written: str) -> str:
    found = _SUM.search(written)
    if found is not None:
        return (found[1] or found[2]).replace(",", "")
    return next((worth for name, worth in _BY_NAME.items() if name in written.lower()), "")
