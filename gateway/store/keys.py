"""Keys of integrating platforms, hashed at rest."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Engine, insert, select, update

from gateway.domain.message import new_id
from gateway.domain.people import Organisation
from gateway.errors import NotFound
from gateway.store.engine import store_faults
from gateway.store.passwords import API_KEY, digest, make_secret
from gateway.store.schema import api_key, organisation

BELIEVED_S = 5.0  # a revoked key may work this much longer
REMEMBERED = 1_000


class SqlApiKeys:
    """The ApiKeys port on PostgreSQL. A valid key is believed for five seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._believed: dict[bytes, tuple[float, Organisation]] = {}

    def organisation_of(self, key: str) -> Organisation | None:
        """The organisation of a live key, None for any other string."""
        mark = digest(key)
        with self._lock:
            until, known = self._believed.get(mark, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        return self._look_up(mark)

    def mint_api_key(self, organisation_id: str, label: str) -> str:
        """A new key, shown once and never again. Raises NotFound for an unknown organisation."""
        key, now = make_secret(API_KEY), datetime.now(UTC)
        row = {"id": new_id(now), "organisation_id": organisation_id, "label": label, "hash": digest(key)}
        with store_faults(), self._engine.begin() as connection:
            known = select(organisation.c.id).where(organisation.c.id == organisation_id)
            if connection.execute(known).one_or_none() is None:
                raise NotFound("There is no such organisation.")
            connection.execute(insert(api_key), [row])
        return key

    def revoke(self, key: str) -> None:
        """End a key; one that is not there has ended already."""
        mark = digest(key)
        with store_faults(), self._engine.begin() as connection:
            connection.execute(
                update(api_key).where(api_key.c.hash == mark).values(revoked_at=datetime.now(UTC))
            )
        with self._lock:
            self._believed.pop(mark, None)

    def _look_up(self, mark: bytes) -> Organisation | None:
        live = (
            select(organisation)
            .join(api_key, api_key.c.organisation_id == organisation.c.id)
            .where(api_key.c.hash == mark, api_key.c.revoked_at.is_(None))
        )
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(live).one_or_none()
        if row is None:
            return None
        found = Organisation(row.id, row.name, row.domain, row.pack)
        with self._lock:
            if len(self._believed) >= REMEMBERED:
                self._believed.clear()
            self._believed[mark] = (time.monotonic() + BELIEVED_S, found)
        return found
