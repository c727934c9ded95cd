"""What the pages work with, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import current_app, g

from gateway.desk.roles import open_to_all as open_to_all  # where pages look for it
from gateway.desk.signing.provider import Provider
from gateway.desk.throttle import Throttle, many_networks
from gateway.domain.people import Person, Role
from gateway.domain.signing import Session
from gateway.domain.verdict import Lane
from gateway.errors import NotFound
from gateway.ports import Clock, Directory, Docket, Office, Sessions

SEES_SEALED = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Terms:
    """How people sign in here.

    factor_required: everybody needs a second factor, and sets one up at the first sign-in.
    public_url: how browsers reach the desk, without a slash at its end; "" to go by each request.
    provider: the organisation's own sign-in, None without one.
    """

    factor_required: bool = True
    public_url: str = ""
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that `create_desk` was given.

    throttle: of one browser or network. crowd: of all strangers who try the same address.
    """

    office: Office
    docket: Docket
    sessions: Sessions
    directory: Directory
    clock: Clock
    secret_key: bytes
    terms: Terms
    throttle: Throttle = field(default_factory=Throttle)
    crowd: Throttle = field(default_factory=many_networks)


def parts() -> Parts:
    """The parts of the running desk."""
    return cast(Parts, current_app.extensions["desk"])


def visitor() -> Person | None:
    """Who is signed in, None for anybody else."""
    return cast("Person | None", g.get("person"))


def sitting() -> Session | None:
    """The session of this request, complete or not, None without one."""
    return cast("Session | None", g.get("session"))


def begun() -> Session:
    """The session of this request, on a page that needs one."""
    session = sitting()
    if session is None:
        raise RuntimeError("a page that is open to all asked for a session")
    return session


def viewer() -> Person:
    """Who is signed in, on a page that needs it."""
    person = visitor()
    if person is None:  # the guard lets nobody else in: a page that is open must not ask
        raise RuntimeError("a page that is open to all asked who is signed in")
    return person


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
