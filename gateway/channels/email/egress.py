"""The last look at a composed mail: does any private address cross? (MAIL 2)"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import unquote

import ahocorasick

from gateway.channels.email import headers
from gateway.channels.email.contents import UNREADABLE
from gateway.channels.email.inspection import everything
from gateway.domain.pair import Circle, OfCircle
from gateway.domain.people import Person
from gateway.moderate.gate import dissect
from gateway.moderate.structure import Entity

_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_SPACES = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"  # what str.split() takes for space in ASCII
_LOWER = bytes(range(256)).lower()
_BETWEEN = "\1"  # no address holds it, so none is found across two texts
_TAG = re.compile(r"<[^<>]*+>")


@OfCircle
def private_mailboxes(circle: Circle) -> Mapping[str, Person]:
    """Return whose private mailbox each address is, lower-case.

    Left out: what is public anyway (aliases, issued addresses, what the organisation allows).
    """
    return _private(circle)


def _private(circle: Circle, *also: Person) -> dict[str, Person]:
    people = (*circle.people.values(), *circle.neighbours, *also)
    public = {one.lower() for one in (*circle.aliases.values(), *circle.allowed)}
    public.update(person.address.lower() for person in people)
    return {
        mailbox.lower(): person
        for person in people
        for mailbox in person.mailboxes
        if mailbox.lower() not in public
    }


def leaks(content: bytes, circle: Circle, to: Person) -> tuple[str, ...]:
    """Return what is wrong with letting these exact bytes leave, in words and ids; () if nothing.

    Everything is decoded as a recipient could: transfer encodings, character sets, encoded
    words, entities, percent signs, tags taken out, invisible characters and spaces dropped.
    """
    found: dict[str, None] = {}
    wanted = _wanted(circle) if circle.people.get(to.id) is to else _squeezed_all(_private(circle, to))
    if content.startswith(b"{"):  # a platform's copy: JSON, every character as it is
        texts: Iterable[str] = _ways(content.decode("utf-8"))
    else:
        root, faults = dissect(content)
        found = dict.fromkeys(f"composed with {fault}" for fault in faults)
        texts = _texts(root)
    files: list[Entity] = [] if content.startswith(b"{") else list(_files(root))
    finder = _finder(tuple(wanted))
    for _, mailbox in finder.iter(_BETWEEN.join(texts)):
        found[f"a private address of {wanted[mailbox].id}"] = None
    for file in files:
        found.update(dict.fromkeys(_in_file(file.content_type, file.content, wanted)))
    return tuple(found)


@OfCircle
def _wanted(circle: Circle) -> Mapping[str, Person]:
    return _squeezed_all(private_mailboxes(circle))


def _squeezed_all(mailboxes: Mapping[str, Person]) -> dict[str, Person]:
    return {_squeezed(mailbox): person for mailbox, person in mailboxes.items()}


@lru_cache(maxsize=256)
def _finder(mailboxes: tuple[str, ...]) -> Any:
    """Return what finds those addresses, however coded, in one pass over a squeezed text."""
    automaton = ahocorasick.Automaton()
    for mailbox in mailboxes or ("\0",):
        for needle in _disguises(mailbox):
            automaton.add_word(needle, mailbox)
    automaton.make_automaton()
    return automaton


def _disguises(mailbox: str) -> tuple[str, ...]:
    """Return an address as it stands in squeezed text: plainly, and in codes that anybody can undo.

    In base64 it has three forms, by where in a group of three bytes it begins; the letters at
    either end depend on what stands beside it and are left out. Case does not matter there: the
    rest is long enough to be no accident.
    """
    data = mailbox.encode()
    packed = (base64.b64encode(b"\0" * shift + data).decode() for shift in range(3))
    inner = (one[4 if shift else 0 : len(one) // 4 * 4 - 4] for shift, one in enumerate(packed))
    coded = ("".join(f"{mark}{byte:02x}" for byte in data) for mark in ("", "%", "=", "\\x"))
    swapped = (mailbox.replace("@", at) for at in ("=40", "%40", "\\u0040", "\\x40"))
    return (mailbox, *(one.lower() for one in inner if len(one) >= 12), *coded, *swapped, mailbox[::-1])


_in_files: OrderedDict[tuple[object, ...], tuple[str, ...]] = OrderedDict()
_FILES_KEPT = 64


def _in_file(content_type: str, content: bytes, wanted: Mapping[str, Person]) -> tuple[str, ...]:
    """Return what is wrong with a file; remembered, because every copy brings the same one."""
    key = (content_type, hashlib.sha256(content).digest(), *((box, wanted[box].id) for box in wanted))
    if key not in _in_files:
        _in_files[key] = tuple(_look_into(content_type, content, wanted))
        while len(_in_files) > _FILES_KEPT:
            _in_files.popitem(last=False)
    return _in_files[key]


def _look_into(content_type: str, content: bytes, wanted: Mapping[str, Person]) -> Iterator[str]:
    try:
        for piece in everything(content_type, content):
            binary = isinstance(piece, bytes)
            for text in _binary(piece) if isinstance(piece, bytes) else _ways(piece):
                for mailbox in _standing(text, tuple(wanted), binary):
                    yield f"a private address of {wanted[mailbox].id}"
    except MemoryError:
        raise
    except Exception:  # whatever it does to a library: nobody can tell that it is clean
        yield UNREADABLE


def _standing(text: str, mailboxes: tuple[str, ...], binary: bool) -> Iterator[str]:
    """Yield the mailboxes that stand in a file's text; in 25 MB of binary data plainly only."""
    if binary:
        yield from (mailbox for mailbox in mailboxes if mailbox in text)
    else:
        yield from (mailbox for _, mailbox in _finder(mailboxes).iter(text))


def _files(entity: Entity) -> Iterator[Entity]:
    if entity.text is None and entity.content:
        yield entity
    for child in entity.children:
        yield from _files(child)


def _texts(entity: Entity) -> Iterator[str]:
    """Yield every text of an entity, squeezed, in every way it can be read."""
    values = [value for values in entity.fields.values() for value in values]
    yield from _ways(" | ".join(entity.fields) + b" | ".join(values).decode("utf-8", "replace"))
    for value in values:
        if b"=?" in value:
            yield from _ways(headers.words(value)[0])
    yield from _told(tuple(entity.parameters.items()))
    yield from _told(tuple(entity.disposition_parameters.items()))
    if entity.text is not None:
        yield from _ways(entity.text)
    for child in entity.children:
        yield from _texts(child)


@lru_cache(maxsize=64)  # nearly every text part says the same
def _told(items: tuple[tuple[str, str], ...]) -> list[str]:
    """Return what the parameters of a field tell, squeezed."""
    parameters = dict(items)
    bases = {name.split("*")[0] for name in parameters}
    return [way for base in bases for way in _ways(" | ".join(headers.parameter(parameters, base)[0]))]


def _binary(data: bytes) -> Iterator[str]:
    """Yield what stands plainly in a file, in one byte a letter or two: quick at 25 MB."""
    yield data.translate(None, b"\0\t\n\v\f\r ").lower().decode("latin-1")


def _ways(text: str) -> list[str]:
    ways = [_squeezed(text)]
    if "<" in text:
        ways.append(_squeezed(unescape(_TAG.sub("", text))))
    if "&" in text:
        ways.append(_squeezed(unescape(text)))
    if "%" in text:
        ways.append(_squeezed(unquote(unescape(text))))
    return ways


def _squeezed(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(_LOWER, _SPACES).decode("ascii")
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
