"""Calls people who are on call, and does the work of the night."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from gateway.domain.people import Organisation
from gateway.domain.rota import Page
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound, SettingsError
from gateway.hold.expiry import expiry_of
from gateway.hold.notices import wanted
from gateway.jobs import webhook
from gateway.wiring.notifying import Notifier
from gateway.wiring.storing import Store

log = logging.getLogger(__name__)


class Caller:
    """Fulfils `jobs.casework.Calls`: by mail, and to the organisation's webhooks."""

    def __init__(self, store: Store, notifier: Notifier, allow_loopback: bool = False) -> None:
        self._store = store
        self._notifier = notifier
        self._allow_loopback = allow_loopback

    async def person(self, organisation_id: str, page_id: str, step: int) -> None:
        """Call whoever that step of a page calls, unless somebody answered or the next is called.

        Raises Unavailable when the mail was not taken, to be tried again.
        """
        page = await asyncio.to_thread(self._open_page, organisation_id, page_id, step)
        if page is None:
            return
        person = await asyncio.to_thread(self._store.directory.person, organisation_id, page.person_id)
        organisation = self._store.directory.organisation(organisation_id)
        now, desk = datetime.now(UTC), self._notifier.desk_url
        await self._notifier.send([wanted(organisation, page, to, desk, now) for to in person.mailboxes[:1]])

    async def hooks(self, organisation_id: str, page_id: str, step: int) -> None:
        """Tell the organisation's programs; raises Unavailable when one did not take it.

        Those that did are told again then, under the same id, which Standard Webhooks provide for.
        """
        page = await asyncio.to_thread(self._open_page, organisation_id, page_id, step)
        if page is not None:
            await asyncio.to_thread(self._post, page)

    def onward(self, organisation_id: str, page_id: str, step: int, now: datetime) -> None:
        """Call the next one, unless somebody answered."""
        self._store.casework.rota.go_on(organisation_id, page_id, step, now)

    def case(self, organisation_id: str, case_id: str, now: datetime) -> None:
        """Call somebody to a critical case, where there is a rota."""
        rota = self._store.casework.rota
        if not rota.shifts(organisation_id):
            return
        try:
            case = self._store.docket.case(organisation_id, case_id)
            if case.severity is Severity.CRITICAL and case.state != "closed":
                rota.call(organisation_id, "case", case_id, now)
        except (NotFound, SettingsError) as fault:
            log.warning("case %s: nobody was called (%s)", case_id, type(fault).__name__)

    def _open_page(self, organisation_id: str, page_id: str, step: int) -> Page | None:
        page = self._store.casework.rota.page(organisation_id, page_id)
        return page if page.acknowledged_at is None and page.step == step else None

    def _post(self, page: Page) -> None:
        told: dict[str, str | int] = {"page": page.id, "kind": page.kind, "step": page.step}
        # A sealed case sends nothing out but that somebody is wanted.
        if page.case_id and not self._sealed(page):
            told["case"] = page.case_id
        for url, secret in self._store.casework.rota.hooks_with_secrets(page.organisation_id):
            now = datetime.now(UTC)
            event = {"type": "page.opened", "timestamp": now.isoformat(), "data": told}
            message_id = f"{page.id}.{page.step}"
            webhook.post(url, secret, message_id, int(now.timestamp()), event, self._allow_loopback)

    def _sealed(self, page: Page) -> bool:
        return self._store.docket.case(page.organisation_id, page.case_id).lane is Lane.SEALED


class Nights:
    """Fulfils `jobs.casework.Nightly`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def retain(self, now: datetime) -> int:
        """Erase what is past its time, where a policy says how long that is."""
        return self._each(lambda one: self._retain(one, now))

    def sample(self, now: datetime) -> int:
        """Draw what a policy's sampling duty asks."""
        return self._each(lambda one: self._sample(one, now))

    def sign(self, now: datetime) -> int:
        """Sign every record."""
        return self._each(lambda one: min(1, self._store.casework.proofs.checkpoint(one.id, now).sequence))

    def _each(self, work: Callable[[Organisation], int]) -> int:
        return sum(work(one) for one in self._store.directory.organisations())

    def _retain(self, one: Organisation, now: datetime) -> int:
        policy = self._store.directory.policy_of(one.id)
        faded = sum(self._store.casework.expiring.run(one.id, expiry_of(policy, now), now))
        days = policy.settings.get("retention_messages_days")
        if not isinstance(days, int) or days < 1:
            return faded
        return faded + self._store.casework.retention.run(one.id, days, now, "gateway").erased

    def _sample(self, one: Organisation, now: datetime) -> int:
        duty = self._store.directory.policy_of(one.id).settings.get("sampling_duty")
        each = duty.get("threads_per_tutor_per_term", 0) if isinstance(duty, dict) else 0
        return self._store.casework.samples.draw(one.id, each, now) if each else 0
