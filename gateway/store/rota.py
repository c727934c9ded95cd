"""Who is on call, and who was called: the pattern, those who stand in, pages and where they also go."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.domain.people import Person, Role
from gateway.domain.rota import ANSWER_WITHIN, Page, Shift, StandIn, on_call
from gateway.errors import NotFound, SettingsError
from gateway.ports import Alarms
from gateway.store.casework_schema import page_call, page_hook, rota_exception, rota_shift
from gateway.store.engine import store_faults
from gateway.store.openline import driver_of
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file
from gateway.store.vault import Vault

ROUNDS = 2  # everybody is called so many times before we stop and say so on the page
SECRET_BYTES = 24  # Standard Webhooks: 24 to 64


class SqlRota:
    """The rota of one organisation. deciders: everybody who may decide on cases there."""

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, deciders: Callable[[str], tuple[Person, ...]]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms
        self._deciders = deciders

    def deciders(self, organisation_id: str) -> list[Person]:
        """Whom the rota can name."""
        return list(self._deciders(organisation_id))

    def shifts(self, organisation_id: str) -> list[Shift]:
        """The weekly pattern, in order of the week."""
        theirs = select(rota_shift).where(rota_shift.c.organisation_id == organisation_id)
        order = (rota_shift.c.weekday, rota_shift.c.starts, rota_shift.c.position, rota_shift.c.id)
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(*order)).all()
        return [Shift(r.id, r.weekday, r.starts, r.ends, r.person_id, r.position) for r in rows]

    def exceptions(self, organisation_id: str, after: datetime) -> list[StandIn]:
        """Those that are not over by then; the later written of two wins, and comes last."""
        theirs = select(rota_exception).where(
            rota_exception.c.organisation_id == organisation_id, rota_exception.c.ends_at > after
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(rota_exception.c.id)).all()
        return [StandIn(r.id, r.starts_at, r.ends_at, r.person_id, r.position) for r in rows]

    def add_shift(self, organisation_id: str, shift: Shift, by: str, at: datetime) -> None:
        """Add to the pattern. Raises NotFound for somebody who may not decide."""
        self._check(organisation_id, shift.person_id)
        row = {
            "id": shift.id or new_id(at),
            "organisation_id": organisation_id,
            "weekday": shift.weekday,
            "starts": shift.starts,
            "ends": shift.ends,
            "person_id": shift.person_id,
            "position": shift.position,
        }
        self._write(insert(rota_shift).values(row), organisation_id, by, at, shift.person_id)

    def add_exception(self, organisation_id: str, one: StandIn, by: str, at: datetime) -> None:
        """Let somebody stand in, or nobody. Raises NotFound for somebody who may not decide."""
        if one.person_id:
            self._check(organisation_id, one.person_id)
        row = {
            "id": one.id or new_id(at),
            "organisation_id": organisation_id,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "person_id": one.person_id,
            "position": one.position,
        }
        self._write(insert(rota_exception).values(row), organisation_id, by, at, one.person_id)

    def remove(self, organisation_id: str, entry_id: str, by: str, at: datetime) -> None:
        """Take a shift or an exception out; one that is not there is out already."""
        for table in (rota_shift, rota_exception):
            theirs = (table.c.id == entry_id) & (table.c.organisation_id == organisation_id)
            self._write(delete(table).where(theirs), organisation_id, by, at, "")

    def now_on_call(self, organisation_id: str, at: datetime) -> list[str]:
        """Whom to call, first position first."""
        return on_call(self.shifts(organisation_id), self.exceptions(organisation_id, at), at)

    def call(self, organisation_id: str, kind: str, case_id: str, at: datetime) -> Page:
        """Call whoever is on call; for a case that was called for before, the page there is.

        Raises SettingsError when there is nobody to call.
        """
        everybody = self._to_call(organisation_id, case_id, at)
        if not everybody:
            raise SettingsError("Nobody is on call, and nobody may decide; add people to the rota.")
        page = Page(new_id(at), organisation_id, kind, case_id, at, 1, everybody[0], at + ANSWER_WITHIN)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            before = select(page_call).where(
                page_call.c.organisation_id == organisation_id, page_call.c.case_id == case_id
            )
            known = connection.execute(before).first() if case_id else None
            if known is not None:
                return _page_of(known)
            connection.execute(insert(page_call).values(_page_row(page)))
            self._ring(connection, page, at)
            entry = Entry(
                organisation_id, at, "page.opened", page.id, "gateway", {"case": case_id, "kind": kind}
            )
            append(connection, heads, [entry])
        return page

    def page(self, organisation_id: str, page_id: str) -> Page:
        """Raises NotFound, also for another organisation's."""
        theirs = select(page_call).where(
            page_call.c.id == page_id, page_call.c.organisation_id == organisation_id
        )
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(theirs).one_or_none()
        if row is None:
            raise NotFound("There is no such page.")
        return _page_of(row)

    def go_on(self, organisation_id: str, page_id: str, step: int, at: datetime) -> Page | None:
        """Call the next person, when a page is still unanswered at that step; None when it is over."""
        page = self.page(organisation_id, page_id)
        if page.acknowledged_at is not None or page.step != step:
            return None
        everybody = self._to_call(organisation_id, page.case_id, at)
        over = not everybody or step >= len(everybody) * ROUNDS
        who = page.person_id if over else everybody[step % len(everybody)]
        changed = (
            {"next_at": None} if over else {"step": step + 1, "person_id": who, "next_at": at + ANSWER_WITHIN}
        )
        same = (
            (page_call.c.id == page_id) & (page_call.c.step == step) & page_call.c.acknowledged_at.is_(None)
        )
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if not connection.execute(update(page_call).where(same).values(changed)).rowcount:
                return None
            what = "page.unanswered" if over else "page.escalated"
            append(connection, heads, [Entry(organisation_id, at, what, page_id, "gateway", {"person": who})])
            if over:
                return None
            following = Page(
                page.id,
                organisation_id,
                page.kind,
                page.case_id,
                page.opened_at,
                step + 1,
                who,
                at + ANSWER_WITHIN,
            )
            self._ring(connection, following, at)
        return following

    def pages(self, organisation_id: str, limit: int = 20) -> list[Page]:
        """The last pages, newest first."""
        theirs = select(page_call).where(page_call.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(page_call.c.opened_at.desc()).limit(limit)).all()
        return [_page_of(row) for row in rows]

    def acknowledge(self, organisation_id: str, page_id: str, by: str, at: datetime) -> None:
        """Say that somebody is there; the first one stands. Raises NotFound."""
        page = self.page(organisation_id, page_id)
        open_ = (page_call.c.id == page_id) & page_call.c.acknowledged_at.is_(None)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            done = update(page_call).where(open_).values(acknowledged_at=at, acknowledged_by=by, next_at=None)
            if connection.execute(done).rowcount:
                detail = {"steps": page.step}
                append(
                    connection, heads, [Entry(organisation_id, at, "page.acknowledged", page_id, by, detail)]
                )

    def add_hook(self, organisation_id: str, url: str, by: str, at: datetime) -> str:
        """Send pages to an address too; returns its secret, which is shown once."""
        key, hook_id, secret = (
            self._vault.organisation(organisation_id),
            new_id(at),
            secrets.token_bytes(SECRET_BYTES),
        )
        row = {
            "id": hook_id,
            "organisation_id": organisation_id,
            "url": key.seal_json(url, f"page hook\0{hook_id}"),
            "secret": key.seal(secret, f"page hook secret\0{hook_id}"),
            "added_at": at,
        }
        self._write(insert(page_hook).values(row), organisation_id, by, at, "")
        return secret.hex()

    def hooks(self, organisation_id: str) -> list[tuple[str, str, datetime]]:
        """Id, address and since when, of those in use."""
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(_live_hooks(organisation_id)).all()
        return [(r.id, self._vault.open_json(r.url, f"page hook\0{r.id}"), r.added_at) for r in rows]

    def hooks_with_secrets(self, organisation_id: str) -> list[tuple[str, bytes]]:
        """Address and secret of those in use, for sending."""
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(_live_hooks(organisation_id)).all()
        return [
            (
                self._vault.open_json(r.url, f"page hook\0{r.id}"),
                self._vault.open(r.secret, f"page hook secret\0{r.id}"),
            )
            for r in rows
        ]

    def remove_hook(self, organisation_id: str, hook_id: str, by: str, at: datetime) -> None:
        """Send no more pages there."""
        theirs = (page_hook.c.id == hook_id) & (page_hook.c.organisation_id == organisation_id)
        self._write(update(page_hook).where(theirs).values(removed_at=at), organisation_id, by, at, "")

    def _to_call(self, organisation_id: str, case_id: str, at: datetime) -> list[str]:
        """Those on call, then everybody else who may decide; for a sealed case the leads alone."""
        may = [one for one in self._deciders(organisation_id) if one.role in _may_see(self._lane(case_id))]
        ids = {one.id for one in may}
        return list(
            dict.fromkeys([who for who in self.now_on_call(organisation_id, at) if who in ids] + sorted(ids))
        )

    def _lane(self, case_id: str) -> str:
        if not case_id:
            return ""
        with store_faults(), self._engine.connect() as connection:
            found = connection.execute(
                select(case_file.c.lane).where(case_file.c.id == case_id)
            ).scalar_one_or_none()
        return found or ""

    def _ring(self, connection: Connection, page: Page, at: datetime) -> None:
        about = {"organisation_id": page.organisation_id, "page_id": page.id, "step": str(page.step)}
        for kind in ("page_person", "page_hooks"):
            self._alarms.set(driver_of(connection), kind, at, about)
        self._alarms.set(driver_of(connection), "page_next", at + ANSWER_WITHIN, about)

    def _check(self, organisation_id: str, person_id: str) -> None:
        if person_id not in {one.id for one in self._deciders(organisation_id)}:
            raise NotFound("There is no such person at the desk.")

    def _write(self, statement: Any, organisation_id: str, by: str, at: datetime, person_id: str) -> None:
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if connection.execute(statement).rowcount:
                entry = Entry(organisation_id, at, "rota.changed", organisation_id, by, {"person": person_id})
                append(connection, heads, [entry])


def _may_see(lane: str) -> frozenset[Role]:
    leads = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
    return leads if lane == "sealed" else leads | {Role.MODERATOR}


def _live_hooks(organisation_id: str) -> Any:
    theirs = select(page_hook).where(
        page_hook.c.organisation_id == organisation_id, page_hook.c.removed_at.is_(None)
    )
    return theirs.order_by(page_hook.c.added_at)


def _page_row(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "organisation_id": page.organisation_id,
        "kind": page.kind,
        "case_id": page.case_id,
        "opened_at": page.opened_at,
        "step": page.step,
        "person_id": page.person_id,
        "next_at": page.next_at,
    }


def _page_of(row: Any) -> Page:
    return Page(
        row.id, row.organisation_id, row.kind, row.case_id, row.opened_at, row.step, row.person_id, row.next_at,
        row.acknowledged_at, row.acknowledged_by or "",
    )  # fmt: skip
