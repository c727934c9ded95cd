"""The policy: what is in force and why, what waits for a second person, and what enforces each clause."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import policy_words
from gateway.desk.access import stepped_up
from gateway.desk.filling import EVERYBODY, LEADS, LONDON, only, written
from gateway.desk.parts import parts
from gateway.domain.people import Person, Role
from gateway.domain.policy import Policy
from gateway.domain.release import LIVE, SHADOW, WAITING, Difference, Release
from gateway.errors import NotFound
from gateway.ports.policies import PolicyBook

SEE = LEADS | {Role.AUDITOR}

VERSION = re.compile(r"[A-Za-z0-9_.@+-]{1,96}")
LONGEST_NOTE = 300
SHOWN_FLIPS = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A version that is not in force, and what it would change; None when it cannot be read any more.

    own: whoever looks put their name to it.
    """

    release: Release
    differences: list[Difference] | None
    own: bool


def policy_blueprint(book: PolicyBook) -> Blueprint:
    """The pages of the policy, and the two forms that let a change through."""
    pages = Blueprint("policy", __name__)

    @pages.get("/policy")
    def show() -> ResponseReturnValue:
        policy, today = _in_force(only(EVERYBODY)), parts().clock().astimezone(LONDON).date()
        return render_template(
            "desk/policy.html",
            policy=policy,
            settings=policy_words.settings_of(policy),
            schools=[
                (one, policy_words.overlay_settings(policy, one), one.policy.watches[len(policy.watches) :])
                for one in policy.overlays.values()
            ],
            today=today,
        )

    @pages.get("/policy/changes")
    def changes() -> ResponseReturnValue:
        return _changes(book, only(SEE))

    @pages.get("/policy/coverage")
    def coverage() -> ResponseReturnValue:
        person = only(SEE)
        policy, rows = _in_force(person), book.coverage(person.organisation_id)
        reach = [one for one in rows if not one.out_of_reach]
        return render_template(
            "desk/policy_coverage.html",
            policy=policy,
            rows=reach,
            outside=[one for one in rows if one.out_of_reach],
            kept=sum(not one.missing for one in reach),
            part_of=policy_words.part_of,
            today=parts().clock().astimezone(LONDON).date(),
        )

    @pages.post("/policy/versions/<version>/publish")
    @stepped_up("policy.changes")
    def publish(version: str) -> ResponseReturnValue:
        """Put one's name to a change of the files."""
        person = only(LEADS)
        book.publish(person, _version(version), written("note", LONGEST_NOTE), parts().clock())
        return redirect(url_for("policy.changes"), 303)

    @pages.post("/policy/versions/<version>/approve")
    @stepped_up("policy.changes")
    def approve(version: str) -> ResponseReturnValue:
        """Let a looser version come into force, as the second person."""
        person = only(LEADS)
        book.approve(person, _version(version), written("note", LONGEST_NOTE), parts().clock())
        return redirect(url_for("policy.changes"), 303)

    return pages


def _changes(book: PolicyBook, person: Person) -> str:
    ours = person.organisation_id
    policy, every = _in_force(person), book.releases(ours)
    shadow = next((one for one in every if one.state == SHADOW), None)
    flips = book.flips(ours, shadow.version) if shadow else ()
    return render_template(
        "desk/policy_changes.html",
        policy=policy,
        waiting=[_change(book, one, person) for one in every if one.state == WAITING],
        shadow=_change(book, shadow, person) if shadow else None,
        flips=flips[:SHOWN_FLIPS],
        many_flips=len(flips),
        tally=policy_words.tally(flips),
        live=next((one for one in every if one.state == LIVE), None),
        history=every,
        said=policy_words.said,
        part_of=policy_words.part_of,
        decides=person.role in LEADS,
        person=person,
    )


def _change(book: PolicyBook, release: Release, person: Person) -> Change:
    found = book.differences(person.organisation_id, release.version)
    return Change(release, found, release.author == person.id)


def _in_force(person: Person) -> Policy:
    return parts().directory.policy_of(person.organisation_id)


def _version(given: str) -> str:
    if not VERSION.fullmatch(given):
        raise NotFound("There is no such version.")
    return given
