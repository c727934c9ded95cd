"""Words that stand for digits, and the runs of digits a text spells in any way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, Tokens
from classifiers.contact.words import entries, is_english, table

_SHAPED_LETTERS = str.maketrans("oilsz", "01152")
_LIKE_DIGITS = "oilsz"
_SCALES = {
    "hundred": 2, "hundreds": 2, "hunner": 2, "hunder": 2, "hunnert": 2, "hundert": 2, "cent": 2, "cents": 2,
    "cientos": 2, "ciento": 2, "cento": 2, "honderd": 2, "cant": 2, "thousand": 3, "grand": 3, "mille": 3, "mil": 3,
}  # fmt: skip
_ONE_WORD = (
    (
        "ein zwei drei vier fünf sechs sieben acht neun",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        "und",
        "hundert",
    ),
    (
        "een twee drie vier vijf zes zeven acht negen",
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
        "en",
        "honderd",
    ),
    (
        "uno due tre quattro cinque sei sette otto nove",
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        "",
        "cento",
    ),
)  # units, tens, what links them (nothing: tens come first), hundred
_CLOSE, _ENOUGH = 48, 5
_LONGEST_SHAPED = 4
_COUNTED = frozenset(("first", "last", "next", "final", "other", "middle"))
_MOST_WORDS_BETWEEN, _MOST_SIGNS_BETWEEN = 6, 6
_BREAKING_SIGNS = frozenset("=<>^√£$€%≤≥≈²√∑")


@dataclass(frozen=True, slots=True)
class Numerals:
    """What number words mean. tens hold the first digit, scales the number of noughts.

    spoken: every word with which digits can begin. weights: how many digits a word is worth.
    """

    digits: Mapping[str, str]
    foreign: Mapping[str, str]
    tens: Mapping[str, str]
    multipliers: Mapping[str, int]
    weak: Mapping[str, str]
    roman: Mapping[str, str]
    between: frozenset[str]
    vocabulary: frozenset[str]
    spoken: frozenset[str]
    weights: Mapping[str, int]


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


@cache
def numerals() -> Numerals:
    """The shipped number words; read once a process."""
    file = table("numbers")
    sections = ("english", "foreign", "tens", "multipliers", "foreign_multipliers", "weak", "roman")
    english = _flipped(file["english"])
    taken = {word for section in sections for word in _flipped(file[section])}
    slips = {word: digits for word, digits in _misspelt(english).items() if word not in taken}
    digits, foreign = english | slips, _flipped(file["foreign"]) | _compounds()
    tens, weak, roman = (_flipped(file[section]) for section in ("tens", "weak", "roman"))
    multipliers = {
        word: int(times)
        for section in ("multipliers", "foreign_multipliers")
        for word, times in _flipped(file[section]).items()
    }
    return Numerals(
        vocabulary=frozenset(taken | slips.keys()),
        spoken=frozenset().union(digits, foreign, tens, multipliers, weak, roman),
        weights=dict.fromkeys((*multipliers, "hundred"), 2)
        | {word: 1 for word in roman if len(word) > 1}
        | dict.fromkeys((*digits, *foreign), 1)
        | dict.fromkeys(tens, 2),
        digits=digits,
        foreign=foreign,
        tens=tens,
        multipliers=multipliers,
        weak=weak,
        roman=roman,
        between=frozenset(entries(file["between"]["words"])),
    )


def _compounds() -> dict[str, str]:
    """German, Dutch and Italian numbers that are one word: "siebenundsiebzig", "neunhundert", "settantasette"."""
    found: dict[str, str] = {}
    for units, tens, link, hundred in _ONE_WORD:
        for at, unit in enumerate(units.split(), 1):
            found[_plain(unit + hundred)] = f"{at}00"
            for ten_at, ten in enumerate(tens.split(), 2):
                found[_plain(unit + link + ten if link else ten + unit)] = f"{ten_at}{at}"
    return found


def _plain(word: str) -> str:
    return next(entries(word))


def _misspelt(english: Mapping[str, str]) -> dict[str, str]:
    """The digits' names with one slip in them, where that makes no other word: "sevven", "nyne", "zerro"."""
    found: dict[str, str] = {}
    for word, digits in english.items():
        if len(digits) > 1 or len(word) < 4 or word.endswith("s"):
            continue
        slips = {word[:at] + word[at] * 2 + word[at + 1 :] for at in range(len(word))}
        slips |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
        slips |= {word[:at] + other + word[at:] for at in range(1, len(word)) for other in "aeiou"}
        slips |= {
            word[:at] + other + word[at + 1 :]
            for at in range(1, len(word))
            for other in "aeiouy"
            if word[at] in "aeiouy"
        }
        if len(word) >= 5:
            slips |= {word[:at] + word[at + 1 :] for at in range(1, len(word))}
        for slip in slips:
            if not is_english(slip):
                found.setdefault(slip, digits)
    return found


