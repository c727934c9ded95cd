"""Case files: the list, and one of them with what is linked, written down and concluded."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Export, Matters
from gateway.desk.filing_page import add_filing
from gateway.desk.filling import LONGEST, NOT_OURS, an_id, day_of, number, only, written
from gateway.desk.parts import parts
from gateway.desk.referral_page import add_referral
from gateway.desk.tie_words import Tied, tied_in_words
from gateway.domain.matter import Ending, Filed, Matter, MatterState, Tie, TieKind
from gateway.domain.message import new_id
from gateway.domain.people import Person, Role
from gateway.domain.records import NOTE, forms_of
from gateway.errors import NotFound

LONGEST_TITLE = 160
SHORTEST = 3


def visible_matter(matters: Matters, matter_id: str, person: Person) -> Matter:
    """A case file this person may see. Raises NotFound, for a hidden one just as for none.

    A sealed one is the safeguarding lead's; none is shown to whom it is about (DFT-22).
    """
    found = matters.matter(person.organisation_id, an_id(matter_id))
    if not _may_see(found, person) or found.id in matters.about_somebody(person.organisation_id, person.id):
        raise NotFound("There is no such case file.")
    return found


def matter_blueprint(matters: Matters, export: Export) -> Blueprint:
    """The pages of case files."""
    pages = Blueprint("files", __name__)

    @pages.get("/files")
    def show_all() -> ResponseReturnValue:
        return _list(matters, only())

    @pages.post("/files")
    def open_file() -> ResponseReturnValue:
        person, title = only(), written("title", LONGEST_TITLE)
        if not SHORTEST <= len(title) <= LONGEST_TITLE:
            fault = f"Say in {SHORTEST} to {LONGEST_TITLE} characters what it is about."
            return _list(matters, person, {"title": fault}), 422
        sealed = "sealed" in request.form and person.role is Role.SAFEGUARDING_LEAD
        made = matters.open(person.organisation_id, title, sealed, person.id, parts().clock())
        case_id = request.form.get("case", "")
        if case_id:
            _tie(matters, made.id, TieKind.CASE, case_id, person)
        return redirect(url_for("files.show", matter_id=made.id), 303)

    @pages.get("/files/<matter_id>")
    def show(matter_id: str) -> ResponseReturnValue:
        return _page(matters, matter_id, only())

    @pages.post("/files/<matter_id>/tie")
    def tie(matter_id: str) -> ResponseReturnValue:
        person = only()
        visible_matter(matters, matter_id, person)
        kind = request.form.get("kind", "")
        if kind not in set(TieKind):
            abort(400, NOT_OURS)
        try:
            _tie(matters, matter_id, TieKind(kind), written("subject", 200), person)
        except NotFound:
            fault = f"There is no {kind} with that id. Copy it from the address of its page."
            return _page(matters, matter_id, person, {"subject": fault}), 422
        return redirect(url_for("files.show", matter_id=matter_id), 303)

    @pages.post("/files/<matter_id>/note")
    def note(matter_id: str) -> ResponseReturnValue:
        person, words = only(), written("note")
        visible_matter(matters, matter_id, person)
        if not SHORTEST <= len(words) <= LONGEST:
            fault = f"Write between {SHORTEST} and {LONGEST} characters."
            return _page(matters, matter_id, person, {"note": fault}), 422
        now = parts().clock()
        one = Filed(
            new_id(now), person.organisation_id, matter_id, NOTE, "", "", person.id, now, {"note": words}
        )
        matters.file(one)
        return redirect(url_for("files.show", matter_id=matter_id, _anchor="written"), 303)

    @pages.post("/files/<matter_id>/close")
    def close(matter_id: str) -> ResponseReturnValue:
        person = only()
        visible_matter(matters, matter_id, person)
        outcome, heard = written("outcome"), written("heard")
        faults = {}
        if not SHORTEST <= len(outcome) <= LONGEST:
            faults["outcome"] = "Say how it ended; a case file cannot be closed without (MTW-19)."
        if not SHORTEST <= len(heard) <= LONGEST:
            faults["heard"] = "Say who was heard, or why somebody was not."
        if faults:
            return _page(matters, matter_id, person, faults), 422
        ending, version = Ending(outcome, heard, person.id), number("version", 1, 10**8)
        matters.close(person.organisation_id, matter_id, version, ending, parts().clock())
        return redirect(url_for("files.show", matter_id=matter_id), 303)

    @pages.post("/files/<matter_id>/reopen")
    def reopen(matter_id: str) -> ResponseReturnValue:
        person = only()
        visible_matter(matters, matter_id, person)
        version = number("version", 1, 10**8)
        matters.reopen(person.organisation_id, matter_id, version, person.id, parts().clock())
        return redirect(url_for("files.show", matter_id=matter_id), 303)

    @pages.post("/files/<matter_id>/reviews/<due_on>")
    def review(matter_id: str, due_on: str) -> ResponseReturnValue:
        person, words, day = only(), written("words"), day_of(due_on)
        visible_matter(matters, matter_id, person)
        if day is None:
            raise NotFound("There is no such review.")
        if not SHORTEST <= len(words) <= LONGEST:
            return _page(matters, matter_id, person, {due_on: "Say what the review found."}), 422
        matters.review(person.organisation_id, matter_id, day, words, person.id, parts().clock())
        return redirect(url_for("files.show", matter_id=matter_id), 303)

    add_filing(pages, matters, visible_matter)
    add_referral(pages, matters, export, visible_matter)
    return pages


def _may_see(found: Matter, person: Person) -> bool:
    return not found.sealed or person.role is Role.SAFEGUARDING_LEAD


def _tie(matters: Matters, matter_id: str, kind: TieKind, subject: str, person: Person) -> None:
    """Link something by its id, or by the address of its page, which ends with it."""
    wanted = an_id(subject.rstrip("/").rpartition("/")[2])
    matters.tie(person.organisation_id, matter_id, Tie(kind, wanted, person.id, parts().clock()))


def _list(matters: Matters, person: Person, faults: dict[str, str] | None = None) -> str:
    now, state = parts().clock(), request.args.get("state", MatterState.OPEN)
    if state not in set(MatterState):
        abort(404)
    ours = person.organisation_id
    kept_from = matters.about_somebody(ours, person.id)
    shown = [one for one in matters.matters(ours) if _may_see(one, person) and one.id not in kept_from]
    found, listed = [one for one in shown if one.state == state], {one.id for one in shown}
    due = [one for one in matters.reviews(ours, due_by=now.date()) if one.matter_id in listed]
    return render_template(
        "desk/files.html",
        files=found,
        state=state,
        due=due,
        case_id=request.args.get("case", ""),
        may_seal=person.role is Role.SAFEGUARDING_LEAD,
        faults=faults or {},
        now=now,
    )


def _page(matters: Matters, matter_id: str, person: Person, faults: dict[str, str] | None = None) -> str:
    found, ours = visible_matter(matters, matter_id, person), person.organisation_id
    forms = forms_of(parts().directory.policy_of(ours))
    ties: list[Tied] = tied_in_words(ours, matters.ties(ours, found.id))
    return render_template(
        "desk/file.html",
        file=found,
        ties=ties,
        filed=matters.filed(ours, found.id),
        forms=forms,
        reviews=matters.reviews(ours, found.id),
        today=parts().clock().date(),
        faults=faults or {},
        now=parts().clock(),
    )
