"""The languages that families are spoken to in. English is in the code; others in `locale/<tag>.po`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from importlib.resources import files

ENGLISH = "en-GB"
LANGUAGES = {ENGLISH: "English", "cy": "Cymraeg"}
"""Each by its tag, as its own speakers call it."""

Say = Callable[[str], str]


def known(tag: str) -> str:
    """The tag itself when we speak that language, English otherwise."""
    return tag if tag in LANGUAGES else ENGLISH


def speaker(tag: str) -> Say:
    """What turns our English words into that language; a sentence it lacks stays English."""
    words = sentences(known(tag))
    return lambda english: words.get(english, english)


@cache
def sentences(tag: str) -> dict[str, str]:
    """Every translated sentence of a language, by its English; none for English itself."""
    if tag == ENGLISH:
        return {}
    text = files("gateway.domain").joinpath("locale", f"{tag}.po").read_text("utf-8")
    return {one: other for one, other in _pairs(text) if one and other}


def _pairs(text: str) -> list[tuple[str, str]]:
    """The msgid and msgstr of every entry; of gettext's format the part that we use."""
    entries: list[list[str]] = []
    field = 0
    for line in text.splitlines():
        keyword, _, rest = line.partition(" ")
        if keyword == "msgid":
            entries.append(["", ""])
            field = 0
        elif keyword == "msgstr":
            field = 1
        elif line.startswith('"'):
            rest = line
        else:
            continue
        entries[-1][field] += str(ast.literal_eval(rest))
    return [(one, other) for one, other in entries]
