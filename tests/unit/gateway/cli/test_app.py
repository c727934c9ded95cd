"""The command line: quick to start, one sentence for an error, an exit code a script can use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.app import COMMANDS
from gateway.settings import config_folder

ROSTER = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test, pack: default}
people:
  - {id: tara, role: tutor, given: Tara, address: tara@relay.test}
  - {id: jamie, role: pupil, given: Jamie}
  - {id: ruth, role: guardian, given: Ruth, mailboxes: [ruth@family.test]}
guardianships: [{guardian: ruth, pupil: jamie}]
pairs: [{tutor: tara, pupil: jamie}]
"""


def gateway(*words: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, with an environment of its own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *words],
        env={**ours, "GATEWAY_HOME": str(home), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    done = gateway("--help", home=tmp_path)
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_help_imports_neither_database_nor_language_libraries(tmp_path: Path) -> None:
    script = (
        "import sys; from gateway.cli.app import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print([n for n in ('sqlalchemy', 'spacy', 'presidio_analyzer', 'flask', 'pydantic', 'numpy')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith("[]\n"), done.stdout + done.stderr


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_every_command_explains_itself(tmp_path: Path, name: str) -> None:
    done = gateway(name, "--help", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: gateway" in done.stdout


def test_a_misspelt_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    done = gateway("rooster", "check", home=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'roster'?" in done.stderr


def test_a_wrong_setting_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = gateway("doctor", home=tmp_path, GATEWAY_WEBPORT="80")
    assert done.returncode == 2
    assert done.stderr == "gateway: There is no setting GATEWAY_WEBPORT (did you mean 'GATEWAY_WEB_PORT'?)\n"


def test_policy_check_names_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "policies" / "default.yaml"
    file.parent.mkdir()
    shipped = (config_folder() / "policies" / "default.yaml").read_text()
    file.write_text(shipped.replace("lane: sealed", "lane: sealled"))
    done = gateway("policy", "check", str(file), home=tmp_path)
    assert done.returncode == 1
    assert "default.yaml:" in done.stderr and "did you mean 'sealed'?" in done.stderr
    file.write_text(shipped)
    assert gateway("policy", "check", str(file), home=tmp_path).returncode == 0


def test_policy_show_and_list_speak_json(tmp_path: Path) -> None:
    import json

    shown = json.loads(gateway("policy", "show", "default", "--json", home=tmp_path).stdout)
    assert shown["rules"]["guardian_copied"]["clause"] == "HST-07"
    listed = json.loads(gateway("policy", "list", "--json", home=tmp_path).stdout)
    assert shown["version"] in [one["version"] for one in listed]


def test_roster_check_needs_no_database_and_tells_every_wrong_row(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    file.write_text(ROSTER)
    done = gateway("roster", "check", str(file), home=tmp_path)
    assert (done.returncode, done.stdout) == (0, "All right: 3 people, 1 pairs.\n")
    file.write_text(ROSTER.replace("role: guardian", "role: aunt").replace("tutor: tara", "tutor: tom"))
    done = gateway("roster", "check", str(file), home=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 5, done.stderr
    assert "Traceback" not in done.stderr


def test_importing_a_wrong_roster_says_that_nothing_was_imported(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    file.write_text(ROSTER.replace("guardian: ruth", "guardian: rut"))
    done = gateway("roster", "import", str(file), home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("gateway: Nothing was imported:\n")
    assert not (tmp_path / "postgres").exists()


def test_tutorcruncher_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    done = gateway("roster", "import", "tutorcruncher:", home=tmp_path)
    assert done.returncode == 2 and "CSV" in done.stderr
