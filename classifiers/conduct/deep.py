"""A small sentence encoder, taught on the corpora: what it makes of the windows that may matter.

It reads whole sentences as the speller mends them, some two or three at a time. Runs of them that
leave the linear heads at ease are not read: that is most of what tutors and families write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.features import Stretch
from classifiers.conduct.heads import Said
from classifiers.conduct.weights import manifest, pinned
from classifiers.conduct.wordpiece import WordPiece

MODEL_FILE, VOCABULARY_FILE = "conduct_deep.onnx", "conduct_deep.txt"
TOGETHER = 48  # word pieces read at once, beside those that begin and end a text
MOST = 12  # runs read of one passage, those the heads find least innocent
UNREAD = -6.0  # what is said of a run that was not read, on the scale of a logarithm of odds
MOST_KEPT = 2_000  # runs: greetings and signatures come again and again

Floats = NDArray[Any]
Run = tuple[int, int]
"""Sentences [first, last) that are read together."""


@dataclass(slots=True)
class Deep:
    """Reads runs of sentences.

    session: an onnxruntime session, word pieces in, one number for each head out. ease: by role,
    below what the heads may say of any concern for a run to be left unread.
    """

    session: Any
    wordpiece: WordPiece
    ease: Mapping[str, float]
    _kept: dict[tuple[int, ...], Floats] = field(default_factory=dict)

    def read(self, sentences: Sequence[Stretch], said: Said, cues: Floats, role: str) -> Floats:
        """(windows, heads): what is made of the run of sentences in which each window begins.

        cues: (windows, categories), the strongest cue of each.
        """
        doubt = np.where(cues.any(1), np.inf, said.heads[:-1, -1])
        pieces = [self.wordpiece.bare(text_of(one)) for one in sentences]
        found = np.full((len(said.pairs), said.heads.shape[1]), UNREAD, np.float32)
        for (first, last), rows in self._worth_reading(runs(list(map(len, pieces))), said.pairs, doubt, role):
            read = [number for one in pieces[first:last] for number in one]
            if len(read) > 1:  # more than a stop
                found[rows] = self._said(self.text(role, read))
        return found

    def closest(self, sentences: Sequence[Stretch], at: int, head: int, role: str) -> int:
        """Which sentence says most of a head, of those that were read together with sentence `at`."""
        pieces = [self.wordpiece.bare(text_of(one)) for one in sentences]
        first, last = next(run for run in runs(list(map(len, pieces))) if run[0] <= at < run[1])
        alone = [float(self._said(self.text(role, one))[head]) for one in pieces[first:last]]
        return first + int(np.argmax(alone))

    def text(self, role: str, pieces: Sequence[int]) -> tuple[int, ...]:
        """Word pieces as the encoder was taught to see them: behind the role of who writes."""
        spelt = self.wordpiece
        return (spelt.start, *spelt.bare(f"{role}:"), *pieces[:TOGETHER], spelt.end)

    def _worth_reading(
        self, every: Sequence[Run], pairs: Sequence[Run], doubt: Floats, role: str
    ) -> list[tuple[Run, list[int]]]:
        """Runs that hold a cue or do not leave the heads at ease, each with its windows."""
        windows: dict[Run, list[int]] = {run: [] for run in every}
        begins = {sentence: run for run in every for sentence in range(*run)}
        for row, (first, _) in enumerate(pairs):
            windows[begins[first]].append(row)
        most = {run: float(doubt[rows].max()) for run, rows in windows.items()}
        chosen = sorted((run for run in every if most[run] >= self.ease[role]), key=most.__getitem__)
        return [(run, windows[run]) for run in chosen[-MOST:]]

    def _said(self, text: tuple[int, ...]) -> Floats:
        kept = self._kept.get(text)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            (kept,) = self.session.run(None, {"pieces": np.array(text, np.int64)})
            self._kept[text] = kept
        return kept


def text_of(sentence: Stretch) -> str:
    """A sentence as it is read: words as meant, and how it ends."""
    said = " ".join(sentence.words)
    return said if said.endswith("?") else f"{said}."


def runs(lengths: Sequence[int]) -> list[Run]:
    """Runs of whole sentences of at most TOGETHER word pieces; a longer sentence is alone. lengths: of each."""
    found: list[Run] = []
    first = pieces = 0
    for place, length in enumerate(lengths):
        if place > first and pieces + length > TOGETHER:
            found.append((first, place))
            first, pieces = place, 0
        pieces += length
    return [*found, (first, len(lengths))]


def encoder(folder: Path) -> Deep:
    """The encoder of a folder of models. Raises: WrongWeights."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: readers are forked, and each has a core of its own; no arena: their memory is limited.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        pinned(MODEL_FILE, folder), options, providers=["CPUExecutionProvider"]
    )
    vocabulary = pinned(VOCABULARY_FILE, folder).decode().split("\n")
    return Deep(session, WordPiece(vocabulary), manifest(folder)["ease"])
