"""Cuts a line into words, folded so that a name is found however it is dressed up."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

APOSTROPHES = frozenset("'’‘ʼ`´＇")
_SPELT = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ə": "e",
}
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыэюяіїєґ"
_CYRILLIC_SOUNDS = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch y e yu ya i yi ye g"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψως"
_GREEK_SOUNDS = "a v g d e z i th i k l m n x o p r s t y f ch ps o s"
_BY_SOUND = {
    **dict(zip(_CYRILLIC, _CYRILLIC_SOUNDS.split(), strict=True)),
    **dict(zip(_GREEK, _GREEK_SOUNDS.split(), strict=True)),
    "ь": "",
    "ъ": "",
}
# Look-alikes, used only inside a word that also has Latin letters.
_BY_SHAPE = dict(zip("аеорсухіјѕһԁοαερνικτυ", "aeopcyxijshdoaepviktu", strict=True))
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a piece of a joined word ("JaneSmith" is two).

    start, end: code points of the text as received, end exclusive.
    key: folded letters, or the digits of a number.
    raw: letters as written, without marks and invisible characters.
    before: what stands between the previous token and this one.
    """

    start: int
    end: int
    key: str
    raw: str
    before: str

    @property
    def titled(self) -> bool:
        """True for a word written like a name: "Jamie", "O"."""
        return self.raw[:1].isupper() and (len(self.raw) == 1 or not self.raw.isupper())

    @property
    def upper(self) -> bool:
        """True for "JAMIE"."""
        return len(self.raw) > 1 and self.raw.isupper()

    @property
    def word(self) -> bool:
        """True unless it is a number."""
        return not self.key[:1].isdigit()


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """Return the plain lower-case letters of one character, "" for marks and invisible ones."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return "".join(_SPELT.get(c, c) for c in bare.lower())


@lru_cache(maxsize=4096)
def _stands_alone(character: str) -> bool:
    """True for scripts that write words without spaces."""
    return character > "\u0dff" and unicodedata.name(character, "").startswith(_NO_SPACES)


def _key(letters: str) -> str:
    """Return letters by sound, or by shape when a word mixes alphabets."""
    if letters.isascii():
        return letters
    mixed = any("a" <= c <= "z" for c in letters)
    table = _BY_SHAPE if mixed else _BY_SOUND
    return "".join(table.get(c, c) for c in letters)


def tokenise(text: str) -> list[Token]:
    """Return the words and numbers of a line, left to right.

    A word ends at anything that is no letter, at a change from small to capital letters,
    and after every character of a script without spaces.
    """
    tokens: list[Token] = []
    letters: list[str] = []
    raw: list[str] = []
    begin = finish = gap_from = 0

    def close() -> None:
        nonlocal gap_from
        if letters:
            key = _key("".join(letters)) or "".join(letters)
            tokens.append(Token(begin, finish, key, "".join(raw), text[gap_from:begin]))
            gap_from = finish
            letters.clear()
            raw.clear()

    for offset, character in enumerate(text):
        plain = _folded(character)
        if not plain:
            if letters and unicodedata.category(character) != "Cf":
                finish = offset + 1
            continue
        if not plain[0].isalnum() and not (letters and unicodedata.category(character) == "Mc"):
            close()
            continue
        digit = plain[0].isdigit()
        turns = bool(raw) and character.isupper() and raw[-1].islower()
        if letters and (turns or digit != letters[0][0].isdigit() or _stands_alone(character)):
            close()
        if not letters:
            begin = offset
        letters.append(plain)
        raw.append(character)
        finish = offset + 1
        if _stands_alone(character):
            close()
    close()
    return tokens


@lru_cache(maxsize=8192)
def key_of(name: str) -> str:
    """Return a whole name as one key: "O'Brien-Smith" is "obriensmith"."""
    return "".join(token.key for token in tokenise(name))


def widen(text: str, end: int) -> int:
    """Return `end` moved past marks and joiners that belong to the character before it."""
    while end < len(text) and (
        unicodedata.category(text[end]) in ("Mn", "Me", "Mc") or text[end] in "\u200d\ufe0e\ufe0f"
    ):
        end += 1
    return end