def _flipped(section: Mapping[str, str]) -> dict[str, str]:
    meaning: dict[str, str] = {}
    for digits, line in section.items():
        for word in entries(line):
            meaning.setdefault(word, digits)
    return meaning


def worth_reading(tokens: Tokens) -> bool:
    """Whether a text holds enough digits and number words close together to spell anything."""
    known = numerals()
    recent: deque[tuple[int, int]] = deque()
    count = 0
    in_a_row = 0
    vocabulary, weights = known.vocabulary, known.weights
    for index, (word, kind) in enumerate(zip(tokens.words, tokens.kinds, strict=True)):
        in_a_row = in_a_row + 1 if word in vocabulary else 0
        if in_a_row >= 7:
            return True
        weight = len(word) if kind == DIGITS else weights.get(word, 0)
        if not weight:
            continue
        recent.append((index, weight))
        count += weight
        while recent[0][0] < index - _CLOSE:
            count -= recent.popleft()[1]
        if count >= _ENOUGH:
            return True
    return False


def runs(tokens: Tokens, barriers: frozenset[int]) -> list[list[Numeral]]:
    """Pieces of digits that may belong together, in order.

    barriers: tokens that end a run (dates, times, protected numbers).
    """
    reader = Reader(tokens, numerals(), barriers)
    found: list[list[Numeral]] = []
    current: list[Numeral] = []
    words, kinds, size = tokens.words, tokens.kinds, len(tokens.words)
    index, words_between, signs = 0, 0, ""
    vocabulary, between, spoken = reader.words.vocabulary, reader.words.between, reader.words.spoken
    while index < size:
        word, kind = words[index], kinds[index]
        piece = None
        if kind == LETTERS:
            told = word in spoken or not word.strip(_LIKE_DIGITS)
            if not told and word not in between:
                if current:
                    found.append(current)
                    current = []
                index, words_between, signs = index + 1, 0, signs[-1:] if signs.endswith("+") else ""
                continue
            if told and (word in vocabulary or len(word) <= _LONGEST_SHAPED):
                piece = reader.piece_at(index)
        elif kind == DIGITS or word == "(":
            piece = reader.piece_at(index)
        if piece is not None:
            piece.gap, piece.signs = words_between, signs
            piece.plus = signs.endswith("+") and tokens.ends[index - 1] == tokens.starts[index]
            current.append(piece)
            index, words_between, signs = piece.last + 1, 0, ""
            continue
        index += 1
        if kind == LETTERS and index - 1 not in barriers and (word in between or word in reader.words.digits):
            words_between += 1
        elif kind not in (LETTERS, DIGITS) and (word[0] not in _BREAKING_SIGNS) and index - 1 not in barriers:
            signs += "\n" if kind == BREAK else word[0]
        else:
            words_between = _MOST_WORDS_BETWEEN + 1
        if words_between > _MOST_WORDS_BETWEEN or len(signs) > _MOST_SIGNS_BETWEEN:
            if current:
                found.append(current)
                current = []
            words_between, signs = 0, signs[-1:] if signs.endswith("+") else ""
    if current:
        found.append(current)
    return found


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
        if self._touches_digits(index) and len(word) <= _LONGEST_SHAPED and not word.strip(_LIKE_DIGITS):
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
        noughts = _SCALES.get(self.tokens.words[follows], 0)
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
