"""Turns a text, however disguised, into plain words that know where they came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from classifiers.conduct.lexicon import GUARDS, Lexicon, Meaning
from classifiers.conduct.meanings import ASKS, ENDS, SPACED, STOP, meanings
from classifiers.normalise.view import View, normalise

LONGEST_SENTENCE = 60  # words; longer ones are read in overlapping windows
OVERLAP = 15
# Every alternative begins differently and repeats one fixed step: linear on any text.
_PIECE = re.compile(
    rf"(?<![a-z0-9]){SPACED}(?![a-z0-9])"
    r"|[a-z0-9£$@]+(?:['*!|$@_][a-z0-9]+)*"
    r"|[😂🤣😅💀]"
    r"|[.!]+|\n[ \t]*\n|\?|[,;:()]|[ ][-–—]+[ ]|\""
)


class Word(NamedTuple):
    """A word as meant, and the span of the passage it was read from.

    evasive: it was hidden behind digits, spaces or look-alikes.
    """

    text: str
    start: int
    end: int
    evasive: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A phrase that only calms or turns a cue, such as FORBID "is not allowed"."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one sentence; comma, quotation mark, question mark and the stop are words too.

    phrases: (first word, last word exclusive, phrase joined by "_"), leftmost and longest first.
    present: every word and phrase in it.
    """

    words: tuple[Word, ...]
    phrases: tuple[tuple[int, int, str], ...]
    guards: tuple[Guard, ...]
    present: frozenset[str]

    def joined(self, wanted: frozenset[str]) -> tuple[Word, ...]:
        """The words with those phrases among `wanted` made one word each."""
        spans = [span for span in self.phrases if span[2] in wanted]
        return tuple(_merged(self.words, spans)) if spans else self.words


@dataclass(frozen=True, slots=True)
class Run:
    """A sentence nobody has looked at closely: pieces [first, last) of a text, words from `at` on.

    texts: its words as meant, at most LONGEST_SENTENCE of them.
    """

    first: int
    last: int
    at: int
    texts: tuple[str, ...]

    def present(self, known: Lexicon) -> frozenset[str]:
        """Every word and phrase in it, as in the `Sentence` made from it."""
        joined = f" {' '.join(self.texts)} "
        return frozenset((*self.texts, STOP, *[member for _, member in known.phrases.iter(joined)]))


@dataclass(slots=True)
class Skimmed:
    """A text told apart into sentences; the few that may matter are made in full when asked for.

    texts: what each piece is. ends: places of the pieces that end a sentence.
    """

    view: View
    known: Lexicon
    pieces: list[re.Match[str]]
    texts: list[str]
    meanings: list[Meaning]
    ends: list[int]
    runs: list[Run]
    _words: dict[int, list[Word]] = field(default_factory=dict)
    _made: dict[int, Sentence] = field(default_factory=dict)

    def present(self) -> set[str]:
        """Every word and phrase that is in any of its sentences."""
        joined = f" {' . '.join([' '.join(run.texts) for run in self.runs])} "
        found = {member for _, member in self.known.phrases.iter(joined)}
        return found.union((STOP,), *[run.texts for run in self.runs])

    def sentence(self, index: int) -> Sentence:
        """Sentence number `index`, spans in code points of the text."""
        if index not in self._made:
            run = self.runs[index]
            if run.first not in self._words:
                self._words[run.first] = self._read(run)
            words = self._words[run.first][run.at : run.at + len(run.texts)]
            self._made[index] = _sentence(words, self.known)
        return self._made[index]

    def beside(self, index: int) -> tuple[Sentence, ...]:
        """The sentences right before and after number `index`."""
        return tuple(self.sentence(at) for at in (index - 1, index + 1) if 0 <= at < len(self.runs))

    def _read(self, run: Run) -> list[Word]:
        """The words of a run's pieces; two that are one are joined."""
        words: list[Word] = []
        hides = self.view.may_be_disguised()
        for place in range(run.first, run.last):
            meaning, span = self.meanings[place], self.pieces[place].span()
            start, end = self.view.span(*span)
            evasive = meaning.evasive or (hides and self.view.disguised(*span))
            for text in meaning.words:
                last = words[-1] if words else None
                pair = self.known.pairs.get((last.text, text)) if last is not None else None
                if last is None or pair is None:
                    words.append(Word(text, start, end, evasive))
                else:
                    words[-1] = Word(pair, last.start, end, last.evasive or evasive)
        return words


