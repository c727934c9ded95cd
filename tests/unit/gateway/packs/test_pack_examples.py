"""Examples of clauses: those that ship fit their packs, and a wrong one is told by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import packs
from gateway.errors import PolicyError
from gateway.packs.examples import Example, ExampleFile, examine, load
from gateway.settings import config_folder

FILES = {path.stem: path for path in sorted((config_folder() / "examples").glob("*.yaml"))}
PACKS = {"vto": "vto", "kst": "key-stage", "wsen": "westcountry-sen", "mtw": "mytutor", "hst": "home-school"}
PAIRS = {"dft": 21, "hst": 20, "kst": 17, "mtw": 60, "vto": 28, "wsen": 10}
VTO = packs.load(config_folder(), "vto")

ONE = """\
document: vto
pack: vto
examples:
  - clause: VTO-10
    fires: {from: tutor, to: [pupil], text: "You clot.", situation: {found: [bullying], at: "21:50"}}
    passes: {about: reminder, part: reminders.recording_notice, hours: 24}
"""


@pytest.mark.parametrize("document", FILES)
def test_the_examples_of_every_document_fit_the_pack_they_are_played_under(document: str) -> None:
    name = PACKS.get(document, "default")
    found = load(FILES[document], packs.load(config_folder(), name))
    assert (found.document, found.pack) == (document, name)
    clauses = [one.clause for one in found.examples]
    assert len(set(clauses)) == len(clauses) == PAIRS[document]


@pytest.mark.parametrize("document", FILES)
def test_an_example_that_has_no_answer_yet_says_what_it_awaits(document: str) -> None:
    found = load(FILES[document], packs.load(config_folder(), PACKS.get(document, "default")))
    assert all(one.awaits or (one.fires and (one.passes or one.clause == "VTO-06")) for one in found.examples)


def spoilt(folder: Path, old: str, new: str) -> list[PolicyError] | ExampleFile:
    assert old in ONE
    path = folder / "vto.yaml"
    path.write_text(ONE.replace(old, new, 1))
    return examine(path, VTO)


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "hint"),
    [
        ("VTO-10", "VTO-99", ":4:13", "clause 'VTO-99'", "VTO-"),
        ("from: tutor", "from: tutro", ":5:19", "from cannot be 'tutro'", "'tutor'"),
        ("to: [pupil], ", "", ":5:", "say from whom and to whom", ""),
        ("situation", "situtation", ":5:", "no entry 'situtation'", "'situation'"),
        ("found: [bullying]", "fuond: [bullying]", ":5:", "no entry 'fuond'", "'found'"),
        ("[bullying]", "[bulying]", ":5:", "no detector finds 'bulying'", "'bullying'"),
        ("21:50", "25:50", ":5:", "at: ", ""),
        ("recording_notice", "recording_notise", ":6:", "no part 'reminders.recording_notise'", "recording_notice"),
        ("recording_notice", "weekly_digest", ":6:", "does not cite clause 'VTO-10'", ""),
        ("about: reminder, ", "", ":6:", "say from whom and to whom", ""),
        ("hours: 24", "hours: -1", ":6:", "hours: ", ""),
    ],
)  # fmt: skip
def test_a_wrong_example_is_told_by_file_line_and_column(
    tmp_path: Path, old: str, new: str, place: str, what: str, hint: str
) -> None:
    problems = spoilt(tmp_path, old, new)
    assert isinstance(problems, list)
    assert f"vto.yaml{place}" in problems[0].where
    assert what in problems[0].what
    assert hint in problems[0].hint


def test_an_error_does_not_echo_the_words_of_a_message(tmp_path: Path) -> None:
    problems = spoilt(tmp_path, 'text: "You clot."', "text: [You clot]")
    assert isinstance(problems, list)
    assert "clot" not in str(problems[0])


def test_an_example_either_has_an_answer_or_awaits_one() -> None:
    for wrong in ({"clause": "VTO-10"}, {"clause": "VTO-10", "awaits": "", "fires": None}):
        with pytest.raises(ValueError, match="awaits"):
            Example.model_validate(wrong)
