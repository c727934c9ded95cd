"""Holds, retention, evidence and checkpoints on the command line, as an administrator runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.record import offline
from gateway.settings import config_folder, read
from gateway.wiring.storing import open_store, stop_database
from tests.fakes.sql import SECRET_WORDS, arrival, held, passed

ROSTER = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test}
people:
  - {id: tara, role: tutor, given: Tara, family: Okafor, address: tara.okafor@relay.test, password: chalk-and-slate}
  - {id: jamie, role: pupil, given: Jamie, family: Whitfield, mailboxes: [jamie@family.test]}
  - {id: ruth, role: guardian, given: Ruth, family: Whitfield, mailboxes: [ruth@family.test]}
  - {id: lea, role: safeguarding_lead, given: Lea, family: Brandt, mailboxes: [lea@org.test]}
  - {id: ada, role: administrator, given: Ada, family: Quill, mailboxes: [ada@org.test]}
guardianships: [{guardian: ruth, pupil: jamie, registered: 2026-01-05}]
pairs: [{tutor: tara, pupil: jamie, subject: Maths}]
"""


class Run:
    """Runs commands in one installation, and holds the ids of what was put into it."""

    def __init__(self, home: Path) -> None:
        self.environment = {n: v for n, v in os.environ.items() if not n.startswith("GATEWAY_")}
        self.environment |= {"GATEWAY_HOME": str(home), "GATEWAY_HOSTNAME": "mx.relay.test"}
        self.case_id = self.old_id = self.pair_id = ""

    def __call__(self, *words: str, given: str = "", code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *words], env=self.environment, input=given,
            capture_output=True, text=True, timeout=110,
        )  # fmt: skip
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("home") / "var"
    gateway = Run(home)
    gateway("init", "--pack", "default", "--domain", "relay.test", "--name", "Relay Tutors")
    roster = tmp_path_factory.mktemp("roster") / "roster.yaml"
    roster.write_text(ROSTER)
    gateway("roster", "import", str(roster))
    settings = read({n: v for n, v in gateway.environment.items() if n.startswith("GATEWAY_")})
    store, now = open_store(settings), datetime.now(UTC)
    (organisation,) = store.directory.organisations()
    (gateway.pair_id,) = store.directory.pairs_of("jamie")
    circle = store.directory.circle(gateway.pair_id)
    about = {"organisation": organisation.id, "pair": gateway.pair_id}
    new, old = arrival(at=now, **about), arrival(at=now - timedelta(days=800), **about)
    store.ledger.keep(new, held(new), circle).result(timeout=20)
    store.ledger.keep(old, passed(old, ()), circle).result(timeout=20)
    gateway.old_id = old.envelope.id
    gateway.case_id = json.loads(gateway("case", "list", "--json"))[0]["id"]
    store.close()
    yield gateway
    stop_database(settings)


def test_a_hold_keeps_what_the_retention_would_erase(run: Run) -> None:
    told = json.loads(run("retention", "run", "--dry-run", "--json"))
    assert (told["erased"], told["kept"]) == (1, {})
    made = run("hold", "add", "pair", run.pair_id, "--reason", "the council asked", "--by", "lea")
    hold_id = made.split(":")[0]
    assert "the council" not in run("hold", "list")
    assert json.loads(run("hold", "list", "--json"))[0]["subject"] == run.pair_id
    assert "1 kept: a legal hold" in run("retention", "run")
    run("hold", "release", hold_id, "--reason", "they are done", "--by", "lea")
    assert "No holds." in run("hold", "list")
    assert "1 erased" in run("retention", "run")
    assert "0 erased" in run("retention", "run")


def test_what_is_wrong_is_told(run: Run) -> None:
    run("hold", "add", "pair", "nothing", "--reason", "because", "--by", "lea", code=2)
    run("hold", "add", "pair", run.pair_id, "--reason", " ", "--by", "lea", code=2)
    run("hold", "add", "pair", run.pair_id, "--reason", "because", "--by", "nobody", code=2)
    assert "--yes" in run("retention", "erase-family", "jamie", "--reason", "r 12", "--by", "lea", code=2)
    assert "lessons" in run(
        "retention", "erase-family", "jamie", "--reason", "r 12", "--by", "lea", "--yes", code=2
    )


def test_evidence_is_exported_locked_and_opened(run: Run, tmp_path: Path) -> None:
    words = ("case", "export", run.case_id, "--reason", "for the council", "--by")
    plain, locked, opened = tmp_path / "a.zip", tmp_path / "a.locked", tmp_path / "b.zip"
    assert "personal data" in run(*words, "lea", "--out", str(plain))
    assert plain.stat().st_mode & 0o077 == 0
    assert "there already" in run(*words, "lea", "--out", str(plain), code=2)
    assert "nobody of the desk" in run(*words, "tara", "--out", str(tmp_path / "c"), code=2)
    phrase = "seven quiet herons\n"
    run(*words, "lea", "--out", str(locked), "--passphrase-stdin", given=phrase)
    assert SECRET_WORDS.encode() not in locked.read_bytes()
    run("case", "unlock", str(locked), "--out", str(opened), given=phrase)
    assert "another one" in run(
        "case", "unlock", str(locked), "--out", str(tmp_path / "d"), given="x\n", code=2
    )
    for file in (plain, opened):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(tmp_path / file.stem)
        assert offline.check_bundle(tmp_path / file.stem) == []


def test_a_checkpoint_can_be_checked_elsewhere(run: Run) -> None:
    assert offline.signed(json.loads(run("record", "checkpoint")))
    assert "every link holds" in run("record", "verify")


def test_a_looser_policy_is_published_by_one_and_approved_by_another(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "policies" / "default.yaml"
    file.parent.mkdir()
    shipped = (config_folder() / "policies" / "default.yaml").read_text()
    file.write_text(shipped.replace("gifts: {value: record", "gifts: {value: 'off'"))
    told = run("policy", "publish", str(file), "--by", "lea")
    version = told.split(":")[0]
    assert "waiting" in told and "settings.gifts" in told
    run("policy", "approve", version, "--by", "lea", code=2)
    assert "live" in run("policy", "approve", version, "--by", "tara")
    states = {one["version"]: one["state"] for one in json.loads(run("policy", "status", "--json"))}
    assert states[version] == "live"
