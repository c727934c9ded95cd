"""Sends the gateway's own notices: finds out whom to tell, and hands the mail to the smarthost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.channels.email.authresults import header_fields
from gateway.channels.email.automatic import is_auto_submitted
from gateway.channels.email.dkim import signed
from gateway.domain.case import Case, Standing, State, hidden_lanes
from gateway.domain.dispatch import SendAnswer
from gateway.domain.message import Channel
from gateway.domain.people import Organisation, Person
from gateway.domain.verdict import Lane
from gateway.errors import NotFound, Unavailable
from gateway.hold.notices import Notice, came_back, case_waits, not_passed_on, reminded, went_round
from gateway.wiring.letters import Letters
from gateway.wiring.storing import Store

ACCEPTED = 250
NEVER = 500
TOLD_OF = frozenset({State.CLOSED, State.ASKED})


class Notifier:
    """Fulfils `jobs.app.Tells`.

    post: hands a mail to the next hop. keys: folder of the domains' signing keys.
    """

    def __init__(
        self,
        store: Store,
        post: Callable[[Notice], Awaitable[SendAnswer]],
        desk_url: str,
        keys: Path | None = None,
    ) -> None:
        self._store = store
        self._post = post
        self._desk_url = desk_url
        self._keys = keys

    async def case_waits(self, organisation_id: str, case_id: str) -> None:
        """Tell those who may open the case that it waits; nobody once it is closed."""
        await self._send(await asyncio.to_thread(self._waiting, organisation_id, case_id))

    async def sender_told(self, organisation_id: str, case_id: str) -> None:
        """Tell the sender of a mail that it came back, or what the office asks about it."""
        await self._send(await asyncio.to_thread(self._returned, organisation_id, case_id))

    async def guardians_told(self, organisation_id: str, case_id: str) -> None:
        """Tell a pupil's guardians that a message was not passed on; of a sealed one nobody."""
        await self._send(await asyncio.to_thread(self._to_guardians, organisation_id, case_id))

    async def writer_warned(self, organisation_id: str, case_id: str) -> None:
        """Warn the sender of a mail that it also went to a private address."""
        await self._send(await asyncio.to_thread(self._warning, organisation_id, case_id))

    async def person_reminded(self, organisation_id: str, task_id: str) -> None:
        """Send somebody a reminder; it is done with that."""
        await self._send(await asyncio.to_thread(self._reminder, organisation_id, task_id))
        await asyncio.to_thread(self._reminder_sent, organisation_id, task_id)

    def _reminder(self, organisation_id: str, task_id: str) -> list[Notice]:
        task = self._store.tasks.task(organisation_id, task_id)
        organisation = self._store.directory.organisation(organisation_id)
        person = self._store.directory.person(organisation_id, task.person_id)
        if task.done_at is not None:
            return []
        return [reminded(organisation, task, one, datetime.now(UTC)) for one in person.mailboxes[:1]]

    def _reminder_sent(self, organisation_id: str, task_id: str) -> None:
        with suppress(NotFound):  # somebody ticked it off meanwhile
            self._store.tasks.done(organisation_id, task_id, "gateway", "sent", datetime.now(UTC))

    async def letter(self, kind: str, organisation_id: str, about: str) -> None:
        """Send a letter of ours to a family or a tutor."""
        write = Letters(self._store, self._desk_url).written
        await self._send(await asyncio.to_thread(write, kind, organisation_id, about, datetime.now(UTC)))

    async def send(self, notices: list[Notice]) -> None:
        """Hand notices of others over, signed. Raises Unavailable when one was not taken."""
        await self._send(notices)

    @property
    def desk_url(self) -> str:
        """Where people reach the desk."""
        return self._desk_url

    async def _send(self, notices: list[Notice]) -> None:
        for notice in notices:
            answer = await self._post(self._signed(notice))
            if answer.code != ACCEPTED and answer.code < NEVER:
                raise Unavailable("The next hop did not take a notice; it will be tried again.")

    def _signed(self, notice: Notice) -> Notice:
        """A domain whose DMARC asks for signatures would have its own notices thrown away without."""
        if self._keys is None:
            return notice
        domain = notice.return_path.rpartition("@")[2]
        return replace(notice, content=signed(notice.content, self._keys, domain, datetime.now(UTC)))

    def _waiting(self, organisation_id: str, case_id: str) -> list[Notice]:
        case = self._store.docket.case(organisation_id, case_id)
        if case.state is State.CLOSED:
            return []
        organisation = self._store.directory.organisation(organisation_id)
        return [
            case_waits(organisation, case, mailbox, self._desk_url, datetime.now(UTC))
            for person in self._store.directory.deciders(organisation_id)
            if _may_open(person, case)
            for mailbox in person.mailboxes[:1]
        ]

    def _returned(self, organisation_id: str, case_id: str) -> list[Notice]:
        case, organisation, mailbox = self._writer(organisation_id, case_id)
        made = self._store.docket.decisions(organisation_id, case_id)
        decision = next((one for _, one in reversed(made) if one.standing is Standing.CARRIED), None)
        if not mailbox or decision is None or case.lane is Lane.SEALED or case.state not in TOLD_OF:
            return []
        advice = self._advice(organisation_id, case.message_id)
        return [came_back(organisation, case, decision, mailbox, datetime.now(UTC), advice)]

    def _advice(self, organisation_id: str, message_id: str) -> str:
        """What the policy's reminders on a held message say to people like its writer."""
        envelope = self._store.docket.arrival(organisation_id, message_id).envelope
        role = self._store.directory.person(organisation_id, envelope.sender_id).role
        reminders = self._store.directory.policy_of(organisation_id).reminders
        return "\n\n".join(one.say for one in reminders if one.on == "hold" and role in one.to)

    def _to_guardians(self, organisation_id: str, case_id: str) -> list[Notice]:
        case = self._store.docket.case(organisation_id, case_id)
        if case.lane is Lane.SEALED or case.state is not State.CLOSED:
            return []
        organisation = self._store.directory.organisation(organisation_id)
        circle = self._store.directory.circle(case.pair_id)
        told = [one for one in circle.required_guardians if one.mailboxes]
        return [
            not_passed_on(organisation, case, one.mailboxes[0], number, datetime.now(UTC))
            for number, one in enumerate(told, 1)
        ]

    def _warning(self, organisation_id: str, case_id: str) -> list[Notice]:
        case, organisation, mailbox = self._writer(organisation_id, case_id)
        return [went_round(organisation, case, mailbox, datetime.now(UTC))] if mailbox else []

    def _writer(self, organisation_id: str, case_id: str) -> tuple[Case, Organisation, str]:
        """The case, and where to tell the writer of its mail something, "" when nowhere.

        A platform asks for itself what became of a message, and a program is never answered (RFC 3834).
        """
        case = self._store.docket.case(organisation_id, case_id)
        organisation = self._store.directory.organisation(organisation_id)
        arrival = self._store.docket.arrival(organisation_id, case.message_id)
        if arrival.envelope.channel is not Channel.EMAIL or is_auto_submitted(header_fields(arrival.raw)):
            return case, organisation, ""
        sender = self._store.directory.person(organisation_id, arrival.envelope.sender_id)
        return case, organisation, next(iter(sender.mailboxes), "")


def _may_open(person: Person, case: Case) -> bool:
    return case.lane not in hidden_lanes(person.role)
