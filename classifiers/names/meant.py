"""Tells a person from a word, a place, an author or a character of the same name.

Convention (DETECTION 3): names that are words change only when a person is meant; authors,
titles, months and institutions stay. `cues` holds what speaks for a person, `elsewhere` what
speaks against a person, `wording` what speaks for a mere word; here they are weighed.
"""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.names.cues import is_cued, is_cued_in_story, stands_out
from classifiers.names.elsewhere import (
    is_in_literature,
    is_landmark,
    is_told_of,
    somebody_or_something_else,
)
from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.roster import Form, Roster
from classifiers.names.tokens import Token
from classifiers.names.wording import in_its_field, reads_as_word


def meant(line: Line, matches: Sequence[Match], roster: Roster) -> list[Match]:
    """Return the matches that mean a person of the directory.

    Two sweeps, there and back: next to somebody who is meant, a name in a list is meant too.
    """
    sure: set[int] = set()
    order = range(len(matches))
    for index in (*order, *reversed(order)):
        beside = [matches[at] for at in (index - 1, index + 1) if 0 <= at < len(matches)]
        company = [matches[at] for at in (index - 1, index + 1) if at in sure]
        if index not in sure and is_meant(line, matches[index], beside, company, roster):
            sure.add(index)
    return [matches[index] for index in sorted(sure)]


def is_meant(
    line: Line, match: Match, beside: Sequence[Match], company: Sequence[Match], roster: Roster
) -> bool:
    """Say whether a person of the directory is meant by `match`.

    beside: the candidates right before and after it, for lists of pupils.
    company: those of them that are persons for sure.
    """
    tokens = range(match.first, match.last)
    if any(at in line.masked for at in tokens):
        return False
    if match.form >= Form.REVERSED:
        return _reads_full(line, match) if match.form is Form.FULL else _reads_reversed(line, match)
    if any(at in line.in_work for at in tokens):
        return False
    word = lore().is_word(match.key) and not match.typo
    if any(at in line.tagged for at in tokens):
        return not word and not match.typo
    if match.form is Form.SURNAME:
        return _surname_is_meant(line, match, word)
    if somebody_or_something_else(line, match, beside, roster):
        return False
    if is_told_of(line, match, roster):
        return is_cued_in_story(line, match, company)
    if is_cued(line, match, beside, company):
        return True
    return not is_in_literature(line, match) and _by_its_looks(line, match, word)


def _by_its_looks(line: Line, match: Match, word: bool) -> bool:
    """Without a cue: a plain name is meant, a word only where its capital tells."""
    if word:
        return stands_out(line, match)
    if len(match.key) == 2 and not line.capital(match.first):
        return False
    if match.key in lore().homonyms and not match.typo:
        small = not line.capital(match.first) and not line.hushed
        return not small and not reads_as_word(line, match)
    return match.typo or not in_its_field(line, match)


def titled_before(line: Line, first: int) -> Token | None:
    """The title right before token `first`, None when there is none."""
    previous = line.before(first)
    fits = (
        previous is not None
        and previous.key in lore().titles
        and line.tokens[first].before in (" ", ". ", ".", "_")
    )
    return previous if fits else None


def _reads_full(line: Line, match: Match) -> bool:
    """ "mark page" in small letters amid capitals is no name."""
    pieces = line.tokens[match.first : match.last]
    plain = len(pieces) > 1 and all(lore().is_word(piece.key) for piece in pieces)
    return not plain or line.hushed or line.capital(match.first)


def _reads_reversed(line: Line, match: Match) -> bool:
    """Surname first counts with a comma, capitals, or when the pieces are no plain words."""
    pieces = line.tokens[match.first : match.last]
    plain = all(lore().is_word(piece.key) for piece in pieces) and len(pieces) > 1
    return not plain or any("," in piece.before for piece in pieces[1:])


def _surname_is_meant(line: Line, match: Match, word: bool) -> bool:
    if titled_before(line, match.first):
        return True
    words = lore()
    following = line.after(match.last)
    if following is not None and following.key in words.families and line.capital(match.first):
        return True
    if is_landmark(line, match):
        return False
    if match.key in words.english and not line.capital(match.first) and not line.hushed and not match.typo:
        return False  # "Robin, wren and blackbird"
    previous = line.before(match.first)
    if previous is not None and previous.key in words.royal and previous.titled:
        return False
    owner = line.possessive(match.last) and line.capital(match.first)
    owned = line.owned(match.last)
    if match.key in words.famous or match.key in words.eponyms or match.key in line.told:
        return owner and owned in words.school_nouns
    ours = (
        owned in words.school_nouns or owned in words.belongings or owned in words.family_words or not owned
    )
    return (owner and ours) if word else True
