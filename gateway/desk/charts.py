"""Bar charts as SVG: plain shapes and text, no script; the table under each says the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, ROW, LABEL, VALUE = 640, 26, 150, 90
HEIGHT, GROUND, WIDEST = 160, 130, 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. part: how much of it is of the second colour. said: its value in words."""

    label: str
    value: float
    said: str
    part: float = 0.0


def rows(title: str, bars: Sequence[Bar]) -> Markup:
    """Bars that lie, a row each, with their labels and values."""
    most = max((one.value for one in bars), default=0) or 1
    room = WIDTH - LABEL - VALUE
    drawn = Markup("")
    for number, one in enumerate(bars):
        y, long = number * ROW, one.value / most * room
        drawn += Markup(
            '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}"/>'
            '<text x="{:.1f}" y="{}">{}</text>'
        ).format(
            LABEL - 8, y + 18, one.label, LABEL, y + 5, long, ROW - 10, LABEL + long + 6, y + 18, one.said
        )
    return _svg(title, WIDTH, max(1, len(bars)) * ROW, drawn)


def days(title: str, bars: Sequence[Bar]) -> Markup:
    """Bars that stand, one a day, the part of each in the second colour at its foot."""
    most = max((one.value for one in bars), default=0) or 1
    each = min(WIDEST, WIDTH / max(1, len(bars)))
    drawn = Markup("")
    for number, one in enumerate(bars):
        tall, part = one.value / most * (GROUND - 10), one.part / most * (GROUND - 10)
        x = number * each
        drawn += Markup(
            '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}: {}</title></rect>'
            '<rect class="part" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
        ).format(
            x, GROUND - tall, max(1, each - 2), tall, one.label, one.said,
            x, GROUND - part, max(1, each - 2), part,
        )  # fmt: skip
    if bars:
        drawn += Markup(
            '<text x="0" y="{0}">{1}</text><text x="{2}" y="{0}" text-anchor="end">{3}</text>'
        ).format(HEIGHT - 10, bars[0].label, max(WIDTH // 2, len(bars) * each), bars[-1].label)
    return _svg(title, WIDTH, HEIGHT, drawn)


def _svg(title: str, width: int, height: int, drawn: Markup) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMin meet">{}</svg>'
    ).format(escape(title), width, height, drawn)
