"""What is found in a file, and the limits within which it is looked for (MAIL 10)."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

ENTRY_LIMIT = 200
SIZE_LIMIT_BYTES = 50 * 1024 * 1024
RATIO_LIMIT = 100
RATIO_FLOOR_BYTES = 1024 * 1024  # a small text that repeats itself is no bomb
DEPTH_LIMIT = 3

NOT_PASSED = "an attachment of a kind that is not passed"
DISGUISED = "an attachment whose name, type and content do not agree"
ENCRYPTED = "an encrypted attachment"
MACROS = "an attachment with macros"
UNREADABLE = "a document that cannot be opened safely"
OVER_LIMITS = "an archive over its limits"
FETCHES = "a document that fetches something from elsewhere"
UNSEEN = "a picture that cannot be looked at"


@dataclass(slots=True)
class Budget:
    """What all archives of one mail together may unpack to."""

    entries: int = ENTRY_LIMIT
    size_bytes: int = SIZE_LIMIT_BYTES

    def spend(self, entries: int, size_bytes: int) -> None:
        """Take from what is left. Raises ValueError when it does not suffice."""
        self.entries -= entries
        self.size_bytes -= size_bytes
        if self.entries < 0 or self.size_bytes < 0:
            raise ValueError(OVER_LIMITS)


@dataclass(slots=True)
class Contents:
    """What a file says.

    clean: the file as it may leave, without what tells of its author and maker.
    texts: everything in `clean` that anybody could read. faults: why it may not leave at all.
    unread: it shows pictures, and nothing could read the words in them.
    """

    clean: bytes = field(repr=False)
    texts: list[str] = field(default_factory=list, repr=False)
    faults: list[str] = field(default_factory=list)
    unread: bool = False

    def take(self, other: Contents) -> None:
        """Add what was found in something within, but for the bytes."""
        self.texts += other.texts
        self.faults += [one for one in other.faults if one not in self.faults]
        self.unread = self.unread or other.unread


Opener = Callable[[str, bytes, Budget, int], Contents]
"""Looks into a file that lies in another: name, bytes, budget, depth."""


@dataclass(slots=True)
class Remembered:
    """Answers of a slow pure function of bytes, by digest: each copy of a message asks again."""

    ask: Callable[[bytes], tuple[str, ...]]
    answers: OrderedDict[bytes, tuple[str, ...]] = field(default_factory=OrderedDict, repr=False)
    limit: int = 16

    def __call__(self, content: bytes) -> tuple[str, ...]:
        """Return what `ask` says of these bytes, from memory if it was asked lately."""
        key = hashlib.sha256(content).digest()
        if key not in self.answers:
            self.answers[key] = self.ask(content)
            while len(self.answers) > self.limit:
                self.answers.popitem(last=False)
        return self.answers[key]
