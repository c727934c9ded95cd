"""The detector of contact details: passages and a scene in, findings out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from classifiers.contact.aloud import aloud
from classifiers.contact.bypass import bypasses
from classifiers.contact.ciphers import ciphered
from classifiers.contact.decoders import hidden_texts
from classifiers.contact.described import described
from classifiers.contact.dwelling import dwellings
from classifiers.contact.exhibit import CAP, narrated, set_as_exercise, shown_for_study
from classifiers.contact.gapped import gapped
from classifiers.contact.handle import handles
from classifiers.contact.hits import HOLD, Hit, apart_from, merge
from classifiers.contact.intent import intents
from classifiers.contact.link import links
from classifiers.contact.mailbox import mailboxes
from classifiers.contact.payment import payments
from classifiers.contact.phone import phones
from classifiers.contact.place import places
from classifiers.contact.polarity import reported
from classifiers.contact.proposal import proposals
from classifiers.contact.protected import Protected, allowed_with_helplines, helplines, standing
from classifiers.contact.recipe import recipes
from classifiers.contact.rekeyed import rekeyed
from classifiers.contact.rooms import rooms
from classifiers.contact.seams import SHORT_CHARS, pieced_together
from classifiers.contact.stream import Stream, read
from classifiers.contact.tokens import MOST_TOKENS, Tokens, tokenise
from classifiers.contact.words import lexicon
from classifiers.finding import Finding, Kind, KnownName, Layer, Passage, Scene, Stance
from classifiers.normalise.escapes import unescape
from classifiers.normalise.view import View, normalise

_NOT_SAID = frozenset((Layer.LINK, Layer.FILENAME, Layer.ATTACHMENT))
_FAMILY, _TOLD_BY_FAMILY = frozenset(("pupil", "guardian")), 0.3
_SCHEMES = frozenset(("tel", "mailto", "sms", "callto", "facetime", "whatsapp"))
_NAME_CHARS = 60
"""So few characters are a display name, a subject, the name of a file; too few for too many words."""
BY_RULE = "written backwards or by a key"
_STUDIED = frozenset(("phone", "postcode", "address", "payment"))
_NARRATED = frozenset(("intent", "link", "email"))
_ONE_WAY = frozenset((Layer.TEXT, Layer.HTML))


class ContactDetails:
    """Finds every way to meet outside the gateway. Pure, and linear in the length of the text."""

    name = "contact"
    version = "1"

    def __init__(self) -> None:
        lexicon()
        helplines()

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return what was found, spans in source offsets."""
        protected = allowed_with_helplines(scene.allowed) if scene.allowed else helplines()
        names = _names(scene.names)
        found: list[Finding] = []
        read_before: dict[tuple[str, bool, bool], Sequence[Hit]] = {}
        for passage in passages:
            # The plain and the HTML part often say the same, letter for letter.
            same = passage.text, passage.layer in _NOT_SAID, passage.layer in _ONE_WAY
            if (hits := read_before.get(same)) is None:
                hits = read_before[same] = self._hits(passage, scene, protected, names)
            found += [self._finding(passage, one, scene.sender_role) for one in hits]
        return found

    def _hits(
        self, passage: Passage, scene: Scene, protected: Protected, names: frozenset[str]
    ) -> Sequence[Hit]:
        said = passage.layer not in _NOT_SAID
        if len(passage.text) <= _NAME_CHARS and not (scene.prior and passage.layer in _ONE_WAY):
            return _of_name(passage.text, protected, names, said)
        view = unescape(normalise(passage.text))
        hits, unread = read_all(view, protected, names, said=said)
        if scene.prior and passage.layer in _ONE_WAY and len(view.text) <= SHORT_CHARS:
            alone = {(one.category, one.value) for one in hits if one.score >= HOLD}
            together = pieced_together(
                view, scene.prior, lambda one, seams: read_all(one, protected, names, seams=seams)[0]
            )
            # What stands whole in this message was not split, whatever was said before it.
            hits += [one for one in together if (one.category, one.value) not in alone]
        hits = merge(hits)
        if unread is not None:
            hits.append(
                Hit(
                    "intent",
                    *view.span(unread, len(view.text)),
                    HOLD + 0.1,
                    evidence=("too many words to read",),
                )
            )
        return hits

    def _finding(self, passage: Passage, one: Hit, role: str) -> Finding:
        start, end = passage.source_span(one.start, one.end)
        hidden = passage.layer is Layer.HIDDEN
        if one.stance is Stance.REPORT and role in _FAMILY:
            one = replace(one, score=min(one.score, _TOLD_BY_FAMILY))
        return Finding(
            kind=Kind.CONTACT,
            category=one.category,
            layer=passage.layer,
            start=start,
            end=end,
            score=min(0.99, one.score + 0.1) if hidden and one.score >= HOLD else one.score,
            part=passage.part,
            value=one.value,
            stance=one.stance,
            evasive=one.evasive or hidden,
            evidence=one.evidence,
            detector=self.name,
            version=self.version,
        )


@lru_cache(maxsize=1024)
def _of_name(text: str, protected: Protected, names: frozenset[str], said: bool) -> tuple[Hit, ...]:
    """The hits of a text as short as a name or a subject: the same come with mail after mail."""
    hits, _ = read_all(unescape(normalise(text)), protected, names, said=said)
    return tuple(merge(hits))


