"""HTML as it may leave: no remote content, no scripts, no hiding, only what was judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import unescape

import nh3

from gateway.channels.email import colours
from gateway.channels.email.html_text import UNSHOWN, Told

TAGS = frozenset(
    {"a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup"}
    | {"dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"}
    | {"ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong"}
    | {"sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr"}
)
# None by which a reader sees other figures than were judged: start= writes any number, dir= turns
# the order of those that stand there.
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style"},
    "a": {"href"},
    "font": {"color"},
    "ol": {"type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
}
STYLES = frozenset(
    {"font-weight", "font-style", "text-decoration", "text-align", "color", "background-color"}
)
SCHEMES = {"http", "https", "mailto"}

_TAG = re.compile(r"<[^\">]*+(?:\"[^\"]*+\"[^\">]*+)*+>")
_JUDGED_ATTRIBUTE = re.compile(r" (?:href|alt)=\"([^\"]*+)\"")
_SPACES = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"  # what str.split() takes for space in ASCII
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)

Filter = Callable[[str, str, str], str | None]


def _legible(_tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return colours.kept(value, STYLES) or None
    return None if name == "color" and not colours.letters_fit(value) else value


def _cleaner(images: bool, attribute_filter: Filter = _legible) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS | {"img"} if images else TAGS,
        clean_content_tags=set(UNSHOWN),
        attributes=ATTRIBUTES | {"img": {"src", "alt", "width", "height"}} if images else ATTRIBUTES,
        attribute_filter=attribute_filter,
        url_schemes=SCHEMES | {"cid"} if images else SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer",
        filter_style_properties=set(STYLES),
    )


_WITHOUT_IMAGES = _cleaner(False)


@lru_cache(maxsize=8)  # one message's parts, once to read them and again for each copy
def clean(source: str, images: tuple[tuple[str, str], ...] = ()) -> str:
    """Return an HTML fragment of the same words that fetches nothing and runs nothing.

    images: (Content-ID in the source, Content-ID to write instead) of the images that go
    with it; every other image loses its source and keeps its alternative text.
    """
    if not _IMAGE.search(source):
        return _WITHOUT_IMAGES.clean(source)
    return _cleaner(True, _local_images(dict(images))).clean(source)


def _local_images(images: Mapping[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name != "src":
            return _legible(tag, name, value)
        known = images.get(unescape(value).strip().removeprefix("cid:"))
        return f"cid:{known}" if known else None

    return keep


def reads_alike(source: str, told: Told) -> bool:
    """Tell whether a real HTML parser reads the very words that were judged (MAIL 9 step 6)."""
    fragment = clean(source, ())  # as a copy asks for it, so that one answer serves both
    if _bare(text_of(fragment)) != _bare(told.whole.text):
        return False
    if ' href="' not in fragment and ' alt="' not in fragment:
        return True
    judged = {"", *(_bare(run.text) for run in (*told.links, *told.asides))}  # alt="" says nothing
    return all(
        _bare(unescape(value)) in judged
        for tag in _TAG.findall(fragment)
        for value in _JUDGED_ATTRIBUTE.findall(tag)
    )


def _bare(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(None, _SPACES).decode("ascii")
    return "".join(text.split())


def text_of(fragment: str) -> str:
    """Return the words of a fragment that `clean` made, tags removed without a trace."""
    return unescape(_TAG.sub("", fragment))
