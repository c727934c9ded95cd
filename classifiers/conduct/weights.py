"""Weights learnt from the corpora, as files whose hashes are pinned."""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANIFEST = "conduct.json"
Arrays = dict[str, NDArray[Any]]


class WrongWeights(Exception):
    """A file of weights is missing or is not the one that was pinned."""


def models_folder() -> Path:
    """Where the weights are: inside an installed package, or beside the sources."""
    root = Path(__file__).resolve().parents[2]
    inside = root / "gateway" / "_config" / "models"
    return inside if inside.is_dir() else root / "config" / "models"


@lru_cache(maxsize=1)
def manifest(folder: Path) -> dict[str, Any]:
    """What the folder should hold: version, hash of each file, and what the heads mean."""
    try:
        read: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WrongWeights(f"{MANIFEST} cannot be read; run `make train`") from error
    return read


def pinned(name: str, folder: Path) -> bytes:
    """What is in a pinned file. Raises: WrongWeights. The hash is of the bytes that are then used."""
    try:
        raw = (folder / name).read_bytes()
    except OSError as error:
        raise WrongWeights(f"{name} is missing; run `make train`") from error
    if hashlib.sha256(raw).hexdigest() != manifest(folder)["files"].get(name):
        raise WrongWeights(f"{name} is not the file that {MANIFEST} pins; run `make train`")
    return raw


def arrays(name: str, folder: Path) -> Arrays:
    """The arrays of one pinned file; no pickle is ever opened. Raises: WrongWeights."""
    with np.load(io.BytesIO(pinned(name, folder)), allow_pickle=False) as held:
        return dict(held)
