"""Office documents: their words, comments, notes and links; and the document without its makers' names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import PurePosixPath

from gateway.channels.email import pictures
from gateway.channels.email.archives import BROKEN, Files, fault_of, unzipped, zipped
from gateway.channels.email.contents import (
    DEPTH_LIMIT,
    FETCHES,
    MACROS,
    NOT_PASSED,
    UNREADABLE,
    Budget,
    Contents,
    Opener,
)

_PARAGRAPH_END = re.compile(
    r"</(?:w:p|a:p|text:p|text:h|si|row|c)>|<w:br/>|<w:tab/>|</(?:dc|cp|meta)[^>]{0,80}>"
)
_TAG = re.compile(r"<[^<>]*+>")
_TOLD = re.compile(
    r"[\s:](?:Target|descr|title|href|tooltip|display|alt|string|prompt|promptTitle|formula|"
    r"visited-style-name|desc)\s?=\s?(?:\"([^\"<]{1,4000})\"|'([^'<]{1,4000})')"
)
# A cell that names a shared string by its number: no number of anybody's.
_SHARED = re.compile(r"<c\s[^<>]*\bt=\"s\"[^<>]*><v>\d+</v></c>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)")
_EXTERNAL = re.compile(r"<Relationship\b[^<>]*\bTargetMode\s*=\s*[\"']External[^<>]*>", re.IGNORECASE)
_AUTHOR = re.compile(
    r"((?:\bw:author|\bw:initials|\bw15:userId|\bw15:providerId|\buserId|\bproviderId|\bdisplayName)=)"
    r"(?:\"[^\"<]*\"|'[^'<]*')"
)
_AUTHOR_TEXT = re.compile(r"(<(dc:creator|meta:creator-initials|author)>)[^<]*(</\2>)")

_EMPTY = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/"
WITHOUT_MAKER = {
    "docProps/core.xml": _EMPTY
    + f'<cp:coreProperties xmlns:cp="{_OFFICE}package/2006/metadata/core-properties"/>'.encode(),
    "docProps/app.xml": _EMPTY
    + f'<Properties xmlns="{_OFFICE}officeDocument/2006/extended-properties"/>'.encode(),
    "docProps/custom.xml": _EMPTY
    + f'<Properties xmlns="{_OFFICE}officeDocument/2006/custom-properties"/>'.encode(),
    "meta.xml": _EMPTY
    + b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    + b'office:version="1.2"><office:meta/></office:document-meta>',
}
_XML = (".xml", ".rels", ".vml", ".svg", ".rdf")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_DRAWINGS = (".emf", ".wmf", ".wdp", ".emz", ".wmz")
_EQUATION = "Equation Native".encode("utf-16-le")
_PACKAGE = "Ole10Native".encode("utf-16-le")


def is_zipped(content_type: str) -> bool:
    """Tell whether documents of that type are zip archives of XML."""
    return content_type.startswith("application/vnd.o")


def look(content: bytes, budget: Budget, depth: int, opener: Opener) -> Contents:
    """Return what an office document says, and the document without properties and authors."""
    contents = Contents(content)
    try:
        if depth > DEPTH_LIMIT:
            raise ValueError(UNREADABLE)
        files = unzipped(content, budget)
    except BROKEN as error:
        contents.faults.append(fault_of(error))
        return contents
    clean: Files = []
    for name, data in files:
        inside = _entry(name, data, budget, depth, opener)
        contents.take(inside)
        clean.append((name, inside.clean))
    if not contents.faults:
        contents.clean = zipped(clean)
    return contents


def _entry(name: str, data: bytes, budget: Budget, depth: int, opener: Opener) -> Contents:
    ending = PurePosixPath(name.lower()).suffix
    if name in WITHOUT_MAKER:
        return Contents(WITHOUT_MAKER[name])
    if name == "mimetype":
        return Contents(data)
    if name.lower().endswith(_XML):
        return _page(name, data)
    if ending in _PICTURES:
        return _picture(data)
    if "embeddings/" in name and ending != ".bin":
        return opener(name, data, budget, depth + 1)
    return Contents(data, faults=_binary_faults(name, ending, data), unread=ending in _DRAWINGS)


def _binary_faults(name: str, ending: str, data: bytes) -> list[str]:
    """Return why a file that is neither text nor picture may not stay. Fonts and printer settings may."""
    lower = name.lower()
    if "vbaproject" in lower or "activex" in lower or lower.startswith(("basic/", "scripts/")):
        return [MACROS]
    if ending == ".bin" and "embeddings/" in lower:
        return [] if _EQUATION in data and _PACKAGE not in data else [NOT_PASSED]
    settings = "printersettings" in lower or "configurations2/" in lower or "thumbnails/" in lower
    known = ending in (".odttf", ".ttf", ".otf", ".fntdata", *_DRAWINGS) or settings or not data
    # An OpenDocument keeps previews of what is embedded without any ending.
    return [] if known or lower.startswith("objectreplacements/") else [NOT_PASSED]


def _picture(data: bytes) -> Contents:
    """A picture in a document: one that no library opens shows nothing, so it is no fault there."""
    kind = pictures.kind_of(data)
    return pictures.look(kind, data) if kind else Contents(data, unread=True)


def _page(name: str, data: bytes) -> Contents:
    text = decoded(data)
    if text is None or "<!DOCTYPE" in text[:2000] or "<!ENTITY" in text:
        return Contents(data, faults=[UNREADABLE])
    if name.lower().startswith(("basic/", "scripts/")) or "<script:" in text:
        return Contents(data, faults=[MACROS])
    contents = Contents(data, faults=_fetching(text) if name.endswith(".rels") else [])
    if _AUTHOR.search(text) or _AUTHOR_TEXT.search(text):
        text = _AUTHOR_TEXT.sub(r"\1\3", _AUTHOR.sub(r'\1""', text))
        contents.clean = text.encode("utf-8" if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else "utf-16")
    contents.texts = [one for one in texts_of(text) if one]
    return contents


def decoded(data: bytes) -> str | None:
    """Return an XML file's text, None when its character set is not one that office programs write."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        declared = _DECLARED.match(data[:200])
        if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
            return None
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _fetching(rels: str) -> list[str]:
    """Return a fault if opening the document would fetch or run something: links only wait."""
    external = _EXTERNAL.findall(rels)
    return [FETCHES] if any("/hyperlink" not in one for one in external) else []


def texts_of(xml: str) -> Iterator[str]:
    """Yield the words of an XML page, then what its attributes tell: links, alternative texts."""
    bare = _SHARED.sub("", xml) if "<c " in xml else xml
    yield unescape(_TAG.sub("", _PARAGRAPH_END.sub("\n", bare))).strip()
    told = (unescape(one[1] or one[2] or "") for one in _TOLD.finditer(xml))
    yield "\n".join(
        dict.fromkeys(one for one in told if " " in one or ":" in one or "@" in one or "." in one)
    )
