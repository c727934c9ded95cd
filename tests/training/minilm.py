"""all-MiniLM-L6-v2 in plain numpy: the sentence encoder that word vectors are distilled from.

Also an anchor of the evaluation. Model: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.wordpiece import WordPiece

Floats = NDArray[np.float32]
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published by sentence-transformers."""
LAYERS, HEADS, WIDTH = 6, 12, 384
AT_ONCE = 64


class MiniLM:
    """Turns texts into 384 numbers each.

    folder: holds model.safetensors and vocab.txt. Raises: ValueError for another model's weights.
    """

    def __init__(self, folder: Path) -> None:
        raw = (folder / "model.safetensors").read_bytes()
        if hashlib.sha256(raw).hexdigest() != SHA256:
            raise ValueError(f"{folder.name}/model.safetensors is not the all-MiniLM-L6-v2 that is pinned")
        self.weights = _tensors(raw)
        self.wordpiece = WordPiece((folder / "vocab.txt").read_text("utf-8").splitlines())

    def encode(self, texts: Sequence[str], most: int = 128) -> Floats:
        """Mean-pooled vectors of length one, a row for each text."""
        ids = [self.wordpiece.encode(text, most) for text in texts]
        return self.pooled(ids)

    def pooled(self, ids: Sequence[Sequence[int]], unit: bool = True) -> Floats:
        """The same for texts that are word pieces already. unit: scale to length one."""
        out = np.zeros((len(ids), WIDTH), np.float32)
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        for first in range(0, len(order), AT_ONCE):
            rows = order[first : first + AT_ONCE]
            out[rows] = self._batch([ids[row] for row in rows])
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9) if unit else out

    def _batch(self, ids: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, ids))
        padded = np.zeros((len(ids), longest), np.int64)
        there = np.zeros((len(ids), longest), np.float32)
        for row, one in enumerate(ids):
            padded[row, : len(one)] = one
            there[row, : len(one)] = 1
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][padded]
        x = x + w["embeddings.position_embeddings.weight"][:longest]
        x = x + w["embeddings.token_type_embeddings.weight"][0]
        x = _norm(x, w, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            x = _layer(x, there, w, f"encoder.layer.{layer}")
        return (x * there[..., None]).sum(1) / there.sum(1, keepdims=True)


def _tensors(raw: bytes) -> dict[str, Floats]:
    size = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + size])
    body = memoryview(raw)[8 + size :]
    return {
        name: np.frombuffer(body[slice(*one["data_offsets"])], np.float32).reshape(one["shape"])
        for name, one in head.items()
        if name != "__metadata__" and one["dtype"] == "F32"
    }


def _layer(x: Floats, there: Floats, w: dict[str, Floats], at: str) -> Floats:
    mixed = _attend(x, there, w, f"{at}.attention.self")
    mixed = _linear(mixed, w, f"{at}.attention.output.dense")
    x = _norm(x + mixed, w, f"{at}.attention.output.LayerNorm")
    wide = _gelu(_linear(x, w, f"{at}.intermediate.dense"))
    return _norm(x + _linear(wide, w, f"{at}.output.dense"), w, f"{at}.output.LayerNorm")


def _attend(x: Floats, there: Floats, w: dict[str, Floats], at: str) -> Floats:
    many, long, _ = x.shape
    query, key, value = (
        _linear(x, w, f"{at}.{part}").reshape(many, long, HEADS, -1).transpose(0, 2, 1, 3)
        for part in ("query", "key", "value")
    )
    score = query @ key.transpose(0, 1, 3, 2) / math.sqrt(WIDTH / HEADS)
    score = score + (there[:, None, None, :] - 1) * 1e4
    score = np.exp(score - score.max(-1, keepdims=True))
    share = score / score.sum(-1, keepdims=True)
    mixed: Floats = (share @ value).transpose(0, 2, 1, 3).reshape(many, long, WIDTH)
    return mixed


def _linear(x: Floats, w: dict[str, Floats], at: str) -> Floats:
    out: Floats = x @ w[f"{at}.weight"].T + w[f"{at}.bias"]
    return out


def _norm(x: Floats, w: dict[str, Floats], at: str) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-12)
    out: Floats = centred / spread * w[f"{at}.weight"] + w[f"{at}.bias"]
    return out


def _gelu(x: Floats) -> Floats:
    """x times the normal distribution, by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = (((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592
    erf = np.sign(x) * (1 - series * t * np.exp(-z * z))
    out: Floats = (0.5 * x * (1 + erf)).astype(np.float32)
    return out
