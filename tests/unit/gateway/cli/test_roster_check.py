"""A roster is right as a whole, or every wrong row is named in a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.cli.roster_check import Checked, as_roster, check
from gateway.cli.roster_export import as_yaml
from gateway.cli.roster_file import read_sheets
from gateway.domain.people import Organisation, Role
from gateway.domain.roster import pair_id
from gateway.errors import RosterError

TODAY = date(2026, 11, 20)
GOOD = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test, pack: default}
people:
  - {id: tara, role: tutor, given: Tara, family: Okafor, address: tara.okafor@relay.test, mailboxes: [tara.personal@mail.test], password: app-password}
  - {id: jamie, role: pupil, given: Jamie, family: Whitfield, nicknames: [Jay], born: 2012-03-04, mailboxes: [jamie@family.test]}
  - {id: ruth, role: guardian, given: Ruth, family: Whitfield, mailboxes: [ruth@family.test]}
  - {id: mo, role: moderator, given: Mo, family: Haddad, mailboxes: [mo@org.test]}
guardianships: [{guardian: ruth, pupil: jamie, copied: true, registered: 2026-01-05}]
pairs: [{tutor: tara, pupil: jamie, subject: Maths, contract: private}]
allow: {phones: ["020 7946 0000"], hosts: [lessons.example.org], addresses: [office@relay.test]}
"""


def checked(tmp_path: Path, text: str = GOOD) -> Checked:
    file = tmp_path / "roster.yaml"
    file.write_text(text, "utf-8")
    return check(read_sheets(file), TODAY)


def test_the_roster_of_the_manual_is_right_as_it_stands(tmp_path: Path) -> None:
    found = checked(tmp_path)
    assert found.problems == []
    roster = as_roster(found)
    tara, jamie, _ruth, mo = roster.people
    assert (tara.address, tara.role, mo.role) == ("tara.okafor@relay.test", Role.TUTOR, Role.MODERATOR)
    assert jamie.born == date(2012, 3, 4) and jamie.nicknames == ("Jay",)
    assert roster.passwords == {"tara": "app-password"}
    assert roster.guardianships[0].registered == date(2026, 1, 5)
    assert roster.pairs[0].id == pair_id("demo", "tara", "jamie")
    assert roster.allow is not None
    assert roster.allow == {"+442079460000", "lessons.example.org", "office@relay.test"}


