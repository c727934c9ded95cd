"""`make train`: rebuild the weights that classifiers.conduct ships, the same bits every time.

python -m tests.training                 the heads, from the corpora and the table of word vectors
python -m tests.training table FOLDER    that table, from all-MiniLM-L6-v2 (model.safetensors, vocab.txt)
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.conduct.detector import HEADS_FILE, VECTORS_FILE
from classifiers.conduct.heads import Heads, model
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.likeness import mean_vector
from classifiers.conduct.vectors import Vectors, vectors
from classifiers.conduct.weights import MANIFEST, Arrays, models_folder
from tests.training import augment, corpus, table
from tests.training.calibrate import calibrated, heard
from tests.training.corpus import CATEGORIES, Example
from tests.training.fit import Fitted, fit
from tests.training.minilm import SHA256, MiniLM
from tests.training.samples import Texts, features


def main() -> None:
    """Build what was asked for and pin it."""
    parser = argparse.ArgumentParser(prog="python -m tests.training", description=__doc__)
    parser.add_argument("--data", type=Path, default=corpus.CORPORA / "conduct", help="holds train/ and dev/")
    parser.add_argument("what", nargs="?", choices=["heads", "table"], default="heads")
    parser.add_argument("folder", nargs="?", type=Path, help="of the encoder, for the table")
    asked = parser.parse_args()
    if asked.what == "table":
        save(VECTORS_FILE, build_table(asked.folder))
        pin({})
        return
    known = vectors(read(VECTORS_FILE))
    learn, apart = split(asked.data)
    held, scales = build_heads(learn, apart, known)
    save(HEADS_FILE, held)
    pin({"categories": list(CATEGORIES), "scales": scales, "trained_on": len(learn), "apart": len(apart)})


def split(folder: Path) -> tuple[list[Example], list[Example]]:
    """What is learnt from, and what the marks are set on."""
    talk = corpus.contact_talk(corpus.CORPORA / "contact" / "dev")
    return corpus.conduct(folder / "train") + talk, corpus.conduct(folder / "dev")


def build_table(folder: Path) -> Arrays:
    """Word vectors in bytes, distilled from the encoder."""
    encoder = MiniLM(folder)
    words = table.vocabulary(encoder)
    return table.laid_out(words, table.encoded(words, encoder))


def build_heads(learn: Sequence[Example], apart: Sequence[Example], known: Vectors) -> tuple[Arrays, Any]:
    """The heads' arrays, and the scales set on messages of a writer they have not seen."""
    texts = Texts(known)
    samples = [texts.sample(one, weight) for one, weight in augment.widened(learn)]
    with_words = [one for one in samples if one is not None]
    held = quantised(fit(with_words, features(with_words, texts)))
    heads = Heads(model(held), known, lexicon())
    return {**held, **themes(learn, known, heads)}, calibrated(heard(apart, heads))


def quantised(fitted: Fitted) -> Arrays:
    """Bytes for the many; each row of them with a number to multiply them by."""
    rarity = fitted.held.rarity
    worth = fitted.grams * rarity[:, None]
    scale = np.abs(worth).max(1) / 127
    return {
        "keys": fitted.held.keys,
        "grams": np.rint(worth / np.maximum(scale, 1e-9)[:, None]).astype(np.int8),
        "scale": scale.astype(np.float16),
        "square": (rarity * rarity).astype(np.float16),
        "at": fitted.at.astype(np.float32),
    }


def themes(learn: Sequence[Example], known: Vectors, heads: Heads) -> Arrays:
    """For every theme of concern the mean of its messages' vectors, its category and its words."""
    from classifiers.conduct.features import stretches
    from classifiers.conduct.words import skim

    found: dict[tuple[str, str], list[Any]] = {}
    for one in learn:
        if one.label:
            spelt = [
                word for run in stretches(skim(one.text, lexicon()), heads.speller) for word in run.words
            ]
            found.setdefault((one.theme, one.label), []).append(mean_vector(spelt, known))
    ordered = sorted(found)
    means = np.array([np.mean(found[key], axis=0) for key in ordered])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)
    return {
        "theme_rows": np.rint(means * 127).astype(np.int8),
        "theme_kinds": np.array([CATEGORIES.index(label) for _, label in ordered], np.int16),
        "theme_words": np.frombuffer("\n".join(theme for theme, _ in ordered).encode(), np.uint8),
    }


def read(name: str) -> Arrays:
    """A file of arrays, whatever its hash: it is being made."""
    with np.load(models_folder() / name, allow_pickle=False) as held:
        return dict(held)


def save(name: str, held: Arrays) -> None:
    """Write arrays; the same arrays give the same file."""
    out = io.BytesIO()
    np.savez_compressed(out, **held)
    (models_folder() / name).write_bytes(out.getvalue())


def pin(more: dict[str, Any]) -> None:
    """Write the manifest: the hash of every file, and what the heads mean."""
    folder = models_folder()
    path = folder / MANIFEST
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    files = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.glob("*.npz"))}
    held = {**known, **more, "files": files, "table_from": f"all-MiniLM-L6-v2, sha256 {SHA256}"}
    path.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
