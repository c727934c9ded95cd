"""Guardians' new addresses that wait: who has said yes, and what the office knows in another way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.access import stepped_up
from gateway.desk.filling import LONGEST, an_id, only, written
from gateway.desk.parts import parts
from gateway.domain.address_change import AddressChange, Side
from gateway.domain.people import Person

SHORTEST = 10
SAY_HOW = "Say how you know: whom you asked, and by which number or in which place."


class Waiting(Protocol):
    """What the page asks of the store."""

    def waiting(self, organisation_id: str) -> Sequence[AddressChange]:
        """What waits, oldest first."""
        ...

    def vouch(self, organisation_id: str, change_id: str, person_id: str, note: str, now: datetime) -> None:
        """Answer for the old address. Raises NotFound."""
        ...

    def refuse(self, organisation_id: str, change_id: str, person_id: str, now: datetime) -> None:
        """Leave everything as it is. Raises NotFound."""
        ...


def new_addresses_blueprint(changes: Waiting) -> Blueprint:
    """The list and its two buttons. The office can answer for the old address, never for the new one."""
    pages = Blueprint("addresses", __name__)

    @pages.get("/addresses")
    def show() -> ResponseReturnValue:
        return _page(changes, only(), {})

    @pages.post("/addresses/<change_id>/vouch")
    @stepped_up("addresses.show")
    def vouch(change_id: str) -> ResponseReturnValue:
        person, note = only(), written("note")
        if not SHORTEST <= len(note) <= LONGEST:
            return _page(changes, person, {change_id: SAY_HOW}), 422
        changes.vouch(person.organisation_id, an_id(change_id), person.id, note, parts().clock())
        return redirect(url_for("addresses.show"), 303)

    @pages.post("/addresses/<change_id>/refuse")
    def refuse(change_id: str) -> ResponseReturnValue:
        person = only()
        changes.refuse(person.organisation_id, an_id(change_id), person.id, parts().clock())
        return redirect(url_for("addresses.show"), 303)

    return pages


def _page(changes: Waiting, person: Person, faults: dict[str, str]) -> str:
    return render_template(
        "desk/addresses.html",
        waiting=changes.waiting(person.organisation_id),
        sides={Side.OLD: "the old address", Side.NEW: "the new address"},
        old=Side.OLD,
        faults=faults,
        now=parts().clock(),
    )
