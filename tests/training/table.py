"""A table of word vectors, distilled from a sentence encoder as model2vec does.

Every word of a vocabulary goes through the encoder alone; the vectors are turned to their
main directions (PCA), the commonest words weigh least (SIF), and each row is rounded to bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.training.minilm import MiniLM

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ROOT / "classifiers" / "names" / "english.txt"
DIMENSIONS = 128
SIF = 1e-4
_PLAIN = re.compile(r"(##)?[a-z0-9]+")
CONTRACTIONS = tuple(
    word
    for line in (
        "dont cant wont isnt arent wasnt werent doesnt didnt hasnt havent hadnt shouldnt wouldnt couldnt mustnt",
        " neednt",
    )
    for word in line.split()
)


def vocabulary(model: MiniLM) -> list[str]:
    """The encoder's own pieces, commonest first, then common English it would cut up."""
    own = [piece for piece in model.wordpiece.pieces if _PLAIN.fullmatch(piece)]
    known = set(own)
    lines = ENGLISH.read_text("utf-8").splitlines()
    english = [word for word in lines if not word.startswith("#") and re.fullmatch("[a-z]+", word)]
    return own + [word for word in (*CONTRACTIONS, *english) if word not in known]


def encoded(words: Sequence[str], model: MiniLM) -> NDArray[np.float32]:
    """The encoder's vector of each word by itself, not scaled."""
    pieces = model.wordpiece
    ids = []
    for word in words:
        if word in pieces.ids:
            ids.append([pieces.start, pieces.ids[word], pieces.end])
        else:
            ids.append(pieces.encode(f"{word[:-1]}'t" if word in CONTRACTIONS else word))
    return model.pooled(ids, unit=False)


def reduced(vectors: NDArray[np.float32], dimensions: int = DIMENSIONS) -> NDArray[np.float64]:
    """Main directions first."""
    exact = vectors.astype(np.float64)
    centred = exact - exact.mean(0)
    values, directions = np.linalg.eigh(centred.T @ centred)
    chosen = directions[:, np.argsort(values)[::-1][:dimensions]]
    chosen *= np.sign(chosen[np.abs(chosen).argmax(0), np.arange(chosen.shape[1])])
    turned: NDArray[np.float64] = centred @ chosen
    return turned


def rounded(vectors: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Each row as bytes and the number to multiply them by."""
    scale = np.maximum(np.abs(vectors).max(1), 1e-9) / 127
    return np.rint(vectors / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def laid_out(words: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """The arrays of the table's file: rows of length one, in bytes, and what each word weighs."""
    turned = reduced(vectors)
    rows, scale = rounded(turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9))
    rank = np.arange(2, len(words) + 2)
    share = 1 / rank / (1 / rank).sum()
    return {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "rows": rows,
        "scale": scale,
        "weight": (SIF / (SIF + share)).astype(np.float32),
    }
