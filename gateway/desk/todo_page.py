"""What rules and clocks gave people to do, ticked off with a word of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.filling import EVERYBODY, an_id, only, written
from gateway.desk.parts import parts
from gateway.domain.people import Person
from gateway.domain.policy import OFFICE
from gateway.domain.task import Task

SHORTEST, LONGEST = 3, 1_000


class Tasks(Protocol):
    """What is to be done at an organisation."""

    def open_for(self, organisation_id: str, roles: Sequence[str]) -> list[Task]:
        """What waits for these roles of the pack, the most urgent first."""
        ...

    def done(self, organisation_id: str, task_id: str, person_id: str, note: str, at: datetime) -> None:
        """Tick one off. Raises NotFound when it is done or not there."""
        ...


def todo_blueprint(tasks: Tasks) -> Blueprint:
    """The list, and ticking off."""
    pages = Blueprint("todo", __name__)

    @pages.get("/todo")
    def show() -> ResponseReturnValue:
        return _page(tasks, only(EVERYBODY), {})

    @pages.post("/todo/<task_id>")
    def done(task_id: str) -> ResponseReturnValue:
        person, note = only(EVERYBODY), written("note", LONGEST)
        waiting = {one.id for one in _theirs(tasks, person)}
        if not SHORTEST <= len(note) <= LONGEST:
            return _page(tasks, person, {task_id: "Say in a few words what was done."}), 422
        if an_id(task_id) in waiting:
            tasks.done(person.organisation_id, task_id, person.id, note, parts().clock())
        return redirect(url_for("todo.show"), 303)

    return pages


def _theirs(tasks: Tasks, person: Person) -> list[Task]:
    """What waits for the roles of the pack whose work this person does."""
    policy = parts().directory.policy_of(person.organisation_id)
    roles = [one.name for one in policy.roles.values() if one.desk is person.role]
    return tasks.open_for(person.organisation_id, [*roles, OFFICE])


def _page(tasks: Tasks, person: Person, faults: dict[str, str]) -> str:
    policy = parts().directory.policy_of(person.organisation_id)
    titles = {name: role.title for name, role in policy.roles.items()}
    return render_template(
        "desk/todo.html",
        waiting=_theirs(tasks, person),
        titles={**titles, OFFICE: "The office"},
        clauses=policy.clauses,
        now=parts().clock(),
        faults=faults,
    )
