"""A bundle of evidence from a real PostgreSQL: what is in it, what is not, and that it can be checked."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gateway.domain.case import Action, Decision
from gateway.domain.matter import Filed, Tie, TieKind
from gateway.domain.message import new_id
from gateway.domain.people import Person, Role
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound, SettingsError
from gateway.record.locked import unlock
from tests.fakes.office_desk import AT, held_case, people_the_desk
from tests.fakes.sql import SECRET_WORDS, copies

LEAD = Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt")
ADMINISTRATOR = Person("ada", "demo", Role.ADMINISTRATOR, "Ada", "Stone")
STRANGER = Person("otto", "other", Role.SAFEGUARDING_LEAD, "Otto", "Lind")


@pytest.fixture
def work(store):
    people_the_desk(store)
    return store.casework


@pytest.fixture
def matter(store, work):
    """A case file with a delivered message, a sealed one, and a note."""
    one = work.matters.open("demo", "What Tara wrote", False, "lea", AT)
    released = held_case(store)
    store.docket.settle(released, Decision(released.id, 1, Action.RELEASE, "mo", "It is homework", "DFT-01"), copies(), AT)  # fmt: skip
    sealed = held_case(store, severity=Severity.CRITICAL, lane=Lane.SEALED)
    for case in (released, sealed):
        work.matters.tie("demo", one.id, Tie(TieKind.CASE, case.id, "lea", AT))
    hostile = "<script>alert(1)</script>\u202e turned"
    work.matters.file(Filed(new_id(AT), "demo", one.id, "note", "", "tara", "lea", AT, {"note": hostile}))
    return one


def unpacked(made: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        archive.extractall(folder)
    return folder


def checked(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout


def test_a_bundle_holds_everything_and_its_own_check(store, work, matter, tmp_path):
    made = work.export(LEAD, matter.id, "", "asked for by the council", "", AT)
    folder = unpacked(made, tmp_path)
    assert checked(folder) == (0, "Everything holds.\n")
    received = sorted(folder.glob("messages/*/received.eml"))
    assert len(received) == 2 and all(SECRET_WORDS in file.read_text() for file in received)
    assert len(list(folder.glob("messages/*/copy-*.eml"))) == 2
    for name in ("summary.html", "summary.txt"):
        told = (folder / name).read_text("utf-8")
        assert "Tara Okafor" in told and "Jamie Whitfield" in told and "2012-03-04" in told
        assert "\u202e" not in told and SECRET_WORDS not in told
    assert "<script>" not in (folder / "summary.html").read_text("utf-8")
    assert "It is homework" in (folder / "decisions.json").read_text()
    assert "DFT-01" in (folder / "policy.txt").read_text()
    last = list(store.record.entries("demo"))[-1].entry
    assert (last.kind, last.actor, last.subject) == ("bundle.exported", "lea", matter.id)
    assert last.detail["messages"] == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [("summary.txt", "summary.txt was changed"), ("record.jsonl", "record.jsonl was changed"), ("new.txt", "new.txt was added")],
)  # fmt: skip
def test_the_check_tells_what_was_tampered_with(work, matter, tmp_path, name, said):
    folder = unpacked(work.export(LEAD, matter.id, "", "for the council", "", AT), tmp_path)
    with (folder / name).open("a") as file:
        file.write(" ")
    assert checked(folder)[0] == 1 and said in checked(folder)[1]


def test_a_rewritten_entry_is_found_even_when_the_manifest_is_rewritten_too(work, matter, tmp_path):
    folder = unpacked(work.export(LEAD, matter.id, "", "for the council", "", AT), tmp_path)
    entries = (folder / "record.jsonl").read_text().replace('"mo"', '"lea"')
    (folder / "record.jsonl").write_text(entries)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["record.jsonl"]
    manifest["files"]["record.jsonl"] = {"sha256": __import__("hashlib").sha256(entries.encode()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    code, said = checked(folder)
    assert code == 1 and "of the record was changed" in said


def test_sealed_messages_are_for_the_safeguarding_lead_alone(work, matter, tmp_path):
    folder = unpacked(work.export(ADMINISTRATOR, matter.id, "", "for the council", "", AT), tmp_path)
    assert checked(folder)[0] == 0
    assert len(list(folder.glob("messages/*/received.eml"))) == 1
    assert "1 messages: sealed" in (folder / "summary.txt").read_text()
    work.matters.open("demo", "Sealed", True, "lea", AT)
    (hidden,) = [one for one in work.matters.matters("demo") if one.sealed]
    with pytest.raises(NotFound):
        work.export(ADMINISTRATOR, hidden.id, "", "for the council", "", AT)


def test_a_single_case_can_be_exported_and_a_sealed_one_not_by_everybody(store, work, tmp_path):
    case = held_case(store)
    assert checked(unpacked(work.export(ADMINISTRATOR, "", case.id, "for Ruth", "", AT), tmp_path))[0] == 0
    sealed = held_case(store, lane=Lane.SEALED)
    with pytest.raises(NotFound):
        work.export(ADMINISTRATOR, "", sealed.id, "for Ruth", "", AT)


def test_nothing_of_another_organisation_can_be_exported(store, work, matter):
    case = held_case(store)
    for ids in ((matter.id, ""), ("", case.id)):
        with pytest.raises(NotFound):
            work.export(STRANGER, *ids, "for the council", "", AT)


def test_without_a_reason_nothing_leaves(work, matter):
    with pytest.raises(SettingsError, match="why"):
        work.export(LEAD, matter.id, "", "  ", "", AT)


def test_a_passphrase_locks_the_bundle(work, matter):
    made = work.export(LEAD, matter.id, "", "for the council", "seven quiet herons", AT)
    assert SECRET_WORDS.encode() not in made
    assert zipfile.is_zipfile(io.BytesIO(unlock(made, "seven quiet herons")))


def test_checkpoints_are_signed_and_kept(work):
    assert work.proofs.last("demo") is None
    first = work.proofs.checkpoint("demo", AT)
    assert work.proofs.last("demo") == first
    assert work.proofs.checkpoint("demo", AT).sequence == first.sequence + 1
    assert work.proofs.last("other") is None
