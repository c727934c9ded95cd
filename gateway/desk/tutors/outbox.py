"""The tutor's outbox: where each message stands, what to change, and what can be done about it.

A message that is held looks the same for whatever it is held: the word, the expected time and what
is offered depend on the state alone. Only contact details and names that the gateway itself sent
back are shown and explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.decide.resubmitted import disguised
from gateway.desk import marks, words
from gateway.desk.families.callers import dress, for_role, moment_of, name_of_person, ours, page, say, written
from gateway.desk.families.telling import SHORTEST, TELL_US, slow_down
from gateway.desk.parts import parts
from gateway.desk.tutors.rewriting import rewritten
from gateway.domain.correspondence import Sending
from gateway.domain.message import Reading
from gateway.domain.people import Person, Role
from gateway.domain.policy import Clause
from gateway.domain.report import REVIEW, WORDS
from gateway.errors import Stale

PAGE = 25
LONGEST_TEXT, LONGEST_SUBJECT = 50_000, 250
STATES = {
    "sent": "Sent",
    "on_its_way": "On its way",
    "checking": "Being checked",
    "needs_a_change": "Needs a change",
    "returned": "Returned",
    "withdrawn": "Withdrawn",
}
SHOWN = {Layer.SUBJECT: "Subject", Layer.TEXT: "Your text", Layer.HTML: "Your text", Layer.LINK: "Link"}
MAY_BE_TOLD = frozenset({Kind.CONTACT, Kind.NAME, Kind.MATTER})
NOBODY = "The people you wrote to can no longer be reached here. Please ask the office."


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one's own message, with marks on what has to change."""

    title: str
    segments: tuple[marks.Segment, ...] = field(repr=False)


def outbox_blueprint() -> Blueprint:
    """The pages under /tutor, but for strikes."""
    pages = Blueprint("tutor", __name__)
    dress(pages)

    @pages.get("/tutor")
    @for_role(Role.TUTOR)
    def show(tutor: Person) -> ResponseReturnValue:
        before = moment_of(request.args.get("before", ""))
        found = ours().sendings.sendings(tutor.organisation_id, tutor.id, before, PAGE + 1)
        more = found[PAGE - 1].received_at.timestamp() if len(found) > PAGE else None
        rows = [(one, name_of_person(tutor.organisation_id, one.pupil_id)) for one in found[:PAGE]]
        return page("tutors/outbox.html", rows=rows, more=more, states=STATES)

    @pages.get("/tutor/messages/<message_id>")
    @for_role(Role.TUTOR)
    def message(tutor: Person, message_id: str) -> ResponseReturnValue:
        return _message(tutor, _own(tutor, message_id))

    @pages.post("/tutor/messages/<message_id>/rewrite")
    @for_role(Role.TUTOR)
    def rewrite(tutor: Person, message_id: str) -> ResponseReturnValue:
        sending = _own(tutor, message_id)
        if not sending.can_rewrite:
            raise Stale("It was written anew already.")
        subject, text = written("subject", LONGEST_SUBJECT), written("text", LONGEST_TEXT)
        if len(text) < SHORTEST:
            return _message(tutor, sending, say()(TELL_US), (subject, text))
        return _sent_anew(tutor, sending, subject, text)

    @pages.post("/tutor/messages/<message_id>/withdraw")
    @for_role(Role.TUTOR)
    def withdraw(tutor: Person, message_id: str) -> ResponseReturnValue:
        ours().sendings.withdraw(tutor.organisation_id, tutor.id, message_id, parts().clock())
        return redirect(url_for("tutor.message", message_id=message_id), 303)

    @pages.post("/tutor/messages/<message_id>/answer")
    @for_role(Role.TUTOR)
    def answer(tutor: Person, message_id: str) -> ResponseReturnValue:
        sending, words_said = _own(tutor, message_id), written(WORDS)
        if len(words_said) < SHORTEST:
            return _message(tutor, sending, say()(TELL_US))
        slow_down(f"{tutor.organisation_id}/{tutor.id}")
        ours().sendings.answer(tutor.organisation_id, tutor.id, message_id, words_said, parts().clock())
        return redirect(url_for("tutor.message", message_id=message_id), 303)

    @pages.post("/tutor/messages/<message_id>/review")
    @for_role(Role.TUTOR)
    def review(tutor: Person, message_id: str) -> ResponseReturnValue:
        sending, why = _own(tutor, message_id), written(WORDS)
        if not sending.can_appeal:
            raise Stale("A review was asked for already.")
        if len(why) < SHORTEST:
            return _message(tutor, sending, say()(TELL_US))
        slow_down(f"{tutor.organisation_id}/{tutor.id}")
        ours().reports.file(tutor, REVIEW, {WORDS: why}, parts().clock(), message_id, sending.pupil_id)
        return redirect(url_for("tutor.message", message_id=message_id), 303)

    return pages


