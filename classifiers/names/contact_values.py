"""Finds telephone numbers, addresses and account names that stand plainly in a subject.

They are written over by "[contact]" (DETECTION 3). Whether the message may pass is not decided
here: `classifiers.contact` reads every layer, and sees through disguises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.contact.protected import Protected, allowed_with_helplines
from classifiers.names.identifiers import Identifier
from classifiers.names.line import Line
from classifiers.names.lore import lore

# Every repetition is bounded, so that a search is linear in the line.
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NUMBER = re.compile(r"(?<![\w.,/:+-])(?:\+ ?\d|\(\+?\d|0)[\d ().-]{7,20}\d(?![\w/])")
_TAGGED = re.compile(r"(?<![\w@.])@(?P<it>\w[\w.-]{1,28}\w)")
_ACCOUNT = re.compile(
    r"(?<!\S)(?=[^\s@]{0,30}[a-z])(?=[^\s@]{0,30}[\d_#])[a-z0-9](?:[\w.#-]{1,28}\w)(?!\S)", re.I
)
_PLACE_OF_WORDS = 3  # how far an account's name stands from the word that announces it


def contact_values(line: Line, allowed: frozenset[str]) -> Iterator[Identifier]:
    """Yield the values of a line, those left out that anybody may show.

    allowed: `Scene.allowed`; public helplines stay too.
    """
    protected = allowed_with_helplines(allowed)
    for found in _ADDRESS.finditer(line.text) if "@" in line.text else ():
        if found[0].lower() not in protected.addresses:
            yield _value(found.start(), found[0], "e-mail address")
    for found in _NUMBER.finditer(line.text):
        if _dials_somebody(line, found, protected):
            yield _value(found.start(), found[0], "telephone number")
    yield from _accounts(line)


def _value(start: int, written: str, evidence: str) -> Identifier:
    return Identifier(start, start + len(written), "contact", "[contact]", written, evidence)


def _dials_somebody(line: Line, found: re.Match[str], protected: Protected) -> bool:
    digits = "".join(filter(str.isdigit, found[0]))
    if not 10 <= len(digits) <= 15 or digits in protected.dialled or digits in protected.short:
        return False
    before = line.text[max(0, found.start() - 12) : found.start()].lower()
    return not any(cue in before for cue in ("isbn", "uln", "upn", "uci", "ref", "invoice"))


def _accounts(line: Line) -> Iterator[Identifier]:
    """Yield "@dyl_09" and, after the word for it, "insta dyl_09" and "instagram.com/dyl"."""
    announced = [token.end for token in line.tokens if token.key in lore().accounts]
    for found in _TAGGED.finditer(line.text) if "@" in line.text else ():
        account = found["it"]
        if (announced or not account.isalpha()) and (not account[0].isdigit() or "_" in account):
            yield _value(found.start(), found[0], "account name")
    for end in announced:
        words = re.finditer(r"\S{1,64}", line.text[end : end + 80])
        for _, word in zip(range(_PLACE_OF_WORDS), words, strict=False):
            named = _ACCOUNT.match(word[0].strip(":,;()!?."))
            if named is not None:
                yield _value(line.text.index(named[0], end), named[0], "account name")
                break
    for at, chunk in _chunks(line.text):
        host = chunk.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
        if "/" in host and host.partition("/")[0] in lore().account_hosts:
            yield _value(at, chunk.rstrip(".,;:!?)"), "account link")


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"\S+", text):
        yield found.start(), found[0]
