"""One case: the message with its marks, the evidence, the context, and the decision."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import decide_form, evidence, reasons
from gateway.desk.parts import hidden_lanes, parts, viewer
from gateway.domain.case import GRAVE, Action, Case, Decision, State, shown_to
from gateway.domain.claim import Note
from gateway.domain.people import Person
from gateway.domain.report import REPORT_RULE
from gateway.errors import Forbidden, NotFound, Stale
from gateway.ports import CaseFilter, Exhibit, Preview

CASE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
ORIGINAL, DELIVERED, NORMALISED = VIEWS = ("original", "delivered", "normalised")
OTHERS_SHOWN = 6
NOTES_SHOWN = 10


def visible_case(case_id: str, person: Person) -> Case:
    """A case this person may see. Raises NotFound, for a hidden one just as for none."""
    if not CASE_ID.fullmatch(case_id):
        raise NotFound("There is no such case.")
    case = _unhidden(parts().docket.case(person.organisation_id, case_id), person)
    apart = parts().docket.kept_from(person.organisation_id, person.id)
    # A report may be about no pair: then who must not see it is known where its reporter is.
    if case.pair_id and apart & set(parts().directory.circle(case.pair_id).people):
        raise NotFound("There is no such case.")
    return case


def case_blueprint() -> Blueprint:
    """The case page and its form."""
    pages = Blueprint("case", __name__)

    @pages.get("/cases/<case_id>")
    def show(case_id: str) -> ResponseReturnValue:
        if visible_case(case_id, viewer()).rule == REPORT_RULE:
            return redirect(url_for("reports.show", case_id=case_id), 303)
        view = request.args.get("view", ORIGINAL)
        if view not in VIEWS:
            abort(404)
        return _page(_laid_out(case_id, viewer()), view=view)

    @pages.post("/cases/<case_id>/decide")
    def decide(case_id: str) -> ResponseReturnValue:
        person = viewer()
        case = visible_case(case_id, person)
        filled = decide_form.read(request.form)
        if filled.version != case.version or case.state is State.CLOSED:
            return _stale(case, filled, person)
        try:
            return _answer(case, filled, person)
        except Stale as fault:
            return _stale(visible_case(case.id, person), filled, person, str(fault))

    return pages


def _laid_out(case_id: str, person: Person) -> Exhibit:
    """The exhibit; its being looked at goes into the record. Raises NotFound.

    Looked up twice, because the office records the view before we could hide a sealed case.
    """
    visible_case(case_id, person)
    exhibit = parts().office.lay_out(person.organisation_id, case_id, person)
    _unhidden(exhibit.case, person)
    return exhibit


def _unhidden(case: Case, person: Person) -> Case:
    if case.lane in hidden_lanes(person):
        raise NotFound("There is no such case.")
    return case


def _keep(case: Case, person: Person) -> None:
    """Whoever sends a form works on the case: the lease is renewed, if nobody else holds it."""
    parts().docket.claim(person.organisation_id, case.id, person.id, parts().clock())


def _decision(case: Case, filled: decide_form.Filled, findings: int, person: Person) -> Decision:
    ruled = parts().docket.verdict(person.organisation_id, case.message_id).ruled
    clauses = tuple(dict.fromkeys((case.clause, *(one.clause for one in ruled))))
    return decide_form.decision(filled, case.id, person.id, findings, clauses)


def _answer(case: Case, filled: decide_form.Filled, person: Person) -> ResponseReturnValue:
    """The form again with what is wrong, the preview of a redaction, or the queue once it is done.

    Raises Stale when the case changed, or somebody else works on it.
    """
    findings = len(parts().docket.findings(person.organisation_id, case.message_id))
    faults = decide_form.faults(filled, findings, case.severity in GRAVE)
    if faults or request.form.get("change"):
        _keep(case, person)
        return _page(_laid_out(case.id, person), filled, faults), 422 if faults else 200
    decision = _decision(case, filled, findings, person)
    if decision.action is Action.REDACT and not decision.preview:
        _keep(case, person)
        return _preview_page(case, filled, parts().office.preview(person.organisation_id, decision))
    parts().office.decide(person.organisation_id, decision)
    return redirect(url_for("queue.show", done=case.id), 303)


def _preview_page(case: Case, filled: decide_form.Filled, preview: Preview) -> str:
    """What everybody would get, before it is confirmed."""
    return render_template(
        "desk/preview.html",
        case=case,
        filled=filled,
        preview=preview,
        circle=parts().directory.circle(case.pair_id),
        now=parts().clock(),
    )


def _stale(case: Case, filled: decide_form.Filled, person: Person, because: str = "") -> ResponseReturnValue:
    """Tell what is different now; nothing of what was sent has been done."""
    made = parts().docket.decisions(case.organisation_id, case.id)
    since = [one for one in shown_to(person.id, case, made) if one[1].version >= filled.version]
    claim = parts().docket.claims(case.organisation_id, [case.id], parts().clock()).get(case.id)
    page = render_template(
        "desk/stale.html",
        case=case,
        decisions=since,
        differences=evidence.differences(filled.seen, case),
        claim=claim if claim and claim.person_id != person.id else None,
        filled=filled,
        because=because,
    )
    return page, 409


def _page(
    exhibit: Exhibit,
    filled: decide_form.Filled | None = None,
    faults: Mapping[str, str] | None = None,
    view: str = ORIGINAL,
) -> str:
    case, person, now = exhibit.case, viewer(), parts().clock()
    docket, ours = parts().docket, person.organisation_id
    policy = parts().directory.policy_of(ours)
    sections = evidence.sections(exhibit)
    return render_template(
        "desk/case.html",
        exhibit=exhibit,
        case=case,
        view=view,
        sections=sections,
        delivered=_delivered(case, person) if view == DELIVERED else None,
        plain_sections=evidence.normalised(exhibit) if view == NORMALISED else (),
        rows=evidence.rows(exhibit, sections),
        hits=docket.hit_verdicts(ours, case.message_id, person.id),
        reasons=evidence.reasons(exhibit, policy.clauses),
        members=evidence.members(exhibit, docket.copies(ours, case.message_id)),
        others=_others(case, person),
        notes=_notes(case, person),
        claim=docket.claims(ours, [case.id], now).get(case.id),
        waits_for_me=evidence.may_give_view(exhibit, person),
        clauses=evidence.clause_choices(exhibit),
        codes=reasons.CODES,
        grave=case.severity in GRAVE,
        say=filled.say if filled else evidence.wording(exhibit, policy),
        filled=filled,
        faults=faults or {},
        no_action=decide_form.NO_ACTION,
        now=now,
    )


def _delivered(case: Case, person: Person) -> Preview | str:
    """What a release would let leave, or why nothing would."""
    release = Decision(case.id, case.version, Action.RELEASE, person.id, reason="")
    try:
        return parts().office.preview(person.organisation_id, release)
    except Forbidden as fault:
        return str(fault)


def _others(case: Case, person: Person) -> list[Case]:
    """Other cases of this pair that wait."""
    hidden = frozenset(str(lane) for lane in hidden_lanes(person))
    which = CaseFilter(pair_id=case.pair_id, without_lanes=hidden)
    found = parts().docket.cases(person.organisation_id, which, parts().clock(), OTHERS_SHOWN + 1)
    return [one for one in found if one.id != case.id][:OTHERS_SHOWN]


def _notes(case: Case, person: Person) -> list[Note]:
    """Notes about this case and about the pair in general, newest last."""
    notes = parts().docket.notes(person.organisation_id, case.pair_id)
    return [one for one in notes if one.case_id in ("", case.id)][-NOTES_SHOWN:]
