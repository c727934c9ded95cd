"""What an HTML part shows, and what it hides, with the place of every character.

A small tokeniser after WHATWG HTML section 13.2.5, linear on any input. It need not agree
with browsers on broken HTML: `sanitise.reads_alike` compares it with a real HTML parser,
and a part on which the two differ is not delivered.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.entities import html5

# Elements whose content no reader is shown, and which never leave.
RAW_TEXT = frozenset(
    {"script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp"}
)
UNSHOWN = RAW_TEXT | {"svg", "math", "template", "select", "object", "applet", "audio", "video", "canvas"}
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"}
    | {"main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
BLANK_LINES = frozenset({"br", "p"})  # of what stands on a line of its own
_UNSHOWN_TREES = UNSHOWN - RAW_TEXT
CELLS = frozenset({"td", "th"})
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
LINKING = frozenset({"href", "src", "background", "action", "cite", "data", "poster", "srcset"})
TELLING = frozenset({"alt", "value", "title", "aria-label", "placeholder", "summary", "label"})

_TAG = re.compile(r"</?([A-Za-z][^\s/>]*+)((?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"(?<![^\s/\"'])([^\s=/>\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++))")
_SETTING = re.compile(r"<!doctype\b|<!\[(?:end)?if\b|<!\[endif|<\?xml\b|<!>|</>", re.IGNORECASE)
_OUTLOOKS_OWN = re.compile(r"<(?:xml|style)\b", re.IGNORECASE)
_OUTLOOKS_END = re.compile(r"</(?:xml|style)\s*>", re.IGNORECASE)
_PLACES = array("l", range(32_768))  # offsets to copy from; counting is slower
# A short line that is no greeting: it may go on below.
_PIECE_OF_VALUE = re.compile(r"(?m)^(?=[^\n]{1,16}$)(?![A-Za-z]{2}[A-Za-z ,!']+$)[^\n]*\S")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_TEXT}
_PIECE = re.compile(
    r"&(?:#[0-9]{1,12}|#[xX][0-9a-fA-F]{1,12}|[A-Za-z][A-Za-z0-9]{1,31});?"
    r"|[ \t\n\f\r]+|[^& \t\n\f\r]+(?: [^& \t\n\f\r]+)*+|&"
)
_UNDISPLAYED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*(?:0(?:px|pt|r?em|%)?|1px)\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:^|[\s\"'])hidden(?:[\s=/]|$)", re.IGNORECASE)
_CSS_TEXT = re.compile(
    r"/\*([^*]*+(?:\*(?!/)[^*]*+)*+)(?:\*/|\Z)|content\s*+:\s*+(?:\"([^\"]*+)\"|'([^']*+)')"
)


@dataclass(slots=True)
class Run:
    """Text that grows; `origin` holds the source offset of each of its characters."""

    pieces: list[str] = field(default_factory=list)
    origin: array[int] = field(default_factory=lambda: array("l"))
    last: str = "\n"

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    def add(self, source: str, start: int, end: int, *, in_attribute: bool = False) -> None:
        """Append source[start:end] with entities decoded and white space collapsed."""
        for match in _PIECE.finditer(source, start, end):
            piece, at = match[0], match.start()
            if piece[0] in " \t\n\f\r":
                self.put("" if self.last in " \t\n" else " ", at)
            elif piece[0] == "&" and len(piece) > 1:
                self.put(_entity(piece, source[match.end() : match.end() + 1], in_attribute), at)
            else:
                self.pieces.append(piece)
                end_at = match.end()
                self.origin.extend(_PLACES[at:end_at] if end_at <= len(_PLACES) else range(at, end_at))
                self.last = piece[-1]

    def put(self, text: str, at: int) -> None:
        """Append `text`, all of which stands at offset `at`."""
        if len(text) == 1:
            self.pieces.append(text)
            self.origin.append(at)
            self.last = text
        elif text:
            self.pieces.append(text)
            self.origin.extend([at] * len(text))
            self.last = text[-1]


@dataclass(slots=True)
class Told:
    """What one HTML source tells.

    whole: every word between the tags; what a delivered copy shows, because styles do not
    travel. concealed: spans of it that the styles keep from being seen.
    asides: comments, alternative texts, titles, texts in style sheets.
    links: targets of links and images.
    """

    whole: Run = field(default_factory=Run)
    concealed: list[tuple[int, int]] = field(default_factory=list)
    asides: list[Run] = field(default_factory=list)
    links: list[Run] = field(default_factory=list)

    @property
    def shown(self) -> Run:
        """What the styles let a reader see."""
        if not self.concealed:
            return self.whole
        text, shown, position = self.whole.text, Run(), 0
        for start, end in [*self.concealed, (len(text), len(text))]:
            shown.pieces.append(text[position:start])
            shown.origin.extend(self.whole.origin[position:start])
            position = end
        return shown


class _Teller:
    """Walks one source. `hidden` and `unshown` name the open element that causes it.

    blank_lines: the elements about which, or at the second of which, a blank line stands.
    """

    def __init__(self, source: str, blank_lines: frozenset[str]) -> None:
        self.source, self.blank_lines = source, blank_lines
        self.told = Told()
        self.hidden, self.hidden_depth = "", 0
        self.unshown, self.unshown_depth = "", 0

    def run(self) -> Told:
        source, position = self.source, 0
        while (open_at := source.find("<", position)) >= 0:
            if position < open_at:
                self._text(position, open_at)
            match = _TAG.match(source, open_at)
            position = self._tag(match) if match else self._markup(open_at)
        self._text(position, len(source))
        return self.told

    def _text(self, start: int, end: int) -> None:
        if start >= end:
            return
        if self.unshown:
            self._aside(start, end)
            return
        whole = self.told.whole
        before = len(whole.origin)
        whole.add(self.source, start, end)
        if self.hidden and not self.source[start:end].isspace():
            self.told.concealed.append((before, len(whole.origin)))

    def _markup(self, at: int) -> int:
        """Take what is no tag at `at`; return where it ends."""
        after = self.source[at + 1 : at + 2]
        if after == "!" or after == "?" or (after == "/" and not self.source[at + 2 : at + 3].isalpha()):
            return self._declaration(at)
        if (after.isascii() and after.isalpha()) or after == "/":
            self._aside(at + 1, len(self.source))  # a tag without end: browsers show nothing
            return len(self.source)
        self._text(at, at + 1)
        return at + 1

    def _declaration(self, at: int) -> int:
        source = self.source
        if not source.startswith("<!--", at):
            end = source.find(">", at)
            end = len(source) if end < 0 else end
            if not _SETTING.match(source, at):
                self._aside(at + 2, end)
            return min(end + 1, len(source))
        if source.startswith((">", "->"), at + 4):
            return source.index(">", at + 4) + 1
        match = _COMMENT_END.search(source, at + 4)
        end = match.start() if match else len(source)
        if source.startswith("[if", at + 4):
            self._conditional(source.find(">", at, end) + 1 or end, end)
        else:
            self._aside(at + 4, end)
        return match.end() if match else end

    def _conditional(self, position: int, end: int) -> None:
        """Take what only Outlook shows; its own settings are nobody's words."""
        run = Run()
        while (open_at := self.source.find("<", position, end)) >= 0:
            run.add(self.source, position, open_at)
            close = self.source.find(">", open_at, end)
            if close >= 0 and _OUTLOOKS_OWN.match(self.source, open_at):
                match = _OUTLOOKS_END.search(self.source, close, end)
                close = match.end() - 1 if match else -1
            position = end if close < 0 else close + 1
        run.add(self.source, position, end)
        if run.text.strip():
            self.told.asides.append(run)

    def _tag(self, match: re.Match[str]) -> int:
        tag, whole = _tag_of(match[0]), self.told.whole
        name = tag.name
        if tag.breaks:
            self._break(name, match.start())
        elif name in CELLS:
            whole.put("" if whole.last in " \t\n" else "\t", match.start())
        if tag.plain and not self.hidden and not self.unshown:
            return match.end()
        if tag.closing:
            if match[2].strip(" \t\r\n/"):
                self._aside(*match.span(2), in_attribute=True)
            self._close(name)
            return match.end()
        traits = tag.traits
        for start, end in traits.links:
            self._gather(self.told.links, match.start(2) + start, match.start(2) + end, in_attribute=True)
        for start, end in traits.asides:
            self._aside(match.start(2) + start, match.start(2) + end, in_attribute=True)
        if name not in VOID:
            self._open(name, traits.conceals)
        return self._raw_text(name, match.end()) if name in RAW_TEXT else match.end()

    def _break(self, name: str, at: int) -> None:
        """Begin a new line, after a blank one where a browser shows one: by a paragraph or a second <br>."""
        whole = self.told.whole
        if whole.last != "\n":
            whole.put("\n", at)
            if name != "p" or name not in self.blank_lines:
                return
        elif name not in self.blank_lines:
            return
        if whole.pieces and whole.pieces[-2:] != ["\n", "\n"]:
            whole.put("\n", at)

    def _open(self, name: str, conceals: bool) -> None:
        if self.unshown:
            self.unshown_depth += name == self.unshown
        elif name in _UNSHOWN_TREES:
            self.unshown, self.unshown_depth = name, 1
        if self.hidden:
            self.hidden_depth += name == self.hidden
        elif conceals:
            self.hidden, self.hidden_depth = name, 1

    def _close(self, name: str) -> None:
        if name == self.unshown:
            self.unshown_depth -= 1
            self.unshown = self.unshown if self.unshown_depth else ""
        if name == self.hidden:
            self.hidden_depth -= 1
            self.hidden = self.hidden if self.hidden_depth else ""

    def _raw_text(self, name: str, start: int) -> int:
        match = _RAW_END[name].search(self.source, start)
        end = match.start() if match else len(self.source)
        if name == "style":
            for found in _CSS_TEXT.finditer(self.source, start, end):
                self._aside(*found.span(found.lastindex or 0))
        elif name != "script" or "ld+json" not in self.source[max(start - 200, 0) : start]:
            self._aside(start, end)  # what web shops tell Gmail in JSON is shown by nobody
        return end

    def _aside(self, start: int, end: int, *, in_attribute: bool = False) -> None:
        self._gather(self.told.asides, start, end, in_attribute=in_attribute)

    def _gather(self, runs: list[Run], start: int, end: int, *, in_attribute: bool) -> None:
        run = Run()
        run.add(self.source, start, end, in_attribute=in_attribute)
        if run.origin:
            runs.append(run)


