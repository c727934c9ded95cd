"""The record: what happened, who looked at what, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Logbook, LogFilter, Proofs
from gateway.desk.access import stepped_up
from gateway.desk.filling import ID, LEADS, day_after, day_of, midnight, only
from gateway.desk.parts import parts
from gateway.domain.people import Role

SEE = LEADS | {Role.AUDITOR}

PAGE_SIZE = 50
FIELDS = ("kind", "actor", "subject", "since", "until")


def record_blueprint(
    logbook: Logbook, proofs: Proofs, whole: Callable[[str, str, datetime], Iterable[bytes]]
) -> Blueprint:
    """The pages of the record. whole: the record of an organisation as JSON Lines."""
    pages = Blueprint("record", __name__)

    @pages.get("/record")
    def show() -> ResponseReturnValue:
        person = only(SEE)
        which, asked = filter_of(request.args)
        before = request.args.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 16):
            abort(404)
        ours = person.organisation_id
        found = logbook.entries(ours, which, int(before) if before else None, PAGE_SIZE + 1)
        return render_template(
            "desk/record.html",
            entries=found[:PAGE_SIZE],
            more=found[PAGE_SIZE - 1].sequence if len(found) > PAGE_SIZE else None,
            kinds=logbook.kinds(ours),
            asked=asked,
            last=proofs.last(ours),
            public_key=proofs.public_key,
            checked=None,
        )

    @pages.post("/record/verify")
    def verify() -> ResponseReturnValue:
        person = only(SEE)
        count, flaw = proofs.verify(person.organisation_id)
        return render_template("desk/record_checked.html", count=count, flaw=flaw, now=parts().clock())

    @pages.post("/record/checkpoint")
    def checkpoint() -> ResponseReturnValue:
        person = only(SEE)
        proofs.checkpoint(person.organisation_id, parts().clock())
        return redirect(url_for("record.show"), 303)

    @pages.post("/record/export")
    @stepped_up("record.show")
    def export() -> ResponseReturnValue:
        person = only(SEE)
        made = whole(person.organisation_id, person.id, parts().clock())
        headers = {"Content-Disposition": 'attachment; filename="record.jsonl"'}
        return Response(made, mimetype="application/jsonl", headers=headers)

    @pages.get("/record/views/<message_id>")
    def views(message_id: str) -> ResponseReturnValue:
        person = only(SEE)
        if not ID.fullmatch(message_id):
            abort(404)
        found = logbook.views(person.organisation_id, message_id)
        return render_template("desk/record_views.html", views=found, message_id=message_id)

    return pages


def filter_of(arguments: Mapping[str, str]) -> tuple[LogFilter, dict[str, str]]:
    """What the address asks for, and the same as it was typed; what could never be is not found."""
    asked = {name: arguments.get(name, "").strip() for name in FIELDS}
    if any(not ID.fullmatch(asked[name]) for name in FIELDS[:3] if asked[name]):
        abort(404)
    days = {name: day_of(asked[name]) for name in FIELDS[3:]}
    if any(days[name] is None for name in FIELDS[3:] if asked[name]):
        abort(404)
    since, until = days["since"], days["until"]
    return LogFilter(
        asked["kind"],
        asked["actor"],
        asked["subject"],
        midnight(since) if since else None,
        midnight(day_after(until)) if until else None,
    ), asked