def read_all(
    view: View,
    protected: Protected,
    names: frozenset[str],
    *,
    said: bool = True,
    seams: Collection[int] = (),
) -> tuple[list[Hit], int | None]:
    """The hits of a view in all its readings, in source offsets, and where reading broke off.

    said: it is somebody's words, not a link or a file name. seams: where messages meet.
    """
    view = _without_addresses(view, protected)
    tokens = tokenise(view)
    stream = read(view, tokens)
    found = [_in_source(view, one) for one in accept(stream, protected, names, said=said)]
    for hidden in hidden_texts(view):
        found += [
            _in_source(view, one)
            for one in hidden.told_of(accept(read(normalise(hidden.text)), protected, names))
        ]
    if said:
        for other, how in _other_readings(view, tokens, seams):
            hits = accept(read(other), protected, names, study=how != BY_RULE)
            found += [
                replace(_in_source(other, one), evasive=True, evidence=(*one.evidence, how))
                for one in hits
                if one.score >= HOLD and other.put_together(one.start, one.end)
            ]
    return found, stream.tokens.ends[-1] if len(stream.tokens.words) >= MOST_TOKENS else None


def _without_addresses(view: View, protected: Protected) -> View:
    """The view with blanks for the addresses that may stand: what an alias is made of looks like many things."""
    if "@" not in view.text or not (spans := standing(view.text, protected.addresses)):
        return view
    text = view.text
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return replace(view, text=text)


def _other_readings(view: View, tokens: Tokens, seams: Collection[int]) -> Iterator[tuple[View, str]]:
    spelt = aloud(view, tokens, seams)
    if spelt is not None:
        yield spelt, "spelt out or taken apart"
    for other in rekeyed(view, tokens):
        yield other, BY_RULE
        again = aloud(other, tokenise(other))
        if again is not None:
            yield again, BY_RULE
    for other in ciphered(view, tokens):
        yield other, BY_RULE
        again = aloud(other, tokenise(other))
        if again is not None:
            yield again, BY_RULE


def accept(
    stream: Stream, protected: Protected, names: frozenset[str], *, said: bool = True, study: bool = True
) -> list[Hit]:
    """What all acceptors make of one stream.

    said: it is somebody's words, not a link or a file name. study: values may be there to be studied.
    """
    hits = phones(stream, protected)
    hits += apart_from(hits, gapped(stream))
    hits += mailboxes(stream, protected)
    hits += links(stream, protected, names)
    hits += rooms(stream)
    hits += payments(stream)
    homes = places(stream)
    hits += homes + apart_from(homes, dwellings(stream))
    hits += described(stream)
    hits += recipes(stream)
    hits += handles(stream, names, said=said)
    hits += intents(stream)
    hits += bypasses(stream)
    hits += proposals(stream)
    if said:
        hits = [
            _told_of(stream, one) for one in hits if ">" not in stream.view.text or not _answered(stream, one)
        ]
    hits = [_with_scheme(stream, one) for one in hits]
    return [_in_context(stream, one) for one in hits] if said and study else hits


def _told_of(stream: Stream, one: Hit) -> Hit:
    """A number or address that somebody else used is for a person to look at, not a refusal."""
    if one.category not in ("phone", "email") or one.score < HOLD:
        return one
    first = stream.tokens.index_at(one.start)
    if not reported(stream, first, stream.tokens.index_at(one.end) - 1):
        return one
    return replace(one, score=min(one.score, 0.55), stance=Stance.REPORT)


def _in_context(stream: Stream, one: Hit) -> Hit:
    """A hit that is only shown for study weighs too little to stop anything."""
    if (
        one.score < HOLD
        or one.category not in _STUDIED | _NARRATED
        or (one.evasive and one.category == "payment")
    ):
        return one
    first, beyond = stream.tokens.index_at(one.start), stream.tokens.index_at(one.end)
    if one.category in _NARRATED:
        shown = narrated(stream, first, beyond - 1, sentence=one.category == "intent")
        shown = shown or (one.category == "intent" and set_as_exercise(stream, first))
    else:
        shown = shown_for_study(stream, first, beyond - 1, a_place=one.category in ("postcode", "address"))
    if not shown:
        return one
    return replace(one, score=CAP, evidence=(*one.evidence, "shown for study"))


def _with_scheme(stream: Stream, one: Hit) -> Hit:
    """A number or address together with the "tel:" or "mailto:" before it."""
    if (
        one.category not in ("phone", "email")
        or ":" not in stream.view.text[max(0, one.start - 8) : one.start]
    ):
        return one
    tokens, first = stream.tokens, stream.tokens.index_at(one.start)
    if first < 2 or tokens.words[first - 1] != ":" or tokens.words[first - 2] not in _SCHEMES:
        return one
    return replace(one, start=tokens.starts[first - 2])


def _answered(stream: Stream, one: Hit) -> bool:
    """Whether a sentence stands in a line that a reply quotes: somebody else asked, as "wrote:" above says."""
    text = stream.view.text
    line = text.rfind("\n", 0, one.start) + 1
    return one.category == "intent" and text[line : line + 1] == ">" and "wrote:" in text[:line]


def _in_source(view: View, one: Hit) -> Hit:
    """A hit with its span in the passage's text instead of the view."""
    start, end = view.span(one.start, one.end)
    return Hit(one.category, start, end, one.score, one.value, one.stance, one.evasive, one.evidence)


@lru_cache(maxsize=256)
def _names(people: tuple[KnownName, ...]) -> frozenset[str]:
    """The words of all names the directory knows here, folded."""
    words: set[str] = set()
    for known in people:
        for name in (known.given, known.family, *known.nicknames):
            words.update(normalise(name).text.split())
    return frozenset(words)
