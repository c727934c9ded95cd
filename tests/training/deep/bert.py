"""all-MiniLM-L6-v2 in torch, with a head for each category and one for any concern."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tests.training.minilm import HEADS, LAYERS, WIDTH, Floats

INNER = 4 * WIDTH
DROPPED = 0.1
EPSILON = 1e-12
_PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "after_mixed": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "after_wide": "output.LayerNorm",
}


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.mixed, self.after_mixed = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, eps=EPSILON)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after_wide = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, seen: Tensor, mask: Tensor) -> Tensor:
        """seen: (texts, pieces, WIDTH); mask: added to what looks at each piece."""
        texts, pieces, _ = seen.shape

        def split(one: Tensor) -> Tensor:
            return one.view(texts, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)

        near = split(self.query(seen)) @ split(self.key(seen)).transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
        mixed = self.drop(torch.softmax(near + mask, -1)) @ split(self.value(seen))
        mixed = self.mixed(mixed.transpose(1, 2).reshape(texts, pieces, WIDTH))
        seen = self.after_mixed(seen + self.drop(mixed))
        return self.after_wide(seen + self.drop(self.narrow(nn.functional.gelu(self.wide(seen)))))


class Encoder(nn.Module):
    """Texts as word pieces in, a number for each head out. The words' own vectors stay as they are."""

    def __init__(self, held: Mapping[str, Floats], heads: int) -> None:
        super().__init__()
        found = {name: torch.from_numpy(one.copy()) for name, one in held.items()}

        def still(name: str) -> nn.Parameter:
            return nn.Parameter(found[f"embeddings.{name}"], requires_grad=False)

        self.words, self.places = still("word_embeddings.weight"), still("position_embeddings.weight")
        self.kind = still("token_type_embeddings.weight")
        self.after = nn.LayerNorm(WIDTH, eps=EPSILON)
        _fill(self.after, found, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        for number, layer in enumerate(self.layers):
            for name, part in _PARTS.items():
                _fill(getattr(layer, name), found, f"encoder.layer.{number}.{part}")
        self.drop, self.out = nn.Dropout(DROPPED), nn.Linear(2 * WIDTH, heads)

    def forward(self, pieces: Tensor) -> Tensor:
        """pieces: (texts, pieces), 0 where a text is over. Returns (texts, heads), logarithms of odds."""
        there = pieces != 0
        seen = self.drop(self._begin(pieces))
        mask = (~there).float()[:, None, None, :] * -1e4
        for layer in self.layers:
            seen = layer(seen, mask)
        counted = there.float()[..., None]
        mean = (seen * counted).sum(1) / counted.sum(1)
        return self._heads(mean, (seen + mask[:, 0, 0, :, None]).max(1).values)

    def of_one(self, pieces: Tensor) -> Tensor:
        """The same of a single text, (pieces,), in a form that is shipped."""
        seen, mask = self._begin(pieces[None]), torch.zeros(1)
        for layer in self.layers:
            seen = layer(seen, mask)
        return self._heads(seen.mean(1), seen.max(1).values)[0]

    def _heads(self, mean: Tensor, most: Tensor) -> Tensor:
        """Of all pieces together and of the loudest: one sentence must not drown among others."""
        return self.out(self.drop(torch.cat([mean, most], 1)))

    def _begin(self, pieces: Tensor) -> Tensor:
        return self.after(self.words[pieces] + self.places[: pieces.shape[1]] + self.kind[0])


def _fill(part: nn.Module, found: Mapping[str, Tensor], name: str) -> None:
    for half in ("weight", "bias"):
        getattr(part, half).data = found[f"{name}.{half}"].clone()
