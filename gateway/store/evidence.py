"""Gathers what belongs to a case file or a case: its messages, people, decisions and record entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from gateway.domain.case import Case
from gateway.domain.evidence import DeliveredCopy, Evidence, KeptMessage
from gateway.domain.matter import Matter, Tie, TieKind
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship
from gateway.domain.verdict import Lane
from gateway.errors import Forbidden, NotFound
from gateway.store.cases import case_of
from gateway.store.directory import SqlDirectory
from gateway.store.dispatches import about_content
from gateway.store.docket import SqlDocket
from gateway.store.engine import store_faults
from gateway.store.matters import SqlMatters
from gateway.store.people import load_people
from gateway.store.proofs import SqlProofs
from gateway.store.schema import case_file, dispatch, guardianship, message, pair
from gateway.store.vault import Vault

MOST_MESSAGES = 5_000


class SqlEvidence:
    """Gathers evidence within one organisation."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        docket: SqlDocket,
        directory: SqlDirectory,
        matters: SqlMatters,
        proofs: SqlProofs,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._docket = docket
        self._directory = directory
        self._matters = matters
        self._proofs = proofs

    def of_matter(self, organisation_id: str, matter_id: str, upto: int, sealed_too: bool) -> Evidence:
        """All that is linked to a case file, with record entries up to a sequence number.

        sealed_too: also messages from the sealed lane. Raises NotFound, and Forbidden when there are
        more messages than one bundle holds.
        """
        found = self._matters.matter(organisation_id, matter_id)
        ties = self._matters.ties(organisation_id, matter_id)
        return self._gather(organisation_id, found, ties, upto, sealed_too)

    def of_case(self, organisation_id: str, case_id: str, upto: int, sealed_too: bool) -> Evidence:
        """The same for one case. Raises NotFound, also for a sealed one unless `sealed_too`."""
        case = self._docket.case(organisation_id, case_id)
        if case.lane is Lane.SEALED and not sealed_too:
            raise NotFound("There is no such case.")
        tie = Tie(TieKind.CASE, case_id, "", case.opened_at)
        return self._gather(organisation_id, None, [tie], upto, sealed_too)

    def _gather(
        self, organisation_id: str, found: Matter | None, ties: Sequence[Tie], upto: int, sealed_too: bool
    ) -> Evidence:
        tied = {kind: [tie.subject_id for tie in ties if tie.kind is kind] for kind in TieKind}
        with store_faults(), self._engine.connect() as connection:
            ids = self._message_ids(connection, organisation_id, tied)
            cases = self._cases(connection, organisation_id, tied[TieKind.CASE], ids)
            copies = self._copies(connection, ids)
        hidden = {one.message_id for one in cases if one.lane is Lane.SEALED}
        shown = [one for one in ids if sealed_too or one not in hidden]
        messages, gone = self._messages(organisation_id, shown, copies, hidden)
        if not sealed_too:
            cases = [one for one in cases if one.lane is not Lane.SEALED]
        filed = self._matters.filed(organisation_id, found.id) if found else []
        about = {*(one.arrival.envelope.id for one in messages), *(one.id for one in cases)}
        about |= {found.id} if found else set()
        pair_ids = {one.arrival.envelope.pair_id for one in messages} | set(tied[TieKind.PAIR])
        pair_ids |= {one.pair_id for one in cases}
        with store_faults(), self._engine.connect() as connection:
            pairs, guardians = self._around(connection, organisation_id, pair_ids)
            wanted = {*tied[TieKind.PERSON], *(one.person_id for one in filed)}
            wanted |= {one for each in pairs for one in (each.tutor_id, each.pupil_id)}
            wanted |= {one.guardian_id for one in guardians}
            wanted |= {one.filed_by for one in filed} | {one.arrival.envelope.sender_id for one in messages}
            decisions = [
                (case.id, at, made)
                for case in cases
                for at, made in self._docket.decisions(organisation_id, case.id)
            ]
            wanted |= {made.moderator_id for _, _, made in decisions}
            people = load_people(connection, self._vault, organisation_id, wanted - {""})
        return Evidence(
            organisation=self._directory.organisation(organisation_id),
            matter=found,
            people=tuple(people[one] for one in sorted(people)),
            guardianships=tuple(guardians),
            pairs=tuple(pairs),
            cases=tuple(cases),
            decisions=tuple(decisions),
            messages=tuple(messages),
            filed=tuple(filed),
            entries=tuple(self._proofs.about(organisation_id, about, upto)),
            left_out=tuple(sorted((set(ids) - set(shown)) | set(gone))),
        )

    def _message_ids(
        self, connection: Connection, organisation_id: str, tied: dict[TieKind, list[str]]
    ) -> list[str]:
        of_cases = select(case_file.c.message_id).where(case_file.c.id.in_(tied[TieKind.CASE]))
        theirs = (
            select(message.c.id)
            .where(
                message.c.organisation_id == organisation_id,
                or_(
                    message.c.id.in_(tied[TieKind.MESSAGE]),
                    message.c.id.in_(of_cases),
                    message.c.pair_id.in_(tied[TieKind.PAIR]),
                ),
            )
            .order_by(message.c.received_at, message.c.id)
            .limit(MOST_MESSAGES + 1)
        )
        ids = list(connection.execute(theirs).scalars())
        if len(ids) > MOST_MESSAGES:
            raise Forbidden(f"More than {MOST_MESSAGES} messages belong to it; link cases instead of pairs.")
        return ids

    def _cases(
        self, connection: Connection, organisation_id: str, case_ids: list[str], message_ids: list[str]
    ) -> list[Case]:
        theirs = select(case_file).where(
            case_file.c.organisation_id == organisation_id,
            or_(case_file.c.id.in_(case_ids), case_file.c.message_id.in_(message_ids)),
        )
        return [case_of(row) for row in connection.execute(theirs.order_by(case_file.c.opened_at)).all()]

    def _copies(self, connection: Connection, message_ids: list[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        theirs = select(dispatch).where(dispatch.c.message_id.in_(message_ids)).order_by(dispatch.c.id)
        for row in connection.execute(theirs).all():
            found.setdefault(row.message_id, []).append(row)
        return found

    def _messages(
        self, organisation_id: str, ids: Iterable[str], copies: dict[str, list[Any]], hidden: set[str]
    ) -> tuple[list[KeptMessage], list[str]]:
        """The messages, and the ids of those of which nothing is left."""
        kept, gone = [], []
        for one in ids:
            arrival = self._docket.arrival(organisation_id, one)
            if not arrival.raw:
                gone.append(one)
                continue
            made = tuple(self._copy(row) for row in copies.get(one, ()))
            subject = self._docket.headings(organisation_id, [one])[one].subject
            verdict = self._docket.verdict(organisation_id, one)
            kept.append(KeptMessage(arrival, verdict, subject, made, one in hidden))
        return kept, gone

    def _copy(self, row: Any) -> DeliveredCopy:
        content = self._vault.open(row.content, about_content(row.message_id, row.recipient_id))
        return DeliveredCopy(row.recipient_id, row.wire, row.state, row.settled_at, row.sha256, content)

    def _around(
        self, connection: Connection, organisation_id: str, pair_ids: set[str]
    ) -> tuple[list[Pair], list[Guardianship]]:
        theirs = select(pair).where(pair.c.organisation_id == organisation_id, pair.c.id.in_(pair_ids))
        pairs = [
            Pair(row.id, row.organisation_id, row.tutor_id, row.pupil_id, row.subject, row.contract, row.open)
            for row in connection.execute(theirs.order_by(pair.c.id)).all()
        ]
        around = select(guardianship).where(
            guardianship.c.organisation_id == organisation_id,
            guardianship.c.pupil_id.in_([one.pupil_id for one in pairs]),
        )
        ordered = around.order_by(guardianship.c.pupil_id, guardianship.c.position)
        return pairs, [
            Guardianship(row.guardian_id, row.pupil_id, row.copied, row.barred, row.registered)
            for row in connection.execute(ordered).all()
        ]
