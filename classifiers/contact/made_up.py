"""What a made-up name looks like, and what only looks like one."""

from __future__ import annotations

from classifiers.contact.chunks import Chunk, chunk_at, handle_shaped
from classifiers.contact.hosts import hosts
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import Tokens
from classifiers.contact.words import lexicon

MOST_HITS = 200
SIGNS = frozenset("._")
_HOST_SIGNS = frozenset(".-")
INVITING = frozenset("ADSTCmMuIK")
"""Symbols of verbs and pronouns by which a text invites somebody."""


def named(stream: Stream, index: int, text: str) -> str:
    """The canonical "platform:name", with the nearest platform around a token."""
    place = stream.place(index)
    near = (
        sorted(stream.platforms, key=lambda other: abs(other - place)) if len(stream.platforms) <= 64 else []
    )
    if near and abs(near[0] - place) <= 12:
        return f"{stream.platforms[near[0]]}:{text}"
    return f"handle:{text}"


def lesson_code(text: str) -> bool:
    """Whether a made-up looking word is one of lessons: "year10", "unit_2"."""
    if text in lexicon().texting:
        return True
    letters = text.rstrip("0123456789").strip("_.")
    return text != letters and letters in lexicon().lesson_codes


def is_host(stream: Stream, chunk: Chunk) -> bool:
    """Whether a chunk is the beginning of a link or an address."""
    tokens = stream.tokens
    follows = chunk.last + 1
    if not tokens.tight(chunk.last) or tokens.words[follows][0] not in "/(@":
        return False
    return "." in chunk.text + tokens.words[follows] or _is_mailbox(tokens, follows)


def _is_mailbox(tokens: Tokens, at: int) -> bool:
    """Whether a host touches the "@": then it is an address, and those that may stand are known elsewhere."""
    if tokens.words[at] != "@" or not tokens.tight(at):
        return False
    host = chunk_at(tokens, at + 1, _HOST_SIGNS)
    return host is not None and "." in host.text


def made_up(text: str) -> bool:
    """A user name beyond doubt: an underscore, or letters with digits, and no file or lesson code."""
    if not handle_shaped(text) or lesson_code(text) or text.rsplit(".", 1)[-1] in hosts().file_types:
        return False
    return "_" in text or (text[-1].isdigit() and sum(char.isalpha() for char in text) >= 4)


def is_code(stream: Stream, chunk: Chunk) -> bool:
    """Whether an identifier stands in a line of a program."""
    tokens = stream.tokens
    if chunk.last + 1 < len(tokens.words) and tokens.words[chunk.last + 1][0] in "([=;{":
        return True
    lead = tokens.words[max(0, chunk.first - 2) : chunk.first]
    return not lexicon().code.isdisjoint(lead) or (bool(lead) and lead[-1][0] in "(=[{")
