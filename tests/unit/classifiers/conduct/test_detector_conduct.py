"""Cues and learnt heads together: what is marked, how it is explained, and what broken weights do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from classifiers.catalogue import Catalogue
from classifiers.conduct.cues import ConductCues
from classifiers.conduct.deep import MODEL_FILE, VOCABULARY_FILE
from classifiers.conduct.detector import HEADS_FILE, VECTORS_FILE, Conduct
from classifiers.conduct.weights import MANIFEST, WrongWeights, manifest, models_folder
from classifiers.finding import Finding, Kind, Layer, Passage, Scene

TOLD = "Don't tell your mum about our chats ok, and clear them off the tablet too."
PLAIN = "Your homework is the second page of the worksheet. Bring a ruler on Tuesday."


def found(text: str, role: str = "tutor", layer: Layer = Layer.TEXT) -> list[Finding]:
    return Conduct().find([Passage(layer, text)], Scene(role))


def test_what_the_cues_see_is_still_seen() -> None:
    by_cues = ConductCues().find([Passage(Layer.TEXT, TOLD)], Scene("tutor"))
    assert by_cues
    assert all(one in found(TOLD) for one in by_cues)


def test_ordinary_talk_stays_below_every_mark() -> None:
    assert max((one.score for one in found(PLAIN)), default=0.0) < 0.4


def test_one_sentence_in_a_long_mail_is_what_is_marked() -> None:
    long = f"{PLAIN} {PLAIN} {TOLD} {PLAIN} {PLAIN}"
    marked = [one for one in found(long) if one.category == "secrecy" and one.score >= 0.7]
    assert marked
    for one in marked:
        assert (
            long.index(TOLD) - len(PLAIN) - 1
            <= one.start
            < one.end
            <= long.index(TOLD) + len(TOLD) + len(PLAIN) + 1
        )


def test_findings_are_of_conduct_and_point_into_the_text() -> None:
    for one in found(TOLD):
        assert one.kind is Kind.CONDUCT
        assert 0 <= one.start < one.end <= len(TOLD)
        assert 0 <= one.score <= 1


def test_evidence_quotes_nothing_of_the_message() -> None:
    text = "zorblax quimby and you must never tell your mother about zorblax"
    assert all("zorblax" not in words for one in found(text) for words in one.evidence)


def test_spans_count_in_the_source_behind_invisible_characters() -> None:
    hidden = TOLD.replace("tell", "te\u200bll")
    assert any(one.category == "secrecy" and one.score >= 0.7 for one in found(hidden))
    assert all(one.end <= len(hidden) for one in found(hidden))


def test_a_quotation_counts_half() -> None:
    own = max(one.score for one in found(TOLD))
    assert max((one.score for one in found(TOLD, layer=Layer.QUOTED)), default=0.0) <= own / 2 + 1e-3


@pytest.mark.parametrize(
    "role", ["tutor", "pupil", "guardian", "staff", "outsider", "organisation", "parent"]
)
def test_every_role_is_read(role: str) -> None:
    assert isinstance(found(TOLD, role), list)


@pytest.mark.parametrize("text", ["", " ", "?!", "\n\n\n", "\u200b", "😂😂", "1 2 3", "." * 2000])
def test_texts_without_words_are_no_trouble(text: str) -> None:
    assert found(text) == []


def test_the_same_text_is_judged_the_same_after_any_other() -> None:
    detector = Conduct()
    alone = detector.find([Passage(Layer.TEXT, TOLD)], Scene("tutor"))
    detector.find([Passage(Layer.TEXT, " ".join(f"word{n}" for n in range(3000)))], Scene("pupil"))
    assert detector.find([Passage(Layer.TEXT, TOLD)], Scene("tutor")) == alone


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    shutil.copytree(models_folder(), folder)
    return folder


@pytest.mark.parametrize("name", [HEADS_FILE, VECTORS_FILE, MODEL_FILE, VOCABULARY_FILE])
def test_weights_that_are_not_those_pinned_hold_the_message(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes() + b"\0")
    with pytest.raises(WrongWeights, match=name):
        Conduct(copied).find([Passage(Layer.TEXT, PLAIN)], Scene("tutor"))
    examination = Catalogue([Conduct(copied)])([Passage(Layer.TEXT, PLAIN)], Scene("tutor"))
    assert [(fault.detector, fault.why) for fault in examination.faults] == [("conduct", "raised")]


def test_weights_that_are_missing_are_named(copied: Path) -> None:
    (copied / HEADS_FILE).unlink()
    with pytest.raises(WrongWeights, match="missing"):
        Conduct(copied).find([Passage(Layer.TEXT, PLAIN)], Scene("tutor"))


def test_without_the_encoder_nothing_of_it_is_needed(copied: Path) -> None:
    (copied / MODEL_FILE).unlink()
    assert Conduct(copied, deep=False).find([Passage(Layer.TEXT, TOLD)], Scene("tutor"))


def test_a_manifest_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{", "utf-8")
    with pytest.raises(WrongWeights, match="make train"):
        manifest(tmp_path)


def test_the_shipped_weights_are_small_and_need_no_pickle() -> None:
    files = list(models_folder().glob("conduct_*"))
    assert sum(one.stat().st_size for one in files) < 60_000_000
    assert set(json.loads((models_folder() / MANIFEST).read_text())["files"]) == {one.name for one in files}
