"""The file of cues: every category can be found, and mistakes in it are named."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from classifiers.conduct.lexicon import lexicon, words_folder
from classifiers.matters.cues import compiled, cues
from classifiers.matters.glance import Glance
from classifiers.matters.words import Reader

RAW: dict[str, Any] = {
    "value": {"tool": {"hammer": "hammer, big hammer"}},
    "classes": {"NOT": "not", "OWN": "dad's hammer"},
    "category": {"tools": {"by": "tutor"}},
    "cue": [
        {"says": "a tool", "category": "tools", "score": 0.8, "patterns": "use ~2 TOOL\nTOOL $\n^ OWN ~1 _"}
    ],
}


def spans(text: str) -> list[str]:
    held = compiled(RAW, lexicon())
    sentence = Reader(held.known).sentence(text)
    found = [held.search(held.rows[row], sentence.joined) for row in Glance(held).rows(sentence)]
    return [sentence.joined[one[0] : one[1]].decode().strip() for one in found if one is not None]


def test_rows_find_words_gaps_phrases_and_ends() -> None:
    assert spans("please use the big hammer now") == ["use the big hammer"]
    assert spans("use one , two hammer nails") == []  # a gap breaks no clause
    assert spans("give me the hammer") == ["hammer"]
    assert spans("the dad's hammer is xyzzy") == []
    assert spans("dad's hammer is xyzzy") == ["dad hammer is _"]


def test_a_class_nobody_defined_is_named() -> None:
    wrong = {**RAW, "cue": [{**RAW["cue"][0], "patterns": "use HAMMERS"}]}
    with pytest.raises(ValueError, match="HAMMERS"):
        compiled(wrong, lexicon())


def test_a_row_without_words_is_named() -> None:
    wrong = {**RAW, "cue": [{**RAW["cue"][0], "patterns": "~3"}]}
    with pytest.raises(ValueError, match="a tool"):
        compiled(wrong, lexicon())


def test_every_category_of_the_file_has_cues_and_every_class_is_used() -> None:
    raw = tomllib.loads((words_folder() / "matters.toml").read_text("utf-8"))
    assert {cue["category"] for cue in raw["cue"]} == set(raw["category"])
    assert {name for cue in cues().rows for name in cue.cue.drop | cue.cue.after} <= set(cues().known.classes)
    text = " ".join(cue["patterns"] for cue in raw["cue"]).replace("|", " ").replace("?", " ").split()
    named = {
        name
        for held in (*raw["cue"], *raw["category"].values())
        for name in (*held.get("drop", ()), *held.get("after", ()))
    }
    in_code = {"NOT", "FORBIDDEN", "WANTED", "SOMEBODY"}
    assert set(raw["classes"]) - set(text) - named - in_code == set()
