"""The database and everything that stands on it, opened once per process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway import packs
from gateway.domain.links import Links
from gateway.domain.people import Organisation
from gateway.domain.roster import AliasRow, Roster
from gateway.jobs.app import ProcrastinateAlarms
from gateway.settings import Settings, config_folder
from gateway.store import roster as rosters
from gateway.store import server
from gateway.store.address_changes import SqlAddressChanges
from gateway.store.correspondence import SqlCorrespondence
from gateway.store.desk_users import create_organisation
from gateway.store.directory import SqlDirectory
from gateway.store.docket import SqlDocket
from gateway.store.engine import check_durable, connect, conninfo, embedded, migrate
from gateway.store.entrances import SqlEntrances
from gateway.store.keys import SqlApiKeys
from gateway.store.ledger import SqlLedger
from gateway.store.outbox import SqlOutbox
from gateway.store.past import PastMessages
from gateway.store.policies import SqlPolicies
from gateway.store.record import RecordReader
from gateway.store.register import SqlRegister
from gateway.store.reminding import SqlReminders
from gateway.store.reports import SqlReports
from gateway.store.sendings import SqlSendings
from gateway.store.sessions import SqlSessions
from gateway.store.strikes import SqlStrikes
from gateway.store.tasks import SqlTasks
from gateway.store.vault import Vault, create_master_key, load_master_key
from gateway.wiring.casework import Casework, casework_of
from gateway.wiring.policies import Policies, shelf_of


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rosters:
    """Imports and exports people."""

    _engine: Engine = field(repr=False)
    _vault: Vault = field(repr=False)
    _alarms: ProcrastinateAlarms = field(repr=False)

    def apply(self, roster: Roster) -> rosters.Applied:
        """Write a roster in one transaction, minting the aliases it needs."""
        return rosters.apply(self._engine, self._vault, roster, self._alarms)

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
    verp_key: seals return paths; link_key: the links under copies; likewise.
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
    policies: Policies
    releases: SqlPolicies
    past: PastMessages
    tasks: SqlTasks
    reminders: SqlReminders
    register: SqlRegister
    entrances: SqlEntrances
    correspondence: SqlCorrespondence
    reports: SqlReports
    sendings: SqlSendings
    strikes: SqlStrikes
    addresses: SqlAddressChanges
    link_key: bytes = field(repr=False)
    casework: Casework
    form_key: bytes = field(repr=False)
    verp_key: bytes = field(repr=False)
    conninfo: str = field(repr=False)
    _engine: Engine = field(repr=False)

    def add_organisation(self, organisation: Organisation) -> None:
        """Write an organisation without people; one that is there gets the new name and pack."""
        create_organisation(self._engine, organisation)

    def remind(self, now: datetime) -> int:
        """Set what the reminders of every organisation's pack ask for; how many were new."""
        return sum(
            self.reminders.set_due(one.id, self.directory.policy_of(one.id), now)
            for one in self.directory.organisations()
        )

    def close(self) -> None:
        """Commit what is queued and let go of the database."""
        self.ledger.close()
        self.outbox.close()
        self._engine.dispose()


def dkim_folder(settings: Settings) -> Path:
    """Where the domains' signing keys are."""
    return settings.home / "keys" / "dkim"


def links_of(settings: Settings) -> Links | None:
    """What makes the links under copies; None while no setting says how families reach us."""
    if not settings.public_url:
        return None
    return Links(settings.public_url, link_key(load_master_key(settings.home / "keys" / "master.key")))


def link_key(master_key: bytes) -> bytes:
    """What seals the links under copies; the same in every process."""
    return hashlib.sha256(b"footer links\0" + master_key).digest()


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
    return _joined(engine, key, conninfo(url), settings.home)


def initialise(settings: Settings, organisation: Organisation, tell: Callable[[str], None]) -> Store:
    """Make key, database and organisation; what is there already is kept.

    tell: called with a line of progress. Raises: PolicyError for an unknown pack.
    """
    packs.load(shelf_of(settings.home, config_folder()), organisation.pack)
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


def _joined(engine: Engine, master_key: bytes, libpq: str, home: Path) -> Store:
    vault, alarms = Vault(engine, master_key), ProcrastinateAlarms()
    releases, tasks = SqlPolicies(engine), SqlTasks(engine, vault)
    policies = Policies(shelf_of(home, config_folder()), releases, tasks.give, _now)
    directory = SqlDirectory(engine, vault, policies.of, policies.shadow_of)
    docket, record = SqlDocket(engine, vault, alarms, directory.policy_of), RecordReader(engine)
    return Store(
        directory=directory,
        ledger=SqlLedger(engine, vault, alarms, directory.policy_of),
        docket=docket,
        outbox=SqlOutbox(engine, vault, alarms, directory.policy_of),
        sessions=SqlSessions(engine, vault),
        api_keys=SqlApiKeys(engine),
        roster=Rosters(engine, vault, alarms),
        record=record,
        policies=policies,
        releases=releases,
        past=PastMessages(engine, vault),
        tasks=tasks,
        reminders=SqlReminders(engine, vault, alarms),
        register=SqlRegister(engine, vault),
        entrances=SqlEntrances(engine, vault, alarms),
        correspondence=SqlCorrespondence(engine, vault),
        reports=SqlReports(engine, vault, alarms, directory.policy_of),
        sendings=SqlSendings(engine, vault, alarms, directory.policy_of),
        strikes=SqlStrikes(engine, vault, alarms),
        addresses=SqlAddressChanges(engine, vault, alarms),
        link_key=link_key(master_key),
        casework=casework_of(engine, vault, alarms, directory, docket, record, master_key),
        form_key=hashlib.sha256(b"desk forms\0" + master_key).digest(),
        verp_key=hashlib.sha256(b"return paths\0" + master_key).digest(),
        conninfo=libpq,
        _engine=engine,
    )
