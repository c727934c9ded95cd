"""E-mail addresses, written plainly, in words, spaced out or with only the provider's name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from classifiers.contact.chunks import (
    Chunk,
    bracketed,
    chunk_at,
    chunk_before,
    handle_shaped,
    number_word,
    sign_word,
)
from classifiers.contact.domains import Domain, is_run_together, read_domain
from classifiers.contact.hits import Hit, hit
from classifiers.contact.hosts import hosts, institutional
from classifiers.contact.protected import Protected
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, LETTERS, SIGN
from classifiers.contact.words import MAIL, lexicon

_LOCAL_SIGNS = frozenset("._-+'&")
_MOST_SPELT = 8
_TOOLS = frozenset(("git@github.com", "git@gitlab.com", "git@bitbucket.org"))


def mailboxes(stream: Stream, protected: Protected) -> list[Hit]:
    """Every address but the protected ones."""
    tokens = stream.tokens
    found: list[Hit] = []
    after = -1
    for index in tokens.where(_at_words()):
        if tokens.words[index] == "a" and not _marked(stream, index):
            continue
        if _is_plain_word(stream, index):
            continue
        plain = tokens.words[index] == "@"
        if index <= after or not (plain or tokens.kinds[index] == LETTERS):
            continue
        one = _backwards(stream, index) if plain else None
        if one is None:
            one = _address(stream, index, plain=plain)
        if one is not None:
            box, value = one
            after = tokens.index_at(box.end) - 1
            if value not in protected.addresses:
                found.append(box)
    return found


@cache
def _at_words() -> frozenset[str]:
    return lexicon().signs["at"] | {"@", "a"}


def _is_plain_word(stream: Stream, index: int) -> bool:
    """Whether an "at" is followed by a word without a dot, and no provider is named: "at the end"."""
    tokens, after = stream.tokens, index + 2
    return (
        after < len(tokens.words)
        and tokens.kinds[index] == tokens.kinds[index + 1] == tokens.kinds[after] == LETTERS
        and not tokens.tight(index + 1)
        and tokens.words[index + 1] not in ("sign", "symbol")
        and sign_word(stream, after) != "."
        and MAIL not in stream.symbols
        and not is_run_together(tokens.words[index + 1])
    )


def _marked(stream: Stream, index: int) -> bool:
    """Whether a sign or "sign" beside an "a" may make it an "@"."""
    tokens = stream.tokens
    after = tokens.words[index + 1 : index + 2]
    return after in (["sign"], ["symbol"]) or tokens.kinds[index + 1 : index + 2] == [SIGN]


def _address(stream: Stream, index: int, *, plain: bool) -> tuple[Hit, str] | None:
    """The address whose "@" is this token, and its canonical value."""
    tokens = stream.tokens
    first_at, last_at = bracketed(tokens, index)
    marked = first_at != index
    if tokens.words[last_at + 1 : last_at + 2] in (["sign"], ["symbol"]):
        last_at, marked = last_at + 1, True
        while tokens.words[last_at + 1 : last_at + 2] in (["then"], ["and"]):
            last_at += 1
        while first_at > 1 and tokens.words[first_at - 1] in ("the", "then", "and", "an"):
            first_at -= 1
    if tokens.words[index] == "a" and not marked:
        return None
    domain = read_domain(stream, last_at + 1)
    if domain is None:
        return None
    if tokens.words[index] == "a" and domain.name not in hosts().mail_providers:
        return None
    if (
        plain
        and not tokens.tight(first_at - 1)
        and domain.whole
        and domain.name.rsplit(".", 1)[-1] not in hosts().tlds
    ):
        return None
    after_comma = first_at > 0 and tokens.words[first_at - 1] in (",", ";", ":")
    if plain and after_comma and tokens.tight(index) and domain.name not in hosts().mail_providers:
        return None
    local = _local(stream, first_at - 1, words=not plain or not tokens.tight(first_at - 1))
    if local is None:
        return None
    if stream.mended_between(local.first, local.last):
        local = replace(local, spelt=True)
    value = f"{local.text}@{domain.name}"
    if value in _TOOLS or domain.name.rsplit(".", 1)[-1] in hosts().file_types - {
        "py",
        "zip",
        "mov",
        "md",
        "rs",
    }:
        return None
    provider = domain.name in hosts().mail_providers
    told = stream.cue("mail", local.first, domain.last, 5, 2)
    if plain:
        score = 0.95 if domain.whole else 0.85
    else:
        score = _in_words(local, domain, provider=provider, marked=marked, told=told)
    hidden = not plain or domain.spelt or local.spelt or not domain.whole
    if institutional(domain.name) and not hidden and local.text in hosts().offices:
        score = 0.4
    evidence = ["e-mail address"] + (["in words or taken apart"] if hidden else [])
    found = hit(stream, "email", local.first, domain.last, score, value, evasive=hidden, evidence=evidence)
    return (found, value) if score >= 0.3 else None


def _in_words(local: Chunk, domain: Domain, *, provider: bool, marked: bool, told: bool) -> float:
    """How sure it is that "jane at gmail dot com" is meant as an address."""
    if (
        local.text in lexicon().common
        and not local.spelt
        and not (domain.spelt and domain.whole and (marked or told))
    ):
        return 0.0
    score = 0.4
    score += 0.3 if marked else 0.0
    score += 0.35 if provider else 0.0
    score += 0.25 if domain.spelt and domain.whole else 0.0
    score += 0.15 if local.spelt or handle_shaped(local.text) else 0.0
    score += 0.15 if told else 0.0
    if not provider and not domain.spelt and not marked and not (handle_shaped(local.text) or local.spelt):
        score = 0.2
    return score


def _local(stream: Stream, index: int, *, words: bool) -> Chunk | None:
    """The front of an address that ends at a token.

    words: it may be spelt with words ("jane dot smith ninety nine") or stand apart.
    """
    tokens = stream.tokens
    while (
        words
        and index >= 0
        and tokens.kinds[index] in (BREAK, SIGN)
        and tokens.words[index].strip("_")
        and index > 0
    ):
        index -= 1
        if tokens.kinds[index] in (LETTERS,) or tokens.kinds[index] == "d":
            break
    last = chunk_before(tokens, index, _LOCAL_SIGNS)
    if last is None or not any(char.isalnum() for char in last.text):
        return None
    if not words:
        return last
    return _spelt_local(stream, last)


def _spelt_local(stream: Stream, last: Chunk) -> Chunk | None:
    """Extend a front to the left over spelt signs, digits and the names they join."""
    tokens, common = stream.tokens, lexicon().common
    parts = [number_word(last.text) or last.text]
    first, spelt, joined = last.first, parts[0] != last.text, False
    index, named_already = last.first - 1, False
    for _ in range(_MOST_SPELT):
        if index < 0:
            break
        sign = sign_word(stream, index) if tokens.kinds[index] == LETTERS else ""
        if sign in (".", "_", "-", "+"):
            parts.insert(0, sign)
            first, spelt, joined = index, True, True
            index -= 1
            continue
        if tokens.kinds[index] == SIGN and (tokens.words[index] in (".", "_", "-", "+") or joined):
            if tokens.words[index] not in (".", "_", "-", "+"):
                break
            parts.insert(0, tokens.words[index])
            joined = True
            index -= 1
            continue
        chunk = chunk_before(tokens, index, _LOCAL_SIGNS)
        if chunk is None:
            break
        digits = chunk.text if chunk.text.isdigit() else number_word(chunk.text)
        followed_by_digits = parts[0].isdigit()
        unusual = (
            chunk.text not in common and chunk.text not in lexicon().meaning and not sign_word(stream, index)
        )
        named = unusual and not named_already and (followed_by_digits or parts[0].isalpha())
        named_already = named_already or (named and not followed_by_digits)
        if not (joined or digits or named or (len(chunk.text) == 1 and chunk.text not in "ai")):
            break
        if chunk.text in common and not digits and not joined:
            break
        if chunk.text in common and joined and parts[0] in ".-" and not _is_word_sign(stream, first):
            break
        parts.insert(0, digits or chunk.text)
        spelt = spelt or bool(digits) or joined
        first, joined = chunk.first, False
        index = chunk.first - 1
    text = "".join(parts).strip(".-+")
    return Chunk(text, first, last.last, spelt) if text else None


def _is_word_sign(stream: Stream, index: int) -> bool:
    return stream.tokens.kinds[index] == LETTERS


def _backwards(stream: Stream, index: int) -> tuple[Hit, str] | None:
    """ "moc.liamg@htims.enaj": an address from its end."""
    tokens = stream.tokens
    local, domain = chunk_before(tokens, index - 1, _LOCAL_SIGNS), chunk_at(tokens, index + 1, _LOCAL_SIGNS)
    if local is None or domain is None:
        return None
    value = f"{domain.text[::-1]}@{local.text[::-1]}"
    if value.split("@")[1] not in hosts().mail_providers and not local.text.startswith(
        ("moc.", "ku.oc.", "gro.", "ten.")
    ):
        return None
    return hit(
        stream,
        "email",
        local.first,
        domain.last,
        0.9,
        value,
        evasive=True,
        evidence=("e-mail address written backwards",),
    ), value
