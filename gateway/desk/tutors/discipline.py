"""The desk's page of a tutor's strikes: to give one, to decide an appeal, to take one back."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import ours, written
from gateway.desk.parts import parts, viewer
from gateway.domain.people import Person, Role
from gateway.domain.policy import Policy
from gateway.domain.strike import proposed

SHORTEST = 3
STEPS = ("guidance", "restricted", "suspended", "closed")  # where a pack has no ladder
USUAL = timedelta(days=365)
REASON = "Say why, in a few words: the tutor reads it."
STEP = "Choose a step and a clause of your policy, and a day that has not passed."


def discipline_blueprint() -> Blueprint:
    """The pages under /tutors."""
    pages = Blueprint("discipline", __name__)

    @pages.get("/tutors/<tutor_id>/strikes")
    def show(tutor_id: str) -> ResponseReturnValue:
        return _page(tutor_id)

    @pages.post("/tutors/<tutor_id>/strikes")
    def give(tutor_id: str) -> ResponseReturnValue:
        tutor, policy, now = _tutor(tutor_id), _policy(), parts().clock()
        step, clause, reason = request.form.get("step", ""), request.form.get("clause", ""), written("reason")
        expires_at = _end_of(request.form.get("until", ""))
        if step not in ladder(policy) or clause not in policy.clauses or expires_at <= now:
            return _page(tutor_id, STEP)
        if len(reason) < SHORTEST:
            return _page(tutor_id, REASON)
        ours().strikes.give(viewer(), tutor.id, step, clause, reason, now, expires_at)
        return redirect(url_for("discipline.show", tutor_id=tutor_id), 303)

    @pages.post("/tutors/<tutor_id>/strikes/<strike_id>/decide")
    def decide(tutor_id: str, strike_id: str) -> ResponseReturnValue:
        choice, reason = request.form.get("choice"), written("reason")
        if choice not in ("uphold", "reverse"):
            abort(400)
        if len(reason) < SHORTEST:
            return _page(tutor_id, REASON)
        ours().strikes.decide(viewer(), strike_id, choice == "uphold", reason, parts().clock())
        return redirect(url_for("discipline.show", tutor_id=tutor_id), 303)

    @pages.post("/tutors/<tutor_id>/strikes/<strike_id>/reverse")
    def reverse(tutor_id: str, strike_id: str) -> ResponseReturnValue:
        reason = written("reason")
        if len(reason) < SHORTEST:
            return _page(tutor_id, REASON)
        ours().strikes.reverse(viewer(), strike_id, reason, parts().clock())
        return redirect(url_for("discipline.show", tutor_id=tutor_id), 303)

    return pages


def ladder(policy: Policy) -> tuple[str, ...]:
    """The steps of consequence, mildest first."""
    return policy.ladder or STEPS


def _page(tutor_id: str, fault: str = "") -> ResponseReturnValue:
    tutor, policy, now = _tutor(tutor_id), _policy(), parts().clock()
    strikes = ours().strikes.of_tutor(tutor.organisation_id, tutor.id)
    page = render_template(
        "tutors/discipline.html",
        tutor=tutor,
        strikes=strikes,
        proposed=proposed(ladder(policy), (one.step for one in strikes if one.stands(now))),
        steps=ladder(policy),
        clauses=policy.clauses,
        until=(now + USUAL).date(),
        now=now,
        fault=fault,
    )
    return page, 422 if fault else 200


def _tutor(tutor_id: str) -> Person:
    tutor = parts().directory.person(viewer().organisation_id, tutor_id)
    if tutor.role is not Role.TUTOR:
        abort(404)
    return tutor


def _policy() -> Policy:
    return parts().directory.policy_of(viewer().organisation_id)


def _end_of(day: str) -> datetime:
    """The last moment of a day as a form sends it; long past for nonsense."""
    try:
        return datetime.combine(datetime.strptime(day, "%Y-%m-%d").date(), time.max, UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
