"""A message under seal: the mail carried a link only; a code from a second letter shows it here."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from gateway.deliver.amend import amend
from gateway.desk.families import showing
from gateway.desk.families.callers import dress, ours, page, say, written
from gateway.desk.families.telling import reader, slow_down
from gateway.desk.parts import open_to_all, parts
from gateway.domain.correspondence import Copied
from gateway.domain.links import Way
from gateway.domain.message import Reading
from gateway.domain.people import Person
from gateway.domain.policy import Policy
from gateway.domain.verdict import Replace, Seal
from gateway.errors import NotFound
from gateway.hold.expiry import nation_of, pictures_for
from gateway.hold.working_days import last_day_kept

WRONG = "That did not work. Check the code, or ask for another: each works once, within 15 minutes."


def sealed_blueprint() -> Blueprint:
    """The page /sealed/<token>."""
    pages = Blueprint("sealed", __name__)
    dress(pages)

    @pages.get("/sealed/<token>")
    @open_to_all
    def show(token: str) -> ResponseReturnValue:
        reader(Way.SEALED, token)
        return page("families/sealed.html", token=token, asked=False, fault="")

    @pages.post("/sealed/<token>/code")
    @open_to_all
    def send_code(token: str) -> ResponseReturnValue:
        person, about = reader(Way.SEALED, token)
        slow_down(token)
        ours().entrances.ask_code(person.organisation_id, person.id, about.message_id, parts().clock())
        return redirect(url_for("sealed.ask_code", token=token), 303)

    @pages.get("/sealed/<token>/code")
    @open_to_all
    def ask_code(token: str) -> ResponseReturnValue:
        reader(Way.SEALED, token)
        return page("families/sealed.html", token=token, asked=True, fault="")

    @pages.post("/sealed/<token>")
    @open_to_all
    def read(token: str) -> ResponseReturnValue:
        person, about = reader(Way.SEALED, token)
        slow_down(token)
        code, now = "".join(written("code", 20).split()), parts().clock()
        if not ours().entrances.opens(person.organisation_id, person.id, about.message_id, code, now):
            return page("families/sealed.html", 403, token=token, asked=True, fault=say()(WRONG))
        return _shown(person, about, now)

    return pages


def _shown(person: Person, about: Copied, now: datetime) -> ResponseReturnValue:
    """The message as the gateway decided it; never what a moderator let through changed."""
    docket, organisation_id = parts().docket, person.organisation_id
    verdict = docket.verdict(organisation_id, about.message_id)
    under_seal = any(isinstance(one, Seal) for one in verdict.changes)
    if not under_seal or not ours().correspondence.sealed(organisation_id, person.id, about.message_id):
        raise NotFound("There is no such message under seal.")
    arrival = docket.arrival(organisation_id, about.message_id)
    pair = parts().directory.circle(arrival.envelope.pair_id).pair
    policy = parts().directory.policy_of(organisation_id).for_pair(pair, now.date())
    reading = ours().read(arrival)
    if _holds_images(reading) and now.date() > last_day(arrival.envelope.received_at.date(), policy):
        return page("families/sealed_over.html", 410)
    changed = amend(reading, [one for one in verdict.changes if isinstance(one, Replace)])
    return page(
        "families/sealed_message.html",
        shown=showing.of_reading(changed, changed.subject),
        received_at=arrival.envelope.received_at,
    )


def last_day(received: date, policy: Policy) -> date:
    """The last day on which a link to pictures works: so many working days after they came."""
    return last_day_kept(received, pictures_for(policy), nation_of(policy))


def _holds_images(reading: Reading) -> bool:
    return any(part.content_type.startswith("image/") for part in reading.parts)
