"""Domains read from tokens: "gmail.com", "gmail dot com", "g m a i l . c o m", "hotmail co uk"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from classifiers.contact.chunks import bracketed, chunk_at, sign_word
from classifiers.contact.hosts import hosts
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, LETTERS, SIGN
from classifiers.contact.words import MAIL

_HOST_SIGNS = frozenset("-")
_MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain that was read. spelt: its dots are words or stand apart. whole: it has its ending."""

    name: str
    last: int
    spelt: bool
    whole: bool


def read_domain(stream: Stream, index: int) -> Domain | None:
    """The domain that begins at a token: labels with dots or words for them, or a provider."""
    tokens, known = stream.tokens, hosts()
    index = _skip_filler(stream, index)
    label = chunk_at(tokens, index, _HOST_SIGNS)
    if label is None:
        return None
    if (run_together := _run_together().get(label.text)) is not None:
        return Domain(run_together, label.last, spelt=True, whole=True)
    labels, last, spelt = [_as_label(label.text)], label.last, False
    while len(labels) < _MOST_LABELS:
        step = _dot_after(stream, last)
        if step is None:
            break
        dot_last, loose = step
        follows = chunk_at(tokens, _skip_filler(stream, dot_last + 1), _HOST_SIGNS)
        if follows is None or (loose and not _fits(follows.text, labels)):
            break
        if _ends_sentence(stream, dot_last) and (
            _as_label(follows.text) in known.weak_tlds or _capital(stream, follows.first)
        ):
            break
        labels.append(_as_label(follows.text))
        last, spelt = follows.last, spelt or loose
    name = ".".join(labels)
    ending = labels[-1]
    if len(labels) > 1 and ending.isalpha() and len(ending) >= 2 and (not spelt or ending in known.tlds):
        return Domain(name, last, spelt, whole=True)
    return _provider(stream, index, labels, last)


def parts_sentences(stream: Stream, dot: int) -> bool:
    """Whether a full stop has a word right before it, and after a blank or a line end one with a capital: no host
    has that.

    Says so only where no provider is named, as one needs no dot.
    """
    tokens = stream.tokens
    before, follows = dot - 1, dot + 1
    if before < 0 or tokens.words[dot] != "." or tokens.kinds[before] != LETTERS:
        return False
    if tokens.ends[before] != tokens.starts[dot] or (before and tokens.tight(before - 1)):
        return False
    if MAIL in stream.symbols or tokens.words[before] in _run_together():
        return False
    if follows == len(tokens.words):
        return True
    if tokens.kinds[follows] == BREAK:
        follows = _skip_filler(stream, follows)
        return follows < len(tokens.words) and tokens.kinds[follows] == LETTERS and _capital(stream, follows)
    return (
        tokens.kinds[follows] == LETTERS
        and tokens.ends[dot] < tokens.starts[follows]
        and _capital(stream, follows)
    )


def is_run_together(word: str) -> bool:
    """Whether a word is a provider without its dots."""
    return word in _run_together()


@cache
def _run_together() -> dict[str, str]:
    """Providers without their dots: "gmailcom" is gmail.com."""
    return {name.replace(".", ""): name for name in hosts().mail_providers if len(name) > 6}


def _provider(stream: Stream, index: int, labels: list[str], last: int) -> Domain | None:
    """ "gmail", "hotmail co uk", "g mail": a provider whose dots are missing."""
    place = stream.place(index)
    if place >= len(stream.at) or stream.at[place] != index or stream.symbols[place] != "G":
        return None
    name, upto = stream.platforms[place], stream.upto[place]
    words = stream.tokens.words
    dotted = upto
    while (
        (step := _dot_after(stream, dotted))
        and step[0] + 1 < len(words)
        and _as_label(words[step[0] + 1]) in hosts().tlds
    ):
        dotted = step[0] + 1
    if dotted > upto:
        return Domain(name, dotted, spelt=True, whole=True)
    for ending in (("com",), ("co", "uk"), ("co",), ("net",), ("me",), ("uk",)):
        if tuple(words[upto + 1 : upto + 1 + len(ending)]) == ending:
            return Domain(name, upto + len(ending), spelt=True, whole=True)
    return Domain(name, max(upto, last if len(labels) == 1 else upto), spelt=False, whole=False)


def _as_label(text: str) -> str:
    return {"c0m": "com", "corn": "com", "kom": "com", "komm": "com", "cum": "com"}.get(text, text)


def _fits(text: str, labels: list[str]) -> bool:
    """Whether a word after a dot that stands apart is an ending or a provider's name."""
    known = hosts()
    label = _as_label(text)
    if label in known.tlds or f"{label}.com" in known.mail_providers:
        return True
    return ".".join([*labels, label]) in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    """The first labels of the known hosts: "meet", "meet.google"."""
    found: set[str] = set()
    for host in hosts().known:
        labels = host.split(".")
        found.update(".".join(labels[:size]) for size in range(1, len(labels)))
    return frozenset(found)


def _dot_after(stream: Stream, last: int) -> tuple[int, bool] | None:
    """The dot after a token: its last token, and whether it is a word or stands apart."""
    tokens = stream.tokens
    index = last + 1
    if index >= len(tokens.words):
        return None
    if tokens.words[index] in (".", "·", "•", "..", "...") and index + 1 < len(tokens.words):
        follows = tokens.kinds[index + 1]
        tight = tokens.tight(last) and tokens.tight(index) and follows != BREAK
        return (index, not tight) if tight or follows in (LETTERS, BREAK) else None
    for step in (index, index + 1):
        if step < len(tokens.words) and sign_word(stream, step) == ".":
            return bracketed(tokens, step)[1], True
        if step < len(tokens.words) and tokens.words[step] == "." and step == index + 1:
            return bracketed(tokens, step)[1], True
        if tokens.kinds[step if step < len(tokens.kinds) else index] not in (SIGN, BREAK):
            break
    return None


def _capital(stream: Stream, index: int) -> bool:
    """Whether a word is written like the first of a sentence."""
    start, end = stream.view.span(stream.tokens.starts[index], stream.tokens.ends[index])
    return stream.view.source[start:end].istitle()


def _ends_sentence(stream: Stream, dot: int) -> bool:
    """Whether a dot touches the word before it and not the one after it."""
    tokens = stream.tokens
    if tokens.words[dot][0] != "." or not tokens.tight(dot - 1):
        return False
    return not tokens.tight(dot) or tokens.kinds[dot + 1] == BREAK


def _skip_filler(stream: Stream, index: int) -> int:
    """The next token that is a word, over line ends and emoji-like signs."""
    tokens = stream.tokens
    steps = 0
    while (
        index < len(tokens.words)
        and steps < 3
        and (
            tokens.kinds[index] == BREAK
            or (tokens.kinds[index] == SIGN and tokens.words[index][0] not in "@._")
        )
    ):
        index, steps = index + 1, steps + 1
    return index
