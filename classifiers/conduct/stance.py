"""Says whether a cue is meant: negated, refused, advised against, reported, or a lesson's matter.

Two principles (DETECTION 4): a tutor absorbing a disclosure is flagged, a tutor refusing or
safeguarding correctly never is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.conduct.lexicon import GUARDS, Cue, Lexicon
from classifiers.conduct.meanings import COMMA, QUOTE
from classifiers.conduct.words import Sentence, Word
from classifiers.finding import Stance

REACH = 9  # words back that a "not" can govern
_CLAUSE = frozenset(
    (
        COMMA,
        QUOTE,
        "but",
        "and",
        "so",
        "because",
        "if",
        "when",
        "then",
        "although",
        "though",
        "unless",
        "please",
    )
)
BESIDE = 5  # words after a cue that can make it something else
CALMED = 0.4
_ASKING = frozenset(("send", "show", "what", "are", "do", "does", "can", "who"))
_SECOND_PERSON = frozenset(("you", "your", "yourself"))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a cue is to be taken. factor: what its score is multiplied by, 0 to leave it out."""

    factor: float
    stance: Stance = Stance.OFFER
    told: bool = False


NOTHING = Reading(0.0, Stance.REFUSAL)
MENTION = Reading(0.0, Stance.MENTION)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cue stands: words [first, last) of a sentence, phrases joined as the cue needs.

    near: the sentences right before and after.
    """

    words: tuple[Word, ...]
    first: int
    last: int
    sentence: Sentence
    near: tuple[Sentence, ...]

    @property
    def start(self) -> int:
        """First code point of the cue."""
        return self.words[self.first].start

    @property
    def end(self) -> int:
        """Code point after the cue."""
        return self.words[self.last - 1].end

    def texts(self, first: int, last: int) -> list[str]:
        """The words [first, last), clipped to the sentence."""
        return [word.text for word in self.words[max(0, first) : max(0, last)]]

    def around(self) -> set[str]:
        """Names of the guards in this sentence and the ones beside it."""
        return {guard.name for one in (self.sentence, *self.near) for guard in one.guards}


def take(cue: Cue, place: Place, known: Lexicon) -> Reading:
    """Take a cue in its context."""
    if _negated(place, known) or _forbidden(place) or _advised(place):
        return NOTHING
    if _something_else(cue, place, known) or _of_a_lesson(cue, place):
        return MENTION
    if cue.told and _told(place, known):
        return Reading(1.0, Stance.REPORT, told=True)
    stance = Stance(cue.stance) if cue.stance else _usual(cue, place.texts(place.first, place.last))
    return Reading(CALMED if _calmed(cue, place, known) else 1.0, stance)


def _usual(cue: Cue, words: Sequence[str]) -> Stance:
    if cue.category in ("third_party_report", "disclosure_abuse", "disclosure_self_harm"):
        return Stance.REPORT
    asks = not _ASKING.isdisjoint(words) or cue.category in ("image_request", "secrecy", "meeting")
    return Stance.REQUEST if asks else Stance.OFFER


def _negated(place: Place, known: Lexicon) -> bool:
    """True when a "not" before the cue in its clause governs it."""
    if place.words[place.first].text in _CLAUSE:
        return False
    for word in reversed(place.texts(place.first - REACH, place.first)):
        if word in _CLAUSE:
            return False
        if word in known.classes["NEG"] and word not in known.classes["NOT_A_NO"]:
            return True
    return False


def _forbidden(place: Place) -> bool:
    """True for "meeting up outside lessons is not allowed", false for "... not allowed but ..."."""
    for guard in place.sentence.guards:
        if guard.name != "FORBID":
            continue
        between = [
            w.text
            for w in place.words
            if place.end <= w.start < guard.start or guard.end <= w.start < place.start
        ]
        after = [w.text for w in place.words if w.start >= guard.end]
        if guard.start >= place.end and "but" not in between and "but" not in after:
            return True
        if guard.end <= place.start and "but" not in between and len(between) < REACH:
            return True
    return False


def _advised(place: Place) -> bool:
    """True in advice and policy: "if anyone asks you to keep a secret, tell us"."""
    return any(guard.name == "ADVICE" and guard.end <= place.start for guard in place.sentence.guards)


def _something_else(cue: Cue, place: Place, known: Lexicon) -> bool:
    """True when a word in or right after the cue makes it harmless: "a photo of your homework"."""
    beside = place.words[place.last : place.last + BESIDE]
    end = beside[-1].end if beside else place.end
    words = place.sentence.words
    around = {word.text for word in words if place.start <= word.start < end}
    around |= {
        text for first, last, text in place.sentence.phrases if place.start <= words[first].start < end
    }
    return any(not around.isdisjoint(known.classes[name]) for name in cue.drop)


def _of_a_lesson(cue: Cue, place: Place) -> bool:
    """True for literature, history and the like: quoted words, characters, "in the play"."""
    here = {guard.name for guard in place.sentence.guards}
    quoted = place.texts(0, place.first).count(QUOTE) % 2 == 1
    if quoted and not place.around().isdisjoint(("FRAME", "WORKNAME")):
        return True
    own = cue.category.startswith("disclosure") and "i" in place.texts(0, len(place.words))
    if "FRAME" in here:
        return not own
    direct = not _SECOND_PERSON.isdisjoint(place.texts(place.first, place.last))
    return "WORKNAME" in here and not direct and not own


def _told(place: Place, known: Lexicon) -> bool:
    """True when the cue is what somebody told somebody: "he asked her to keep it a secret"."""
    words = place.texts(0, place.last)
    told, whom, subjects = (known.classes[name] for name in ("TOLD", "HER_ME", "TUTORISH"))
    return any(
        words[at] in told and words[at + 1] in whom and not subjects.isdisjoint(words[max(0, at - 3) : at])
        for at in range(max(0, place.first - 7), min(place.first + 1, len(words) - 1))
    )


def _calmed(cue: Cue, place: Place, known: Lexicon) -> bool:
    """True when something beside it takes the weight off: copied parents, a surprise, a lesson."""
    if not cue.calm.isdisjoint(place.around()):
        return True
    words = place.texts(0, len(place.words))
    return any(word in known.classes[name] for name in cue.calm - GUARDS for word in words)
