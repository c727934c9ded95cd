"""Numbers and names of which a part is a task: "07700 900 then the year of the Armada", "maple then 45 squared".

Whoever gives the first half of a number and says how to come by the rest has given the number.
The finding reaches to the end of the sentence, so that nothing of the task stays readable.
"""

from __future__ import annotations

from classifiers.contact.hits import Hit, hit
from classifiers.contact.numerals import numerals
from classifiers.contact.stream import Stream
from classifiers.contact.sums import roman
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN
from classifiers.contact.traits import FIGURED, traits_of
from classifiers.contact.words import any_of, is_english, lexicon

_MOST_HITS, _LONGEST_TAIL, _LONGEST_NUMBER = 20, 40, 13
_JOINING = frozenset(
    ("then", "and", "but", "plus", "add", "followed", "minus", "with", "less", "+", "after", "next")
)
_TASKS = frozenset(
    ("followed", "add", "plus", "minus", "less", "count", "spell", "times", "squared", "cubed", "sum", "whatever", "year",
     "age", "digits", "digit", "doubled", "half", "twice", "+", "×", "÷", "*", "invoice", "birthday", "keypad", "subtract",
     "solve", "months", "days", "faces", "sides", "wives", "your", "my", "x")
)  # fmt: skip
_STRONGLY = frozenset(("then", "plus", "+", "followed"))
_OWN = frozenset(("my", "our", "the", "your", "whatever"))
_SHOWN = frozenset(
    ("page", "question", "exercise", "ref", "order", "isbn", "equals", "answers", "meter", "sequence")
)
_CHANNELS = frozenset("POu")
_NAMING = frozenset(("is", "=", ":", "as", "im", "its", "name", "user", "username", "handle", "under"))


def recipes(stream: Stream) -> list[Hit]:
    """Every number or user name that goes on in a task."""
    tokens = stream.tokens
    places = [index for index in traits_of(tokens).where(FIGURED) if tokens.words[index][0] == "0"]
    if tokens.holds(_JOINING) and not _CHANNELS.isdisjoint(stream.symbols):
        places += tokens.where(_NAMING)
    found: list[Hit] = []
    past = -1
    for index in sorted(places):
        if index <= past:
            continue
        one = None
        if tokens.kinds[index] == DIGITS and len(tokens.words[index]) <= _LONGEST_NUMBER:
            one = _number(stream, index)
        elif _JOINING & set(tokens.words[index + 2 : index + 9]):
            one = _name(stream, index + 1)
        if one is not None:
            found.append(one)
            past = tokens.index_at(one.end) - 1
        if len(found) >= _MOST_HITS:
            break
    return found


def _number(stream: Stream, index: int) -> Hit | None:
    """ "07700 900 and then 23 x 5": half a number, or a whole one to be changed."""
    tokens = stream.tokens
    digits, last = tokens.words[index], index
    while last + 1 < len(tokens.words) and tokens.kinds[last + 1] == DIGITS and last - index < 5:
        last += 1
        digits += tokens.words[last]
    if not 5 <= len(digits) <= 11 or not digits.startswith(("07", "01", "02", "03")):
        return None
    joiner = last + 1
    shown = any_of(stream.around(index, last, 6, 2), lexicon().context["not_phone"])
    if not shown and (keys := _keys(stream, joiner)) and len(digits) + keys in (10, 11):
        return hit(stream, "phone", index, joiner, 0.72, evasive=True, evidence=("letters of a keypad",))
    if joiner < len(tokens.words) and tokens.words[joiner] in (".", ",", ";"):
        joiner += 1
    if joiner >= len(tokens.words) or tokens.words[joiner] not in _JOINING:
        return None
    until = _clause_end(stream, joiner)
    tail = tokens.words[joiner : until + 1]
    if not _is_task(stream, joiner, until) or any_of(stream.around(index, last, 6, 2), _SHOWN):
        return None
    if len(digits) >= 10 and not any_of(tail[:3], _TASKS - {"your", "my", "x"}):
        return None
    called = stream.cue("call_me", index, last, 10, 24) or stream.cue("mine", index, last, 8, 24)
    score = 0.82 if called and digits.startswith("07") else 0.66 if digits.startswith("07") or called else 0.4
    return hit(stream, "phone", index, until, score, evasive=True, evidence=("the rest of it is a task",))


def _keys(stream: Stream, index: int) -> int:
    """How many keys a word in capitals after digits stands for: "07700 900 WED"; 0 if none."""
    tokens = stream.tokens
    if index >= len(tokens.words) or tokens.kinds[index] != LETTERS or not 2 <= len(tokens.words[index]) <= 4:
        return 0
    start, end = stream.view.span(tokens.starts[index], tokens.ends[index])
    return end - start if stream.view.source[start:end].isupper() else 0


def _name(stream: Stream, index: int) -> Hit | None:
    """ "insta is otter and then MCMXC in normal numbers"."""
    tokens = stream.tokens
    if index + 1 >= len(tokens.words) or tokens.kinds[index] != LETTERS:
        return None
    place = stream.place(index)
    lead = stream.symbols[max(0, place - 5) : place]
    if not set(lead) & _CHANNELS or "q" in lead:
        return None
    joiner = index + 1
    while joiner < len(tokens.words) and tokens.tight(joiner - 1) and tokens.kinds[joiner] != BREAK:
        joiner += 1
    if tokens.words[joiner : joiner + 1] == [","]:
        joiner += 1
    if joiner >= len(tokens.words) - 1 or tokens.words[joiner] not in _JOINING - {"but", "after"}:
        return None
    follows = joiner + 1 + (tokens.words[joiner] in ("and", "followed"))
    told = any_of(tokens.words[joiner : joiner + 2], _STRONGLY) and any_of(
        tokens.words[follows : follows + 2], _OWN
    )
    if not told and not any(
        _counts(stream, at) for at in range(follows, min(follows + 2, len(tokens.words)))
    ):
        return None
    if tokens.words[index] in lexicon().common and not any_of(tokens.words[joiner : joiner + 2], _STRONGLY):
        return None
    until = _clause_end(stream, joiner)
    score = 0.72 if not is_english(tokens.words[index]) else 0.62
    return hit(stream, "handle", index, until, score, evasive=True, evidence=("the rest of it is a task",))


def _is_task(stream: Stream, joiner: int, until: int) -> bool:
    words = stream.tokens.words[joiner : until + 1]
    return any_of(words, _TASKS) and (len(words) > 2 or words[-1:] != words[:1])


def _counts(stream: Stream, index: int) -> bool:
    """Whether a token is a figure in some writing."""
    word = stream.tokens.words[index]
    known = numerals()
    return (
        stream.tokens.kinds[index] == DIGITS
        or word in known.digits
        or word in known.tens
        or (len(word) > 1 and roman(stream.tokens, index) > 0)
    )


def _clause_end(stream: Stream, index: int) -> int:
    """The last token of the sentence, as far as one can be followed."""
    tokens = stream.tokens
    last = index
    while last + 1 < len(tokens.words) and last - index < _LONGEST_TAIL:
        follows = last + 1
        ends = (
            tokens.kinds[follows] == SIGN and tokens.words[follows][0] in ".!?;" and not tokens.tight(follows)
        )
        if ends or tokens.kinds[follows] == BREAK:
            break
        last = follows
    return last
