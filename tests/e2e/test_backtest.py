"""`gateway policy backtest` over worker processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.backtest import fill, roster
from tests.e2e.installation import install

MESSAGES = 450


def test_two_workers_find_the_same_flips_as_one(tmp_path: Path) -> None:
    house = install(tmp_path / "home", roster=roster())
    try:
        now = datetime.now(UTC)
        fill(house.store, now, MESSAGES)
        told = {}
        for workers in ("1", "2"):
            since = f"{now - timedelta(days=60):%Y-%m-%d}"
            ran = subprocess.run(
                [sys.executable, "-m", "gateway", "policy", "backtest", "mytutor", "--since", since,
                 "--workers", workers, "--json"],
                env=house.environment, capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
            told[workers] = json.loads(ran.stdout)
            assert ran.returncode == 1, "mytutor judges some of them otherwise"
        assert told["1"]["messages"] == told["2"]["messages"] == MESSAGES
        assert (told["1"]["workers"], told["2"]["workers"]) == (1, 2)
        assert told["1"]["flips"] == told["2"]["flips"] != []
        assert {one["rule"] for one in told["1"]["flips"]} != {""}
    finally:
        house.close()
