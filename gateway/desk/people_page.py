"""People: the list with its search, and one person with whom they belong and how they are reached.

Names are for those who see sealed cases; every other moderator works with initials, as in the queue.
Private mailboxes are covered until somebody asks for them, which is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.access import stepped_up
from gateway.desk.filling import ID, LEADS, LONDON, an_id, only, written
from gateway.desk.parts import parts
from gateway.domain.case import SEES_SEALED
from gateway.domain.pair import Pair
from gateway.domain.people import CASE_ROLES, DESK_ROLES, Person, Role
from gateway.errors import NotFound
from gateway.ports.people import PeopleBook, Ties

PAGE_SIZE = 50
LONGEST_SEARCH, SHORTEST_SEARCH = 120, 2
GROUPS: Mapping[str, tuple[str, frozenset[Role]]] = {
    "": ("Everybody", frozenset(Role)),
    "tutors": ("Tutors", frozenset({Role.TUTOR})),
    "pupils": ("Pupils", frozenset({Role.PUPIL})),
    "guardians": ("Guardians", frozenset({Role.GUARDIAN})),
    "desk": ("The desk", DESK_ROLES | {Role.STAFF}),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """A pair of somebody's: with whom, as far as the reader may see."""

    pair: Pair
    tutor: str = field(repr=False)
    pupil: str = field(repr=False)


def people_blueprint(book: PeopleBook) -> Blueprint:
    """The pages under /people."""
    pages = Blueprint("people", __name__)

    @pages.get("/people")
    def show_all() -> ResponseReturnValue:
        viewer = only(CASE_ROLES)
        group, asked, after = (request.args.get(name, "").strip() for name in ("group", "q", "after"))
        if group not in GROUPS or (after and not ID.fullmatch(after)) or not asked.isprintable():
            abort(404)
        asked = asked[:LONGEST_SEARCH]
        found = _found(book, viewer, group, asked, after)
        return render_template(
            "desk/people.html",
            people=found[:PAGE_SIZE],
            more=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else "",
            group=group,
            groups=_groups(book, viewer),
            asked=asked,
            shown_as=naming(viewer),
            named=viewer.role in SEES_SEALED,
        )

    @pages.get("/people/<person_id>")
    def show(person_id: str) -> ResponseReturnValue:
        viewer = only(CASE_ROLES)
        return _page(book, viewer, visible_person(person_id, viewer))

    @pages.post("/people/<person_id>/mailboxes")
    @stepped_up("people.show")
    def mailboxes(person_id: str) -> ResponseReturnValue:
        """The same page with the mailboxes in full; the look is recorded first."""
        viewer = only(LEADS)
        person = visible_person(person_id, viewer)
        book.mailboxes_viewed(viewer.organisation_id, person.id, viewer.id, parts().clock())
        return _page(book, viewer, person, uncovered=True)

    @pages.post("/people/<person_id>/aliases/revoke")
    def revoke(person_id: str) -> ResponseReturnValue:
        viewer = only(LEADS)
        person = visible_person(person_id, viewer)
        book.revoke(viewer.organisation_id, person.id, written("alias", 254), viewer.id, parts().clock())
        return redirect(url_for("people.show", person_id=person.id, _anchor="aliases"), 303)

    return pages


def visible_person(person_id: str, viewer: Person) -> Person:
    """Somebody this person of the desk may look at. Raises NotFound, for those they know just as for nobody."""
    found = parts().directory.person(viewer.organisation_id, an_id(person_id))
    if found.id in _kept_from(viewer):
        raise NotFound("There is no such person.")
    return found


def naming(viewer: Person) -> Callable[[Person], str]:
    """How this person of the desk is shown others: by name, or families and tutors by initials."""
    if viewer.role in SEES_SEALED:
        return lambda one: one.full_name
    return lambda one: one.full_name if one.role in DESK_ROLES else one.initials


def masked(address: str) -> str:
    """An address of which one can tell that it is there: "r•••@f•••.test"."""
    local, _, domain = address.partition("@")
    host, _, end = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{end}"


def _kept_from(viewer: Person) -> frozenset[str]:
    """Whom somebody of the desk declared to know; they may look at their own page."""
    return parts().docket.kept_from(viewer.organisation_id, viewer.id) - {viewer.id}


def _found(book: PeopleBook, viewer: Person, group: str, asked: str, after: str) -> list[Person]:
    """One more than a page holds, so that one knows whether there are more."""
    roles, apart, shown_as = GROUPS[group][1], _kept_from(viewer), naming(viewer)
    ours = viewer.organisation_id
    if "@" in asked:
        found = book.at_address(ours, asked) if viewer.role in SEES_SEALED else []
        return [one for one in found if one.role in roles and one.id not in apart]
    pieces = asked.casefold().split()

    def fits(one: Person) -> bool:
        if one.id in apart:
            return False
        nicknames = one.nicknames if viewer.role in SEES_SEALED else ()
        told = " ".join((shown_as(one), *nicknames, one.id)).casefold()
        return all(piece in told for piece in pieces)

    return book.people(ours, roles, fits, after, PAGE_SIZE + 1)


def _groups(book: PeopleBook, viewer: Person) -> list[tuple[str, str, int]]:
    counts = book.counts(viewer.organisation_id)
    return [
        (value, title, sum(counts.get(role, 0) for role in roles)) for value, (title, roles) in GROUPS.items()
    ]


def _page(book: PeopleBook, viewer: Person, person: Person, uncovered: bool = False) -> str:
    ours, leads, now = viewer.organisation_id, viewer.role in LEADS, parts().clock()
    ties, shown_as = _near(book.ties(ours, person.id), _kept_from(viewer)), naming(viewer)
    today = now.astimezone(LONDON).date()
    return render_template(
        "desk/person.html",
        shown=person,
        shown_as=shown_as,
        named=viewer.role in SEES_SEALED,
        leads=leads,
        age=person.age(today),
        issued=person.address if viewer.role in SEES_SEALED or not person.address else masked(person.address),
        mailboxes=person.mailboxes if uncovered else tuple(masked(one) for one in person.mailboxes),
        uncovered=uncovered,
        failing={masked(one.mailbox): one for one in book.failing(person)},
        partners=[
            Partner(one, shown_as(ties.people[one.tutor_id]), shown_as(ties.people[one.pupil_id]))
            for one in ties.pairs
        ],
        aliases=book.aliases(ours, person.id, [one.id for one in ties.pairs]),
        ties=ties,
        facts=book.facts(ours, person.id) if leads else (),
        strikes=book.strikes(ours, person.id) if leads and person.role is Role.TUTOR else (),
        discipline="discipline.show" in current_app.view_functions,
        today=today,
        now=now,
    )


def _near(ties: Ties, apart: frozenset[str]) -> Ties:
    """The same without whoever the reader knows, and without pairs of theirs."""
    pairs = tuple(one for one in ties.pairs if not {one.tutor_id, one.pupil_id} & apart)
    near = tuple(one for one in ties.guardianships if not {one.guardian_id, one.pupil_id} & apart)
    return Ties(pairs, near, ties.people)
