"""A line cut into words, and what a look around one of them shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from classifiers.names.lore import lore
from classifiers.names.roster import Form
from classifiers.names.tokens import APOSTROPHES, Token, tokenise

_DASHES = ("-", "–", "—", "|", "/")
_INITIALS = re.compile(r"\b[^\W\d_a-z]\.")
# What we write ourselves counts as the words it stands for, or a second reading would differ.
PLACEHOLDERS = frozenset(("pupil", "guardian", "tutor", "staff", "school", "dob", "upn", "ref", "contact"))
_SMALL = frozenset(
    ("and", "for", "the", "but", "nor", "off", "out", "per", "via", "with", "from", "about", "that")
)
_QUOTES = {'"': '"', "“": "”", "‘": "’", "«": "»"}


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens [first, last) that may be a name.

    persons: indices into the roster. key: the directory's key that was matched.
    typo: it was misspelt.
    """

    first: int
    last: int
    persons: frozenset[int]
    form: Form
    key: str
    typo: bool = False


@dataclass(slots=True)
class Line:
    """A subject or file name.

    shouting, hushed: the whole line is in capitals, or in small letters.
    title_case: "Every Longer Word Has A Capital", so that a capital says nothing.
    told: people of the works and ages that the line names.
    """

    text: str
    tokens: list[Token]
    shouting: bool
    hushed: bool
    keys: frozenset[str]
    masked: set[int] = field(default_factory=set)
    tagged: set[int] = field(default_factory=set)
    in_work: set[int] = field(default_factory=set)
    title_case: bool = False
    told: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> Line:
        """Cut up a line and mark what is no running text in it."""
        tokens = tokenise(text)
        cased = [token for token in tokens if token.word and len(token.raw) > 1]
        line = cls(
            text,
            tokens,
            shouting=bool(cased) and all(token.raw.isupper() for token in cased),
            hushed=all(token.raw.islower() for token in cased) and not _INITIALS.search(text),
            keys=frozenset(token.key for token in tokens),
        )
        line.masked = line._tokens_in(_addresses(text))
        line.tagged = line._tokens_in(_brackets(text))
        line._read_phrases()
        line.title_case = line.shouting or line._is_title_case()
        return line

    def _is_title_case(self) -> bool:
        """True when plain words past the first have capitals, small words left aside."""
        plain = [
            token.titled for token in self.tokens[1:] if _is_plain(token.key) and token.key not in _SMALL
        ]
        return bool(plain) and all(plain)

    def _tokens_in(self, ranges: list[tuple[int, int]]) -> set[int]:
        inside: set[int] = set()
        at = 0
        for start, end in ranges:
            while at < len(self.tokens) and self.tokens[at].start < end:
                if self.tokens[at].start >= start:
                    inside.add(at)
                at += 1
        return inside

    def _read_phrases(self) -> None:
        """Mark the words of known titles and set phrases, and note whom the titles tell of."""
        told: set[str] = set()
        stories = lore().stories
        for first in range(len(self.tokens)):
            joined = self.tokens[first].key
            told |= stories.get(joined, frozenset())
            for last in range(first + 1, min(first + 6, len(self.tokens))):
                gap = self.tokens[last].before
                listed = gap == ", "
                if not (self.close(last, last) or listed or gap == " & "):
                    break
                joined += "and" * (gap == " & ") + self.tokens[last].key
                people = stories.get(joined)
                told |= people or frozenset()
                known = people is not None or joined in lore().phrases
                if known and not (listed and last - first < 2) and not self._says_i(last):
                    self.in_work.update(range(first, last + 1))
        self.told = frozenset(told)

    def _says_i(self, at: int) -> bool:
        """True for the I of "Charles I cannot come", false for "Charles I and Parliament"."""
        following = self.after(at + 1)
        if self.tokens[at].key != "i" or following is None:
            return False
        return (
            following.key in ("am", "m", "ll", "ve", "d")
            or following.key in lore().modals | lore().person_verbs
        )

    def close(self, first: int, at: int) -> bool:
        """True when token `at` follows the one before it as part of one name or phrase."""
        gap = self.tokens[at].before
        if not gap.strip():
            return len(gap) < 5
        if gap in (". ", "._") and len(self.tokens[at - 1].key) == 1:
            return True
        return len(gap) == 1 and (gap in "-‐‑–_.·+" or gap in APOSTROPHES) and at >= first

    def before(self, at: int) -> Token | None:
        """The token before `at`, None at the start."""
        return self.tokens[at - 1] if at else None

    def after(self, at: int) -> Token | None:
        """The token at `at`, None past the end."""
        return self.tokens[at] if at < len(self.tokens) else None

    def gap_after(self, last: int) -> str:
        """What stands between token `last - 1` and the next one, or the end."""
        if last < len(self.tokens):
            return self.tokens[last].before
        return self.text[self.tokens[-1].end :]

    def capital(self, at: int) -> bool:
        """True for a word with a capital, where capitals mean something or everywhere."""
        return self.tokens[at].titled or self.tokens[at].upper

    def telling(self, at: int) -> bool:
        """True when the capital of token `at` says that it is a name: amid small letters."""
        token, previous = self.tokens[at], self.before(at)
        if self.title_case or not token.titled or previous is None or self.starts(at):
            return False
        opening = self.starts(at - 1) and (
            previous.key in lore().auxiliaries or previous.key in lore().leading
        )
        return token.before == " " and (previous.raw.islower() or not previous.word or opening)

    def possessive(self, last: int) -> bool:
        """True when "'s" or "s'" follows token `last - 1`."""
        gap = self.gap_after(last)
        if not gap or gap[0] not in APOSTROPHES:
            return False
        following = self.after(last)
        owns = following is not None and following.key == "s" and len(gap) == 1
        return owns or self.tokens[last - 1].key.endswith("s")

    def owned(self, last: int) -> str:
        """The key of the thing owned: "homework" in "Jamie's homework"."""
        following = self.after(last)
        skip = 1 if following is not None and following.key == "s" and len(following.before) == 1 else 0
        thing = self.after(last + skip)
        return thing.key if thing is not None else ""

    def starts(self, first: int) -> bool:
        """True at the start of the line, reply prefixes and tags left aside."""
        return all(
            (i in self.tagged and self.tokens[i].key not in PLACEHOLDERS)
            or self.tokens[i].key in ("re", "fw", "fwd", "aw", "sv")
            for i in range(max(0, first - 6), first)
        ) and (first == 0 or self.tokens[first].before.strip() in ("", ":", "]", "]:", ": ["))

    def ends(self, last: int) -> bool:
        """True when nothing but punctuation follows."""
        return last >= len(self.tokens)

    def dashed_after(self, last: int) -> bool:
        """True when a colon or a free-standing dash follows."""
        gap = self.gap_after(last)
        return gap.strip()[:1] == ":" or (gap[:1] == " " and gap.strip()[:1] in _DASHES)

    def dashed_before(self, first: int) -> bool:
        """True when a colon, bracket or free-standing dash stands before."""
        gap = self.tokens[first].before
        return gap.strip()[-1:] in (":", "(") or (gap[-1:] == " " and gap.strip()[-1:] in _DASHES)

    def quoted(self, first: int, last: int) -> bool:
        """True when exactly these words stand in quotation marks."""
        opening = self.text[self.tokens[first].start - 1 : self.tokens[first].start]
        closing = self.text[self.tokens[last - 1].end :][:1]
        return bool(opening) and closing == _QUOTES.get(opening, "'" if opening == "'" else None)


def _is_plain(key: str) -> bool:
    words = lore()
    return key in words.english and key not in words.words_first and key not in words.names_first


def _addresses(text: str) -> list[tuple[int, int]]:
    """Ranges of e-mail addresses and links: the contact detector's business."""
    found, at = [], 0
    for chunk in text.split():
        at = text.index(chunk, at)
        if "@" in chunk[1:] or "://" in chunk or chunk.lower().startswith("www."):
            found.append((at, at + len(chunk)))
        at += len(chunk)
    return found


def _brackets(text: str) -> list[tuple[int, int]]:
    """Ranges of tags such as "[SECURE]"."""
    found, at = [], text.find("[")
    while at >= 0:
        end = text.find("]", at, at + 40)
        if end > 0:
            found.append((at, end + 1))
        at = text.find("[", at + 1)
    return found
