"""A pack that extends another: the base's rows, the site's over them, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.packs.marked import Marked, Step

WHOLE = ("settings", "records", "reports", "roles", "reminders", "watch")
"""Sections whose entries are replaced as a whole: half of one and half of another means nothing."""


@dataclass(frozen=True, slots=True)
class Layered:
    """A base and what stands over it, read as one file.

    value: as pydantic wants it; a row that the upper file sets to nothing is gone.
    """

    value: object
    _upper: Marked
    _lower: Marked | Layered

    def where(self, steps: Sequence[Step], key: bool = False) -> str:
        """ "file:line:column" of what the steps lead to, in the file that says it last."""
        return self._saying(steps).where(steps, key)

    def holds(self, steps: Sequence[Step]) -> bool:
        """True when what is in force has what the steps lead to."""
        return self._saying(steps).holds(steps)

    def _saying(self, steps: Sequence[Step]) -> Marked | Layered:
        """The file whose word counts: the upper one's whole entries, else whichever knows more of the steps."""
        if not steps or (steps[0] in WHOLE and self._upper.holds(steps[:2])):
            return self._upper
        upper, lower = _deepest(self._upper, steps), _deepest(self._lower, steps)
        return self._upper if upper and upper >= lower else self._lower


def over(lower: Marked | Layered, upper: Marked) -> Layered:
    """The upper file over the lower one."""
    return Layered(_merged(lower.value, upper.value), upper, lower)


def _merged(lower: object, upper: object, inside: str = "") -> object:
    if not isinstance(lower, dict) or not isinstance(upper, dict):
        return upper
    made = dict(lower)
    for name, value in upper.items():
        if value is None:
            made.pop(name, None)
        elif inside in WHOLE or name not in made:
            made[name] = value
        else:
            made[name] = _merged(made[name], value, inside or str(name))
    return made


def _deepest(marked: Marked | Layered, steps: Sequence[Step]) -> int:
    """How many of the steps the file knows."""
    return next((n for n in range(len(steps), 0, -1) if marked.holds(steps[:n])), 0)
