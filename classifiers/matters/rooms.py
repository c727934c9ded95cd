"""Links to video rooms, boards and chats, and the tool that each belongs to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from classifiers.conduct.lexicon import words_folder


def rooms(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, tool) of every link to a known tool; code points, end exclusive."""
    if "." not in text:
        return
    finder, tools = _known()
    for found in finder.finditer(text):
        yield found.start(1), found.end(1), tools[found[2].lower()]


@lru_cache(maxsize=1)
def _known() -> tuple[Any, dict[str, str]]:
    raw = tomllib.loads((words_folder() / "matters.toml").read_text("utf-8"))
    tools = {host: tool for tool, hosts in raw["rooms"].items() for host in hosts.split()}
    either = "|".join(re2.escape(host) for host in sorted(tools, key=len, reverse=True))
    pattern = rf"(?i)(?:^|[\s(<\"'/.@])(({either})(?:/[^\s<>\"')]*)?)(?:$|[\s)>\"',.;:?!])"
    return re2.compile(pattern), tools
