"""One piece of digits at a place of a text: figures, "double seven", "quarante-deux", "nine hundred and twelve"."""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.contact.numerals import SCALES, Numerals
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, Tokens

LIKE_DIGITS, LONGEST_SHAPED = "oilsz", 4
"""Letters that look like digits, and how many of them may stand among digits."""
BREAKING_SIGNS = frozenset("=<>^√£$€%≤≥≈²√∑")
"""Signs that never stand inside a number to call."""
_SHAPED_LETTERS = str.maketrans(LIKE_DIGITS, "01152")
_COUNTED = frozenset(("first", "last", "next", "final", "other", "middle"))


@dataclass(slots=True)
class Numeral:
    """One piece of digits.

    first, last: tokens, inclusive. how: digits, word, foreign, weak, roman, shaped.
    gap: words between this piece and the one before it; signs: the signs there.
    """

    digits: str
    first: int
    last: int
    how: str
    gap: int = 0
    signs: str = ""
    plus: bool = False


class Reader:
    """Reads one piece of digits at a token."""

    def __init__(self, tokens: Tokens, words: Numerals, barriers: frozenset[int]) -> None:
        self.tokens, self.words, self.barriers = tokens, words, barriers

    def piece_at(self, index: int) -> Numeral | None:
        """The piece of digits that begins at a token."""
        if index in self.barriers:
            return None
        kind, word = self.tokens.kinds[index], self.tokens.words[index]
        if kind == LETTERS and self._counts_digits(index):
            return None
        if kind == DIGITS:
            return self._scaled(Numeral(word, index, index, "digits"))
        if word == "(":
            return self._worked_out(index)
        if kind != LETTERS:
            return None
        if (times := self.words.multipliers.get(word)) is not None:
            return self._repeated(index, times)
        if (first := self.words.tens.get(word)) is not None:
            return self._scaled(self._tens(index, first))
        if (digits := self.words.digits.get(word)) is not None:
            return self._plural(self._scaled(Numeral(digits, index, index, "word")))
        if self._touches_digits(index) and len(word) <= LONGEST_SHAPED and not word.strip(LIKE_DIGITS):
            return Numeral(word.translate(_SHAPED_LETTERS), index, index, "shaped")
        if (digits := self.words.foreign.get(word)) is not None:
            return self._scaled(self._foreign(index, digits))
        if (digits := self.words.weak.get(word)) is not None:
            return Numeral(
                digits if len(word) < 2 or word.strip("o") else "0" * len(word), index, index, "weak"
            )
        if (digits := self.words.roman.get(word)) is not None:
            return Numeral(digits, index, index, "roman")
        return None

    def _counts_digits(self, index: int) -> bool:
        """ "the first five digits are": a number word that is none of the digits."""
        words = self.tokens.words
        return (
            index > 0
            and words[index - 1] in _COUNTED
            and index + 1 < len(words)
            and words[index + 1] in ("digits", "numbers", "are", "is", "figures", "ones")
        )

    def _worked_out(self, index: int) -> Numeral | None:
        """ "(10-3)" among digits is 7."""
        words = self.tokens.words[index : index + 5]
        if len(words) < 5 or words[4] != ")" or not (words[1].isdigit() and words[3].isdigit()):
            return None
        left, right = int(words[1][:3]), int(words[3][:3])
        results = {"+": left + right, "-": left - right, "x": left * right, "*": left * right}
        result = results.get(words[2], -1)
        return Numeral(str(result), index, index + 4, "word") if 0 <= result <= 9 else None

    def _touches_digits(self, index: int) -> bool:
        tokens = self.tokens
        before = index > 0 and tokens.tight(index - 1) and tokens.kinds[index - 1] == DIGITS
        after = tokens.tight(index) and tokens.kinds[index + 1] == DIGITS
        return before or after

    def _repeated(self, index: int, times: int) -> Numeral | None:
        """ "double seven", "triple-oh", "double 7"; a bare "double" is no digit."""
        follows = self._next_word(index, hyphen=True)
        if follows is None:
            return None
        word = self.tokens.words[follows]
        digit = (
            self.words.digits.get(word) or self.words.foreign.get(word) or self.words.weak.get(word) or word
        )
        if len(digit) == 1 and digit.isdigit():
            return Numeral(digit * times, index, follows, "word")
        return None

    def _plural(self, piece: Numeral) -> Numeral:
        """ "three sevens" is 777, "two zeros" is 00."""
        follows = self._next_word(piece.last)
        if follows is None or len(piece.digits) != 1 or piece.digits not in "234":
            return piece
        word = self.tokens.words[follows]
        if (
            word.endswith("s")
            and (digit := self.words.digits.get(word))
            and len(digit) == 1
            and word != "sics"
        ):
            return Numeral(digit * int(piece.digits), piece.first, follows, "word")
        return piece

    def _foreign(self, index: int, digits: str) -> Numeral:
        """ "quarante-deux", "sesenta y tres", "quatre-vingt-dix"."""
        last = index
        for _ in range(2):
            follows = self._next_word(last, hyphen=True)
            if follows is not None and self.tokens.words[follows] in ("y", "et", "e", "i", "und"):
                follows = self._next_word(follows)
            added = self.words.foreign.get(self.tokens.words[follows], "") if follows is not None else ""
            if digits == "4" and added == "20" and follows is not None:
                digits, last = "80", follows
            elif (
                len(digits) == 2
                and digits[1] == "0"
                and follows is not None
                and added
                and self._adds(digits, added)
            ):
                digits, last = str(int(digits) + int(added)), follows
                if len(added) == 2:
                    continue
                break
            else:
                break
        return Numeral(digits, index, last, "foreign")

    def _adds(self, tens: str, added: str) -> bool:
        """Whether a number after tens is said as one with them: units, or ten to sixteen in French."""
        return (len(added) == 1 and added != "0") or (tens in ("60", "80") and "10" <= added <= "16")

    def _tens(self, index: int, first: str) -> Numeral:
        follows = self._next_word(index, hyphen=True)
        if follows is not None:
            unit = self.words.digits.get(self.tokens.words[follows], "")
            if len(unit) == 1 and unit != "0":
                return Numeral(first + unit, index, follows, "word")
        return Numeral(first + "0", index, index, "word")

    def _scaled(self, piece: Numeral) -> Numeral:
        """ "nine hundred", "nine hundred and twelve", "seven thousand"."""
        follows = self._next_word(piece.last)
        if follows is None or len(piece.digits) > 2:
            return piece
        noughts = SCALES.get(self.tokens.words[follows], 0)
        if not noughts:
            return piece
        rest = self._remainder(follows, noughts)
        if rest is None:
            return Numeral(piece.digits + "0" * noughts, piece.first, follows, piece.how)
        return Numeral(piece.digits + rest.digits.zfill(noughts), piece.first, rest.last, piece.how)

    def _remainder(self, index: int, noughts: int) -> Numeral | None:
        """The "and twelve" after "nine hundred"; only after "and", else it is the next piece."""
        follows = self._next_word(index)
        if follows is None:
            return None
        foreign = self.words.foreign.get(self.tokens.words[follows], "")
        if len(foreign) == 2 and noughts == 2:
            return Numeral(foreign, follows, follows, "foreign")
        if self.tokens.words[follows] != "and":
            return None
        after = self._next_word(follows)
        if after is None:
            return None
        word = self.tokens.words[after]
        if (first := self.words.tens.get(word)) is not None:
            piece = self._tens(after, first)
        elif (digits := self.words.digits.get(word)) is not None:
            piece = Numeral(digits, after, after, "word")
        else:
            return None
        return piece if len(piece.digits) <= noughts and piece.digits != "0" else None

    def _next_word(self, index: int, *, hyphen: bool = False) -> int | None:
        """The word after a token, over a line end and, if asked, one hyphen."""
        follows = index + 1
        size = len(self.tokens.words)
        while follows < size and (
            self.tokens.kinds[follows] == BREAK
            or (hyphen and self.tokens.words[follows] == "-" and follows == index + 1)
        ):
            follows += 1
        if follows >= size or follows in self.barriers or self.tokens.kinds[follows] not in (LETTERS, DIGITS):
            return None
        return follows
