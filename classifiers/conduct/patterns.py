"""Finds where cues stand in a sentence: a cheap choice first, then spaCy's Matcher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from classifiers import nlp
from classifiers.conduct.lexicon import Cue, Lexicon, is_class, lexicon
from classifiers.conduct.meanings import COMMA, QUESTION, QUOTE, STOP
from classifiers.conduct.words import Sentence, Word

OFTEN = frozenset(
    (
        *(COMMA, QUOTE, STOP, QUESTION),
        *("one", "or", "what", "as", "but", "which", "like", "up", "say", "out", "an", "please", "by"),
        *("her", "only", "use", "here", "first", "when", "how", "just", "number", "got", "tell", "his"),
        *("him", "who", "why", "then", "so", "all", "any", "from", "with", "about", "some", "more"),
        *("there", "now"),
    )
)
"""Words in nearly every message, beside the lexicon's COMMON: no row is looked for by these alone."""
UNKNOWN = "_"  # stands for every word that is in no class, so that spaCy's vocabulary stays closed


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern of one cue, compiled.

    needs: for every element that must be there, the words that can be it.
    tokens: the same as a spaCy token pattern.
    phrases: what is to be read as one word here, such as "find_out" where a class has it.
    """

    cue: Cue
    written: str
    needs: tuple[frozenset[str], ...]
    tokens: tuple[dict[str, object], ...]
    phrases: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows that the words of some text may fill. clues: words of which each such row needs one.

    anchors: as in `Patterns`, of these rows alone.
    """

    clues: frozenset[str]
    anchors: dict[str, list[tuple[int, int]]]


@dataclass(slots=True)
class Patterns:
    """Every row, and which words make it worth trying.

    anchors: for each role, a word to the rows that count for it and cannot do without one of the
        word's kind, each with the `fills` it needs. fills: a word to the needs that it can fill, a
        bit for each.
    """

    rows: tuple[Row, ...]
    anchors: dict[str, dict[str, list[tuple[int, int]]]]
    fills: dict[str, int]
    words: frozenset[str]
    matchers: dict[int, Any] = field(default_factory=dict)

    def choice(self, present: Set[str], role: str) -> Choice | None:
        """Return what may stand somewhere in a text of these words; mostly None."""
        anchors = self.anchors.get(role, {})
        possible = self._filled(present, anchors)
        if not possible:
            return None
        left = {
            word: [one for one in anchors[word] if one[0] in possible] for word in anchors.keys() & present
        }
        left = {word: rows for word, rows in left.items() if rows}
        return Choice(frozenset(word.partition("_")[0] for word in left), left)

    def worth_trying(self, present: Set[str], choice: Choice) -> list[int]:
        """Return the rows of a choice whose every needed word is among `present`."""
        return sorted(self._filled(present, choice.anchors))

    def _filled(self, present: Set[str], anchors: Mapping[str, list[tuple[int, int]]]) -> set[int]:
        held = anchors.keys() & present
        if not held:
            return set()
        filled = 0
        for word in self.fills.keys() & present:
            filled |= self.fills[word]
        return {index for word in held for index, needed in anchors[word] if needed & filled == needed}

    def matches(
        self, sentence: Sentence, rows: Sequence[int]
    ) -> Iterator[tuple[Row, tuple[Word, ...], int, int]]:
        """Yield each row with the words it was tried on and the run [first, last) it matched.

        The first call imports spaCy, half a second; a message without cues never pays it.
        """
        documents: dict[tuple[Word, ...], Any] = {}
        for index in rows:
            words = sentence.joined(self.rows[index].phrases)
            texts = [word.text if word.text in self.words else UNKNOWN for word in words]
            if not _may_stand(self.rows[index], texts):  # a fraction of what the Matcher costs
                continue
            document = documents.get(words)
            if document is None:
                document = documents[words] = nlp.document(texts)
            for _, first, last in self._matcher(index)(document):
                yield self.rows[index], words, first, last

    def _matcher(self, index: int) -> Any:
        if index not in self.matchers:
            self.matchers[index] = nlp.matcher(self.rows[index].tokens)
        return self.matchers[index]


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """Return the compiled patterns of the shipped cues."""
    return compiled(lexicon())


