"""The cells of one roster row, read as what they should be; what is wrong is noted, not raised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from gateway.cli.roster_file import Row
from gateway.settings import nearest

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MAILBOX = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f]{1,64}@[a-z0-9]([a-z0-9-]*\.)+[a-z0-9-]{2,63}")
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


class Cells:
    """Reads a row cell by cell. Every note is one sentence and names no person."""

    def __init__(self, row: Row, fields: Iterable[str]) -> None:
        self._row = row
        self.problems: list[str] = []
        known = tuple(fields)
        for name in row.values:
            if name not in known:
                self.wrong(f"there is no field '{name}' ({nearest(str(name), known)})")

    def wrong(self, what: str) -> None:
        """Note what is wrong with this row."""
        self.problems.append(f"{self._row.where}: {what}")

    def text(self, name: str, required: bool = False) -> str:
        """One line of text, "" when absent."""
        value = self._row.values.get(name)
        if value is None or value == "":
            if required:
                self.wrong(f"{name} is missing")
            return ""
        if isinstance(value, bool | list | dict) or not (text := str(value).strip()).isprintable():
            self.wrong(f"{name} must be one line of text")
            return ""
        return text

    def id(self, name: str) -> str:
        """An id: letters, digits, dots, dashes and underscores."""
        text = self.text(name, required=True)
        if text and not ID.fullmatch(text):
            self.wrong(f"{name} may hold only letters, digits, dots, dashes and underscores")
            return ""
        return text

    def one_of(self, name: str, valid: tuple[str, ...], default: str = "") -> str:
        """One of the valid words."""
        text = self.text(name, required=not default) or default
        if text and text not in valid:
            self.wrong(f"unknown {name} '{text}' ({nearest(text, valid)})")
            return ""
        return text

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._row.values.get(name, default)
        word = str(value).casefold()
        if word not in TRUE | FALSE:
            self.wrong(f"{name} must be true or false")
        return word in TRUE

    def day(self, name: str) -> date | None:
        """A date, None when absent or wrong."""
        value = self._row.values.get(name)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.wrong(f"{name} must be a date such as 2012-03-04")
            return None

    def several(self, name: str) -> tuple[str, ...]:
        """A list, or in CSV texts separated by semicolons."""
        value = self._row.values.get(name) or []
        items = value.split(";") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(
            isinstance(one, str) and one.isprintable() for one in items
        ):
            self.wrong(f"{name} must be a list of texts")
            return ()
        return tuple(text for one in items if (text := one.strip()))

    def mailboxes(self, name: str) -> tuple[str, ...]:
        """Addresses, in lower case."""
        found = tuple(one.lower() for one in self.several(name))
        if not all(MAILBOX.fullmatch(one) for one in found):
            self.wrong(f"{name} holds something that is no mail address")
            return ()
        return found

    def mailbox(self, name: str) -> str:
        """One address in lower case, "" when absent or wrong."""
        found = self.text(name).lower()
        if found and not MAILBOX.fullmatch(found):
            self.wrong(f"{name} is no mail address")
            return ""
        return found
