"""The commands of a whole installation, run as an administrator would run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.settings import read
from gateway.wiring.storing import open_store

ROSTER = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test}
people:
  - {id: tara, role: tutor, given: Tara, family: Okafor, address: tara.okafor@relay.test, password: chalk-and-slate}
  - {id: jamie, role: pupil, given: Jamie, family: Whitfield, mailboxes: [jamie@family.test]}
  - {id: ruth, role: guardian, given: Ruth, family: Whitfield, mailboxes: [ruth@family.test]}
guardianships: [{guardian: ruth, pupil: jamie, registered: 2026-01-05}]
pairs: [{tutor: tara, pupil: jamie, subject: Maths}]
allow: {phones: ["020 7946 0000"]}
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "var"


@pytest.fixture(scope="module")
def gateway(home: Path) -> Run:
    """Runs a command in an installation that `init` has made."""

    def run(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        return subprocess.run(
            [sys.executable, "-m", "gateway", *words],
            env={**ours, "GATEWAY_HOME": str(home), "GATEWAY_HOSTNAME": "mx.relay.test"},
            input=given or "",
            capture_output=True,
            text=True,
            timeout=110,
        )

    before = run("alias", "list")
    assert before.returncode == 2 and "gateway init" in before.stderr
    done = run("init", "--pack", "default", "--domain", "relay.test", "--name", "Relay Tutors")
    assert done.returncode == 0, done.stderr
    assert "sign in as admin@relay.test" in done.stdout
    return run


def roster_file(folder: Path, text: str = ROSTER) -> str:
    (folder / "roster.yaml").write_text(text)
    return str(folder / "roster.yaml")


@pytest.fixture(scope="module")
def imported(gateway: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    done = gateway("roster", "import", roster_file(tmp_path_factory.mktemp("roster")))
    assert done.returncode == 0, done.stderr
    assert "people: 3, pairs: 1, aliases minted: 3" in done.stdout
    return gateway


def test_init_makes_private_keys_and_can_be_run_again(gateway: Run, home: Path) -> None:
    for path in (home / "keys" / "master.key", home / "tls" / "mail.key"):
        assert path.stat().st_mode & 0o077 == 0
    key = (home / "keys" / "master.key").read_text()
    again = gateway("init", "--domain", "relay.test")
    assert again.returncode == 0, again.stderr
    assert "password" not in again.stdout
    assert (home / "keys" / "master.key").read_text() == key
    assert "name: Relay Tutors" in gateway("roster", "export").stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--pack", "defualt", "--domain", "relay.test"), "did you mean 'default'?"),
        (("--domain", "relay"), "no domain name"),
        (("--domain", "relay.test", "--mailbox", "me"), "no mail address"),
        (("--domain", "relay.test", "--password-stdin"), "at least 12 characters"),
    ],
)
def test_init_refuses_what_is_wrong(gateway: Run, words: tuple[str, ...], hint: str) -> None:
    done = gateway("init", *words)
    assert done.returncode == 2 and hint in done.stderr, done.stderr


def test_aliases_are_listed_for_every_person_of_a_pair(imported: Run) -> None:
    rows = json.loads(imported("alias", "list", "--json").stdout)
    assert {(row["tutor"], row["pupil"], row["person"], row["role"]) for row in rows} == {
        ("tara", "jamie", "tara", "tutor"),
        ("tara", "jamie", "jamie", "pupil"),
        ("tara", "jamie", "ruth", "guardian"),
    }
    assert all(row["address"].endswith("@relay.test") for row in rows)


def test_an_export_can_be_imported_again_and_changes_nothing(imported: Run, tmp_path: Path) -> None:
    exported = imported("roster", "export").stdout
    done = imported("roster", "import", roster_file(tmp_path, exported), "--json")
    assert json.loads(done.stdout)["aliases_minted"] == 0, done.stderr
    assert imported("roster", "export").stdout == exported


def test_partial_takes_the_good_rows_and_still_fails(imported: Run, tmp_path: Path) -> None:
    more = "  - {id: zed, role: tutor, given: Zed}\n  - {id: sam, role: staff, given: Sam}\nguardianships:"
    file = roster_file(tmp_path, ROSTER.replace("guardianships:", more))
    before = imported("roster", "export").stdout
    refused = imported("roster", "import", file)
    assert refused.returncode == 1 and "a tutor needs an address" in refused.stderr
    assert imported("roster", "export").stdout == before
    taken = imported("roster", "import", file, "--partial")
    assert taken.returncode == 1 and "people row 4" in taken.stderr
    after = imported("roster", "export").stdout
    assert "id: sam" in after and "id: zed" not in after


def test_the_domain_of_live_aliases_cannot_be_changed_by_an_import(imported: Run, tmp_path: Path) -> None:
    moved = ROSTER.replace("relay.test", "other.test").replace("id: demo", "id: relay")
    done = imported("roster", "import", roster_file(tmp_path, moved))
    assert done.returncode == 2 and "its domain cannot become" in done.stderr


def test_people_get_passwords_that_let_them_in(imported: Run, home: Path) -> None:
    words = ("--role", "safeguarding_lead", "--given", "Dee", "--mailbox", "dee@org.test")
    added = imported("user", "add", "dee", *words, "--password-stdin", given="slow lanes and hedges\n")
    assert added.returncode == 0, added.stderr
    assert "hedges" not in added.stdout
    made = imported("user", "password", "tara")
    word = made.stdout.split("password ")[1].split()[0]
    store = open_store(read({"GATEWAY_HOME": str(home)}))
    try:
        assert store.sessions.sign_in("dee@org.test", "slow lanes and hedges", datetime.now(UTC))
        person = store.directory.sign_in("tara.okafor@relay.test", word)
        assert person is not None and person.id == "tara"
        assert store.directory.sign_in("tara.okafor@relay.test", "chalk-and-slate") is None
    finally:
        store.close()


@pytest.mark.parametrize(
    ("words", "given", "hint"),
    [
        (("add", "tara", "--role", "tutor", "--given", "T", "--address", "t@relay.test"), "", "already"),
        (("add", "x", "--role", "moderator", "--given", "X"), "", "--mailbox or --address"),
        (
            ("add", "x y", "--role", "moderator", "--given", "X", "--mailbox", "x@org.test"),
            "",
            "letters, digits",
        ),
        (("add", "x", "--role", "moderator", "--given", "X", "--mailbox", "x"), "", "no mail address"),
        (("password", "nobody"), "", "no such"),
        (("password", "tara", "--password-stdin"), "short\n", "at least 12"),
    ],
)
def test_user_commands_refuse_what_is_wrong(
    imported: Run, words: tuple[str, ...], given: str, hint: str
) -> None:
    done = imported("user", *words, given=given)
    assert done.returncode == 2 and hint in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_an_api_key_is_printed_once_and_can_be_ended(imported: Run, home: Path) -> None:
    key = imported("apikey", "add", "a platform").stdout.strip()
    store = open_store(read({"GATEWAY_HOME": str(home)}))
    try:
        found = store.api_keys.organisation_of(key)
        assert found is not None and found.domain == "relay.test"
    finally:
        store.close()
    assert imported("apikey", "revoke", given=key + "\n").returncode == 0
    store = open_store(read({"GATEWAY_HOME": str(home)}))
    try:
        assert store.api_keys.organisation_of(key) is None
    finally:
        store.close()


def test_no_cases_is_an_empty_list_and_an_unknown_one_a_sentence(imported: Run) -> None:
    assert json.loads(imported("case", "list", "--json").stdout) == []
    done = imported("case", "show", "nowhere")
    assert (done.returncode, done.stderr) == (2, "gateway: There is no such case.\n")


def test_the_record_verifies_in_the_database_and_as_an_export(imported: Run, tmp_path: Path) -> None:
    told = json.loads(imported("record", "verify", "--json").stdout)
    assert told["of"] == "relay" and told["entries"] >= 1 and told["flaw"] is None
    lines = imported("record", "export").stdout.splitlines(keepends=True)
    assert len(lines) >= 2
    file = tmp_path / "record.jsonl"

    def verified(text: str) -> subprocess.CompletedProcess[str]:
        file.write_text(text)
        return imported("record", "verify", str(file))

    assert verified("".join(lines)).returncode == 0
    assert verified("".join(lines[1:])).returncode == 1
    assert verified("".join([lines[1], lines[0], *lines[2:]])).returncode == 1
    changed = verified(lines[0].replace('"actor": "', '"actor": "x') + "".join(lines[1:]))
    assert changed.returncode == 1 and "was changed" in changed.stderr
    nonsense = verified("nonsense\n")
    assert nonsense.returncode == 2 and "record.jsonl:1" in nonsense.stderr


def test_the_doctor_finds_the_database_well_and_the_smarthost_down(imported: Run) -> None:
    done = imported("doctor", "--json")
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert found["Database"]["state"] == "ok", found["Database"]
    assert found["Keys"]["state"] == "ok" and found["Certificate"]["state"] == "ok"
    assert all(one["todo"] for one in found.values() if one["state"] != "ok")
    assert done.returncode == int(any(one["state"] == "fail" for one in found.values()))
