"""A tutor and a pupil: who they are, how much they write, and all that happened between them."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import evidence, pair_charts
from gateway.desk.filters import EPOCH, ID
from gateway.desk.parts import hidden_lanes, parts, viewer
from gateway.desk.work_page import keep_note
from gateway.domain.case import SEES_SEALED
from gateway.domain.pair import Circle
from gateway.domain.people import Person
from gateway.errors import NotFound

SHOWN = 50
WEEKS = 12
DECLARED = "declared at the desk"


def pair_blueprint() -> Blueprint:
    """The chronology of a pair, and the two forms on it."""
    pages = Blueprint("pair", __name__)

    @pages.get("/pairs/<pair_id>")
    def show(pair_id: str) -> ResponseReturnValue:
        person, now = viewer(), parts().clock()
        circle = visible_circle(pair_id, person)
        docket, ours = parts().docket, person.organisation_id
        before = _moment(request.args.get("before", ""))
        hidden = frozenset(str(lane) for lane in hidden_lanes(person))
        docket.pair_viewed(ours, pair_id, person.id, now)
        happened = docket.timeline(ours, pair_id, hidden, before, SHOWN)
        weeks = docket.weeks(ours, pair_id, now - timedelta(weeks=WEEKS), hidden)
        messages = [one for one in happened if one.kind == "message"]
        return render_template(
            "desk/pair.html",
            circle=circle,
            members=evidence.around(circle),
            named=person.role in SEES_SEALED,
            happened=happened,
            weeks=weeks,
            course=pair_charts.course(docket.course(ours, pair_id), _called_at(person), now),
            beside=_beside(circle, person, now, hidden),
            many_weeks=WEEKS,
            most=max((week.by_tutor + week.by_family for week in weeks), default=0),
            older=_written(messages[-1].at) if len(messages) == SHOWN else "",
            newest_shown=before is None,
            now=now,
        )

    @pages.post("/pairs/<pair_id>/notes")
    def add_note(pair_id: str) -> ResponseReturnValue:
        person = viewer()
        visible_circle(pair_id, person)
        keep_note(person, pair_id)
        return redirect(url_for("pair.show", pair_id=pair_id), 303)

    @pages.post("/pairs/<pair_id>/step-back")
    def step_back(pair_id: str) -> ResponseReturnValue:
        """Declare that one knows these people: nothing of theirs is shown to one again."""
        person = viewer()
        circle = visible_circle(pair_id, person)
        known = {str(one.role): one for one in (circle.tutor, circle.pupil)}.get(request.form.get("who", ""))
        if known is None:
            abort(400)
        parts().docket.keep_away(person.organisation_id, person.id, known.id, DECLARED, parts().clock())
        return redirect(url_for("queue.show"), 303)

    return pages


def _beside(circle: Circle, person: Person, now: datetime, hidden: frozenset[str]) -> pair_charts.Beside:
    """What this pair wrote beside what the tutor's others did, without those this person knows."""
    docket, directory, ours = parts().docket, parts().directory, person.organisation_id
    found = docket.traffic(ours, circle.pair.tutor_id, now - timedelta(weeks=WEEKS), hidden)
    apart = docket.kept_from(ours, person.id)
    if apart - {person.id}:  # only then is it worth asking who else is around each pair
        found = [one for one in found if not apart & set(directory.circle(one.pair_id).people)]
    pupils = {one.pair_id: directory.person(ours, one.pupil_id) for one in found}
    return pair_charts.beside(found, pupils, circle.pair.id)


def _called_at(person: Person) -> float:
    """The score of a course at which the policy has a case opened."""
    terms = parts().directory.policy_of(person.organisation_id).rules.get("pair_trajectory")
    return float(str(terms.parameters.get("act_at", 1.0))) if terms else 1.0


def visible_circle(pair_id: str, person: Person) -> Circle:
    """A circle this person may see. Raises NotFound, for a hidden one just as for none."""
    if not ID.fullmatch(pair_id):
        raise NotFound("There is no such pair.")
    circle = parts().directory.circle(pair_id)
    apart = parts().docket.kept_from(person.organisation_id, person.id)
    if circle.organisation.id != person.organisation_id or apart & set(circle.people):
        raise NotFound("There is no such pair.")
    return circle


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        abort(404)
    return EPOCH + timedelta(microseconds=int(said))


def _written(moment: datetime) -> str:
    return str((moment - EPOCH) // timedelta(microseconds=1))
