"""Links to tools, and links that only look like them."""

from __future__ import annotations

import pytest

from classifiers.matters.rooms import rooms


@pytest.mark.parametrize(
    ("text", "link", "tool"),
    [
        ("join https://us02web.zoom.us/j/8?pwd=x now", "zoom.us/j/8?pwd=x", "zoom"),
        ("ZOOM.US/j/1", "ZOOM.US/j/1", "zoom"),
        ("(meet.google.com/abc)", "meet.google.com/abc", "meet"),
        ("see teams.live.com.", "teams.live.com", "teams"),
        ("é https://discord.gg/abc", "discord.gg/abc", "discord"),
    ],
)
def test_a_link_is_named_after_its_tool(text: str, link: str, tool: str) -> None:
    assert [(text[start:end], name) for start, end, name in rooms(text)] == [(link, tool)]


@pytest.mark.parametrize("text", ["", "zoom in.us", "zoom.usual", "notzoom.us", "www.bbc.co.uk", "a.b.c."])
def test_other_addresses_are_left(text: str) -> None:
    assert list(rooms(text)) == []
