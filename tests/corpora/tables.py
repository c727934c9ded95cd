"""The figures as tables: for a terminal, and for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table as RichTable

from tests.corpora.score import Share

README = Path(__file__).parents[2] / "README.md"
FIRST, LAST = "<!-- corpora -->", "<!-- /corpora -->"


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of the columns, and rows of cells."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def rich(self) -> RichTable:
        """For a terminal."""
        table = RichTable(title=self.title, title_justify="left")
        for number, name in enumerate(self.columns):
            table.add_column(name, justify="right" if number else "left", no_wrap=not number)
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """For a README, without its title."""
        rule = "|---|" + "---:|" * (len(self.columns) - 1)
        return "\n".join([_line(self.columns), rule, *map(_line, self.rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def figures(title: str, shares: Sequence[Share]) -> Table:
    """One share a row, with its interval, how many it was counted on, and the target."""
    rows = [(one.label, percent(one), interval(one), str(one.n), one.target) for one in shares if one.n]
    return Table(title, ("", "share", "95 % interval", "n", "target"), rows)


def beside(title: str, sides: Mapping[str, Mapping[str, Share]], groups: Sequence[str]) -> Table:
    """One group a row, one side a column."""
    some = next(iter(sides.values()))
    rows = [
        (
            group.partition(": ")[2] or group,
            str(some[group].n),
            *(percent(side[group]) for side in sides.values()),
        )
        for group in groups
    ]
    return Table(title, ("", "n", *sides), rows)


def versus(title: str, sides: Mapping[str, Mapping[str, Share]], times: Mapping[str, float]) -> Table:
    """One side a row: what it caught, what it stopped wrongly, how long an item took."""
    groups = ("caught", "caught though disguised", "clean stopped")
    rows = [
        (
            name,
            *(f"{percent(side[group])} {interval(side[group])}" for group in groups),
            f"{times[name]:.2f} ms",
        )
        for name, side in sides.items()
    ]
    some = next(iter(sides.values()))
    return Table(title, ("", *(f"{group} (n = {some[group].n})" for group in groups), "median"), rows)


def percent(share: Share) -> str:
    """A share in per cent; with few items, one decimal says no more than none."""
    if not share.n:
        return "–"
    value = 100 * share.hits / share.n
    return f"{value:.1f} %" if share.n >= 100 else f"{value:.0f} %"


def interval(share: Share) -> str:
    """Its 95 % interval, in per cent."""
    low, high = share.interval()
    return f"[{100 * low:.1f}–{100 * high:.1f}]" if share.n >= 100 else f"[{100 * low:.0f}–{100 * high:.0f}]"


def write_readme(block: str, path: Path = README) -> None:
    """Put the block between the README's two markers. Raises: ValueError where they are missing."""
    text = path.read_text("utf-8")
    head, found, rest = text.partition(FIRST)
    _, ended, tail = rest.partition(LAST)
    if not (found and ended):
        raise ValueError(f"{path.name} has no {FIRST} … {LAST}")
    path.write_text(f"{head}{FIRST}\n{block.strip()}\n{LAST}{tail}", "utf-8")
