"""Numbers that have to be worked out: sums, powers, Roman numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from classifiers.contact.numerals import numerals
from classifiers.contact.tokens import DIGITS, LETTERS, Tokens
from classifiers.contact.words import entries, table

ROMAN_LETTERS = "ivxlcdm"
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@cache
def operations() -> Mapping[tuple[str, ...], str]:
    """Words of sums, one or two, and the sign they stand for (config/words/spelling.toml)."""
    section = table("spelling")["sums"]
    return {tuple(entry.split()): sign for sign, line in section.items() for entry in entries(line)}


@cache
def words_of_sums() -> frozenset[str]:
    """The words that sums are told with."""
    return frozenset(word for entry in operations() for word in entry) | {"squared", "cubed"}


@cache
def operators() -> frozenset[str]:
    """The signs and words that may stand after the first number of a sum."""
    return words_of_sums().union("+-*/^÷×")


def power(tokens: Tokens, index: int) -> int | None:
    """The value of a number with a raised 2 or 3: "3²"."""
    start, end = tokens.view.span(tokens.starts[index], tokens.ends[index])
    shown = tokens.view.source[start:end]
    if shown[-1:] not in ("²", "³") or not shown[:-1].isascii() or not shown[:-1].isdigit() or len(shown) > 3:
        return None
    return int(int(shown[:-1]) ** (2 if shown[-1] == "²" else 3))


def roman(tokens: Tokens, index: int) -> int:
    """The value of a Roman number in capitals, 0 if a token is none."""
    word = tokens.words[index]
    if word.strip(ROMAN_LETTERS):
        return 0
    if not set(word) <= _ROMAN.keys() or len(word) > 9:
        return 0
    start, end = tokens.view.span(tokens.starts[index], tokens.ends[index])
    if not tokens.view.source[start:end].isupper():
        return 0
    values = [_ROMAN[char] for char in word]
    total = sum(-now if now < later else now for now, later in zip(values, [*values[1:], 0], strict=True))
    return total if total > 0 and _written(total) == word else 0


def _written(value: int) -> str:
    out = ""
    for size, letters in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
        (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        count, value = divmod(value, size)
        out += letters * count
    return out


def sum_at(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """The result of a sum of two small numbers that begins at a token, and its last token."""
    words, size = tokens.words, len(tokens.words)
    bracket = words[index] in ("(", "[")
    if not bracket and (index + 1 >= size or words[index + 1] not in operators()):
        return None
    first = index + bracket
    left = _operand(tokens, first)
    if left is None:
        return None
    if words[first + 1 : first + 2] in (["squared"], ["cubed"]):
        return str(left ** (2 if words[first + 1] == "squared" else 3)), first + 1
    if not bracket and _is_hyphenated(tokens, index):
        return None
    sign, after = _operator(tokens, first + 1)
    right = _operand(tokens, after) if sign else None
    if right is None or (
        after + 1 < size
        and not bracket
        and _operator(tokens, after + 1)[0]
        and _operand(tokens, _operator(tokens, after + 1)[1]) is not None
        and tokens.tight(after)
    ):
        return None
    last = after
    if bracket:
        if words[after + 1 : after + 2] not in ([")"], ["]"]):
            return None
        last = after + 1
    result = _worked_out(left, sign, right)
    return None if result is None else (str(result), last)


def _is_hyphenated(tokens: Tokens, index: int) -> bool:
    """Whether a figure goes on in a run of groups: the middle of "020700-801-51"."""
    before = index - 1
    joined = before > 0 and tokens.words[before] in ("-", "–", ".", "/") and tokens.tight(before)
    return joined and tokens.tight(before - 1) and tokens.kinds[before - 1] == DIGITS


def _operand(tokens: Tokens, index: int) -> int | None:
    if index >= len(tokens.words):
        return None
    word = tokens.words[index]
    if tokens.kinds[index] == DIGITS:
        return int(word) if len(word) <= 4 and (word == "0" or word[0] != "0") else None
    known = numerals()
    digits = known.digits.get(word) or (known.tens[word] + "0" if word in known.tens else "")
    return int(digits) if digits else None


def _operator(tokens: Tokens, index: int) -> tuple[str, int]:
    """The operation at a token, "" if none, and the token after it."""
    words = tokens.words
    if index >= len(words):
        return "", index
    word = words[index]
    if word in ("+", "-", "*", "/", "^", "x", "÷", "×"):
        return {"x": "*", "×": "*", "÷": "/"}.get(word, word), index + 1
    if tokens.kinds[index] != LETTERS:
        return "", index
    known = operations()
    if (sign := known.get((word, *words[index + 1 : index + 2]))) is not None:
        return sign, index + 2
    return known.get((word,), ""), index + 1


def _worked_out(left: int, sign: str, right: int) -> int | None:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right if left >= right else None
    if sign == "*":
        return left * right
    if sign == "/":
        return left // right if right and left % right == 0 else None
    return left**right if left <= 20 and right <= 4 else None