def compiled(known: Lexicon) -> Patterns:
    """Compile every row of every cue."""
    rows = tuple(_row(cue, written, known) for cue in known.cues for written in cue.patterns)
    bits = {need: 1 << place for place, need in enumerate({need: None for row in rows for need in row.needs})}
    fills: dict[str, int] = {}
    for need, bit in bits.items():
        for word in need:
            fills[word] = fills.get(word, 0) | bit
    anchors: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for index, row in enumerate(rows):
        needed = sum({bits[need] for need in row.needs})
        for word in _anchor(row, known.classes["COMMON"] | OFTEN):
            for role in row.cue.by:
                anchors.setdefault(role, {}).setdefault(word, []).append((index, needed))
    words = known.classes["BREAK"] | known.classes["NEG"] | {COMMA, QUOTE, STOP, "?"} | fills.keys()
    return Patterns(rows, anchors, fills, words)


def _may_stand(row: Row, texts: Sequence[str]) -> bool:
    """Whether some stretch as long as the row holds all that it needs, in its order."""
    first, *others = row.needs
    return any(
        _in_order(others, texts[start + 1 : start + len(row.tokens)])
        for start, text in enumerate(texts)
        if text in first
    )


def _in_order(needs: Sequence[frozenset[str]], texts: Sequence[str]) -> bool:
    left = iter(texts)
    for need in needs:
        for text in left:
            if text in need:
                break
        else:
            return False
    return True


def _anchor(row: Row, common: frozenset[str]) -> frozenset[str]:
    """The rarest of what a row needs: fewest common words, then fewest words."""
    return min(row.needs, key=lambda need: (len(need & common), len(need)))


def _row(cue: Cue, written: str, known: Lexicon) -> Row:
    needs: list[frozenset[str]] = []
    tokens: list[dict[str, object]] = []
    phrases = set(known.classes["NOT_A_NO"] | known.classes["KEEPS_ON"])
    for element in _elements(written, known):
        if element.startswith("~"):
            tokens += _gap(element, known)
            continue
        optional = element.endswith("?") and len(element) > 1
        words = _words(element.rstrip("?") if optional else element, known)
        tokens.append({"ORTH": {"IN": sorted(words)}, **({"OP": "?"} if optional else {})})
        phrases |= {word for word in words if "_" in word}
        if not optional:
            needs.append(words)
    if not needs:
        raise ValueError(f"the cue “{cue.says}” has a row without words: {written}")
    return Row(cue, written, tuple(needs), tuple(tokens), frozenset(w for w in phrases if "_" in w))


def _gap(element: str, known: Lexicon) -> list[dict[str, object]]:
    """ "~3": up to three words, none of which breaks the clause; "~~3": any three."""
    anything = element.startswith("~~")
    barred = [] if anything else sorted({COMMA, QUOTE, "?"} | known.classes["BREAK"])
    return [{"ORTH": {"NOT_IN": barred}, "OP": "?"} for _ in range(int(element.lstrip("~")))]


def _elements(written: str, known: Lexicon) -> list[str]:
    """Split a row; plain words get the lexicon's spelling ("dont know" for "do not know")."""
    elements: list[str] = []
    for element in written.split():
        plain = not is_class(element) and "|" not in element and element[-1:] != "?" and element[0] != "~"
        elements += known.plain([element]) if plain else [element]
    return elements


def _words(element: str, known: Lexicon) -> frozenset[str]:
    found: set[str] = set()
    for option in element.split("|"):
        if is_class(option):
            found |= known.classes[option]
        elif option:
            found.add("_".join(known.plain([option])))
    return frozenset(found)
