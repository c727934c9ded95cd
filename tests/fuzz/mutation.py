"""Bytes near a target's seeds, for hypothesis: pieces cut out, doubled, replaced by what parsers trip over."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st


def near(target: ModuleType, edits: int = 6) -> st.SearchStrategy[bytes]:
    """Bytes made from one or two seeds by up to `edits` edits."""
    piece = st.sampled_from(target.TOKENS) | st.binary(max_size=8)
    edit = st.tuples(st.integers(0, 1 << 20), st.integers(0, 40), piece)
    return st.builds(
        _edited, st.sampled_from(target.SEEDS), st.sampled_from(target.SEEDS), st.lists(edit, max_size=edits)
    )


def _edited(seed: bytes, other: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    made = seed
    for number, (place, gone, piece) in enumerate(edits):
        at = place % (len(made) + 1)
        if number == 3:  # the end of another seed
            made = made[:at] + other[place % (len(other) + 1) :]
        else:
            made = made[:at] + piece + made[at + gone :]
    return made
