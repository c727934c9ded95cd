"""Reasons why a name that is a word too was meant as the word: "frank feedback", "the jay"."""

from __future__ import annotations

from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.tokens import Token

_THE_OTHERS = frozenset(
    ("rest", "others", "group", "team", "class", "girls", "boys", "twins", "kids", "other")
)


def reads_as_word(line: Line, match: Match) -> bool:
    """True when what stands around it makes a name an ordinary word: "frank feedback"."""
    return (
        _after_article(line, match)
        or _has_of(line, match)
        or in_its_field(line, match)
        or _among_words(line, match)
        or (not line.possessive(match.last) and (is_adjective(line, match) or _is_compound(line, match)))
    )


def in_its_field(line: Line, match: Match) -> bool:
    """True when a word of the same field stands in the line: "magpie" with "jay"."""
    field = lore().fields.get(match.key, frozenset())
    return any(word in line.keys for word in field if word != match.key)


def is_adjective(line: Line, match: Match) -> bool:
    """True for "frank feedback": it says what the next word is like."""
    following = line.after(match.last)
    return (
        match.key in lore().adjectives
        and following is not None
        and following.before == " "
        and following.key not in lore().person_verbs
        and following.key not in lore().modals
        and following.key not in lore().connectors
        and _is_plain(line, following)
    )


def _after_article(line: Line, match: Match) -> bool:
    previous = line.before(match.first)
    return (
        previous is not None
        and previous.key in lore().articles
        and line.tokens[match.first].before == " "
        and not line.possessive(match.last)
    )


def _has_of(line: Line, match: Match) -> bool:
    """ "Eve of the Somme", "Joy of reading"."""
    following = line.after(match.last)
    return following is not None and following.before == " " and following.key == "of"


def _among_words(line: Line, match: Match) -> bool:
    """True for "Iris and pupil", "Violet, visible and ultraviolet"."""
    following = line.after(match.last)
    if following is None:
        return False
    if following.key in ("and", "or") or following.before.strip() in ("&", "/"):
        at = match.last + (following.key in ("and", "or"))
        other = line.after(at)
        if other is not None and other.key in ("the", "a"):  # "Wren and the hawk"
            other = line.after(at + 1)
            return other is not None and _is_thing(line, other) and other.key not in _THE_OTHERS
        return other is not None and _is_thing(line, other)
    if following.before.strip() == "," and _is_thing(line, following):
        further = line.after(match.last + 1)
        return further is not None and (further.key == "and" or further.before.strip() == ",")
    return False


def _is_thing(line: Line, token: Token) -> bool:
    """True for a plain noun, as far as a list of words can tell."""
    words = lore()
    return _is_plain(line, token) and not (
        token.key in words.connectors
        or token.key in words.school_nouns
        or token.key in words.person_verbs
        or token.key in words.family_words
        or token.key in words.pronouns
        or token.key in words.modals
        or token.key in words.auxiliaries
        or token.key in words.function_words
        or token.key in words.adverbs
        or token.key in words.states
        or token.key in words.base_verbs
        or token.key in words.pupil_nouns
        or token.key.endswith("ly")
    )


def _is_compound(line: Line, match: Match) -> bool:
    """True for "Carol concert", "mason bees": a plain noun follows, and no verb."""
    previous, following = line.before(match.first), line.after(match.last)
    if previous is not None and previous.key in lore().auxiliaries and line.capital(match.first):
        return False
    return (
        following is not None
        and following.before == " "
        and _is_thing(line, following)
        and not following.key.endswith(("ing", "ed"))
    )


def _is_plain(line: Line, token: Token) -> bool:
    """True for a dictionary word that no capital lifts out."""
    words = lore()
    lifted = token.titled and not line.title_case
    return token.word and len(token.key) > 2 and token.key in words.english and not lifted