def skim(text: str, known: Lexicon) -> Skimmed:
    """Tell the sentences of a passage apart, at a fraction of the cost of making them."""
    view = normalise(text)
    pieces = list(_PIECE.finditer(view.text))
    texts = [piece[0] for piece in pieces]
    meant = meanings(texts, known)
    ends = [place for place, meaning in enumerate(meant) if meaning is ENDS or meaning is ASKS]
    return Skimmed(view, known, pieces, texts, meant, ends, list(_runs(meant, known)))


def sentences(text: str, known: Lexicon) -> Iterator[Sentence]:
    """Yield the sentences of a passage, spans in code points of `text`."""
    skimmed = skim(text, known)
    yield from map(skimmed.sentence, range(len(skimmed.runs)))


def _runs(meant: Sequence[Meaning], known: Lexicon) -> Iterator[Run]:
    """Yield what stands between stops; a question mark belongs to its sentence."""
    first = 0
    texts: list[str] = []
    for place, meaning in enumerate(meant):
        if meaning is not ENDS:
            texts += meaning.words
            if meaning is not ASKS:
                continue
        if texts:
            yield from _windows(texts, first, place + (meaning is ASKS), known)
            texts = []
        first = place + 1
    if texts:
        yield from _windows(texts, first, len(meant), known)


def _windows(texts: list[str], first: int, last: int, known: Lexicon) -> Iterator[Run]:
    if not known.pairs.keys().isdisjoint(pairwise(texts)):
        texts = known.paired(texts)
    if len(texts) <= LONGEST_SENTENCE:
        yield Run(first, last, 0, tuple(texts))
        return
    for at in range(0, len(texts), LONGEST_SENTENCE - OVERLAP):
        if at and at + OVERLAP >= len(texts):
            return
        yield Run(first, last, at, tuple(texts[at : at + LONGEST_SENTENCE]))


def _sentence(words: Sequence[Word], known: Lexicon) -> Sentence:
    """Read the words both ways and note the guards among them."""
    joined = " " + " ".join(word.text for word in words) + " "
    at = {0: 0}
    offset = 0
    for index, word in enumerate(words):
        offset += len(word.text) + 1
        at[offset] = index + 1
    hits = _hits(joined, at, known.phrases)
    single = [(i, i + 1, word.text) for i, word in enumerate(words) if word.text in known.guards]
    guards = tuple(
        Guard(name, words[first].start, words[last - 1].end)
        for first, last, member in (*hits, *single)
        for name in known.belongs[member] & GUARDS
    )
    end = words[-1].end
    present = frozenset((*(word.text for word in words), *(hit[2] for hit in hits), STOP))
    return Sentence((*words, Word(STOP, end, end)), tuple(hits), guards, present)


def _hits(joined: str, at: dict[int, int], finder: Any) -> list[tuple[int, int, str]]:
    """Return (first word, last word exclusive, phrase), leftmost and longest first."""
    found = []
    for last, member in finder.iter(joined):
        first = last - len(member) - 1
        found.append((at[first], at[last], member))
    return sorted(found, key=lambda hit: (hit[0], -hit[1]))


def _merged(words: Sequence[Word], spans: Sequence[tuple[int, int, str]]) -> Iterator[Word]:
    """Yield words with phrases joined, leftmost and longest first."""
    pending = iter(spans)
    span = next(pending, None)
    index = 0
    while index < len(words):
        while span is not None and span[0] < index:
            span = next(pending, None)
        if span is None or span[0] != index:
            yield words[index]
            index += 1
            continue
        run = words[index : span[1]]
        yield Word(span[2], run[0].start, run[-1].end, any(word.evasive for word in run))
        index = span[1]
