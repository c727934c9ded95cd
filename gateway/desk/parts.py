"""What the pages work with, and who is looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, g

from gateway.domain.people import Person, Role
from gateway.domain.verdict import Lane
from gateway.errors import NotFound
from gateway.ports import Clock, Directory, Docket, Office, Sessions

SEES_SEALED = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that `create_desk` was given."""

    office: Office
    docket: Docket
    sessions: Sessions
    directory: Directory
    clock: Clock
    secret_key: bytes


def parts() -> Parts:
    """The parts of the running desk."""
    return cast(Parts, current_app.extensions["desk"])


def visitor() -> Person | None:
    """Who is signed in, None for anybody else."""
    return cast("Person | None", g.get("person"))


def viewer() -> Person:
    """Who is signed in, on a page that needs it."""
    person = visitor()
    if person is None:  # the guard lets nobody else in: a page that is open must not ask
        raise RuntimeError("a page that is open to all asked who is signed in")
    return person


def open_to_all(view: View) -> View:
    """Mark a view that may be seen without signing in; every other one may not."""
    view.__dict__["open_to_all"] = True
    return view


def is_open(view: Callable[..., object] | None) -> bool:
    """True for a view marked with `open_to_all`, and for an address that leads nowhere."""
    return view is None or bool(getattr(view, "open_to_all", False))


def hidden_lanes(person: Person) -> frozenset[Lane]:
    """Lanes that this person must not learn the contents, or the number, of."""
    return frozenset() if person.role in SEES_SEALED else frozenset({Lane.SEALED})


def name_of(person_id: str) -> str:
    """The full name of somebody who worked on a case, for the desk's eyes."""
    if person_id == "gateway":
        return "the gateway"
    try:
        return parts().directory.person(viewer().organisation_id, person_id).full_name
    except NotFound:
        return "somebody no longer listed"
