"""Who may go where: one line for every route of the desk.

A route that is not listed here is refused when it is asked for, and fails the build
(tests/contracts/test_desk_matrix.py). To add one, add its endpoint ("blueprint.view") with
who may use it. Pages that somebody hands to `create_desk` as `extra` may carry the mark of
`allowed` or `parts.open_to_all` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from gateway.domain.people import CASE_ROLES, DESK_ROLES, Role

View = TypeVar("View", bound=Callable[..., object])


class Door(StrEnum):
    """What is asked of somebody whose role does not matter.

    OPEN: nothing. BEGUN: a password; a second factor may still be owed. KNOWN: all that is
    asked of them so far; a second factor may not be set up yet.
    """

    OPEN = "open"
    BEGUN = "begun"
    KNOWN = "known"


Admitted = frozenset[Role] | Door

EVERYBODY = DESK_ROLES
LEADS = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})

ROUTES: Mapping[str, Admitted] = {
    "static": Door.OPEN,
    "healthz": Door.OPEN,
    # signing in and out
    "access.sign_in": Door.OPEN,
    "access.enter": Door.OPEN,
    "access.by_passkey": Door.OPEN,
    "access.keys": Door.KNOWN,
    "access.sign_out": Door.BEGUN,
    "organisation.leave": Door.OPEN,
    "organisation.back": Door.OPEN,
    "organisation.enter": Door.OPEN,
    "second.show": Door.BEGUN,
    "second.by_code": Door.BEGUN,
    "second.by_passkey": Door.BEGUN,
    "confirm.show": Door.KNOWN,
    "confirm.by_password": Door.KNOWN,
    "confirm.by_passkey": Door.KNOWN,
    # one's own account
    "enrol.show": Door.KNOWN,
    "enrol.app": Door.KNOWN,
    "enrol.picture": Door.KNOWN,
    "enrol.put_app": Door.KNOWN,
    "enrol.passkey": Door.KNOWN,
    "enrol.put_passkey": Door.KNOWN,
    "account.show": EVERYBODY,
    "account.new_codes": EVERYBODY,
    "account.codes_file": EVERYBODY,
    "account.drop_app": EVERYBODY,
    "account.drop_passkey": EVERYBODY,
    "account.password": EVERYBODY,
    "account.put_password": EVERYBODY,
    "account.end_session": EVERYBODY,
    "account.end_others": EVERYBODY,
    # cases
    "queue.show": CASE_ROLES,
    "queue.take_next": CASE_ROLES,
    "queue.counter": CASE_ROLES,
    "queue.look_at_next": CASE_ROLES,
    "work.claim": CASE_ROLES,
    "work.heartbeat": CASE_ROLES,
    "work.let_go": CASE_ROLES,
    "work.undo": CASE_ROLES,
    "work.judge_hit": CASE_ROLES,
    "work.add_note": CASE_ROLES,
    "bulk.preview": CASE_ROLES,
    "bulk.carry_out": CASE_ROLES,
    "pair.show": CASE_ROLES,
    "pair.add_note": CASE_ROLES,
    "pair.step_back": CASE_ROLES,
    "case.show": CASE_ROLES,
    "case.decide": CASE_ROLES,
    "reports.show": CASE_ROLES,
    "reports.answer": CASE_ROLES,
    # consequences for tutors
    "discipline.show": LEADS,
    "discipline.give": LEADS,
    "discipline.decide": LEADS,
    "discipline.reverse": LEADS,
    # the office
    "office.show": EVERYBODY,
    "todo.show": CASE_ROLES,
    "todo.done": CASE_ROLES,
    **dict.fromkeys(["addresses.show", "addresses.vouch", "addresses.refuse"], LEADS),
    **dict.fromkeys(["care.keep", "care.show", "care.swap"], CASE_ROLES),
    **dict.fromkeys(["samples.judge", "samples.show", "samples.show_all"], CASE_ROLES),
    **dict.fromkeys(["rota.show", "rota.acknowledge", "rota.test"], EVERYBODY),
    **dict.fromkeys(
        ["rota.add_exception", "rota.add_hook", "rota.add_shift", "rota.remove", "rota.remove_hook"], LEADS
    ),
    **dict.fromkeys(["figures.show", "figures.file"], LEADS | {Role.AUDITOR, Role.OPERATOR}),
    **dict.fromkeys(["ops.show", "ops.again"], LEADS | {Role.OPERATOR}),
    **dict.fromkeys(
        ["record.show", "record.views", "record.verify", "record.export", "record.checkpoint"],
        LEADS | {Role.AUDITOR},
    ),
    "policy.show": EVERYBODY,
    **dict.fromkeys(["policy.changes", "policy.coverage"], LEADS | {Role.AUDITOR}),
    **dict.fromkeys(["policy.publish", "policy.approve"], LEADS),
    **dict.fromkeys(["people.show_all", "people.show"], CASE_ROLES),
    **dict.fromkeys(["people.mailboxes", "people.revoke"], LEADS),
    **dict.fromkeys(["concerns.add", "concerns.show", "holds.place", "holds.release", "holds.show"], LEADS),
    **dict.fromkeys(
        [
            "files.blank",
            "files.bundle",
            "files.close",
            "files.file",
            "files.note",
            "files.open_file",
            "files.referral",
            "files.reopen",
            "files.reported",
            "files.review",
            "files.show",
            "files.show_all",
            "files.tie",
        ],
        LEADS,
    ),
    # families and tutors, who have a sign-in of their own
    **dict.fromkeys(
        [
            "me.sign_in",
            "me.ask",
            "me.sent",
            "me.show_code",
            "me.enter",
            "me.by_password",
            "me.home",
            "me.sign_out",
            "me.choose_language",
            "family.show",
            "family.message",
            "family.contact",
            "family.agreements",
            "family.agree",
            "family.kept",
            "pupil.show",
            "pupil.ask",
            "pupil.ask_for_help",
            "pupil.tell",
            "pupil.thanks",
            "pictures.show",
            "pictures.say_so",
            "sealed.show",
            "sealed.ask_code",
            "sealed.send_code",
            "sealed.read",
            "telling.choices",
            "telling.choose",
            "telling.show",
            "telling.tell",
            "telling.tell_of",
            "address.show",
            "address.answer",
            "tutor.show",
            "tutor.message",
            "tutor.answer",
            "tutor.rewrite",
            "tutor.withdraw",
            "tutor.review",
            "tutor.strikes",
            "tutor.reply",
            "tutor.appeal",
        ],
        Door.OPEN,
    ),
    # the demo only
    "mailboxes.show_all": Door.OPEN,
    "mailboxes.show": Door.OPEN,
}

# Where somebody goes who came to no page in particular: the first of these that is for them.
FIRST_PAGES = ("queue.show", "account.show")


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view of an extra page with who may use it."""

    def mark(view: View) -> View:
        view.__dict__["admitted"] = frozenset(roles)
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view of an extra page that may be seen without signing in."""
    view.__dict__["admitted"] = Door.OPEN
    return view


def admitted(endpoint: str, view: Callable[..., object] | None) -> Admitted:
    """Who may use a route; nobody when neither the table nor the view says."""
    return ROUTES.get(endpoint) or getattr(view, "admitted", None) or frozenset()


def may(role: Role, endpoint: str) -> bool:
    """True when a listed route is for that role."""
    who = ROUTES.get(endpoint, frozenset())
    return isinstance(who, Door) or role in who


def first_page(role: Role) -> str:
    """The endpoint of the page that somebody of that role begins at."""
    return next(page for page in FIRST_PAGES if may(role, page))