@dataclass(frozen=True, slots=True)
class _Traits:
    """What matters of a tag's attributes; spans are within the attribute text."""

    conceals: bool = False
    links: tuple[tuple[int, int], ...] = ()
    asides: tuple[tuple[int, int], ...] = ()


_NOTHING = _Traits()


@dataclass(frozen=True, slots=True)
class _Tag:
    """What a tag is, wherever it stands. plain: it can at most end what another tag began."""

    name: str
    closing: bool
    breaks: bool
    plain: bool
    traits: _Traits


@lru_cache(maxsize=256)  # mail programs repeat the same few tags hundreds of times
def _tag_of(markup: str) -> _Tag:
    match = _TAG.fullmatch(markup)
    assert match is not None
    name = match[1].lower()
    if markup[1] == "/":
        return _Tag(name, True, name in BLOCKS, not match[2].strip(" \t\r\n/"), _NOTHING)
    traits = _traits(match[2])
    return _Tag(name, False, name in BLOCKS, traits == _NOTHING and name not in UNSHOWN, traits)


def _traits(attributes: str) -> _Traits:
    conceals, links, asides = False, [], []
    for found in _ATTRIBUTE.finditer(attributes):
        name, span = found[1].lower(), found.span(found.lastindex or 0)
        if name in LINKING:
            links.append(span)
        elif name in TELLING:
            asides.append(span)
        elif name == "style":
            conceals = conceals or bool(_UNDISPLAYED.search(unescape(attributes[span[0] : span[1]])))
    conceals = conceals or bool(_HIDDEN.search(attributes))
    return _Traits(conceals, tuple(links), tuple(asides))


@lru_cache(maxsize=512)
def _entity(reference: str, following: str, in_attribute: bool) -> str:
    """Return what a character reference stands for, as HTML 13.2.5.73 has it in attributes too."""
    bare = reference[1] != "#" and not reference.endswith(";")
    if in_attribute and bare and (following == "=" or reference[1:] not in html5):
        return reference
    return unescape(reference)


def tell(source: str) -> Told:
    """Return what an HTML source tells a reader, openly and otherwise.

    Blank lines stand where a browser shows them, so that a page reads as the plain text that
    mail programs send with it; not where a line may be a piece of a value written down the page.
    """
    told = _Teller(source, BLANK_LINES).run()
    return _Teller(source, frozenset()).run() if _PIECE_OF_VALUE.search(told.whole.text) else told
