"""A pack is loaded whole, or refused with file, line, column and a hint."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from gateway import packs
from gateway.decide.ruling import RULE_NAMES
from gateway.domain.people import Role
from gateway.domain.policy import Policy, Stance, Then
from gateway.domain.verdict import Lane, Severity
from gateway.errors import PolicyError
from gateway.packs.fields import FIRST_SENTENCE
from gateway.packs.schema import Rules
from gateway.settings import config_folder

# A site's own pack: something of every section, over the default one.
SITE = """\
pack: site
extends: default
name: Riverside Tutors
edition: 3
documents: [hst, mtw, kst, vto, wsen, dft]
adopts: [dft]
settings:
  pupil_contact_mode: guardian_only
  guardian_gate: {value: {min_age: 19}, stance: stated, clauses: [VTO-18]}
  approved_technology: {mode: exclusive_allowlist, allow: [bitpaper]}
  operating_hours: {schools: {enabled: true, window: "09:00-17:00 Mon-Fri"}}
clocks:
  critical: 15 min
roles:
  head: {title: Head of Tutoring, desk: moderator}
rules:
  known_parties:
    severity: critical
  contact_details:
    clause: MTW-69
    also: [HST-17]
    lane: contact
    say: Please leave contact details out.
    parameters: {refuse_at: 0.9}
watch:
  own_words:
    clause: HST-25
    phrases: [the den]
    from: [tutor]
    to: [pupil, guardian]
    then: note
    role: head
    within: 4 h
reminders:
  tips:
    clause: KST-05
    on: calendar
    every: term
    to: [guardian]
    say: Talk with your child about being online.
records:
  gift:
    clause: MTW-50
    title: Gift
    fields: {item: What it was, value: What it was worth}
    required: [item]
reports:
  concern:
    clause: MTW-01
    title: Report a concern
    from: [tutor]
    to: head
    acknowledge: 24 h
    say: Thank you. We have your report.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder of our own, to spoil."""
    for name in ("policies", "clauses"):
        shutil.copytree(config_folder() / name, tmp_path / name)
    (tmp_path / "policies" / "site.yaml").write_text(SITE)
    return tmp_path


def spoilt(folder: Path, old: str, new: str) -> PolicyError:
    """The error of the site's pack with `old` replaced once by `new`."""
    assert SITE.count(old) >= 1
    (folder / "policies" / "site.yaml").write_text(SITE.replace(old, new, 1))
    with pytest.raises(PolicyError) as caught:
        packs.load(folder, "site")
    return caught.value


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
    assert policy.settings["contact_details_to_pupil"] == "block"
    assert policy.clocks[Severity.CRITICAL] == timedelta(minutes=30)
    assert policy.settings["pupil_contact_mode"] == "joint"


def test_a_site_says_what_differs_and_the_base_says_the_rest(folder: Path) -> None:
    base, site = packs.load(folder, "default"), packs.load(folder, "site")
    assert site.settings["pupil_contact_mode"] == "guardian_only"
    assert site.stances["pupil_contact_mode"] == (Stance.SITE, ())
    assert site.stances["guardian_gate"] == (Stance.STATED, ("VTO-18",))
    assert site.stances["vetting_scheme"] == base.stances["vetting_scheme"]
    assert site.rules["known_parties"].severity is Severity.CRITICAL
    assert site.rules["known_parties"].say == base.rules["known_parties"].say
    contact = site.rules["contact_details"]
    assert (contact.parameters["refuse_at"], contact.parameters["hold_at"]) == (0.9, 0.5)
    assert site.clocks[Severity.HIGH] == base.clocks[Severity.HIGH]
    assert {"head", *base.roles} == set(site.roles)
    own = next(one for one in site.watches if one.name == "own_words")
    assert (own.then, own.senders, own.within) == (Then.NOTE, {Role.TUTOR}, timedelta(hours=4))
    assert site.cited["watch.own_words"] == ("HST-25",)
    assert site.cited["rules.contact_details"] == ("MTW-69", "HST-17")
    assert site.rules["pupil_contact_mode"].settings["pupil_contact_mode"] == "guardian_only"


def test_a_site_can_drop_what_the_base_has(folder: Path) -> None:
    file = folder / "policies" / "site.yaml"
    file.write_text(SITE.replace("watch:", "  unchecked_attachment:\nwatch:"))
    assert "unchecked_attachment" not in packs.load(folder, "site").rules
    assert "unchecked_attachment" in packs.load(folder, "default").rules


def test_sites_stand_before_what_ships(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "policies").mkdir(parents=True)
    (home / "policies" / "site.yaml").write_text(SITE.replace("Riverside", "Hillside"))
    assert packs.load(packs.shelf(home, folder), "site").name == "Hillside Tutors"


