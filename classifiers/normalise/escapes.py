"""Percent and HTML escapes, as a reader's program would show them: "%40" and "&#64;" are "@"."""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Iterator

from classifiers.normalise.shapes import fold
from classifiers.normalise.view import View, offsets

_ESCAPE = re.compile(r"%[0-9a-f]{2}|&[^;]{0,8};")
"""What may be one: a view is in small letters, and no entity that stands for one character is longer."""


def unescape(view: View) -> View:
    """The view with its escapes replaced; the same view when it has none."""
    if "%" not in view.text and "&" not in view.text:
        return view
    escapes = list(_escapes(view.text))
    if not escapes:
        return view
    out: list[str] = []
    starts, ends = array("i"), array("i")
    done = 0
    for first, last, shown in escapes:
        _copy(view, done, first, out, starts, ends)
        start, end = view.span(first, last)
        out.append(shown)
        starts.extend([start] * len(shown))
        ends.extend([end] * len(shown))
        done = last
    _copy(view, done, len(view.text), out, starts, ends)
    return View("".join(out), view.source, starts, ends, view.dropped)


def _copy(view: View, first: int, last: int, out: list[str], starts: array[int], ends: array[int]) -> None:
    """Take over a stretch without escapes."""
    out.append(view.text[first:last])
    if view.starts is None or view.ends is None:
        starts.extend(offsets(first, last))
        ends.extend(offsets(first + 1, last + 1))
    else:
        starts.extend(view.starts[first:last])
        ends.extend(view.ends[first:last])


def _escapes(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each escape starts and ends, and what it shows."""
    at = 0
    while (found := _ESCAPE.search(text, at)) is not None:
        first, last = found.span()
        shown = _shown(found.group())
        if shown:
            yield first, last, shown
        at = last if shown else first + 1


def _shown(escape: str) -> str:
    """What an escape shows, "" if it is none."""
    if escape[0] == "%":
        code = int(escape[1:], 16)
        return chr(code).lower() if 32 <= code < 127 else ""
    shown = html.unescape(escape)
    return fold(shown) if len(shown) == 1 else ""
