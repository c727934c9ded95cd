"""The office: the way to every page beside the queue, for those who may open it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from gateway.desk.filling import EVERYBODY, LEADS, only
from gateway.domain.people import CASE_ROLES, Role


@dataclass(frozen=True, slots=True)
class Door:
    """A page: where it is, what it is for, and whose it is."""

    title: str
    endpoint: str
    purpose: str
    roles: frozenset[Role] = LEADS

    def leads_somewhere(self, role: Role) -> bool:
        """Whether somebody of this role may open it, and this desk has it."""
        return role in self.roles and self.endpoint in current_app.view_functions


DOORS = (
    Door("To do", "todo.show", "What the policy asks somebody to look at or pass on.", EVERYBODY),
    Door("New addresses", "addresses.show", "Guardians' new addresses that wait for a yes."),
    Door("Case files", "files.show_all", "One concern: what belongs to it, what was written, how it ended."),
    Door("Low-level concerns", "concerns.show", "Small concerns about adults, side by side."),
    Door(
        "Policy", "policy.show", "What is in force, by clause, and what waits for a second person.", EVERYBODY
    ),
    Door("People", "people.show_all", "Tutors, families and the desk: who belongs to whom.", CASE_ROLES),
    Door("Legal holds and retention", "holds.show", "What may not be deleted, and what was."),
    Door("Samples", "samples.show_all", "Messages that passed, for a second look.", EVERYBODY),
    Door("Figures", "figures.show", "How much waits, how long it takes, how often we are right."),
    Door("Record", "record.show", "What happened, who looked at what, and the proof."),
    Door("Rota", "rota.show", "Who is on call, where nobody is, and a test.", EVERYBODY),
    Door("Your care", "care.show", "How messages are shown to you, and how many were today.", EVERYBODY),
    Door("Operations", "ops.show", "What waits and what failed in the machinery."),
)


def office_blueprint() -> Blueprint:
    """The page of pages."""
    pages = Blueprint("office", __name__)

    @pages.get("/office")
    def show() -> ResponseReturnValue:
        person = only(EVERYBODY)
        return render_template(
            "desk/office.html", doors=[one for one in DOORS if one.leads_somewhere(person.role)]
        )

    return pages
