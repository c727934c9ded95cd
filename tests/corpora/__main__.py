"""`make corpora`: how good the detection is, on items nobody tuned on, beside what else there is.

python -m tests.corpora                  the test split; writes the README's table anew
python -m tests.corpora --split dev      the split to tune on; writes nothing
python -m tests.corpora --json FILE      the ids of misses and false stops, by figure
python -m tests.corpora --no-peers       only ourselves, in a few seconds
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

from tests.corpora import items, judging, score, tables
from tests.corpora.items import ContactItem
from tests.corpora.score import Share, Side
from tests.corpora.tables import Table

OURS = "Tutor Gateway"
CONTACT, NAMES, CONDUCT = "contact details", "names in subjects", "conduct"
Sections = Mapping[str, Sequence[Share]]
T = TypeVar("T")


def main() -> None:
    """Judge, score, show, and keep the README true."""
    asked = _asked()
    console = Console()
    with Progress(console=console, transient=True) as progress:
        sections, sides = _scored(asked.split, asked.peers, progress)
    of_contact = items.contact(asked.split)
    scores = {side.name: score.compared(of_contact, side) for side in sides}
    times = {side.name: side.median_ms for side in sides}
    shown = [
        *(tables.figures(name, shares) for name, shares in sections.items()),
        tables.versus("the same contact items, side by side", scores, times),
        *_by_group(scores),
    ]
    for table in shown:
        console.print(table.rich())
    if asked.json:
        asked.json.write_text(json.dumps(_to_look_at(sections), indent=1, ensure_ascii=False), "utf-8")
    if asked.split == "test" and asked.peers:
        tables.write_readme(_readme(sections, scores, times))
        console.print(f"written into {tables.README.name}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpora", description=__doc__.partition("\n")[0])
    parser.add_argument("--split", choices=items.SPLITS, default="test")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write ids of misses and false stops")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="only ourselves")
    return parser.parse_args()


def _scored(split: str, with_peers: bool, progress: Progress) -> tuple[Sections, list[Side]]:
    contact, names, conduct = items.contact(split), items.names(split), items.conduct(split)
    ours = {one["id"]: judging.message(one) for one in progress.track(contact, description="contact")}
    lines = {one["id"]: judging.subject(one) for one in progress.track(names, description="names")}
    talk = {one["id"]: judging.message(one) for one in progress.track(conduct, description="conduct")}
    sections = {
        CONTACT: score.contact(contact, ours),
        NAMES: score.names(names, lines),
        CONDUCT: score.conduct(conduct, talk),
    }
    stopped = {key: one.ranges() or [(0, 0)] if one.by_contact else [] for key, one in ours.items()}
    median = statistics.median(1000 * one.seconds for one in ours.values())
    return sections, [Side(OURS, stopped, median), *(_peers(contact, progress) if with_peers else [])]


def _peers(contact: Sequence[ContactItem], progress: Progress) -> list[Side]:
    from tests.corpora.peers import peers  # Presidio takes seconds to come

    sides = []
    for name, find in peers().items():
        find("The first text waits for what is made late; ring 020 7946 0000.")
        found = {}
        times = []
        for one in progress.track(contact, description=name):
            found[one["id"]], seconds = _timed(find, one["text"])
            times.append(1000 * seconds)
        sides.append(Side(name, found, statistics.median(times)))
    return sides


def _timed(find: Callable[[str], T], text: str) -> tuple[T, float]:
    began = perf_counter()
    found = find(text)
    return found, perf_counter() - began


def _by_group(scores: Mapping[str, Mapping[str, Share]]) -> list[Table]:
    ours = scores[OURS]
    return [
        tables.beside(
            f"caught, by {word}", scores, sorted(one for one in ours if one.startswith(f"{word}: "))
        )
        for word in ("kind", "evasion")
    ]


def _to_look_at(sections: Sections) -> dict[str, dict[str, Sequence[str]]]:
    return {name: {one.label: one.ids for one in shares if one.ids} for name, shares in sections.items()}


def _readme(sections: Sections, scores: Mapping[str, Mapping[str, Share]], times: Mapping[str, float]) -> str:
    conduct = [one for one in sections[CONDUCT] if not one.label.startswith("…")]
    seen = "" if items.conduct_is_split() else ", on items not yet split: those who tune have seen them"
    return "\n\n".join(
        [
            tables.figures("", [*sections[CONTACT], *sections[NAMES]]).markdown(),
            "The same messages read by others, who find what overlaps half of what had to be found:",
            tables.versus("", scores, times).markdown(),
            "<details><summary>By kind, by evasion; conduct</summary>",
            *(table.markdown() for table in _by_group(scores)),
            f"Held for conduct, message by message{seen}:",
            tables.figures("", conduct).markdown(),
            "</details>",
        ]
    )


if __name__ == "__main__":
    main()
