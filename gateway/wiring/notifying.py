"""Sends the gateway's own notices: finds out whom to tell, and hands the mail to the smarthost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from gateway.domain.case import Case, State
from gateway.domain.message import Channel
from gateway.domain.people import Person, Role
from gateway.domain.verdict import Lane
from gateway.errors import Unavailable
from gateway.hold.notices import Notice, came_back, case_waits
from gateway.ports import SendAnswer
from gateway.wiring.storing import Store

ACCEPTED = 250
NEVER = 500


class Notifier:
    """Fulfils `jobs.app.Tells`. post: hands a mail to the next hop."""

    def __init__(self, store: Store, post: Callable[[Notice], Awaitable[SendAnswer]], desk_url: str) -> None:
        self._store = store
        self._post = post
        self._desk_url = desk_url

    async def case_waits(self, organisation_id: str, case_id: str) -> None:
        """Tell those who may open the case that it waits; nobody once it is closed."""
        await self._send(await asyncio.to_thread(self._waiting, organisation_id, case_id))

    async def sender_told(self, organisation_id: str, case_id: str) -> None:
        """Tell the sender of a mail that it came back (platforms ask for it themselves)."""
        await self._send(await asyncio.to_thread(self._returned, organisation_id, case_id))

    async def _send(self, notices: list[Notice]) -> None:
        for notice in notices:
            answer = await self._post(notice)
            if answer.code != ACCEPTED and answer.code < NEVER:
                raise Unavailable("The next hop did not take a notice; it will be tried again.")

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
        case = self._store.docket.case(organisation_id, case_id)
        envelope = self._store.docket.arrival(organisation_id, case.message_id).envelope
        if envelope.channel is not Channel.EMAIL:
            return []
        sender = self._store.directory.person(organisation_id, envelope.sender_id)
        _, decision = self._store.docket.decisions(organisation_id, case_id)[-1]
        organisation = self._store.directory.organisation(organisation_id)
        return [
            came_back(organisation, case, decision, mailbox, datetime.now(UTC))
            for mailbox in sender.mailboxes[:1]
        ]


def _may_open(person: Person, case: Case) -> bool:
    return case.lane is not Lane.SEALED or person.role is not Role.MODERATOR
