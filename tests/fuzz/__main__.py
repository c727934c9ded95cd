"""`make fuzz`: one target for so many seconds, guided by coverage. Needs atheris.

    python -m tests.fuzz TARGET SECONDS [FOLDER]

FOLDER keeps what reached new code and any input that failed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # no dependency of ours: `make fuzz` installs it

with atheris.instrument_imports(include=["gateway", "classifiers"]):
    from tests.fuzz.targets import TARGETS


def main(name: str, seconds: str, folder: str | None = None) -> None:
    """Fuzz until the time is up; libFuzzer ends the process with a status of its own."""
    target = TARGETS[name]
    corpus = Path(folder or tempfile.mkdtemp()) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = corpus.parent / f"{name}.dict"
    words.write_text("".join(f'"{_escaped(one)}"\n' for one in target.TOKENS))
    options = [
        f"-max_total_time={seconds}",
        f"-dict={words}",
        f"-artifact_prefix={corpus.parent}/failed-{name}-",
        "-max_len=20000",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], str(corpus), *options], target.check)
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in TARGETS:
        raise SystemExit(f"usage: python -m tests.fuzz {'|'.join(TARGETS)} SECONDS [FOLDER]")
    main(*sys.argv[1:])
