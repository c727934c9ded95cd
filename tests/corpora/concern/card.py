"""The model card, as text."""

from __future__ import annotations

from collections.abc import Sequence

from tests.corpora.concern.sections import Table

HEAD = """# Conduct model: card

Written by `make corpora`; do not edit. What it is for and how it reads is in `classifiers/conduct`.

**Use.** It brings messages between tutors and families to a person. It decides nothing about anybody, and it
must not be used to. **Reads** English, with the spellings of teenagers, regions and second-language writers.
**Trained** on {learn:,} messages written for this project by several hands, all invented, at handbook level;
nobody's real messages; and on the innocent messages of the contact corpus. **Made of** linear heads over words,
runs of words, parts of words and the lexicon's classes, a small sentence encoder that reads what leaves those in
doubt (`deep_reader` in `gateway.toml`), and cues; the marks are set on writers they have not seen. The encoder is
fine-tuned from sentence-transformers/all-MiniLM-L6-v2, and word vectors, which mend words and say what a message
resembles, are distilled from it (Apache-2.0, see `config/models/NOTICE`). `make train` rebuilds the heads and marks,
bit for bit; `python -m tests.training deep` the encoder. **Measured** on {items:,} messages of the {split} split,
by writers and themes that training never saw.

**Limits.** Written, not collected: real families write differently. Whoever knows the weights can write around
them; the pair's trajectory, and the facts it counts, are there for that. Figures are of messages chosen to be
hard: half of the innocent ones were written to look guilty.
"""


def written(tables: Sequence[Table], split: str, learn: int, items: int) -> str:
    """The whole card."""
    return HEAD.format(learn=learn, items=items, split=split) + "".join(map(_table, tables))


def _table(table: Table) -> str:
    rule = "|---|" + "---:|" * (len(table.columns) - 1)
    lines = [_line(table.columns), rule, *map(_line, table.rows)]
    return f"\n## {table.title}\n" + "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
