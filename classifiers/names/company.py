"""Names in a list: who stands beside somebody of ours is one of ours too."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.names.line import Line, Match
from classifiers.names.lore import lore

_LINKS = frozenset(("and", "&", "+", "/", ",", "n", "with", "or"))


def in_company(line: Line, match: Match, company: Sequence[Match]) -> bool:
    """In a list next to somebody who is meant, or to initials that stand for one."""
    if not line.capital(match.first) and not line.hushed:
        return False
    return any(_side_by_side(line, match, other) for other in company) or _initials_beside(line, match)


def listed(line: Line, match: Match, beside: Sequence[Match]) -> bool:
    """In a list next to another name that may be meant."""
    if not line.capital(match.first) and not line.hushed:
        return False
    months = lore().months
    for other in beside:
        both_dates = match.key in months and other.key in months
        somebody = line.capital(other.first) or not lore().is_word(other.key)
        if somebody and not both_dates and _side_by_side(line, match, other):
            return True
    return False


def _side_by_side(line: Line, match: Match, other: Match) -> bool:
    return _linked(line, other.last, match.first) or _linked(line, match.last, other.first)


def _linked(line: Line, last: int, first: int) -> bool:
    """True when token `first` follows token `last - 1` through a comma, "and", "&" or "/"."""
    if last == first:
        return 0 < first < len(line.tokens) and line.tokens[first].before.strip() in _LINKS
    if last + 1 == first:
        return line.tokens[last].key in ("and", "n", "or") and line.tokens[last].before.strip() in ("", ",")
    return False


def _initials_beside(line: Line, match: Match) -> bool:
    for at in (match.first - 1, match.first - 2):
        if at >= 0 and len(line.tokens[at].raw) == 1 and line.tokens[at].raw.isupper():
            ending = line.text[line.tokens[at].end : line.tokens[at].end + 1] == "."
            return ending and _linked(line, at + 1, match.first)
    at = match.last if line.gap_after(match.last).strip() in _LINKS else match.last + 1
    following = line.after(at)
    initial = following is not None and len(following.raw) == 1 and following.raw.isupper()
    return initial and _linked(line, match.last, at) and line.text[line.tokens[at].end :][:1] == "."