def _sent_anew(tutor: Person, sending: Sending, subject: str, text: str) -> ResponseReturnValue:
    """Send the new message on its way as the tutor's mail program would; the first attempt is kept."""
    organisation_id, now = tutor.organisation_id, parts().clock()
    circle = parts().directory.circle(sending.pair_id)
    old = parts().docket.arrival(organisation_id, sending.message_id).envelope
    try:
        arrival = rewritten(old, circle, subject, text, now)
    except ValueError:
        return _message(tutor, sending, say()(NOBODY), (subject, text))
    receipt = ours().take(arrival)
    before = parts().docket.findings(organisation_id, sending.message_id)
    after = parts().docket.findings(organisation_id, receipt.message_id)
    ours().sendings.superseded(
        organisation_id, tutor.id, sending.message_id, receipt.message_id, disguised(before, after), now
    )
    return redirect(url_for("tutor.message", message_id=receipt.message_id), 303)


def _message(
    tutor: Person, sending: Sending, fault: str = "", typed: tuple[str, str] | None = None
) -> ResponseReturnValue:
    organisation_id = tutor.organisation_id
    reading = ours().read(parts().docket.arrival(organisation_id, sending.message_id))
    clause_id, numbers = ours().sendings.explained(organisation_id, tutor.id, sending.message_id)
    findings = parts().docket.findings(organisation_id, sending.message_id) if numbers else ()
    told = [(n, f) for n, f in enumerate(findings, 1) if n in numbers and f.kind in MAY_BE_TOLD]
    return page(
        "tutors/message.html",
        422 if fault else 200,
        sending=sending,
        pupil=name_of_person(organisation_id, sending.pupil_id),
        states=STATES,
        pieces=_pieces(reading, told),
        kinds=tuple(dict.fromkeys(words.category(f) for _, f in told)),
        clause=_clause(organisation_id, clause_id),
        typed=typed or (reading.subject, own_words(reading)),
        fault=fault,
        words_field=WORDS,
    )


def own_words(reading: Reading) -> str:
    """The text of a message without what it quotes."""
    texts = [p.text for layer in (Layer.TEXT, Layer.HTML) for p in reading.passages if p.layer is layer]
    return next((text.strip() for text in texts if text.strip()), "")


def _pieces(reading: Reading, told: Sequence[tuple[int, Finding]]) -> list[Piece]:
    order = list(SHOWN)
    passages = sorted((p for p in reading.passages if _shows(p, told)), key=lambda p: order.index(p.layer))
    return [Piece(SHOWN[p.layer], marks.abridged(marks.segments(p, told))) for p in passages]


def _shows(passage: Passage, told: Sequence[tuple[int, Finding]]) -> bool:
    """What one wrote, in text; the HTML that says it again, and links, where something in them is marked."""
    if passage.layer in (Layer.SUBJECT, Layer.TEXT):
        return bool(passage.text.strip())
    marked = any(marks.span_in(passage, finding) != (0, 0) for _, finding in told)
    return passage.layer in SHOWN and marked


def _clause(organisation_id: str, clause_id: str) -> Clause | None:
    return parts().directory.policy_of(organisation_id).clauses.get(clause_id)


def _own(tutor: Person, message_id: str) -> Sending:
    return ours().sendings.sending(tutor.organisation_id, tutor.id, message_id)
