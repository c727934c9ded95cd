"""What else there is, trained on the same messages: keywords, tf-idf, textcat, neighbours, MiniLM."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.training.corpus import Example
from tests.training.minilm import MiniLM
from tests.training.solver import Bags, Dense, logistic

Floats = NDArray[Any]
WORDS = re.compile(r"[a-z0-9']+")
EPOCHS = 4
NEAREST = 10
KEYWORDS = re.compile(
    r"secret|between us|don'?t tell|delete|snap|insta|whatsapp|discord|telegram|my number|meet up|my house"
    r"|my flat|alone|pretty|beautiful|gorgeous|special|mature|love you|miss you|boyfriend|girlfriend|kiss"
    r"|cuddle|photo|pic|selfie|gift|present|promise|trust me|your mum|your parents|who'?s home|kill|hurt"
    r"|cut myself|hit me|scared|die|suicid|f\*+|shit|crap|stupid|idiot|foreigners|those people|£\d+|pay you"
    r"|write it for|do my coursework"
)


def keywords(asked: Sequence[Example]) -> Floats:
    """How many of a list's words a message holds."""
    return np.array([float(len(KEYWORDS.findall(one.text.lower()))) for one in asked])


def tfidf(learn: Sequence[Example], asked: Sequence[Example]) -> Floats:
    """Words and pairs of words, weighted by rarity, and logistic regression."""
    grams = [_grams(one.text) for one in learn]
    seen: dict[str, int] = {}
    for some in grams:
        for gram in set(some):
            seen[gram] = seen.get(gram, 0) + 1
    places = {gram: place for place, gram in enumerate(sorted(g for g, n in seen.items() if n > 1))}
    rarity = np.array([np.log((1 + len(learn)) / (1 + seen[gram])) + 1 for gram in places] + [1e-3])
    rows = _bags(grams, places, rarity)
    weights, _ = logistic(rows, _right(learn), np.ones(len(learn)), 0.2)
    return _bags([_grams(one.text) for one in asked], places, rarity).times(weights)


def _grams(text: str) -> list[str]:
    words = WORDS.findall(text.lower())
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def _bags(grams: Sequence[Sequence[str]], places: Mapping[str, int], rarity: Floats) -> Bags:
    nothing = len(places)
    rows = [[nothing, *(places[one] for one in some if one in places)] for some in grams]
    flat = np.concatenate([np.array(row) for row in rows])
    starts = np.cumsum([0, *(len(row) for row in rows)])
    values = rarity[flat]
    length = np.sqrt(np.add.reduceat(values * values, starts[:-1]))
    return Bags(flat, values / np.repeat(length, np.diff(starts)), starts, nothing + 1)


def _right(learn: Sequence[Example]) -> Floats:
    return np.array([bool(one.label) for one in learn], float)


def textcat(learn: Sequence[Example], asked: Sequence[Example]) -> Floats:
    """SpaCy's own text classifier, a few rounds over the data."""
    import random

    import spacy
    from spacy.training import Example as Taught

    spacy.util.fix_random_seed(1)
    pipeline = spacy.blank("en")
    category = pipeline.add_pipe("textcat")
    for label in ("concern", "fine"):
        category.add_label(label)  # type: ignore[attr-defined]
    taught = [
        Taught.from_dict(
            pipeline.make_doc(one.text),
            {"cats": {"concern": float(bool(one.label)), "fine": float(not one.label)}},
        )
        for one in learn
    ]
    pipeline.initialize(lambda: taught[:200])
    for _ in range(EPOCHS):
        random.Random(1).shuffle(taught)
        for batch in spacy.util.minibatch(taught, 64):
            pipeline.update(batch)
    return np.array([doc.cats["concern"] for doc in pipeline.pipe(one.text for one in asked)])


class Embedded:
    """Messages as MiniLM's sentence vectors. folder: of the encoder."""

    def __init__(self, folder: Path, learn: Sequence[Example], asked: Sequence[Example]) -> None:
        encoder = MiniLM(folder)
        self.right = _right(learn)
        self.learn = encoder.encode([one.text for one in learn]).astype(float)
        self.asked = encoder.encode([one.text for one in asked]).astype(float)

    def regression(self) -> Floats:
        """Logistic regression on the vectors."""
        weights, _ = logistic(Dense(8 * self.learn), self.right, np.ones(len(self.learn)), 2.0)
        return 8 * self.asked @ weights

    def neighbours(self) -> Floats:
        """As Roblox Sentinel: likeness to the nearest of concern over that to the nearest innocent."""
        near = self.asked @ self.learn.T
        return _top(near[:, self.right == 1]) - _top(near[:, self.right == 0])


def _top(near: Floats) -> Floats:
    many = min(NEAREST, near.shape[1])
    out: Floats = np.partition(near, -many, axis=1)[:, -many:].mean(1)
    return out


def skewness(scores: Sequence[float]) -> float:
    """Sentinel's score of a whole conversation: how far its messages' scores lean to one side."""
    some = np.array(scores)
    spread = some.std()
    return float((((some - some.mean()) / spread) ** 3).mean()) if len(some) > 2 and spread > 0 else 0.0
