"""How good the conduct detection is; writes docs/conduct_model.md from what it finds.

python -m tests.corpora.concern [--split dev] [--encoder FOLDER] [--no-anchors]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.corpora.concern import card, sections, talks
from tests.training import corpus

DOCS = Path(__file__).resolve().parents[3] / "docs" / "conduct_model.md"


def main() -> None:
    """Measure, show, and (of the test split) write the card."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.concern", description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--data", type=Path, default=corpus.CORPORA / "conduct", help="holds the splits")
    parser.add_argument("--encoder", type=Path, help="folder of all-MiniLM-L6-v2, for two of the anchors")
    parser.add_argument("--no-anchors", dest="anchors", action="store_false")
    parser.add_argument("--seeds", type=int, default=20, help="of each disguise")
    asked = parser.parse_args()
    learn = corpus.conduct(asked.data / "train")
    items = corpus.conduct(asked.data / asked.split)
    report = sections.measured(learn, items, asked.encoder, asked.anchors, asked.seeds)
    folder = corpus.CORPORA / "conversations" / asked.split
    if folder.is_dir():
        report.append(talks.table(talks.talks(folder)))
    text = card.written(report, asked.split, len(learn), len(items))
    print(text)
    if asked.split == "test" and asked.anchors:
        DOCS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
