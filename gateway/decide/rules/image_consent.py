"""A picture of a pupil or a family is passed on only with leave, and for what the leave was given for."""

from __future__ import annotations

from collections.abc import Mapping

from classifiers.finding import Layer
from gateway.decide.choices import score, table
from gateway.decide.purposes import KEPT, purposes
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms, route
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Hold, Note, Pass, Ruling

PICTURE, REUSE = "image_of_pupil", "image_reuse"
OURS = frozenset({Role.TUTOR, Role.STAFF})
COMPETENT_FROM = 13  # from when a pupil's own word is asked (Data Protection Act 2018, section 9)
READ = frozenset({Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.ATTACHMENT})

Facts = tuple[Fact, ...]


def image_consent(message: Message, terms: RuleTerms) -> Ruling:
    """Ask the register for consent before a pupil's picture goes on; a picture with consent is noted.

    A refusal on file wins. Setting image_consent: guardian_written, a guardian's consent is on file,
    else its lack is noted; reason, the consent says what it is for; purpose_bound, that is what the
    message says the picture is for; pupil_if_competent, from thirteen the pupil's own consent too.
    Parameter: act_at.
    """
    if message.sender_role not in OURS:
        return Pass()
    least = score(terms, "act_at", 0.5)
    seen = tuple(f for f in message.findings if f.category in (PICTURE, REUSE) and f.score >= least)
    if not seen:
        return Pass()
    asked = table(terms, "image_consent")
    given = _on_file(message, FactKind.IMAGE_CONSENT)
    if asked.get("reason"):
        given = tuple(one for one in given if one.detail)
    reuse = any(f.category == REUSE for f in seen)
    if because := _against(message, given, asked, reuse=reuse):
        return Hold(terms.lane, terms.severity, because, seen)
    how = "with consent" if given else "without a consent on file"
    return Note(route(terms.settings, "safeguarding"), f"a picture of a pupil was passed on {how}", seen)


def _against(message: Message, given: Facts, asked: Mapping[str, object], *, reuse: bool) -> str:
    """What speaks against passing the picture on, "" for nothing."""
    bound = asked.get("purpose_bound", True)
    text = "\n".join(one.text for one in message.reading.passages if one.layer in READ).casefold()
    meant = purposes(text)
    if _refused(_on_file(message, FactKind.IMAGE_REFUSED), meant if bound else frozenset(), text):
        return "a picture, and consent was refused"
    if not given and asked.get("guardian_written", True):
        return "a picture, and no consent is on file"
    if bound and (given or reuse) and not _covered(given, meant, text, reuse=reuse):
        return "a picture for another purpose than agreed"
    if asked.get("pupil_if_competent") and not _own_word(message):
        return "a picture, and the pupil's own consent is not on file"
    return ""


def _on_file(message: Message, kind: FactKind) -> Facts:
    return message.circle.on_file(kind, message.day, person_id=message.circle.pair.pupil_id)


def _refused(refusals: Facts, meant: frozenset[str], text: str) -> bool:
    """Whether a refusal is about this use; where nobody can tell what is meant, every one is."""
    return any(
        not meant or not one.detail or one.detail in text or purposes(one.detail) & meant for one in refusals
    )


def _covered(given: Facts, meant: frozenset[str], text: str, *, reuse: bool) -> bool:
    """Whether the consents are for what is meant; one that names no purpose publishes nothing.

    What no word of ours stands for counts where the message names it as the consent does.
    """
    if not meant:
        return any(one.detail and one.detail in text for one in given) or (bool(given) and not reuse)
    for_these = frozenset(name for one in given for name in (purposes(one.detail) if one.detail else KEPT))
    return meant <= for_these


def _own_word(message: Message) -> bool:
    """Whether the pupil agreed, or is too young to be asked; somebody whose age nobody knows is asked."""
    age = message.circle.pupil.age(message.day)
    return (age is not None and age < COMPETENT_FROM) or bool(_on_file(message, FactKind.IMAGE_ASSENT))
