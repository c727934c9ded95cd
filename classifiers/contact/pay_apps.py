"""Names on payment apps: "my monzo is jane99", "$jane"."""

from __future__ import annotations

from classifiers.contact.chunks import chunk_at
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK
from classifiers.contact.words import any_of, lexicon

_PAYING = frozenset(["pay", "send", "transfer", "paying", "owe", "cash", "money", "fee", "fees"])
_TO_ME = frozenset(["me", "my", "mine", "us"])


def app_name(stream: Stream, index: int) -> Hit | None:
    """ "my monzo is jane99", "revtag @jane", "send it to me on PayPal"."""
    tokens = stream.tokens
    before = tokens.words[max(0, index - 6) : index]
    mine = any_of(before, _TO_ME)
    step, introduced = index + 1, False
    while step < min(index + 6, len(tokens.words)):
        word = tokens.words[step]
        if tokens.kinds[step] == BREAK or word[0] in ".!?":
            break
        if word in (
            "is",
            ":",
            "=",
            "@",
            "tag",
            "name",
            "me",
            "to",
            "at",
            "-",
            "$",
            "£",
            "account",
            "username",
            "it",
            ",",
            "via",
        ):
            introduced = (
                introduced
                or word in ("is", ":", "=", "@", "$", "£", "tag")
                or (word == "at" and step == index + 2)
            )
            step += 1
            continue
        chunk = chunk_at(tokens, step, frozenset("._-"))
        if (
            chunk is not None
            and introduced
            and chunk.text not in lexicon().common
            and any(char.isalpha() for char in chunk.text)
        ):
            return hit(
                stream,
                "payment",
                chunk.first,
                chunk.last,
                0.82,
                f"{tokens.words[index]}:{chunk.text}",
                evidence=("name on a payment app",),
            )
        break
    if any_of(before, _PAYING) and (mine or any_of(tokens.words[index + 1 : index + 3], _TO_ME)):
        return hit(
            stream, "payment", index, index, 0.6, tokens.words[index], evidence=("asks to be paid directly",)
        )
    return None


def cashtag(stream: Stream, index: int) -> Hit | None:
    """ "$janesmith" beside words of banks."""
    chunk = chunk_at(stream.tokens, index + 1, frozenset("_.-"))
    if chunk is None or len(chunk.text) < 4 or not stream.cue("bank", index, chunk.last, 6, 6):
        return None
    return hit(
        stream,
        "payment",
        index,
        chunk.last,
        0.8,
        f"cashapp:{chunk.text}",
        evidence=("name on a payment app",),
    )
