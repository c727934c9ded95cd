"""Figures: how much waits, how long it takes, how often we are right; each chart with its table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.casework import FigureBook
from gateway.desk import charts, words
from gateway.desk.filling import LEADS, only
from gateway.desk.parts import parts
from gateway.domain.fairness import FEWEST, Group
from gateway.domain.figures import Figures, Share, Spread
from gateway.domain.people import Role

SEE = LEADS | {Role.AUDITOR, Role.OPERATOR}

WINDOWS = {"7": "7 days", "30": "30 days", "90": "90 days"}
Row = tuple[object, ...]


def figures_blueprint(book: FigureBook) -> Blueprint:
    """The page of figures, and the same as a file."""
    pages = Blueprint("figures", __name__)

    @pages.get("/figures")
    def show() -> ResponseReturnValue:
        found, groups, days = _asked(book)
        return render_template(
            "desk/figures.html",
            f=found,
            groups=groups,
            fewest=FEWEST,
            days=days,
            windows=WINDOWS,
            backlog=charts.rows(
                "Waiting cases by severity",
                [charts.Bar(name, many, str(many)) for name, many in found.backlog],
            ),
            daily=charts.days(
                "Messages a day, and how many of them were held",
                [charts.Bar(day, many, f"{many}, {held} held", held) for day, many, held in found.per_day],
            ),
            viewing=_medians("Median time to the first view", found.to_view),
            deciding=_medians("Median time to the decision", found.to_decision),
            share=share,
            took=took,
            now=parts().clock(),
        )

    @pages.get("/figures.csv")
    def file() -> ResponseReturnValue:
        found, groups, days = _asked(book)
        held = io.StringIO()
        csv.writer(held).writerows(
            [("figure", "of", "value", "n", "low", "high"), *lines_of(found), *group_lines(groups)]
        )
        headers = {"Content-Disposition": f'attachment; filename="figures-{days}-days.csv"'}
        return Response(held.getvalue(), mimetype="text/csv", headers=headers)

    return pages


def _asked(book: FigureBook) -> tuple[Figures, list[Group], str]:
    person, days = only(SEE), request.args.get("days", "30")
    if days not in WINDOWS:
        abort(404)
    now = parts().clock()
    window = person.organisation_id, now - timedelta(days=int(days)), now
    return book.figures(*window), book.groups(*window), days


def _medians(title: str, spreads: Sequence[Spread]) -> object:
    bars = [
        charts.Bar(one.severity, one.p50.total_seconds() if one.p50 else 0, took(one.p50)) for one in spreads
    ]
    return charts.rows(title, bars)


def share(one: Share) -> str:
    """ "83 % (67–92 %, n 24)", or a dash."""
    interval, value = one.interval, one.value
    if interval is None or value is None:
        return "—"
    return f"{value:.0%} ({interval[0]:.0%} to {interval[1]:.0%}, n {one.n})"


def took(length: timedelta | None) -> str:
    """A length of time in words, or a dash."""
    return "—" if length is None else words.span(length)


def lines_of(found: Figures) -> Iterator[Row]:
    """Every figure as a line of a file: name, of what, value, n, and its interval. Times in seconds."""
    for name, many in found.backlog:
        yield "waiting", name, many, "", "", ""
    for day, many, held in found.per_day:
        yield "messages", day, many, "", "", ""
        yield "held", day, held, "", "", ""
    for what, spreads in (("first_view", found.to_view), ("decision", found.to_decision)):
        for one in spreads:
            for name in ("p50", "p90", "p99"):
                length: timedelta | None = getattr(one, name)
                yield (
                    f"{what}_{name}_s",
                    one.severity,
                    length.total_seconds() if length else "",
                    one.n,
                    "",
                    "",
                )
    yield "late", "cases", found.missed_count, "", "", ""
    for rule in found.rules:
        yield _share_line("precision_by_decision", rule.rule, rule.by_decision)
        yield _share_line("precision_by_finding", rule.rule, rule.by_hit)
    yield _share_line("overturned", "cases", found.overturned)
    yield _share_line("agreement", "second views", found.agreement)
    interval = found.recall.interval or ("", "")
    value = found.recall.value
    yield "recall", "estimate", "" if value is None else round(value, 4), found.recall.sampled.n, *interval
    yield "wrongful_delay_min", "released messages", round(found.delay_minutes, 1), found.delayed, "", ""
    for (state, whose), many in sorted(found.failures.items()):
        yield f"copies_{state}", whose, many, "", "", ""


def group_lines(groups: Sequence[Group]) -> Iterator[Row]:
    """Each group beside the others of its role; of one that is too small only that it is there."""
    for one in groups:
        of = f"{one.role}, {one.name}"
        if one.told:
            yield "group_people", _safe(of), one.people, "", "", ""
        yield _share_line("group_held", of, one.held)
        yield _share_line("group_others_held", of, one.others)


def _share_line(name: str, of: str, one: Share) -> Row:
    value = "" if one.value is None else round(one.value, 4)
    low, high = one.interval or ("", "")
    return name, _safe(of), value, one.n, low, high


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in "=+-@" else cell