@pytest.mark.parametrize(
    ("old", "new", "row", "what"),
    [
        ("guardian: ruth", "guardian: rut", "guardianships row 1 (line 7)", "'rut' is not among the people"),
        ("guardianships: [{guardian: ruth, pupil: jamie, copied: true, registered: 2026-01-05}]", "",
         "people row 2 (line 4)", "has no guardian"),
        ("[ruth@family.test]", "[Jamie@Family.test]", "people row 3 (line 5)", "already in people row 2"),
        ("[ruth@family.test]", "[tara.okafor@relay.test]", "people row 3", "already in people row 1"),
        ("[ruth@family.test]", "[ruth@family.test, RUTH@family.test]", "people row 3", "one mailbox twice"),
        ("[ruth@family.test]", "[ruth at family.test]", "people row 3", "no mail address"),
        ("[jamie@family.test]", "[jamie@relay.test]", "people row 2", "own relay domain"),
        ("role: guardian", "role: gaurdian", "people row 3", "unknown role 'gaurdian' (did you mean 'guardian'?)"),
        ("role: guardian", "role: outsider", "people row 3", "unknown role"),
        ("{id: mo,", "{id: tara,", "people row 4", "id 'tara' is already that of people row 1"),
        ("{id: mo,", "{id: 'mo haddad',", "people row 4", "letters, digits"),
        ("{id: mo,", "{", "people row 4", "id is missing"),
        ("given: Mo, ", "", "people row 4", "given is missing"),
        ("address: tara.okafor@relay.test, ", "", "people row 1", "a tutor needs an address"),
        ("tara.okafor@relay.test", "tara@gmail.test", "people row 1", "at the organisation's domain"),
        ("2012-03-04", "2012-13-04", "people row 2", "born must be a date"),
        ("2012-03-04", "2031-03-04", "people row 2", "lies in the future"),
        ("registered: 2026-01-05", "registered: soon", "guardianships row 1", "registered must be a date"),
        ("copied: true", "copied: perhaps", "guardianships row 1", "copied must be true or false"),
        ("nicknames: [Jay]", "niknames: [Jay]", "people row 2", "no field 'niknames' (did you mean 'nicknames'?)"),
        ("tutor: tara, pupil", "tutor: ruth, pupil", "pairs row 1", "'ruth' is a guardian, not a tutor"),
        ("tutor: tara, pupil: jamie", "tutor: tara", "pairs row 1", "pupil is missing"),
        ("contract: private}", "contract: privat}", "pairs row 1", "unknown contract 'privat'"),
        ("pairs: [", "pairs: [{tutor: tara, pupil: jamie}, ", "pairs row 2", "the same pair as pairs row 1"),
        ("domain: relay.test", "domain: relay", "organisation", "domain is no domain name"),
        ("pack: default", "pack: defualt", "organisation", "did you mean 'default'?"),
        ("allow: {phones", "allow: {fones", "allow fones row 1", "unknown kind 'fones'"),
        ("pairs: [{", "teaching: [{", "roster.yaml", "no section 'teaching'"),
        ("pairs: [{tutor: tara, pupil: jamie, subject: Maths, contract: private}]", "pairs: 7", "roster.yaml",
         "pairs must be a list of rows"),
        ("  - {id: mo,", "  - just text\n  - {id: mo,", "people row 4 (line 6)", "named fields"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_number(
    tmp_path: Path, old: str, new: str, row: str, what: str
) -> None:
    assert GOOD.count(old) >= 1
    problems = checked(tmp_path, GOOD.replace(old, new, 1)).problems
    assert any(row in one and what in one for one in problems), problems


def test_no_problem_repeats_a_name_or_a_private_address(tmp_path: Path) -> None:
    spoilt = GOOD.replace("[ruth@family.test]", "[jamie@family.test]").replace("2012-03-04", "2012")
    problems = checked(tmp_path, spoilt).problems
    assert problems
    assert not any(word in one for one in problems for word in ("Whitfield", "Ruth", "family.test"))


def test_the_good_rows_are_kept_beside_the_bad_ones(tmp_path: Path) -> None:
    more = GOOD.replace(
        "guardianships:",
        "  - {id: ola, role: pupil, given: Ola, mailboxes: [nonsense]}\nguardianships:",
    ).replace("pairs: [", "pairs: [{tutor: tara, pupil: ola}, ")
    found = checked(tmp_path, more)
    assert len(found.problems) == 2
    assert "ola" not in found.people
    assert [one.pupil_id for one in found.pairs] == ["jamie"]


@pytest.mark.parametrize("text", ["", "[]", "just words", "a: [", "people: {id: x}", "organisation: 5"])
def test_a_file_that_is_no_roster_is_refused(tmp_path: Path, text: str) -> None:
    try:
        assert checked(tmp_path, text).problems
    except RosterError as error:
        assert error.problems


LOOKED_AFTER = """
register:
  - {kind: looked_after, person: jamie}
"""
COVERED = LOOKED_AFTER + "  - {kind: covered, person: ruth, detail: care plan 4}\n"


@pytest.mark.parametrize(
    ("register", "said", "copied"),
    [("", "", True), (LOOKED_AFTER, "", False), (LOOKED_AFTER, "copied: true, ", True), (COVERED, "", True)],
)
def test_of_a_looked_after_pupil_only_whom_the_plan_names_is_copied(
    tmp_path: Path, register: str, said: str, copied: bool
) -> None:
    found = checked(tmp_path, GOOD.replace("copied: true, ", said) + register)
    assert found.problems == []
    assert [one.copied for one in found.guardianships] == [copied]


def test_another_way_to_reach_a_guardian_is_one_that_we_know(tmp_path: Path) -> None:
    row = "register:\n  - {kind: contact, person: ruth, detail: %s}\n"
    assert checked(tmp_path, GOOD + row % "post").problems == []
    (problem,) = checked(tmp_path, GOOD + row % "07700 900123").problems
    assert "text, portal, post" in problem and "900123" not in problem


def csv_folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(
        "\ufeffid,role,given,family,nicknames,born,address,mailboxes\n"
        "tara,tutor,Tara,Okafor,,,tara.okafor@relay.test,\n"
        "jamie,pupil,Jamie,Whitfield,Jay;J,2012-03-04,,jamie@family.test\n"
        'ruth,guardian,Ruth,"Whitfield, R",,,,ruth@family.test; ruth@work.test\n',
        "utf-8",
    )
    (tmp_path / "guardianships.csv").write_text(
        "guardian,pupil,copied,registered\nruth,jamie,yes,2026-01-05\n"
    )
    (tmp_path / "pairs.csv").write_text("tutor,pupil,subject,contract\ntara,jamie,Maths,school\n")
    (tmp_path / "allow.csv").write_text("kind,value\nphones,020 7946 0000\n")
    return tmp_path


def test_a_csv_folder_says_the_same_as_a_yaml_file(tmp_path: Path) -> None:
    demo = Organisation("demo", "Demo Tutors", "relay.test")
    found = check(read_sheets(csv_folder(tmp_path)), TODAY, demo)
    assert found.problems == []
    assert found.people["jamie"].nicknames == ("Jay", "J")
    assert found.people["ruth"].mailboxes == ("ruth@family.test", "ruth@work.test")
    assert found.pairs[0].contract == "school"
    assert "+442079460000" in found.allow


def test_a_wrong_csv_row_is_numbered_as_a_spreadsheet_shows_it(tmp_path: Path) -> None:
    folder = csv_folder(tmp_path)
    people = folder / "people.csv"
    people.write_text(people.read_text().replace("ruth,guardian", "ruth,parent") + "x,pupil\n")
    problems = check(read_sheets(folder), TODAY, Organisation("demo", "Demo", "relay.test")).problems
    assert any(one.startswith("people.csv row 4: unknown role 'parent'") for one in problems)
    assert any(one.startswith("people.csv row 5: has not as many cells") for one in problems)
    assert any(one.startswith("guardianships.csv row 2: guardian 'ruth'") for one in problems)


def test_a_csv_folder_may_name_its_organisation(tmp_path: Path) -> None:
    folder = csv_folder(tmp_path)
    (folder / "organisation.csv").write_text("id,name,domain,pack\ndemo,Demo Tutors,relay.test,default\n")
    assert check(read_sheets(folder), TODAY).organisation.domain == "relay.test"


def test_a_folder_without_people_and_a_single_csv_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"no people\.csv"):
        read_sheets(tmp_path)
    (tmp_path / "people.csv").write_bytes(b"id\n\xff\xfe\n")
    assert "UTF-8" in read_sheets(tmp_path).problems[0]
    with pytest.raises(RosterError, match="folder"):
        read_sheets(tmp_path / "people.csv")
    with pytest.raises(RosterError):
        read_sheets(tmp_path / "missing.yaml")


def test_what_is_exported_can_be_imported_again_and_says_the_same(tmp_path: Path) -> None:
    first = as_roster(checked(tmp_path))
    again = as_roster(checked(tmp_path, as_yaml(first)))
    assert (again.people, again.guardianships, again.pairs) == (
        first.people,
        first.guardianships,
        first.pairs,
    )
    assert again.organisation == first.organisation
    assert again.allow == first.allow
