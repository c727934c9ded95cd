"""A pack is loaded whole, or refused with line, column and a hint."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from gateway import packs
from gateway.decide.ruling import RULE_NAMES
from gateway.domain.policy import Policy
from gateway.domain.verdict import Lane, Severity
from gateway.errors import PolicyError
from gateway.packs.fields import FIRST_SENTENCE
from gateway.packs.schema import Rules
from gateway.settings import config_folder

SHIPPED = (config_folder() / "policies" / "default.yaml").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder of our own, to spoil."""
    for name in ("policies", "clauses"):
        shutil.copytree(config_folder() / name, tmp_path / name)
    return tmp_path


def spoilt(folder: Path, old: str, new: str) -> PolicyError:
    """The error of the shipped pack with `old` replaced once by `new`."""
    assert SHIPPED.count(old) >= 1
    (folder / "policies" / "default.yaml").write_text(SHIPPED.replace(old, new, 1))
    with pytest.raises(PolicyError) as caught:
        packs.load(folder, "default")
    return caught.value


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(SHIPPED.splitlines(), 1) if text in line)


@pytest.mark.parametrize("name", packs.names(config_folder()))
def test_every_shipped_pack_loads_and_cites_a_clause_for_every_rule(name: str) -> None:
    policy = packs.load(config_folder(), name)
    assert policy.pack == name and policy.version.startswith(f"{name}@")
    for terms in policy.rules.values():
        assert policy.clauses[terms.clause].summary
        assert len(FIRST_SENTENCE.match(terms.say).group()) <= 100  # type: ignore[union-attr]


def test_the_schema_knows_exactly_the_rules_that_are_asked() -> None:
    assert set(Rules.model_fields) == set(RULE_NAMES)


def test_the_default_pack_seals_disclosures_and_blocks_contact_details_to_pupils() -> None:
    policy = packs.load(config_folder(), "default")
    sealed = policy.rules["disclosure_before_copy"]
    assert (sealed.lane, sealed.severity, sealed.clause) == (Lane.SEALED, Severity.CRITICAL, "DFT-01")
    assert policy.rules["contact_details"].parameters["to_pupil"] == "block"
    assert policy.clocks[Severity.CRITICAL] == timedelta(minutes=30)
    assert policy.settings["pupil_contact_mode"] == "joint"


def test_the_version_changes_with_the_meaning_and_not_with_comments(folder: Path) -> None:
    before = packs.load(folder, "default").version
    file = folder / "policies" / "default.yaml"
    file.write_text("# another comment\n" + SHIPPED)
    assert packs.load(folder, "default").version == before
    file.write_text(SHIPPED.replace("refuse_at: 0.8", "refuse_at: 0.9"))
    assert packs.load(folder, "default").version != before


def test_a_changed_clause_text_changes_the_version(folder: Path) -> None:
    before = packs.load(folder, "default").version
    clauses = folder / "clauses" / "hst.yaml"
    clauses.write_text(clauses.read_text().replace("initials stand in", "only initials may"))
    assert packs.load(folder, "default").version != before


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        ("  contact_details:", "  contact_detials:", "no rule 'contact_detials'", "'contact_details'"),
        ("clause: MTW-69", "clause: MTW-96", "cites clause 'MTW-96'", "MTW-"),
        ("clause: MTW-69", "klause: MTW-69", "no entry 'klause'", "'clause'"),
        ("    clause: MTW-69\n", "", "'clause' is missing", "add it"),
        ("lane: contact", "lane: contacts", "lane cannot be 'contacts'", "'contact'"),
        ("severity: critical", "severity: criticla", "severity cannot be 'criticla'", "'critical'"),
        ("to_pupil: block", "to_pupil: refuse", "to_pupil cannot be 'refuse'", "block, hold, allow"),
        ("refuse_at: 0.8", "refuse_at: 8", "refuse_at: input should be less", ""),
        ("refuse_at: 0.8", "refuse_at: 0.3", "hold_at must not be above refuse_at", ""),
        ("refuse_at: 0.8", "refuse_att: 0.8", "no entry 'refuse_att'", "'refuse_at'"),
        ("when_missing: add", "when_missing: yes", "when_missing cannot be 'yes'", "add, refuse"),
        ("jurisdiction: england", "juristiction: england", "no setting 'juristiction'", "'jurisdiction'"),
        ("pupil_contact_mode: joint", "pupil_contact_mode: lesson_only", "cannot be 'lesson_only'", "joint"),
        ("critical: 30 min", "critical: soon", "write a time such as 30 min", ""),
        ("critical: 30 min", "critical: 3 d", "must not wait longer", ""),
        ("documents: [hst, mtw, dft]", "documents: [hst, mtv, dft]", "no document 'mtv'", "'mtw'"),
        ("edition: 1", "edition: one", "edition: input should be a valid integer", ""),
        ("pack: default", "pack: other", "in a file named 'default'", "name both alike"),
        ("settings:", "settings: [", "not valid YAML", ""),
        ("edition: 1", "name: Twice", "not valid YAML", ""),
        ("contact details.\n", "contact details of the kind that no policy of ours lets anybody write to pupils.\n",
         "at most 100 may stand", ""),
        ("say: This message could not be checked.", "say: Café closed.", "plain ASCII", ""),
    ],
)  # fmt: skip
def test_a_spoilt_pack_is_refused_with_the_place_and_a_hint(
    folder: Path, old: str, new: str, what: str, hint: str
) -> None:
    error = spoilt(folder, old, new)
    assert what in error.what
    assert hint in error.hint
    file, line, column = error.where.rsplit(":", 2)
    assert file.endswith(".yaml") and int(line) >= 1 and int(column) >= 1


def test_the_place_is_the_line_and_column_of_the_wrong_word(folder: Path) -> None:
    error = spoilt(folder, "      to_pupil: block", "      to_pupil: blok")
    assert error.where.endswith(f"default.yaml:{line_of('to_pupil: block')}:17")
    error = spoilt(folder, "  contact_details:", "  contact_detials:")
    assert error.where.endswith(f"default.yaml:{line_of('  contact_details:')}:3")


@pytest.mark.parametrize("rule", ["fail_closed", "unreadable", "disclosure_before_copy", "guardian_copied"])
def test_a_pack_cannot_leave_out_a_rule_that_keeps_a_promise(folder: Path, rule: str) -> None:
    start = SHIPPED.index(f"  {rule}:")
    after = SHIPPED.find("\n\n", start)
    error = spoilt(folder, SHIPPED[start : after if after > 0 else len(SHIPPED)], "")
    assert f"rule '{rule}' is missing" in str(error)


def test_all_problems_of_a_pack_are_found_at_once(folder: Path) -> None:
    file = folder / "policies" / "default.yaml"
    file.write_text(SHIPPED.replace("to_pupil: block", "to_pupil: x").replace("lane: sealed", "lane: y"))
    problems = packs.examine(file, folder / "clauses")
    assert not isinstance(problems, Policy) and len(problems) == 2


@pytest.mark.parametrize("name", ["defualt", "../default", "", "DEFAULT"])
def test_a_pack_that_is_not_there_names_those_that_are(folder: Path, name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        packs.load(folder, name)
    assert "default" in caught.value.hint


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "\x00", "a: b: c", "pack: &a [*a]"])
def test_a_file_that_is_no_pack_is_refused_and_never_crashes(folder: Path, text: str) -> None:
    (folder / "policies" / "default.yaml").write_text(text)
    with pytest.raises(PolicyError):
        packs.load(folder, "default")
