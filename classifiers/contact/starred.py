"""Words with letters starred out: "wh*ts*pp", "t*xt", "sn_p"."""

from __future__ import annotations

from functools import cache

from classifiers.contact.tokens import LETTERS, SIGN, Tokens
from classifiers.contact.words import STRONG, WEAK, lexicon

STARS = frozenset("*#")
_MOST_PARTS, _SHORTEST, _LONGEST = 9, 4, 12
_KINDS = frozenset("NnfeuTCS") | {STRONG, WEAK}


def starred(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """The known word that letters with stars among them mean, and its last token."""
    words, kinds = tokens.words, tokens.kinds
    last, stars = index, 0
    while last + 1 < len(words) and tokens.tight(last) and last - index < _MOST_PARTS:
        follows = last + 1
        if kinds[follows] == SIGN and words[follows][0] in STARS:
            stars += len(words[follows])
        elif kinds[follows] != LETTERS:
            break
        last = follows
    while last > index and kinds[last] == SIGN and stars > 1:
        last, stars = last - 1, stars - len(words[last])
    shown = "".join(words[index : last + 1])
    if not stars or not _SHORTEST <= len(shown) <= _LONGEST or stars * 2 > len(shown):
        return None
    shown = shown.replace("#", "*")
    for meant in _by_length().get((shown[0], len(shown)), ()):
        if all(seen in ("*", one) for seen, one in zip(shown, meant, strict=True)):
            return meant, last
    return None


@cache
def _by_length() -> dict[tuple[str, int], tuple[str, ...]]:
    """The words that are starred out, by first letter and length; the names of platforms first."""
    known = lexicon()
    platforms = [word for word in known.platforms if word.isascii() and word.isalpha()]
    others = [
        word
        for word, symbol in known.meaning.items()
        if symbol in _KINDS and word.isascii() and word.isalpha()
    ]
    found: dict[tuple[str, int], dict[str, None]] = {}
    for word in (*platforms, *others):
        if _SHORTEST <= len(word) <= _LONGEST:
            found.setdefault((word[0], len(word)), {})[word] = None
    return {key: tuple(words) for key, words in found.items()}
