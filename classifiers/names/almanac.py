"""People called May, Sunday or Art: when a month, a day or a subject is somebody after all."""

from __future__ import annotations

from classifiers.names.line import Line, Match
from classifiers.names.lore import lore


def is_calendar(match: Match) -> bool:
    """True for names that are months, seasons, days or school subjects."""
    words = lore()
    return (
        match.key in words.months
        or match.key in words.seasons
        or match.key in words.weekdays
        or match.key in words.school_subjects
    )


def pronoun_near(line: Line, match: Match) -> bool:
    """ "extra time for June on account of her wrist", "May has lost her timetable"."""
    previous, following, words = line.before(match.first), line.after(match.last), lore()
    if not line.capital(match.first) or words.third_person.isdisjoint(line.keys):
        return False
    if previous is not None and previous.key in ("for", "with"):
        return True
    verb = following is not None and following.before == " " and following.key in words.person_verbs
    return verb and line.starts(match.first)


def dated(line: Line, match: Match) -> bool:
    """True when a number, or a word such as "half term", makes it a date."""
    previous, following = line.before(match.first), line.after(match.last)
    apart = line.tokens[match.first].before.strip() in (":", ",", ")")
    numbered = (previous is not None and not previous.word and not apart) or (
        following is not None and not following.word
    )
    if numbered or (
        following is not None and following.key in ("half", "bank", "exams", "mocks", "term", "holiday")
    ):
        return True
    return match.key not in lore().school_subjects and not lore().billing.isdisjoint(line.keys)


def asked_about(line: Line, match: Match) -> bool:
    """ "Is April free", "Has May finished": a month is never ill, and never finishes."""
    previous, following = line.before(match.first), line.after(match.last)
    if previous is None or previous.key not in lore().auxiliaries or following is None:
        return False
    states = lore().states - {"away", "late", "ok", "okay", "here"}
    return line.capital(match.first) and (following.key in states or following.key in lore().study_verbs)


def is_told_apart(line: Line, match: Match) -> bool:
    """True for "4 May for May", "Ask August to resend": no date could stand there."""
    previous = line.before(match.first)
    if previous is None or not line.capital(match.first) or line.tokens[match.first].before != " ":
        return False
    if previous.key in ("ask", "tell", "let", "remind", "thank", "email", "call"):
        return True
    if previous.key in ("from", "to"):
        about = line.before(match.first - 1)
        return about is not None and about.key in lore().letters_from and line.ends(match.last)
    following = line.after(match.last)
    numbered = following is not None and not following.word
    twice = sum(token.key == match.key for token in line.tokens) > 1
    return twice and not numbered and previous.key in ("for", "with")