def test_the_version_changes_with_the_meaning_and_not_with_comments(folder: Path) -> None:
    before = packs.load(folder, "site").version
    file = folder / "policies" / "site.yaml"
    file.write_text("# another comment\n" + SITE)
    assert packs.load(folder, "site").version == before
    file.write_text(SITE.replace("refuse_at: 0.9", "refuse_at: 0.95"))
    assert packs.load(folder, "site").version != before


@pytest.mark.parametrize("changed", ["policies/default.yaml", "clauses/hst.yaml"])
def test_what_a_pack_rests_on_is_part_of_its_version(folder: Path, changed: str) -> None:
    before = packs.load(folder, "site").version
    text = (folder / changed).read_text()
    old, new = ("high: 2 h", "high: 3 h") if "default" in changed else ("initials stand in", "initials may")
    assert old in text
    (folder / changed).write_text(text.replace(old, new))
    assert packs.load(folder, "site").version != before


# old, new, where the error points in the new text (the word there), what is wrong, the hint.
MISTAKES = [
    ("  contact_details:", "  contact_detials:", "contact_detials", "no rule 'contact_detials'", "'contact_details'"),
    ("clause: MTW-69", "clause: MTW-96", "MTW-96", "cites clause 'MTW-96'", "MTW-"),
    ("also: [HST-17]", "also: [HST-71]", "HST-71", "cites clause 'HST-71'", "HST-"),
    ("clause: MTW-69", "klause: MTW-69", "klause", "no entry 'klause'", "'clause'"),
    ("lane: contact", "lane: contacts", "contacts\n", "lane cannot be 'contacts'", "'contact'"),
    ("severity: critical", "severity: criticla", "criticla", "severity cannot be 'criticla'", "'critical'"),
    ("refuse_at: 0.9", "refuse_at: 8", "8}", "refuse_at: input should be less", ""),
    ("refuse_at: 0.9", "refuse_at: 0.3", "{refuse_at", "hold_at must not be above refuse_at", ""),
    ("refuse_at: 0.9", "refuse_att: 0.9", "refuse_att", "no entry 'refuse_att'", "'refuse_at'"),
    ("refuse_at: 0.9", "refuse_at: high", "high}", "refuse_at: input should be a valid number", ""),
    ("say: Please leave", "say: Café closed. Please leave", "Café", "plain ASCII", ""),
    ("say: Please leave contact details out.", f"say: {'Please leave them out ' * 6}.", "Please", "at most 100", ""),
    ("say: Please leave contact details out.", "say: ''", "''", "must not be empty", ""),
    ("pupil_contact_mode: guardian_only", "pupil_contact_mod: joint", "pupil_contact_mod", "no setting", "'pupil_contact_mode'"),
    ("pupil_contact_mode: guardian_only", "pupil_contact_mode: both", "both", "cannot be 'both'", "joint"),
    ("pupil_contact_mode: guardian_only", "pupil_contact_mode: {value: both, stance: stated}", "both,", "cannot be 'both'", "joint"),
    ("stance: stated", "stance: sure", "sure", "stance cannot be 'sure'", "stated"),
    ("{min_age: 19}", "{min_age: 16}", "16}", "min_age: input should be greater", ""),
    ("{min_age: 19}", "{minimum_age: 19}", "minimum_age", "no entry 'minimum_age'", "min_age"),
    ("{min_age: 19}", "{min_age: nineteen}", "nineteen", "min_age: input should be a valid integer", ""),
    ("clauses: [VTO-18]}\n", "clauses: [VTO-99]}\n", "VTO-99", "cites clause 'VTO-99'", "VTO-"),
    ("mode: exclusive_allowlist", "mode: allow_list", "allow_list", "cannot be 'allow_list'", "exclusive_allowlist"),
    ("allow: [bitpaper]", "allow: bitpaper", "bitpaper}", "allow: input should be a valid list", ""),
    ('"09:00-17:00 Mon-Fri"', '"9-5 weekdays"', '"9-5', "write opening hours such as", ""),
    ('"09:00-17:00 Mon-Fri"', '"17:00-09:00 Mon-Fri"', '"17:00', "must end later than they begin", ""),
    ("critical: 15 min", "critical: soon", "soon", "write a time such as 30 min", ""),
    ("critical: 15 min", "critical: 3 d", "critical: 3 d", "must not wait longer", ""),
    ("critical: 15 min", "critical: 0 min", "0 min", "write a time such as 30 min", ""),
    ("desk: moderator", "desk: headmaster", "headmaster", "desk cannot be 'headmaster'", "moderator"),
    ("phrases: [the den]", "phrases: [a]", "a]", "at least 3 characters", ""),
    ("    phrases: [the den]\n", "", "clause: HST-25", "give categories or phrases", ""),
    ("    then: note\n", "", "clause: HST-25", "give either then or by_setting", ""),
    ("then: note", "then: delete", "delete", "then cannot be 'delete'", "refuse, hold, note"),
    ("    role: head\n", "", "clause: HST-25", "names the role that is told", ""),
    ("role: head", "role: haed", "haed", "there is no role 'haed'", "'head'"),
    ("from: [tutor]\n    to: [pupil", "from: [teacher]\n    to: [pupil", "teacher", "cannot be 'teacher'", "tutor"),
    ("to: [pupil, guardian]", "recipients: [pupil]", "recipients", "no entry 'recipients'", ""),
    ("within: 4 h", "within: 4 weeks", "4 weeks", "write a time such as", ""),
    ("on: calendar", "on: mondays", "mondays", "on cannot be 'mondays'", "calendar"),
    ("    every: term\n", "", "clause: KST-05", "say how often", ""),
    ("to: [guardian]", "to: [guardians]", "guardians", "there is no role 'guardians'", "'guardian'"),
    ("required: [item]", "required: [itme]", "clause: MTW-50", "'itme' is required but is no field", ""),
    ("fields: {item: What it was, value: What it was worth}", "fields: {}", "{}", "at least 1 item", ""),
    ("from: [tutor]\n    to: head", "from: []\n    to: head", "[]", "at least 1 item", ""),
    ("to: head", "to: hade", "hade", "there is no role 'hade'", "'head'"),
    ("acknowledge: 24 h", "acknowledge: at once", "at once", "write a time such as", ""),
    ("    acknowledge: 24 h\n", "", "concern", "'acknowledge' is missing", "add it"),
    ("wsen, dft]", "wsen, dftt]", "dftt", "no document 'dftt'", "'dft'"),
    ("adopts: [dft]", "adopts: []", "[]", "at least 1 item", ""),
    ("extends: default", "extends: defualt", "defualt", "no pack 'defualt'", "'default'"),
    ("extends: default", "extends: site", "site\nname", "leads back to itself", "extend another"),
    ("extends: default", "extends: [default]", "[default]", "must be the name of a pack", ""),
    ("edition: 3", "edition: three", "three", "edition: input should be a valid integer", ""),
    ("pack: site", "pack: other", "other", "in a file named 'site'", "name both alike"),
    ("settings:", "settings: [", "", "not valid YAML", ""),
    ("edition: 3", "name: Twice", "", "not valid YAML", ""),
    ("watch:", "wach:", "wach", "no entry 'wach'", "'watch'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "what", "hint"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_a_hint(
    folder: Path, old: str, new: str, at: str, what: str, hint: str
) -> None:
    error = spoilt(folder, old, new)
    assert what in error.what
    assert hint in error.hint
    file, line, column = error.where.rsplit(":", 2)
    assert file.endswith("site.yaml") and int(line) >= 1 and int(column) >= 1
    if at:
        text = SITE.replace(old, new, 1)
        place = text.index(at)
        assert int(line) == text.count("\n", 0, place) + 1
        assert int(column) == place - (text.rfind("\n", 0, place) + 1) + 1


def test_a_mistake_in_the_base_is_told_in_the_base(folder: Path) -> None:
    base = folder / "policies" / "default.yaml"
    base.write_text(
        base.read_text().replace("jurisdiction: {value: england", "jurisdiction: {value: englnd", 1)
    )
    with pytest.raises(PolicyError, match=r"default\.yaml:\d+:\d+: .*'englnd'.*england"):
        packs.load(folder, "site")


@pytest.mark.parametrize(
    "rule", ["fail_closed", "unreadable", "disclosure_before_copy", "guardian_copied", "guardian_registered"]
)
def test_a_pack_cannot_leave_out_a_rule_that_keeps_a_promise(folder: Path, rule: str) -> None:
    error = spoilt(folder, "rules:\n", f"rules:\n  {rule}:\n")
    assert f"rule '{rule}' is missing" in str(error)


@pytest.mark.parametrize("setting", ["legal_hold", "sealed_evidence", "disclosure_before_copy"])
def test_a_pack_cannot_switch_a_promise_off(folder: Path, setting: str) -> None:
    error = spoilt(folder, "settings:\n", f"settings:\n  {setting}: false\n")
    assert "cannot be 'False'" in error.what and "True" in error.hint


def test_all_problems_of_a_pack_are_found_at_once(folder: Path) -> None:
    file = folder / "policies" / "site.yaml"
    file.write_text(SITE.replace("lane: contact", "lane: y").replace("on: calendar", "on: x"))
    problems = packs.examine(file, packs.shelf(folder))
    assert not isinstance(problems, Policy) and len(problems) == 2


@pytest.mark.parametrize("name", ["defualt", "../default", "", "DEFAULT"])
def test_a_pack_that_is_not_there_names_those_that_are(folder: Path, name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        packs.load(folder, name)
    assert "default" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "just words", "- a\n- list", "\x00", "a: b: c", "pack: &a [*a]", SITE[:400]]
)
def test_a_file_that_is_no_pack_is_refused_and_never_crashes(folder: Path, text: str) -> None:
    (folder / "policies" / "site.yaml").write_text(text)
    with pytest.raises(PolicyError):
        packs.load(folder, "site")
