"""Text whose paragraphs are broken into lines for display only: format=flowed (RFC 3676)."""

from __future__ import annotations

import re

_QUOTED = re.compile(r">*")
SIGNATURE = "-- "


def unflowed(text: str, delete_space: bool) -> str:
    """Return the text with a line for each paragraph, as a reader of format=flowed shows it.

    delete_space: the DelSp parameter: the space before a soft break is not part of the text.
    """
    lines: list[list[str]] = []
    depth_before, soft = -1, False
    for line in text.split("\n"):
        depth = len(_QUOTED.match(line)[0])  # type: ignore[index]  # it matches the empty string
        words = line[depth:].removeprefix(" ")
        if soft and depth == depth_before and words != SIGNATURE:
            lines[-1].append(words)
        else:
            lines.append([">" * depth + " " if depth else "", words])
        depth_before, soft = depth, words.endswith(" ") and words != SIGNATURE
        if soft and delete_space:
            lines[-1][-1] = words[:-1]
    return "\n".join("".join(pieces) for pieces in lines)
