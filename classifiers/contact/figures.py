"""Digits that are plainly no number to call: dates, times, decimals, thousands, list numbers."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers.contact.tokens import DIGITS, LETTERS, Tokens

_HALVES = frozenset(("am", "pm", "a", "p", "oclock", "hrs", "gmt", "bst"))


def figures(tokens: Tokens, spots: Iterable[int]) -> frozenset[int]:
    """The tokens of such figures among some, in order."""
    found: set[int] = set()
    for index in spots:
        if tokens.kinds[index] == DIGITS and index not in found:
            groups, sign, last = _tight_groups(tokens, index)
            if len(groups) > 1 and (
                _is_time(groups, sign, tokens, last) or _is_date(groups, sign) or _is_quantity(groups, sign)
            ):
                found.update(range(index, last + 1))
            elif len(groups) > 1:
                continue
            elif _is_hour(tokens, index):
                found.add(index)
    return frozenset(found)


def _tight_groups(tokens: Tokens, index: int) -> tuple[list[str], str, int]:
    """Groups of digits joined by one and the same sign: ["07", "11", "2026"], "/", last token."""
    groups, sign, last = [tokens.words[index]], "", index
    before = (
        index > 1
        and tokens.tight(index - 1)
        and tokens.tight(index - 2)
        and tokens.kinds[index - 2] == DIGITS
    )
    if before:
        return groups, "", index
    while last + 2 < len(tokens.words) and tokens.tight(last) and tokens.tight(last + 1) and len(groups) < 8:
        between, follows = tokens.words[last + 1], tokens.kinds[last + 2]
        if follows != DIGITS or between not in (":", "/", "-", ".", ",") or (sign and between != sign):
            break
        sign = between
        groups.append(tokens.words[last + 2])
        last += 2
    return groups, sign, last


def _is_time(groups: list[str], sign: str, tokens: Tokens, last: int) -> bool:
    if sign not in (":", ".") or len(groups) > 3:
        return False
    if sign == "." and not (last + 1 < len(tokens.words) and tokens.words[last + 1] in _HALVES):
        return False
    return (
        len(groups[0]) <= 2
        and int(groups[0]) <= 24
        and all(len(part) == 2 and int(part) < 60 for part in groups[1:])
    )


def _is_date(groups: list[str], sign: str) -> bool:
    if sign not in ("/", "-", ".") or len(groups) != 3 or not all(len(part) <= 4 for part in groups):
        return False
    day, month, year = groups if len(groups[0]) <= 2 else reversed(groups)
    return (
        len(day) <= 2
        and len(month) <= 2
        and len(year) in (2, 4)
        and (
            (1 <= int(day) <= 31 and 1 <= int(month) <= 12) or (1 <= int(month) <= 31 and 1 <= int(day) <= 12)
        )
    )


def _is_quantity(groups: list[str], sign: str) -> bool:
    """A decimal ("3.14159") or a number with thousands ("1,234,567")."""
    whole = groups[0]
    if whole.startswith("0") and len(whole) > 1:
        return False
    if sign == ".":
        return len(groups) == 2
    return sign == "," and len(whole) <= 3 and all(len(part) == 3 for part in groups[1:])


def _is_hour(tokens: Tokens, index: int) -> bool:
    follows = index + 1
    return (
        len(tokens.words[index]) <= 2
        and follows < len(tokens.words)
        and tokens.kinds[follows] == LETTERS
        and tokens.words[follows] in ("am", "pm", "oclock")
    )
