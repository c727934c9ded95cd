"""The demo plays, checks itself and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.xdist_group("demo")
def test_the_demo_plays_as_its_script_says(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--once"],
        env=environment | {"COLUMNS": "140", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "All went as it should." in done.stdout
    assert not list(tmp_path.glob("gateway-demo-*"))
    left = [one.info["cmdline"] for one in psutil.process_iter(["cmdline"])]
    assert not [words for words in left if str(tmp_path) in " ".join(words or ())]
