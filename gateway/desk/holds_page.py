"""Legal holds, and what the retention erased or kept."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Holds, Retention
from gateway.desk.filling import LONGEST, NOT_OURS, an_id, only, written
from gateway.desk.parts import parts
from gateway.domain.hold import HoldKind
from gateway.domain.people import Person
from gateway.errors import NotFound, Stale

SHORTEST = 3


def holds_blueprint(holds: Holds, retention: Retention) -> Blueprint:
    """The page of holds and its forms."""
    pages = Blueprint("holds", __name__)

    @pages.get("/holds")
    def show() -> ResponseReturnValue:
        return _page(holds, retention, only(), {})

    @pages.post("/holds")
    def place() -> ResponseReturnValue:
        person, kind, reason = only(), request.form.get("kind", ""), written("reason")
        if kind not in set(HoldKind):
            abort(400, NOT_OURS)
        faults = {} if SHORTEST <= len(reason) <= LONGEST else {"reason": "Say why, in a few words."}
        if not faults:
            faults = _placed(holds, person, HoldKind(kind), written("subject", 200), reason)
        if faults:
            return _page(holds, retention, person, faults), 422
        return redirect(url_for("holds.show"), 303)

    @pages.post("/holds/<hold_id>/release")
    def release(hold_id: str) -> ResponseReturnValue:
        person, reason = only(), written("reason")
        if not SHORTEST <= len(reason) <= LONGEST:
            return _page(holds, retention, person, {hold_id: "Say why it may go."}), 422
        holds.release(person.organisation_id, an_id(hold_id), reason, person.id, parts().clock())
        return redirect(url_for("holds.show"), 303)

    return pages


def _placed(holds: Holds, person: Person, kind: HoldKind, subject: str, reason: str) -> dict[str, str]:
    """Place a hold; what must be mended when that cannot be."""
    try:
        wanted = an_id(subject.rstrip("/").rpartition("/")[2])
        holds.place(person.organisation_id, kind, wanted, reason, person.id, parts().clock())
    except NotFound:
        return {"subject": "There is nothing of that kind with that id."}
    except Stale:
        return {"subject": "There is a hold on this already."}
    return {}


def _page(holds: Holds, retention: Retention, person: Person, faults: dict[str, str]) -> str:
    policy = parts().directory.policy_of(person.organisation_id)
    every = holds.holds(person.organisation_id, released_too=True)
    return render_template(
        "desk/holds.html",
        live=[one for one in every if one.released_at is None],
        over=[one for one in every if one.released_at is not None],
        runs=retention.runs(person.organisation_id),
        days=policy.settings.get("retention_messages_days"),
        kinds={
            HoldKind.PAIR: "a tutor with a pupil",
            HoldKind.MATTER: "a case file",
            HoldKind.MESSAGE: "a message",
        },
        faults=faults,
    )
