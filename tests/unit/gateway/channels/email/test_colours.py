"""No word is hidden by its colour or its ground."""

from __future__ import annotations

import pytest

from gateway.channels.email import colours
from gateway.channels.email.sanitise import STYLES, clean


@pytest.mark.parametrize(
    "hidden",
    [
        "<font color=white>55</font>",
        '<font color="#fefefe">55</font>',
        '<span style="color:white">55</span>',
        '<span style="COLOR : White !important">55</span>',
        '<span style="c&#111;lor:#fff">55</span>',
        '<span style="c\\6f lor:#fff">55</span>',
        '<span style="color:/**/white">55</span>',
        '<span style="color:rgb(250, 250, 250)">55</span>',
        '<span style="color:rgba(0,0,0,0)">55</span>',
        '<span style="color:transparent">55</span>',
        '<span style="color:hsl(0, 0%, 99%)">55</span>',
        '<span style="background-color:black">55</span>',
        '<span style="color:#111;background-color:#111">55</span>',
        '<span style="text-align:(;color:white;)">55</span>',
        '<span style="color:initial;color:white">55</span>',
    ],
)
@pytest.mark.parametrize("image", ["", '<img src="cid:a">'])
def test_letters_in_the_colour_of_their_ground_leave_without_it(hidden: str, image: str) -> None:
    left = clean(f"07700{hidden} 900123{image}", (("a", "b"),) if image else ())
    assert "55" in left
    assert "white" not in left.lower()
    assert "background" not in left or "#111" not in left
    for colour in ("#f", "rgb", "hsl", "transparent", "black", "\\"):
        assert colour not in left.lower()


def test_a_teachers_red_and_a_highlight_stay() -> None:
    left = clean(
        '<span style="color:#c00000;font-weight:bold">no</span><b style="background-color:yellow">!</b>'
    )
    assert "color:#c00000;font-weight:bold" in left.replace(": ", ":").replace("; ", ";")
    assert "background-color:yellow" in left.replace(": ", ":")


@pytest.mark.parametrize("style", ["", "nonsense", "color", "color:", ";;;", "font-weight:url(x)", "\0:\0"])
def test_what_is_no_style_leaves_nothing(style: str) -> None:
    assert colours.kept(style, STYLES) == ""
