"""Case files, proofs, figures, rota and care, joined over one database; and the pages over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from gateway.channels.email.picture_removal import without_pictures
from gateway.domain.message import Arrival, Reading
from gateway.domain.people import Person, Role
from gateway.errors import NotFound, SettingsError
from gateway.jobs.app import ProcrastinateAlarms
from gateway.record import locked
from gateway.record.bundle import files_of, zipped
from gateway.record.casework import bundle_exported, record_read
from gateway.store.caring import SqlCare
from gateway.store.directory import SqlDirectory
from gateway.store.docket import SqlDocket
from gateway.store.evidence import SqlEvidence
from gateway.store.expiring import SqlExpiring
from gateway.store.figures import SqlFigures
from gateway.store.holds import SqlHolds
from gateway.store.logbook import SqlLogbook
from gateway.store.matters import SqlMatters
from gateway.store.operations import SqlOperations
from gateway.store.past import PastMessages
from gateway.store.persons import SqlPersons
from gateway.store.policies import SqlPolicies
from gateway.store.proofs import SqlProofs
from gateway.store.record import RecordReader
from gateway.store.retention import SqlRetention
from gateway.store.rota import SqlRota
from gateway.store.samples import SqlSamples
from gateway.store.strikes import SqlStrikes
from gateway.store.vault import Vault
from gateway.wiring.releasing import PolicyRoom

if TYPE_CHECKING:
    from flask import Blueprint

Reads = Callable[[Arrival], Reading]
SHORTEST_REASON = 3


@dataclass(frozen=True, slots=True)
class Casework:
    """The stores of casework. key: of the organisation's own marks."""

    directory: SqlDirectory
    docket: SqlDocket
    record: RecordReader
    matters: SqlMatters
    holds: SqlHolds
    retention: SqlRetention
    expiring: SqlExpiring
    proofs: SqlProofs
    evidence: SqlEvidence
    figures: SqlFigures
    samples: SqlSamples
    care: SqlCare
    rota: SqlRota
    operations: SqlOperations
    logbook: SqlLogbook
    policies: PolicyRoom
    persons: SqlPersons
    _engine: Engine = field(repr=False)
    _vault: Vault = field(repr=False)

    def samples_read_by(self, read: Reads) -> SqlSamples:
        """The samples, for a page that shows what can be read in them."""
        return SqlSamples(self._engine, self.docket, read)

    def export(
        self, person: Person, matter_id: str, case_id: str, reason: str, passphrase: str, at: datetime
    ) -> bytes:
        """A bundle of evidence of a case file or of a case; see `casework.Export`.

        Sealed messages are in it for the safeguarding lead alone. Raises NotFound, SettingsError.
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise SettingsError("Say why the evidence is exported; the reason goes into the record.")
        ours, sealed_too = person.organisation_id, person.role is Role.SAFEGUARDING_LEAD
        if matter_id and not self._may_export(person, matter_id):
            raise NotFound("There is no such case file.")
        tree = self.proofs.tree(ours)
        gather = self.evidence.of_matter if matter_id else self.evidence.of_case
        found = gather(ours, matter_id or case_id, tree.size, sealed_too)
        policy = self.directory.policy_of(ours)
        files = files_of(found, policy, tree, self.proofs.sign(ours, tree, at), reason, person.full_name, at)
        made = zipped(files, at)
        handed = locked.lock(made, passphrase) if passphrase else made
        mark = self._vault.organisation(ours).mark(reason).hex()
        manifest = hashlib.sha256(files["manifest.json"]).hexdigest()
        count = len(found.messages)
        self.proofs.note(bundle_exported(ours, found.subject_id, person.id, at, mark, manifest, count))
        return handed

    def _may_export(self, person: Person, matter_id: str) -> bool:
        """A sealed case file is the lead's, and nobody exports one about themselves (DFT-22)."""
        ours = person.organisation_id
        if self.matters.matter(ours, matter_id).sealed and person.role is not Role.SAFEGUARDING_LEAD:
            return False
        return matter_id not in self.matters.about_somebody(ours, person.id)

    def whole_record(self, organisation_id: str, actor: str, at: datetime) -> Iterator[bytes]:
        """The record as JSON Lines, as `gateway record export` writes it; that is recorded first."""
        self.proofs.note(record_read(organisation_id, actor, at, ""))
        return self._lines(organisation_id)

    def _lines(self, organisation_id: str) -> Iterator[bytes]:
        for one in self.record.entries(organisation_id):
            plain = {
                "sequence": one.sequence,
                "previous": one.previous,
                "hash": one.hash,
                "organisation": one.entry.organisation_id,
                "at": one.entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "kind": one.entry.kind,
                "subject": one.entry.subject,
                "actor": one.entry.actor,
                "detail": dict(one.entry.detail),
            }
            yield json.dumps(plain, sort_keys=True).encode() + b"\n"


def casework_of(
    engine: Engine,
    vault: Vault,
    alarms: ProcrastinateAlarms,
    directory: SqlDirectory,
    docket: SqlDocket,
    record: RecordReader,
    secret: bytes,
) -> Casework:
    """Everything of casework on one database. secret: what signing keys are derived from."""
    retention = SqlRetention(engine, vault)
    matters, proofs = SqlMatters(engine, vault), SqlProofs(engine, record, secret)
    return Casework(
        directory=directory,
        docket=docket,
        record=record,
        matters=matters,
        holds=SqlHolds(engine, vault),
        retention=retention,
        expiring=SqlExpiring(retention, without_pictures),
        proofs=proofs,
        evidence=SqlEvidence(engine, vault, docket, directory, matters, proofs),
        figures=SqlFigures(engine, vault),
        samples=SqlSamples(engine, docket),
        care=SqlCare(engine),
        rota=SqlRota(engine, vault, alarms, directory.deciders),
        operations=SqlOperations(engine),
        logbook=SqlLogbook(engine),
        policies=PolicyRoom(SqlPolicies(engine), PastMessages(engine, vault), directory.policy_of),
        persons=SqlPersons(engine, vault, SqlStrikes(engine, vault, alarms)),
        _engine=engine,
        _vault=vault,
    )


def casework_pages(work: Casework, read: Reads) -> tuple[Blueprint, ...]:
    """The pages of casework, for `create_desk`. read: a message's bytes to what can be read in them."""
    from gateway.desk.care_page import care_blueprint
    from gateway.desk.concerns_page import concerns_blueprint
    from gateway.desk.figures_page import figures_blueprint
    from gateway.desk.holds_page import holds_blueprint
    from gateway.desk.matter_page import matter_blueprint
    from gateway.desk.office_page import office_blueprint
    from gateway.desk.ops_page import ops_blueprint
    from gateway.desk.people_page import people_blueprint
    from gateway.desk.policy_page import policy_blueprint
    from gateway.desk.record_page import record_blueprint
    from gateway.desk.rota_page import rota_blueprint
    from gateway.desk.samples_page import samples_blueprint

    return (
        office_blueprint(),
        matter_blueprint(work.matters, work.export),
        concerns_blueprint(work.matters),
        holds_blueprint(work.holds, work.retention),
        record_blueprint(work.logbook, work.proofs, work.whole_record),
        figures_blueprint(work.figures),
        samples_blueprint(work.samples_read_by(read)),
        care_blueprint(work.care),
        rota_blueprint(work.rota),
        ops_blueprint(work.operations),
        policy_blueprint(work.policies),
        people_blueprint(work.persons),
    )


LINKS = (("Office", "/office"),)
