"""Reasons why a name in a line is nobody we know: a place, a figure, an element, a title."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.roster import Form, Roster
from classifiers.names.tokens import Token

_PLACES_OF = frozenset(
    ("isle", "isles", "island", "university", "battle", "treaty", "siege", "bay", "gulf", "cape", "lake", "mount", "port",
     "city", "sea", "straits", "strait", "tower", "kingdom", "bank", "county", "house", "duke", "duchess", "feast", "church",
     "gospel", "book", "statue", "act", "edict", "council", "straight")
)  # fmt: skip


def somebody_or_something_else(line: Line, match: Match, beside: Sequence[Match], roster: Roster) -> bool:
    """True for "Queen Victoria", "Victoria station", "Boyle's law", "Jane Thornbury", "Al and Si"."""
    words = lore()
    following = line.after(match.last)
    if _royal_or_a_surname(line, match, beside, roster) or _hails_from(line, match):
        return True
    if following is not None and following.before == " " and _is_roman(following):
        return True
    if is_landmark(line, match) or _eponym(line, match) or _place(line, match):
        return True
    if _element(line, match, roster) or _is_title_of_a_work(line, match):
        return True
    if line.quoted(match.first, match.last) and (match.key in words.works or words.is_word(match.key)):
        return True
    return _other_surname(line, match, beside, roster)


def is_told_of(line: Line, match: Match, roster: Roster) -> bool:
    """True when the line names a work, an age or a companion that has somebody of this name."""
    return match.key in line.told or _with_a_companion(line, match, roster)


def is_in_literature(line: Line, match: Match) -> bool:
    """True when the line is about some book, and many books have somebody of this name."""
    figures = match.key in lore().works or match.key in lore().titles_of_books
    return figures and not lore().literature.isdisjoint(line.keys)


def _with_a_companion(line: Line, match: Match, roster: Roster) -> bool:
    """True for "Lennie and George": both of one work, and nobody else is called Lennie."""
    beside = {token.key for token in _coordinated(line, match) if token.titled}
    if not beside.isdisjoint(lore().famous - roster.keys.keys()):
        return match.key in lore().kings_and_queens or match.key in lore().famous
    others = {
        token.key
        for token in line.tokens[max(0, match.first - 6) : match.last + 6]
        if token.titled and token.key not in roster.keys and token.key not in lore().given
    }
    others -= lore().words_first | lore().titles | lore().royal | lore().landmarks
    return bool(others) and any(
        match.key in people and not others.isdisjoint(people) for people in lore().stories.values()
    )


def is_landmark(line: Line, match: Match) -> bool:
    """True for "Victoria station", "Albert Hall", and for a surname in "King's College"."""
    following, words = line.after(match.last), lore()
    if following is None:
        return False
    if match.form is Form.SURNAME and line.possessive(match.last) and following.key == "s":
        owned = line.after(match.last + 1)
        return owned is not None and owned.titled and owned.key in words.landmarks
    if following.key == "s" and line.possessive(match.last):
        owned = line.after(match.last + 1)
        return owned is not None and owned.titled and owned.key in words.monuments and not line.title_case
    if following.before != " ":
        return False
    known = match.key in words.places or match.form is Form.SURNAME
    if following.titled and following.key in words.landmarks:
        return known or not line.title_case or following.key not in words.weak_landmarks
    return known and (following.key in words.stopping_places or following.key in words.landmarks)


def _royal_or_a_surname(line: Line, match: Match, beside: Sequence[Match], roster: Roster) -> bool:
    """ "Queen Victoria"; "Elizabeth Taylor" when our Taylor is a given name."""
    previous = line.before(match.first)
    if previous is None or not previous.titled or line.tokens[match.first].before not in (" ", ". "):
        return False
    if previous.key in lore().royal or (match.key in lore().famous and previous.key in lore().given):
        return True
    ours = previous.key in roster.keys or any(other.last == match.first for other in beside)
    return previous.key in lore().given and not ours and not line.shouting


def _hails_from(line: Line, match: Match) -> bool:
    """ "Helen of Troy", "Catherine of Aragon"."""
    following, home = line.after(match.last), line.after(match.last + 1)
    if following is None or home is None or following.key != "of" or following.before != " ":
        return False
    return home.titled and not line.title_case and home.key not in ("year", "class", "set", "form", "group")


def _is_roman(token: Token) -> bool:
    if not token.raw.isupper() or token.key == "i":
        return False
    return token.key in lore().roman or (1 < len(token.key) <= 6 and set(token.key) <= set("ivxl"))


def _eponym(line: Line, match: Match) -> bool:
    if match.key not in lore().eponyms:
        return False
    following = line.after(match.last)
    thing = line.owned(match.last) if line.possessive(match.last) else (following.key if following else "")
    return thing in lore().eponym_nouns


def _place(line: Line, match: Match) -> bool:
    """True for "trip to Florence", "Florence and Rome", "the Paris flight"."""
    words, previous, following = lore(), line.before(match.first), line.after(match.last)
    if previous is not None and previous.key == "of" and not line.possessive(match.last):
        kind = line.before(match.first - 1)
        if kind is not None and kind.titled and kind.key in _PLACES_OF:
            return True  # "Isle of Lewis", "University of Lincoln"
    if match.key not in words.places or line.possessive(match.last):
        return False
    if following is not None and following.key in words.going and following.before == " ":
        return True
    if any(token.key in words.cities for token in _coordinated(line, match)):
        return True
    if following is not None and following.before == " " and following.titled and not line.title_case:
        schooled = words.school_nouns | words.school_subjects | words.proper
        if following.key in words.english and following.key not in schooled:
            return True  # "Kent Test"
    versus = ("v", "vs", "versus")
    if (following is not None and following.key in versus) or (previous and previous.key in versus):
        return True
    if previous is None:
        return False
    if previous.key == "to":
        return not (words.travel.isdisjoint(line.keys) and words.going.isdisjoint(line.keys))
    if previous.key in ("from", "via", "towards"):
        earlier = line.before(match.first - 1)
        return earlier is not None and (earlier.key in words.going or earlier.key in words.travel)
    if previous.key == "of":
        earlier = line.before(match.first - 1)
        return earlier is not None and earlier.key in ("city", "map", "history", "siege", "treaty", "battle")
    return previous.key in words.place_leads


def _element(line: Line, match: Match, roster: Roster) -> bool:
    """True for "Al" amid chemistry: beside a symbol that is nobody's name, or in its vocabulary."""
    words = lore()
    if match.key not in words.elements or not line.tokens[match.first].raw.istitle():
        return False
    following = line.after(match.last)
    if line.possessive(match.last) or (following is not None and following.key in words.study_verbs):
        return False
    if not words.chemical.isdisjoint(line.keys):
        previous = line.before(match.first)
        return previous is None or previous.key not in ("with", "for", "from", "hi", "dear")
    return any(
        token.key in words.elements and token.raw.istitle() and token.key not in roster.keys
        for token in _coordinated(line, match)
    )


