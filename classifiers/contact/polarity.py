"""What a writer does with the thing named: offers it, asks for it, refuses it, or reports it.

A tutor who declines to swap numbers and a pupil who tells of an approach name the very
things that others offer; they are never to be punished for it (DETECTION 2, 4).
"""

from __future__ import annotations

from itertools import pairwise

from classifiers.contact.stream import Stream
from classifiers.contact.words import any_of, lexicon
from classifiers.finding import Stance

_SENTENCE_ENDS = ".!?"
_FARTHEST = 24
_STARTS_ANEW = frozenset("ATSDCKglPO")
_OTHERS_VERBS = frozenset("hgWdTSKC")
_PERSONAL = frozenset("mMIUY")
_OPINIONS = frozenset(
    ("think", "reckon", "believe", "sure", "feel", "say", "said", "want", "wanting", "see", "know", "means", "mean", "matter", "suggest")
)  # fmt: skip
_WISHED = frozenset(("asked", "wanted", "offered", "suggested", "requested", "mentioned", "tried"))
_OWN = frozenset(("my", "our", "her", "his", "me", "mi"))
_SOME = frozenset(("a", "an", "another", "this", "some", "that", "one", "his", "her", "the", "old", "new"))
_OUTSIDERS = frozenset(
    (
        "man",
        "tutor",
        "teacher",
        "coach",
        "guy",
        "bloke",
        "person",
        "boy",
        "girl",
        "lad",
        "adult",
        "stranger",
        "woman",
    )
)
_FAMILY = frozenset(
    ("husband", "wife", "mum", "mam", "mom", "dad", "father", "mother", "son", "daughter", "sister", "brother", "nan",
     "gran", "grandma", "grandad", "auntie", "aunt", "uncle", "partner", "bro", "sis", "cousin")
)  # fmt: skip


_SO_NEAR = 7
_CONCLUDED = frozenset(
    ("u", "you", "i", "we", "lets", "let", "can", "could", "just", "how", "add", "text", "ring", "call", "msg", "message",
     "heres", "my", "ill", "here", "find", "follow", "why", "maybe", "then", "what", "whats", "where")
)  # fmt: skip


def polarity(stream: Stream, first: int, last: int) -> Stance | None:
    """REFUSAL, REPORT or MENTION when symbols first..last (exclusive) stand in such a sentence.

    None when nothing takes the edge off.
    """
    symbols = stream.symbols
    turned = _so(stream, first)
    clause = max(turned, _anew(stream, _clause_start(symbols, first), first))
    before, inside = symbols[clause:first], symbols[first:last]
    if _denied(before, inside, symbols[last : last + 1]):
        return Stance.REFUSAL
    if _told_of_others(before, inside) and not _by_family(stream, clause, last):
        return Stance.REPORT
    if _asked_by_reader(stream, clause, first, last):
        return Stance.REPORT
    sentence = symbols[max(turned, _sentence_start(symbols, first)) : first]
    if "p" in sentence and not _PERSONAL & set(inside):
        return Stance.MENTION
    return None


def _clause_start(symbols: str, first: int) -> int:
    """Where the clause begins: after the last sentence end or "but", or a comma before an order."""
    floor = max(0, first - _FARTHEST)
    place = first
    while place > floor:
        symbol = symbols[place - 1]
        if symbol in _SENTENCE_ENDS or symbol in ";:":
            return place
        if symbol == "," and place == first and symbols[first : first + 1] in _STARTS_ANEW:
            return place
        place -= 1
    return floor


def _anew(stream: Stream, clause: int, first: int) -> int:
    """Where a clause begins anew without a sign: "my wifi isnt working can u text me".

    Not after words of opinion: "I don't think you should" denies what follows.
    """
    symbols = stream.symbols
    at = symbols.rfind("X", clause, first)
    if at < 0:
        return clause
    turn = next(
        (
            symbols.find(turn, at + 2, first + 2)
            for turn in ("wU", "wI", "l", ",BU", ",dU", ",Q")
            if turn in symbols[at + 2 : first + 2]
        ),
        -1,
    )
    if turn < 0 or any_of(stream.tokens.words[stream.at[at] : stream.at[turn]], _OPINIONS):
        return clause
    return turn


