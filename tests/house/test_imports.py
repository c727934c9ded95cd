"""The import contracts hold, and would notice if they did not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# (file the wrong line goes into, the wrong line, words of the contract that must break)
WRONG = [
    ("gateway/domain/people.py", "import gateway.ports", "Imports point down"),
    ("gateway/ports/judging.py", "import gateway.decide.ruling", "Imports point down"),
    ("gateway/decide/ruling.py", "import gateway.moderate.screening", "Imports point down"),
    ("gateway/journey.py", "import gateway.store", "Imports point down"),
    ("gateway/store/__init__.py", "import gateway.desk", "Imports point down"),
    ("gateway/settings.py", "import gateway.wiring", "Imports point down"),
    ("gateway/wiring/__init__.py", "import gateway.cli", "Imports point down"),
    ("gateway/channels/email/__init__.py", "import gateway.channels.platform", "One channel"),
    ("classifiers/finding.py", "import gateway.errors", "Classifiers know nothing"),
    ("gateway/journey.py", "import classifiers.catalogue", "The gateway meets"),
    ("gateway/cli/__init__.py", "import sqlalchemy", "SQL lives"),
    ("gateway/desk/__init__.py", "import aiosmtpd", "SMTP lives"),
    ("gateway/store/__init__.py", "import flask", "Flask lives"),
    ("gateway/moderate/screening.py", "import spacy", "spaCy and Presidio"),
    ("gateway/utils.py", "", "Imports point down"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=110)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in ("gateway", "classifiers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_its_contracts() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("file", "line", "contract"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_import_is_noticed(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        done = lint(copy)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if "BROKEN" in row or "not listed" in row.lower()]
    told = any(contract in row for row in broken) or "utils" in done.stdout
    assert told, done.stdout