def _is_title_of_a_work(line: Line, match: Match) -> bool:
    """True for "Tom's Midnight Garden" in a line that gives capitals to names only."""
    if not line.possessive(match.last):
        return False
    first = match.last + 1
    two = line.tokens[first : first + 2]
    if line.title_case or len(two) < 2 or line.tokens[match.last].key != "s":
        return False
    words = lore()
    schooled = (
        words.school_nouns | words.belongings | words.family_words | words.proper | words.school_subjects
    )
    return all(t.titled and t.key in words.english and t.key not in schooled for t in two)


def _other_surname(line: Line, match: Match, beside: Sequence[Match], roster: Roster) -> bool:
    """True when an unknown surname follows: "Jane Thornbury" is not our Jane."""
    following = line.after(match.last)
    if following is None or following.before not in (" ", "-") or line.shouting:
        return False
    if not following.titled or len(following.raw) < 3 or not following.word:
        return False
    if following.key in lore().famous and following.before == " " and not line.title_case:
        return True
    if following.key in roster.keys or following.key in lore().given:
        return False
    if any(other.first == match.last for other in beside):
        return False
    return following.key in lore().famous or not lore().is_known_word(following.key)


def _coordinated(line: Line, match: Match) -> list[Token]:
    """The tokens that a comma, "and", "&", "/" or "to" ties to the match, up to three each way."""
    found: list[Token] = []
    at = match.last
    while at < len(line.tokens) and len(found) < 3:
        gap, joined = line.tokens[at].before.strip(), line.tokens[at].key in ("and", "or", "to")
        at += joined
        if at >= len(line.tokens) or not (joined or gap in (",", "&", "/", "+", "-", "–")):
            break
        found.append(line.tokens[at])
        at += 1
    at = match.first - 1
    gap = line.tokens[match.first].before.strip()
    while at >= 0 and len(found) < 6:
        joined = line.tokens[at].key in ("and", "or", "to")
        at -= joined
        if at < 0 or not (joined or gap in (",", "&", "/", "+", "-", "–")):
            break
        found.append(line.tokens[at])
        gap = line.tokens[at].before.strip()
        at -= 1
    return found
