"""Samples: messages that passed, looked at again so that we know what we miss."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Samples
from gateway.desk.filling import EVERYBODY, NOT_OURS, an_id, only
from gateway.desk.parts import parts

VERDICTS = frozenset({"fine", "missed"})


def samples_blueprint(samples: Samples) -> Blueprint:
    """The samples that wait, and one of them."""
    pages = Blueprint("samples", __name__)

    @pages.get("/samples")
    def show_all() -> ResponseReturnValue:
        person = only(EVERYBODY)
        waiting = samples.samples(person.organisation_id, waiting=True)
        judged = samples.samples(person.organisation_id, waiting=False, limit=20)
        return render_template("desk/samples.html", waiting=waiting, judged=judged)

    # A form, not a link: that somebody looked is written down, and a link must change nothing.
    @pages.post("/samples/<message_id>/open")
    def show(message_id: str) -> ResponseReturnValue:
        person = only(EVERYBODY)
        one = samples.sample(person.organisation_id, an_id(message_id))
        reading = samples.show(person.organisation_id, one.message_id, person.id, parts().clock())
        return render_template("desk/sample.html", sample=one, reading=reading)

    @pages.post("/samples/<message_id>")
    def judge(message_id: str) -> ResponseReturnValue:
        person, verdict = only(EVERYBODY), request.form.get("verdict", "")
        if verdict not in VERDICTS:
            abort(400, NOT_OURS)
        samples.judge(person.organisation_id, an_id(message_id), verdict, person.id, parts().clock())
        return redirect(url_for("samples.show_all"), 303)

    return pages
