"""The database and everything that stands on it, opened once per process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from gateway import packs
from gateway.domain.people import Organisation
from gateway.domain.policy import Policy
from gateway.domain.roster import AliasRow, Roster
from gateway.errors import SettingsError
from gateway.jobs.app import ProcrastinateAlarms
from gateway.settings import Settings, config_folder
from gateway.store import roster as rosters
from gateway.store import server
from gateway.store.directory import SqlDirectory
from gateway.store.docket import SqlDocket
from gateway.store.engine import check_durable, connect, conninfo, embedded, migrate
from gateway.store.keys import SqlApiKeys
from gateway.store.ledger import SqlLedger
from gateway.store.outbox import SqlOutbox
from gateway.store.record import RecordReader
from gateway.store.sessions import SqlSessions, create_organisation
from gateway.store.vault import Vault, create_master_key, load_master_key
from gateway.wiring.casework import Casework, casework_of


@dataclass(frozen=True, slots=True)
class Rosters:
    """Imports and exports people."""

    _engine: Engine = field(repr=False)
    _vault: Vault = field(repr=False)

    def apply(self, roster: Roster) -> rosters.Applied:
        """Write a roster in one transaction, minting the aliases it needs."""
        return rosters.apply(self._engine, self._vault, roster)

    def export(self, organisation_id: str) -> Roster:
        """The organisation's people as a roster, without passwords."""
        return rosters.export(self._engine, self._vault, organisation_id)

    def aliases(self, organisation_id: str) -> list[AliasRow]:
        """Every live alias and whom it stands for."""
        return rosters.aliases(self._engine, organisation_id)


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that stands on the database.

    form_key: seals the desk's forms; the same in every process, derived from the master key.
    verp_key: seals return paths; likewise.
    conninfo: the database as a libpq URI, for the job worker.
    """

    directory: SqlDirectory
    ledger: SqlLedger
    docket: SqlDocket
    outbox: SqlOutbox
    sessions: SqlSessions
    api_keys: SqlApiKeys
    roster: Rosters
    record: RecordReader
    casework: Casework
    form_key: bytes = field(repr=False)
    verp_key: bytes = field(repr=False)
    conninfo: str = field(repr=False)
    _engine: Engine = field(repr=False)

    def add_organisation(self, organisation: Organisation) -> None:
        """Write an organisation without people; one that is there gets the new name and pack."""
        create_organisation(self._engine, organisation)

    def close(self) -> None:
        """Commit what is queued and let go of the database."""
        self.ledger.close()
        self.outbox.close()
        self._engine.dispose()


def dkim_folder(settings: Settings) -> Path:
    """Where the domains' signing keys are."""
    return settings.home / "keys" / "dkim"


def database_url(settings: Settings) -> str:
    """The database's URL; the gateway's own is started if it is not running."""
    return settings.database_url or embedded(settings.home)


def stop_database(settings: Settings) -> None:
    """Stop the gateway's own database, whoever still uses it; leave another one alone."""
    if not settings.database_url:
        server.stop(settings.home)


def open_store(settings: Settings) -> Store:
    """Open the database of this installation.

    Raises: SettingsError when it is not durable or there is no key; StoreUnavailable.
    """
    key = load_master_key(settings.home / "keys" / "master.key")
    url = database_url(settings)
    engine = connect(url)
    check_durable(engine)
    return _joined(engine, key, conninfo(url))


def initialise(settings: Settings, organisation: Organisation, tell: Callable[[str], None]) -> Store:
    """Make key, database and organisation; what is there already is kept.

    tell: called with a line of progress. Raises: PolicyError for an unknown pack.
    """
    packs.load(config_folder(), organisation.pack)
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "keys" / "master.key"
    if not path.exists():
        tell("making the master key (keep a copy in a safe place)")
        create_master_key(path)
    tell("starting the database" if not settings.database_url else "opening the database")
    migrate(database_url(settings), tell)
    store = open_store(settings)
    store.add_organisation(organisation)
    return store


def _joined(engine: Engine, master_key: bytes, libpq: str) -> Store:
    vault, alarms = Vault(engine, master_key), ProcrastinateAlarms()
    directory = SqlDirectory(engine, vault, policy_of_pack)
    docket, record = SqlDocket(engine, vault, alarms, directory.policy_of), RecordReader(engine)
    return Store(
        directory=directory,
        ledger=SqlLedger(engine, vault, alarms, directory.policy_of),
        docket=docket,
        outbox=SqlOutbox(engine, vault, alarms, directory.policy_of),
        sessions=SqlSessions(engine, vault),
        api_keys=SqlApiKeys(engine),
        roster=Rosters(engine, vault),
        record=record,
        casework=casework_of(engine, vault, alarms, directory, docket, record, master_key),
        form_key=hashlib.sha256(b"desk forms\0" + master_key).digest(),
        verp_key=hashlib.sha256(b"return paths\0" + master_key).digest(),
        conninfo=libpq,
        _engine=engine,
    )


@lru_cache(maxsize=64)
def policy_of_pack(pack: str) -> Policy:
    """The policy of a pack, loaded once per process. Raises PolicyError."""
    try:
        return packs.load(config_folder(), pack)
    except OSError as fault:
        raise SettingsError(f"The pack '{pack}' cannot be read ({type(fault).__name__}).") from fault
