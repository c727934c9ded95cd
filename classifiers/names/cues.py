"""Reasons why a name in a line is a person of ours: an address, a list, something owned."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.names.almanac import asked_about, dated, is_calendar, is_told_apart, pronoun_near
from classifiers.names.company import in_company, listed
from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.tokens import APOSTROPHES
from classifiers.names.wording import in_its_field, is_adjective, reads_as_word

_NEGATED = frozenset(
    ("wont", "cant", "didnt", "doesnt", "hasnt", "isnt", "wasnt", "couldnt", "wouldnt", "shouldnt")
)

_OWED_TO = frozenset(("favour", "honour", "promise", "praise", "wisdom", "mercy", "patience", "glory"))


def is_cued(line: Line, match: Match, beside: Sequence[Match], company: Sequence[Match]) -> bool:
    """True when something around it says that a person is meant.

    beside: the candidates right before and after. company: those that are persons for sure.
    """
    calendar = is_calendar(match)
    if line.possessive(match.last):
        return _owns(line, match, calendar)
    if _before_a_pronoun(line, match):
        return False
    if _does_not(line, match) or _is_in_a_state(line, match) or _with_family(line, match):
        return True
    if calendar and (pronoun_near(line, match) or is_told_apart(line, match)):
        return True
    if calendar and len(company) == 2 and in_company(line, match, company):
        return True
    if calendar and dated(line, match):
        return asked_about(line, match)
    return (
        _led_to(line, match, calendar)
        or _greeted(line, match)
        or in_company(line, match, company)
        or _does(line, match)
        or (calendar and asked_about(line, match))
        or (not reads_as_word(line, match) and _cued_weakly(line, match, beside, calendar))
    )


def is_cued_in_story(line: Line, match: Match, company: Sequence[Match]) -> bool:
    """True when our pupil is meant although a work in the line has somebody of the name."""
    words = lore()
    if line.possessive(match.last):
        owned = line.owned(match.last)
        reads_it = line.starts(match.first) and match.last + 1 in line.in_work
        return owned in words.school_nouns or owned in words.belongings or not owned or reads_it
    return (
        _does_not(line, match)
        or _is_in_a_state(line, match)
        or _is_busy(line, match)
        or _led_to_in_story(line, match)
        or _greeted(line, match)
        or _does(line, match)
        or in_company(line, match, company)
        or _reports_on_work(line, match)
    )


def _reports_on_work(line: Line, match: Match) -> bool:
    """ "Oliver on Oliver Twist chapter 3": a name, then the work that has somebody of the name."""
    following = line.after(match.last)
    titled = match.last + 1 in line.in_work and match.first not in line.in_work
    return line.starts(match.first) and following is not None and following.key in ("on", "and") and titled


def _is_busy(line: Line, match: Match) -> bool:
    """ "Elizabeth still waiting", "George will be late": at the start, what is said of pupils."""
    words = lore()
    said = [token.key for token in line.tokens[match.last : match.last + 3]]
    if not said or not line.starts(match.first):
        return False
    if said[0] in words.modals and said[1:2] == ["be"]:
        said = said[2:] or ["be"]
    return said[0] in words.states or said[0] in ("still", "also", "just")


def _led_to_in_story(line: Line, match: Match) -> bool:
    """ "Feedback for Jane", and no "sympathy for Lennie"."""
    previous, words = line.before(match.first), lore()
    if previous is None or previous.key not in ("for", "with", "from", "about"):
        return False
    about = line.before(match.first - 1)
    return (
        about is None
        or not about.word
        or about.key in words.school_nouns
        or about.key in words.belongings
        or match.first - 2 in line.in_work
    )


def stands_out(line: Line, match: Match) -> bool:
    """True for a word with a capital amid small letters: "is Grace coming"."""
    return (
        line.telling(match.first)
        and not is_calendar(match)
        and not _before_a_pronoun(line, match)
        and not reads_as_word(line, match)
        and not _in_a_phrase(line, match)
    )


def _in_a_phrase(line: Line, match: Match) -> bool:
    """True after a preposition that seldom leads to a person, or before another capital."""
    previous, following = line.before(match.first), line.after(match.last)
    if previous is None or previous.key in ("of", "in", "on", "per", "as", "into", "under", "over"):
        return True
    if not previous.word:
        return True
    return following is not None and following.titled and following.before == " "


def _before_a_pronoun(line: Line, match: Match) -> bool:
    """True for "Will you", "May I", "Hope you"."""
    following, words = line.after(match.last), lore()
    previous = line.before(match.first)
    if previous is not None and line.capital(match.first) and previous.key in words.leading:
        return False
    verbal = match.key in words.never_own_a_lesson or match.key in words.function_words
    return verbal and following is not None and following.before == " " and following.key in words.pronouns


def _does_not(line: Line, match: Match) -> bool:
    """ "Will won't be in", "grace cant make it": after "n't" goes no word that is a verb itself."""
    following, after = line.after(match.last), line.after(match.last + 1)
    if following is None or following.before != " " or not _stands_as_subject(line, match, loosely=True):
        return False
    joined = following.key + (after.key if after is not None and after.before in APOSTROPHES else "")
    return joined in _NEGATED


def _is_in_a_state(line: Line, match: Match) -> bool:
    """ "Art is off today", "August is at the dentist": no subject and no month is."""
    following, after = line.after(match.last), line.after(match.last + 1)
    if following is None or following.key not in ("is", "was", "isnt", "wasnt", "s") or after is None:
        return False
    if not (line.capital(match.first) or (line.hushed and line.starts(match.first))):
        return False
    if after.key in lore().states or after.key in lore().study_verbs:
        return True
    return after.key in ("at", "in") and not lore().appointments.isdisjoint(line.keys)


def _with_family(line: Line, match: Match) -> bool:
    """ "Hope and family", "Rose & her mum"."""
    if not line.capital(match.first) or line.title_case or line.starts(match.first):
        return False
    at = match.last
    joined = line.after(at)
    if joined is None or not (joined.key == "and" or joined.before.strip() in ("&", "+")):
        return False
    other = line.after(at + (joined.key == "and"))
    return other is not None and other.key in lore().family_words and other.key != "all"


def _owns(line: Line, match: Match, calendar: bool) -> bool:
    owned = line.owned(match.last)
    if calendar and owned in ("over", "here", "coming", "nearly", "almost", "gone", "the", "a", "not"):
        return False  # "Summer's over"
    if calendar and owned in lore().fields.get(match.key, ()) and owned != match.key:
        return False
    return line.capital(match.first) or not (calendar or in_its_field(line, match))


def _led_to(line: Line, match: Match, calendar: bool) -> bool:
    """ "for Grace", "report on Will": unless the next word makes it a compound, "with Grace period"."""
    previous, capital = line.before(match.first), line.capital(match.first)
    if previous is None or line.tokens[match.first].before != " ":
        return False
    if previous.key == "on":
        about = line.before(match.first - 1)
        return bool(about and about.key in lore().reported_on and capital and not calendar)
    if previous.key not in lore().leading or is_adjective(line, match):
        return False
    if match.key in lore().weekdays and previous.key != "with":
        return False
    if not capital and not line.hushed and (line.ends(match.last) or match.key in lore().abstract):
        return False
    plainly = previous.key in ("for", "with") or (previous.key == "re" and not calendar)
    return (capital or (plainly and not calendar)) and (plainly or not calendar) and _goes_on(line, match)


def _goes_on(line: Line, match: Match) -> bool:
    following, words = line.after(match.last), lore()
    if following is None or following.before.strip():
        return True
    if not following.word:
        return False
    plain = following.key in words.connectors or following.key in words.school_nouns
    return (
        plain
        or following.key in words.person_verbs
        or following.key in words.base_verbs
        or (following.titled and not line.title_case)
        or (following.key.endswith(("ed", "ing")) and not in_its_field(line, match))
        or not words.is_known_word(following.key)
    )


def _greeted(line: Line, match: Match) -> bool:
    """ "Hi Grace", "Many thanks, Grace"."""
    previous = line.before(match.first)
    gap = line.tokens[match.first].before
    if previous is None or gap not in (" ", ", "):
        return False
    feast = previous.key in lore().festivals and not {"happy", "merry", "good"}.isdisjoint(line.keys)
    if previous.key not in lore().greetings and not feast:
        return False
    return _goes_on(line, match) or line.capital(match.first) or _runs_on(line, match)


def _runs_on(line: Line, match: Match) -> bool:
    """ "thx grace see you then": no verb of ours, and a new sentence without a stop."""
    following, words = line.after(match.last), lore()
    if match.key in words.never_own_a_lesson or match.key in words.function_words or following is None:
        return False
    return (
        following.key in words.base_verbs or following.key in words.pronouns or following.key in words.modals
    )


def _does(line: Line, match: Match) -> bool:
    """ "Autumn missed her lesson", "Rose has improved", "Grace'll be late": what only people do."""
    following, words = line.after(match.last), lore()
    if following is None or not _stands_as_subject(line, match):
        return False
    if following.before in APOSTROPHES:
        return following.key in ("ll", "d", "ve")
    never = match.key in words.never_own_a_lesson
    if following.before != " " or (
        never and (following.key != "has" or words.third_person.isdisjoint(line.keys))
    ):
        return False
    if following.key == "has":
        done = line.after(match.last + 1)
        return done is not None and (
            done.key in words.study_verbs
            or done.key in ("moved", "been", "done", "gone", "got", "made", "joined", "changed", "not")
        )
    return following.key in words.study_verbs


def _stands_as_subject(line: Line, match: Match, *, loosely: bool = False) -> bool:
    """True with a capital, and in a line without any at its start; loosely: anywhere in it."""
    return line.capital(match.first) or (line.hushed and (loosely or line.starts(match.first)))


def _asked_in_small_letters(line: Line, match: Match) -> bool:
    """ "could rich do saturday", "is rose coming"."""
    previous, following, words = line.before(match.first), line.after(match.last), lore()
    if not line.hushed or previous is None or following is None or following.before != " ":
        return False
    if previous.key not in words.auxiliaries or not line.starts(match.first - 1):
        return False
    done = words.base_verbs | words.states | words.study_verbs | words.modals
    return following.key in done or following.key in words.third_person


def _cued_weakly(line: Line, match: Match, beside: Sequence[Match], calendar: bool) -> bool:
    return (
        _addressed(line, match)
        or _asked_in_small_letters(line, match)
        or (not calendar and _labelled(line, match))
        or listed(line, match, beside)
        or (not calendar and _acting(line, match))
    )


def _addressed(line: Line, match: Match) -> bool:
    """Vocative: "Grace, …" at the start, "…, Grace" at the end."""
    gap = line.tokens[match.first].before
    if line.starts(match.first) and line.gap_after(match.last).startswith(","):
        return True
    return line.ends(match.last) and gap.strip() == "," and line.capital(match.first)


def _labelled(line: Line, match: Match) -> bool:
    """ "Grace - homework", "Homework: Grace", "(Grace)"."""
    following = line.after(match.last)
    if line.starts(match.first) and line.dashed_after(match.last):
        return following is None or following.word
    closed = line.ends(match.last) or line.gap_after(match.last).startswith(")")
    return closed and line.dashed_before(match.first) and (line.capital(match.first) or line.hushed)


def _acting(line: Line, match: Match) -> bool:
    """ "Grace missed …", "Rose homework", "Grace can stay"."""
    following, words = line.after(match.last), lore()
    if following is None or following.before != " " or not line.capital(match.first):
        return False
    if following.key == "to" and match.key in _OWED_TO:
        return False  # "Favour to ask"
    if following.key in words.person_verbs or following.key in words.modals:
        return match.key not in words.abstract and (
            (match.key not in words.never_own_a_lesson and match.key not in words.adjectives)
            or following.key not in ("to", "not", "off", "out", "back")
        )
    plain = match.key in words.abstract or match.key in words.function_words
    noun = following.key in words.school_nouns or (
        following.key in words.pupil_nouns and line.starts(match.first) and not plain
    )
    return noun and match.key not in words.never_own_a_lesson
