"""The guardian's page: what was delivered, how often, what they agreed to, what they told us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families import showing
from gateway.desk.families.callers import dress, for_role, moment_of, name_of_person, ours, page, say, written
from gateway.desk.parts import parts
from gateway.domain.correspondence import Letter, Volume
from gateway.domain.people import Person, Role
from gateway.domain.register import Fact, FactKind

PAGE = 25
WEEKS = 12
TALLEST = 90  # px of the tallest bar
IMAGE_KINDS = {FactKind.IMAGE_CONSENT: "given", FactKind.IMAGE_REFUSED: "refused"}
PURPOSES = ("lessons", "progress reports", "website")
LONGEST_PURPOSE = 60
NOT_YOURS = "For this child the local authority or the carer it named agrees. You can still refuse."


@dataclass(frozen=True, slots=True)
class Line:
    """A delivered message in the list."""

    letter: Letter
    subject: str = field(repr=False)
    sender: str = field(repr=False)
    pupil: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is on file about one purpose of a pupil's pictures. state: given, refused or "" for nothing."""

    purpose: str
    state: str
    since: date | None


def guardian_blueprint() -> Blueprint:
    """The pages under /family."""
    pages = Blueprint("family", __name__)
    dress(pages)

    @pages.get("/family")
    @for_role(Role.GUARDIAN)
    def show(guardian: Person) -> ResponseReturnValue:
        before = moment_of(request.args.get("before", ""))
        found = ours().correspondence.letters(guardian.organisation_id, guardian.id, before, PAGE + 1)
        lines = [_line(one) for one in found[:PAGE]]
        more = found[PAGE - 1].received_at.timestamp() if len(found) > PAGE else None
        return page("families/letters.html", lines=lines, more=more, pupils=_pupils(guardian))

    @pages.get("/family/messages/<message_id>")
    @for_role(Role.GUARDIAN)
    def message(guardian: Person, message_id: str) -> ResponseReturnValue:
        letter = ours().correspondence.letter(guardian.organisation_id, guardian.id, message_id)
        if _recording_is_over(letter):
            return page("families/recording_over.html", 410)
        return page(
            "families/letter.html",
            line=_line(letter),
            shown=showing.of_letter(letter),
            shortened=ours().correspondence.names_shortened(guardian.organisation_id, message_id),
        )

    @pages.get("/family/contact")
    @for_role(Role.GUARDIAN)
    def contact(guardian: Person) -> ResponseReturnValue:
        since = parts().clock() - timedelta(weeks=WEEKS)
        volume = ours().correspondence.volume
        charts = [
            (one, filled(volume(one.organisation_id, guardian.id, one.id, since), parts().clock().date()))
            for one in _pupils(guardian)
        ]
        return page("families/contact.html", charts=charts, tallest=TALLEST)

    @pages.get("/family/agreements")
    @for_role(Role.GUARDIAN)
    def agreements(guardian: Person) -> ResponseReturnValue:
        day = parts().clock().date()
        rows = [
            (one, image_agreements(ours().register.facts(one.organisation_id, one.id), day))
            for one in _pupils(guardian)
        ]
        return page("families/agreements.html", rows=rows, done=request.args.get("done", "")[:20])

    @pages.post("/family/agreements")
    @for_role(Role.GUARDIAN)
    def agree(guardian: Person) -> ResponseReturnValue:
        pupil = next((one for one in _pupils(guardian) if one.id == request.form.get("pupil")), None)
        purpose, choice = written("purpose", LONGEST_PURPOSE).lower(), request.form.get("choice")
        if pupil is None or not purpose or choice not in ("give", "refuse"):
            abort(400)
        if choice == "give" and not _may_consent(guardian, pupil):
            abort(403, say()(NOT_YOURS))
        kind = FactKind.IMAGE_CONSENT if choice == "give" else FactKind.IMAGE_REFUSED
        now = parts().clock()
        fact = Fact(kind, pupil.id, detail=purpose, since=now.date())
        # A refusal wins wherever it stands, so that a new consent has to end it.
        ours().register.add(guardian.organisation_id, fact, guardian.id, now, frozenset(IMAGE_KINDS))
        return redirect(url_for("family.agreements", done=choice), 303)

    @pages.get("/family/kept")
    @for_role(Role.GUARDIAN)
    def kept(guardian: Person) -> ResponseReturnValue:
        policy = parts().directory.policy_of(guardian.organisation_id)
        return page("families/kept.html", settings=policy.settings)

    return pages


def filled(found: Sequence[Volume], today: date) -> list[Volume]:
    """The last twelve weeks, oldest first, those of silence too."""
    monday = today - timedelta(days=today.weekday())
    by_week = {one.starts: one for one in found}
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [by_week.get(week, Volume(week)) for week in weeks]


def image_agreements(facts: Sequence[Fact], day: date) -> list[Agreement]:
    """What was last said about each purpose; what nobody spoke of is not agreed to."""
    theirs = (one for one in facts if one.detail or one.kind is FactKind.IMAGE_CONSENT)  # else the pupil's
    last = {one.detail: one for one in theirs if one.kind in IMAGE_KINDS and one.holds(day)}
    return [
        Agreement(
            one, IMAGE_KINDS[last[one].kind] if one in last else "", last[one].since if one in last else None
        )
        for one in dict.fromkeys((*PURPOSES, *last))
    ]


def _recording_is_over(letter: Letter) -> bool:
    """Whether it holds a recording that families could open long enough (retention_recordings)."""
    recordings = parts().directory.policy_of(letter.organisation_id).settings.get("retention_recordings")
    days = recordings.get("family_access_days") if isinstance(recordings, Mapping) else None
    if not isinstance(days, int) or parts().clock() <= letter.received_at + timedelta(days=days):
        return False
    return ours().correspondence.with_recording(letter.organisation_id, letter.message_id)


def _line(letter: Letter) -> Line:
    return Line(
        letter,
        showing.subject_of(letter),
        name_of_person(letter.organisation_id, letter.sender_id),
        name_of_person(letter.organisation_id, letter.pupil_id),
    )


def _may_consent(guardian: Person, pupil: Person) -> bool:
    """For a pupil who is looked after, whoever has delegated authority consents (clause DFT-17)."""
    return not _on_file(FactKind.LOOKED_AFTER, pupil) or _on_file(FactKind.COVERED, guardian)


def _on_file(kind: FactKind, person: Person) -> bool:
    day, facts = parts().clock().date(), ours().register.facts(person.organisation_id, person.id)
    return any(one.kind is kind and one.holds(day) for one in facts)


def _pupils(guardian: Person) -> list[Person]:
    ids = ours().correspondence.pupils_of(guardian.organisation_id, guardian.id)
    return [parts().directory.person(guardian.organisation_id, one) for one in ids]