def _so(stream: Stream, first: int) -> int:
    """The place after a "so" that draws a conclusion: "you're not my tutor so you can add me"; 0 if there is none.

    What was denied or forbidden before it is why the thing is proposed.
    """
    token = stream.at[first] if first < len(stream.at) else len(stream.tokens.words)
    words = stream.tokens.words
    for at in range(token, max(0, token - _SO_NEAR), -1):
        if words[at - 1] == "so" and words[at : at + 1] and words[at] in _CONCLUDED:
            return min(first, stream.place(at))
    return 0


def _asked_by_reader(stream: Stream, clause: int, first: int, last: int) -> bool:
    """Whether the sentence goes back to what the reader wished: "you asked for my number"."""
    at = max(stream.symbols.find("UR", clause, last), stream.symbols.find("Ur", clause, last))
    if (
        at < 0
        or at > first
        or "," in stream.symbols[at:first]
        or "Z" in stream.symbols[last : last + _FARTHEST]
    ):
        return False
    return any_of(stream.tokens.words[stream.at[at + 1] : stream.upto[at + 1] + 1], _WISHED)


def _by_family(stream: Stream, clause: int, last: int) -> bool:
    """Whether those who are said to ask or offer are the writer's own: "my wife asks if you ..."."""
    words = stream.tokens.words[stream.at[clause] : stream.upto[last - 1] + 1]
    pairs = list(pairwise(words))
    return any(owner in _OWN and one in _FAMILY for owner, one in pairs) and not any(
        some in _SOME and one in _OUTSIDERS for some, one in pairs
    )


def _sentence_start(symbols: str, first: int) -> int:
    floor = max(0, first - _FARTHEST)
    place = first
    while place > floor and symbols[place - 1] not in _SENTENCE_ENDS:
        place -= 1
    return place


def _denied(before: str, inside: str, after: str) -> bool:
    """Whether a "not" governs the thing: in its clause, and not only in an "if" of it.

    A "not" long before, with another verb between ("I don't use mail much, text me"), was
    cut off by the comma; one inside ("can I not ...") counts too.
    """
    del after
    at = before.rfind("X")
    if at >= 0:
        condition = before.rfind("F", 0, at)
        return not (condition >= 0 and "," not in before[condition:at])
    return "X" in inside


def _told_of_others(before: str, inside: str) -> bool:
    """Whether somebody else is said to have done it: "he told me to add him on snap"."""
    said = before.rfind("R")
    if said >= 0 and ("J" in before[:said] or "m" in before[said : said + 3]):
        return True
    if inside[:1] == "R" and "J" in before[-4:]:
        return True
    if inside[:1] == "U" and "J" in before[-7:] and ("F" in before or "t" in before):
        return True  # "if anybody contacts you on ..."
    if before.rstrip("ow")[-1:] == "J" and inside[:1] in _OTHERS_VERBS:
        return True
    others = before.rfind("J")
    return len(before) - others <= 4 and others >= 0 and "h" in before[others:]


def reported(stream: Stream, first: int, last: int) -> bool:
    """Whether tokens first..last are a value that somebody else is said to have used or given."""
    place = stream.place(first)
    if polarity(stream, place, place + 1) is Stance.REPORT:
        return True
    before = stream.tokens.words[max(0, first - 8) : first]
    if any_of(stream.around(first, last, 14, 14), lexicon().context["scams"]):
        return not any_of(before, frozenset(("my", "mine", "me", "im")) - frozenset(before[:-4]))
    joined = " ".join(before)
    arrived = any(
        f"{what} from" in joined
        for what in (
            "text",
            "texts",
            "call",
            "calls",
            "message",
            "messages",
            "email",
            "voicemail",
            "request",
            "msg",
        )
    )
    rang = "from" in before[-3:] and any_of(
        before, frozenset(("rang", "texted", "called", "messaged", "phoned", "emailed", "wrote"))
    )
    return (
        arrived and any_of(before, frozenset(("got", "had", "received", "gets", "getting", "get", "a", "an")))
    ) or rang
