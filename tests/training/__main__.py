"""`make train`: rebuild the weights that classifiers.conduct ships, the same bits every time.

python -m tests.training                 the heads, from the corpora and the table of word vectors
python -m tests.training table FOLDER    that table, from all-MiniLM-L6-v2 (model.safetensors, vocab.txt)
python -m tests.training deep FOLDER     the sentence encoder, fine-tuned from it; needs torch and onnx, and half
                                         an hour; the same bits on the same kind of processor. Heads come after.
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

from classifiers.conduct.deep import encoder
from classifiers.conduct.detector import HEADS_FILE, VECTORS_FILE
from classifiers.conduct.features import Speller
from classifiers.conduct.heads import Heads, model
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.likeness import mean_vector
from classifiers.conduct.vectors import Vectors, vectors
from classifiers.conduct.weights import MANIFEST, Arrays, manifest, models_folder
from tests.training import augment, corpus, table
from tests.training.calibrate import calibrated, ease, heard
from tests.training.corpus import CATEGORIES, Example
from tests.training.fit import Fitted, fit
from tests.training.minilm import SHA256, MiniLM
from tests.training.samples import Texts, features

TALK_APART = "l_fresh_hand"
AMID = 0.3  # share of the short messages that the marks are also set on inside a long mail


def main() -> None:
    """Build what was asked for and pin it."""
    parser = argparse.ArgumentParser(prog="python -m tests.training", description=__doc__)
    parser.add_argument("--data", type=Path, default=corpus.CORPORA / "conduct", help="holds train/ and dev/")
    parser.add_argument("what", nargs="?", choices=["heads", "table", "deep"], default="heads")
    parser.add_argument(
        "folder", nargs="?", type=Path, help="of all-MiniLM-L6-v2, for the table or the encoder"
    )
    asked = parser.parse_args()
    if asked.what == "table":
        save(VECTORS_FILE, build_table(asked.folder))
        pin({})
        return
    known = vectors(read(VECTORS_FILE))
    learn, apart = split(asked.data)
    if asked.what == "deep":
        build_encoder(learn, known, asked.folder)
        pin({})
        return
    held = build_heads(learn, known)
    save(HEADS_FILE, held)
    pin({"categories": list(CATEGORIES), "trained_on": len(learn), "apart": len(apart)})
    pin(scales(apart, Heads(model(held), known, lexicon())))


def split(folder: Path) -> tuple[list[Example], list[Example]]:
    """What is learnt from, and what the marks are set on: writers apart, of concern and of ordinary talk."""
    talk = corpus.contact_talk(corpus.CORPORA / "contact" / "dev")
    learn = [one for one in talk if one.writer != TALK_APART]
    apart = [one for one in talk if one.writer == TALK_APART]
    return corpus.conduct(folder / "train") + learn, corpus.conduct(folder / "dev") + apart


def build_table(folder: Path) -> Arrays:
    """Word vectors in bytes, distilled from the encoder."""
    encoder = MiniLM(folder)
    words = table.vocabulary(encoder)
    return table.laid_out(words, table.encoded(words, encoder))


def build_encoder(learn: Sequence[Example], known: Vectors, folder: Path) -> None:
    """Fine-tune the sentence encoder and write it among the models."""
    from tests.training.deep.bert import Encoder
    from tests.training.deep.learn import fine_tuned, taught
    from tests.training.deep.ship import shipped

    bare = MiniLM(folder)
    lessons = list(taught(augment.widened(learn), bare.wordpiece, Speller(known.places)))
    learnt = fine_tuned(Encoder(bare.weights, len(CATEGORIES) + 1), lessons)
    shipped(learnt, list(bare.wordpiece.pieces), models_folder())


def build_heads(learn: Sequence[Example], known: Vectors) -> Arrays:
    """The heads' arrays."""
    texts = Texts(known)
    samples = [texts.sample(one, weight) for one, weight in augment.widened(learn)]
    with_words = [one for one in samples if one is not None]
    held = quantised(fit(with_words, features(with_words, texts)))
    return {**held, **themes(learn, known, Heads(model(held), known, lexicon()))}


def scales(apart: Sequence[Example], heads: Heads) -> dict[str, Any]:
    """How to weigh with the encoder and without, set on messages of writers that neither has seen."""
    apart = [*apart, *augment.amid(apart, AMID)]
    by_heads = heard(apart, heads)
    alone = calibrated(by_heads)
    pin({"scales": alone, "ease": ease(by_heads)})
    return {"scales_deep": calibrated(heard(apart, heads, encoder(models_folder())), alone)}


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
    files = {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.glob("conduct_*"))
    }
    held = {**known, **more, "files": files, "table_from": f"all-MiniLM-L6-v2, sha256 {SHA256}"}
    path.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", "utf-8")
    manifest.cache_clear()


if __name__ == "__main__":
    main()
