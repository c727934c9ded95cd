"""Every place in a line where somebody of the roster may be named, longest first."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.misspelt import close_enough, nearest
from classifiers.names.roster import Call, Form, Roster

_PREFIXES = frozenset(("mc", "mac", "de", "la", "le", "fitz", "o", "van", "di", "da", "du", "st"))
_AFTER_A = frozenset(("level", "levels", "star", "grade"))


def candidates(line: Line, roster: Roster) -> list[Match]:
    """Return non-overlapping matches from left to right."""
    found: list[Match] = []
    at = 0
    while at < len(line.tokens):
        match = _exact(line, roster, at)
        if match is None or match.form < Form.REVERSED:
            match = _mistyped_pair(line, roster, at) or match
        match = match or _mistyped(line, roster, at) or _embedded(line, roster, at)
        if match is None:
            at += 1
            continue
        match = _with_middle_names(line, roster, match)
        longer = _with_initial(line, roster, match)
        if not found or longer.first >= found[-1].last:
            match = longer
        found.append(match)
        at = match.last
    return found


def _exact(line: Line, roster: Roster, first: int) -> Match | None:
    """The longest run of tokens from `first` that spells a key, commas allowed when reversed."""
    if _inside_a_surname(line, first):
        return None
    joined, comma, best = "", False, None
    for last in range(first, min(first + roster.longest, len(line.tokens))):
        if last > first and not line.close(first, last):
            if comma or line.tokens[last].before.strip() != ",":
                break
            comma = True
        joined += line.tokens[last].key
        calls = roster.keys.get(joined)
        if calls is not None:
            best = _match(line, first, last + 1, calls, joined, comma) or best
    return best


def _inside_a_surname(line: Line, first: int) -> bool:
    """True for "Grace" in "McGrace"."""
    return first > 0 and not line.tokens[first].before and line.tokens[first - 1].key in _PREFIXES


def _match(line: Line, first: int, last: int, calls: list[Call], key: str, comma: bool) -> Match | None:
    form = max(call.form for call in calls)
    if comma and form is not Form.REVERSED:
        return None
    if form < Form.REVERSED:
        form = _given_or_surname(line, first, calls)
    persons = frozenset(call.person for call in calls if form < Form.REVERSED or call.form >= Form.REVERSED)
    return Match(first, last, persons, form, key)


def _given_or_surname(line: Line, first: int, calls: list[Call]) -> Form:
    forms = {call.form for call in calls}
    if len(forms) == 1:
        return forms.pop()
    previous = line.before(first)
    titled = previous is not None and previous.key in lore().titles
    return Form.SURNAME if titled else Form.GIVEN


def _mistyped(line: Line, roster: Roster, first: int) -> Match | None:
    token = line.tokens[first]
    if not token.word or _put_aside(line, first):
        return None
    name = nearest(token, roster)
    if name is None or (token.upper and not line.shouting and len(token.raw) < 6):
        return None
    calls = roster.keys[name]
    form = max(call.form for call in calls)
    persons = frozenset(call.person for call in calls if call.form is form or form < Form.REVERSED)
    return Match(first, first + 1, persons, form, name, typo=True)


def _put_aside(line: Line, at: int) -> bool:
    """True in addresses, bracket tags and known phrases, where nothing is misspelt."""
    return at in line.masked or at in line.tagged or at in line.in_work


def _mistyped_pair(line: Line, roster: Roster, first: int) -> Match | None:
    """Given name and surname of one person side by side, either of them misspelt."""
    if first + 1 >= len(line.tokens) or not line.close(first, first + 1):
        return None
    last = first + 2
    one, two = line.tokens[first].key, line.tokens[first + 1].key
    if two in _PREFIXES and last < len(line.tokens) and not line.tokens[last].before:
        two, last = two + line.tokens[last].key, last + 1  # "McLoud" is two tokens
    unknown = [not lore().is_known_word(key) and len(key) > 2 for key in (one, two)]
    if not any(unknown) or not line.tokens[first + 1].word or _put_aside(line, first):
        return None
    for person, (givens, surnames) in enumerate(roster.halves):
        for form, left, right in ((Form.FULL, givens, surnames), (Form.REVERSED, surnames, givens)):
            fits = _fits(one, left, unknown[0]) and _fits(two, right, unknown[1])
            if fits:
                return Match(first, last, frozenset({person}), form, one + two, typo=True)
    return None


def _fits(key: str, names: Iterable[str], unknown: bool) -> bool:
    return key in names or (unknown and key not in lore().given and any(close_enough(key, n) for n in names))


def _embedded(line: Line, roster: Roster, first: int) -> Match | None:
    """A full name run together with other words: "janesmithhomework"."""
    key = line.tokens[first].key
    if len(key) < 9:
        return None
    for full in roster.full_keys:
        if full in key:
            calls = [call for call in roster.keys[full] if call.form >= Form.REVERSED]
            return Match(first, first + 1, frozenset(c.person for c in calls), Form.FULL, full)
    return None


def _with_middle_names(line: Line, roster: Roster, match: Match) -> Match:
    """ "Jane Elizabeth Smith", "Jane E. Smith": what stands between is hers too."""
    if match.form is not Form.GIVEN:
        return match
    for last in range(match.last, min(match.last + 3, len(line.tokens))):
        if not line.close(match.first, last):
            break
        token = line.tokens[last]
        calls = roster.keys.get(token.key, ()) if last > match.last or match.typo else ()
        persons = frozenset(c.person for c in calls if c.form is Form.SURNAME) & match.persons
        if persons:
            return Match(match.first, last + 1, persons, Form.FULL, match.key, match.typo)
        plain = lore().is_known_word(token.key) and token.key not in lore().given
        if not line.capital(last) or (plain and len(token.key) > 1) or _is_grouped(line, last):
            break
    return match


def _with_initial(line: Line, roster: Roster, match: Match) -> Match:
    """ "J. Smith", "Jamie W", "Smith, J.": a letter that belongs to the name."""
    if match.form >= Form.REVERSED:
        return match
    surname = match.form is Form.SURNAME
    if match.first and surname and line.close(match.first - 1, match.first):
        first = _group_start(line, match.first - 1)
        persons = _with_letter(roster, match.persons, line.tokens[first].key, of_given=True)
        letters = "".join(f"{line.tokens[at].raw}." for at in range(first, match.first))
        if _is_initial(line, first) and persons and not roster.writes(letters):
            return Match(first, match.last, persons, Form.FULL, match.key, match.typo)
    if match.last < len(line.tokens) and line.tokens[match.last].before in (" ", ".", "_", ", "):
        persons = _with_letter(roster, match.persons, line.tokens[match.last].key, of_given=surname)
        comma = "," in line.tokens[match.last].before
        if persons and comma <= surname and _is_own_initial(line, match.last):
            last = match.last + 1
            if last < len(line.tokens) and line.tokens[last].before == "-" and _is_initial(line, last):
                last += 1  # "Millie H-S"
            return Match(match.first, last, persons, Form.FULL, match.key, match.typo)
    return match


def _group_start(line: Line, at: int) -> int:
    """The first of the initials that token `at` ends: the J of "J.E. Smith"."""
    while at > 0 and line.tokens[at].before == "." and _is_initial(line, at) and _is_initial(line, at - 1):
        at -= 1
    return at


def _is_own_initial(line: Line, at: int) -> bool:
    """True for "Jamie W", false for "Jamie I", "Jamie A level", and for initials that stand there already."""
    return _is_initial(line, at) and not _is_grouped(line, at) and not _is_pronoun(line, at)


def _is_grouped(line: Line, at: int) -> bool:
    """True for the M of "M.B."."""
    following = line.after(at + 1)
    glued = following is not None and following.before == "." and len(following.raw) == 1
    return glued and len(line.tokens[at].raw) == 1


def _is_initial(line: Line, at: int) -> bool:
    token = line.tokens[at]
    return len(token.raw) == 1 and token.word and (token.raw.isupper() or line.hushed)


def _is_pronoun(line: Line, at: int) -> bool:
    """ "I", "a", and "A" before "level"; and a letter that an apostrophe follows."""
    token, following = line.tokens[at], line.after(at + 1)
    if token.raw in ("I", "i", "a", "s"):
        return True
    return (following is not None and following.key in _AFTER_A) or line.possessive(at)


def _with_letter(roster: Roster, persons: frozenset[int], letter: str, *, of_given: bool) -> frozenset[int]:
    if len(letter) != 1:
        return frozenset()
    return frozenset(
        p for p in persons if (letter == roster.initial[p][0] if of_given else letter in roster.initial[p][1])
    )
