"""What a single character looks like, in plain ASCII where it looks like that at all.

Look-alikes are folded by shape, not by sound: Cyrillic "х" reads "x" (Unicode TR 39).
"""

from __future__ import annotations

import unicodedata

_PAIRS = (
    # Cyrillic, small then capital: capitals look like other letters than their small forms
    "аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs һh ԁd ԛq ԝw ьb гr пn шw зз ѵv ӏl ҽe ҡk "
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԌG ҮY ҒF ԚQ ԜW З3 з3 б6 Б6 Ӏl үy ғf "
    # Greek
    "αa βb γy εe ηn ιi κk μu νv οo ρp σo ςc τt υu χx ωw ϲc ϳj ϱp "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC ϺM "
    # Armenian, Hebrew, Georgian, Lao and others that are passed off as o, l, n ...
    "օo սu ոn հh ցg զq յj ՏS ՕO ԼL ՍU ѡw ס0 וl ןl ၀o ဝo ๐0 ໐0 ꓳO ⲟo Ⲟo ⲥc ⲣp ⲓi ⲛn "
    # Cherokee and Lisu
    "ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ ᎩY ꓮA ꓐB ꓚC ꓓD ꓰE ꓝF ꓖG ꓧH ꓲI ꓙJ ꓗK ꓡL "
    "ꓟM ꓠN ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ "
    # Latin relatives whose Unicode names do not give them away
    "ıi ȷj ɑa ɡg ɩi ʋv ſs ƨs ʀr ℮e ǀl ∣l │l ¡i ȝ3 ʒ3 ƽ5 Ƽ5 ɛe ɔc ǝe ɐa ɟf ɥh ᴉi ɾj ʞk ɯm ɹr ʇt ʌv ʍw ʎy ƃg "
    "ƖI ᄅ2 Ɛ3 ㄣ4 ϛ5 ㄥ7 Ɂ? ƧS Ꝺd 🅰A 🅱B 🅾O 🅿P "
    # punctuation
    "‘' ’' ‚, ‛' ʼ' ʹ' ′' `' ´' “\" ”\" „\" «\" »\" ‹' ›' ⁄/ ∕/ ⧸/ ∶: ꞉: ։: ۰0 ٪% ⁎* ∗* ✱* ★* ☆* ‧· ∙· ⋅· •· ●· ◦· ・· "
    "。. ｡. ܂. ٠0 ⸱. ‿_ ˗- ➖- −- ➕+ ✚+ ➡→ ∼~ ～~ × ｜| ⦁· 𝟢0 ⓿0"
)
_CJK_DIGITS = dict(zip("〇零一二三四五六七八九壱弐参", "00123456789123", strict=True))
_HANGUL_DIGITS = dict(zip("공영일이삼사오육칠팔구", "00123456789", strict=True))
_EMOJI_DIGITS = {
    "🔟": "10",
    "⚀": "1",
    "⚁": "2",
    "⚂": "3",
    "⚃": "4",
    "⚄": "5",
    "⚅": "6",
    "⭕": "0",
    "✋": "5",
    "🖐": "5",
    "☝": "1",
    "✌": "2",
    **dict(
        zip("🕛🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚", ("0", *map(str, range(1, 12))), strict=True)
    ),  # a clock shows no 0
    "🎱": "8",
}
_INVISIBLE = frozenset("\u3164\u115f\u1160\uffa0\u17b4\u17b5\u180b\u180c\u180d\u034f\u061c")
_BLANK = frozenset("\u2800\u1680")
_LINE_ENDS = frozenset("\r\x0b\x0c\x85\u2028\u2029")
_NAMED = (
    "LATIN SMALL LETTER ",
    "LATIN CAPITAL LETTER ",
    "LATIN LETTER SMALL CAPITAL ",
    "LATIN SUBSCRIPT SMALL LETTER ",
)
_BADGES = (
    "NEGATIVE CIRCLED LATIN CAPITAL LETTER ",
    "NEGATIVE SQUARED LATIN CAPITAL LETTER ",
    "REGIONAL INDICATOR SYMBOL LETTER ",
    "TAG LATIN SMALL LETTER ",
)


def _look_alikes() -> dict[str, str]:
    table = {pair[0]: pair[1:] for pair in _PAIRS.split() if len(pair) == 2}
    return table | _CJK_DIGITS | _HANGUL_DIGITS | _EMOJI_DIGITS


_SHAPES = _look_alikes()


def fold(char: str) -> str:
    """What stands for one code point in the normalised view: nothing, one or more characters.

    The result is lower-case; it depends on the one character only, so that any part of a
    text folds to the same part of its view.
    """
    if char.isascii():
        return char.lower() if char not in _LINE_ENDS else "\n"
    if (digit := _HANGUL_DIGITS.get(char)) is not None:
        return digit
    return "".join(_plain(part).lower() for part in unicodedata.normalize("NFKD", char))


def disguises(char: str) -> bool:
    """Whether nobody types this character in an English word or number by accident.

    Accented Latin letters, typographic quotes and dashes, spaces and emoji are ordinary;
    look-alikes, foreign or styled digits and letters, and invisible characters are not.
    """
    if char.isascii():
        return False
    folded = fold(char)
    if not folded:
        return unicodedata.category(char) in ("Cf", "Lo", "Me") or char == "\u034f"
    if not (folded.isascii() and folded.isalnum()):
        return char in "＠﹫．。｡․﹒＿"
    base = unicodedata.normalize("NFD", char)[0]
    return not (base.isascii() or "\u00c0" <= char <= "\u017f")


def _plain(char: str) -> str:
    if char.isascii():
        return char if char not in _LINE_ENDS else "\n"
    if (shape := _SHAPES.get(char)) is not None:
        return shape
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or char in _INVISIBLE:
        return ""
    if category[0] == "Z" or char in _BLANK or category == "Cc":
        return "\n" if char in _LINE_ENDS else " "
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    if category == "Pd":
        return "-"
    return _named_latin(char) or char


def _named_latin(char: str) -> str:
    """The letter inside a letter's Unicode name: "LATIN SMALL LETTER L WITH STROKE" is an l."""
    name = unicodedata.name(char, "")
    for prefix in _NAMED:
        if name.startswith(prefix):
            word, _, rest = name[len(prefix) :].partition(" ")
            return _letters(word) if not rest or rest.startswith("WITH ") else ""
    for prefix in _BADGES:
        if name.startswith(prefix):
            return name[len(prefix)].lower()
    return ""


def _letters(word: str) -> str:
    spelt = {"SHARP": "ss", "ETH": "d", "THORN": "th", "AE": "ae", "OE": "oe", "DOTLESS": "i"}
    return word.lower() if len(word) == 1 else spelt.get(word, "")
