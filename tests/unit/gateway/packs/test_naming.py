"""A name that nothing answers to is refused with its place and the nearest that does."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import packs
from gateway.settings import config_folder

MINE = """\
pack: mine
extends: default
name: Mine
edition: 1
watch:
  cafes:
    clause: DFT-24
    categories: [lesson_place]
    then: note
    role: dsl
built_in:
  reasons: [DFT-24]
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "hint"),
    [
        ("[lesson_place]", "[flirting, lesson_plaice]", ":8:28", "no detector finds 'lesson_plaice'", "lesson_place"),
        ("role: dsl", "role: dls", ":10:11", "no role 'dls'", "dsl"),
        ("cafes:", "human_sender:", ":6:3", "a rule is called 'human_sender' already", "rename it"),
        ("reasons:", "reason:", ":12:3", "nothing built in that is called 'reason'", "reasons"),
    ],
)  # fmt: skip
def test_a_name_that_does_nothing_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, place: str, what: str, hint: str
) -> None:
    (tmp_path / "policies").mkdir()
    path = tmp_path / "policies" / "mine.yaml"
    where = packs.shelf(tmp_path, config_folder())
    path.write_text(MINE)
    assert not isinstance(packs.examine(path, where), list)
    path.write_text(MINE.replace(old, new))
    problems = packs.examine(path, where)
    assert isinstance(problems, list) and len(problems) == 1
    assert problems[0].where.endswith(f"mine.yaml{place}")
    assert what in problems[0].what and hint in problems[0].hint
