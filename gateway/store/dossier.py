"""Reading what is held: cases, messages, findings, verdicts, decisions; all within one organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, select, tuple_

from classifiers.finding import Finding, Layer
from gateway.domain.case import Action, Case, Cut, Decision, Standing
from gateway.domain.message import Arrival, Assurance, Channel, Envelope
from gateway.domain.verdict import Verdict
from gateway.errors import NotFound
from gateway.ports import CaseFilter, PastMessage, Place
from gateway.store.cases import case_of
from gateway.store.engine import store_faults
from gateway.store.keeping import about_particulars, about_raw
from gateway.store.schema import case_file, decision, dispatch, finding, message
from gateway.store.timelines import never_in
from gateway.store.vault import Vault
from gateway.store.verdicts import finding_of, verdict_of
from gateway.store.working_order import IS_CLOSED, in_working_order, narrowed, pairs_of, reports_of


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of cases may show of a message. message_id: the sender's own Message-ID."""

    subject: str = field(repr=False)
    message_id: str = field(repr=False)


class Dossier:
    """The reading half of the Docket port."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def cases(
        self,
        organisation_id: str,
        which: CaseFilter,
        now: datetime,
        limit: int = 100,
        offset: int = 0,
        after: Place | None = None,
    ) -> list[Case]:
        """Cases in the order to work them: overdue, severity, deadline; closed ones last, newest first."""
        with store_faults(), self._engine.connect() as connection:
            asked = narrowed(connection, organisation_id, which, now)
            query = in_working_order(organisation_id, asked, now, limit, offset, after)
            rows = connection.execute(query).all()
        return [case_of(row) for row in rows]

    def counts(self, organisation_id: str, without_people: frozenset[str] = frozenset()) -> dict[str, int]:
        """Open cases by lane; a lane without any is left out.

        without_people: cases of pairs whose circle holds one of them do not count.
        """
        by_lane = (
            select(case_file.c.lane, func.count().label("open"))
            .where(case_file.c.organisation_id == organisation_id, case_file.c.state != IS_CLOSED)
            .group_by(case_file.c.lane)
        )
        with store_faults(), self._engine.connect() as connection:
            apart = sorted(without_people)
            theirs = connection.execute(pairs_of(organisation_id, apart)).scalars().all()
            told = connection.execute(reports_of(organisation_id, apart)).scalars().all()
            if theirs:
                by_lane = by_lane.where(case_file.c.pair_id.not_in(theirs))
            if told:
                by_lane = by_lane.where(case_file.c.id.not_in(told))
            return {row.lane: row.open for row in connection.execute(by_lane)}

    def last_opened(self, organisation_id: str, without_lanes: frozenset[str]) -> datetime | None:
        """When the newest case outside these lanes was opened."""
        theirs = [case_file.c.organisation_id == organisation_id]
        theirs.append(case_file.c.lane.not_in(sorted(without_lanes)))
        newest = [
            select(case_file.c.opened_at)
            .where(*theirs, state)
            .order_by(case_file.c.opened_at.desc())
            .limit(1)
            for state in (case_file.c.state == IS_CLOSED, case_file.c.state != IS_CLOSED)
        ]
        with store_faults(), self._engine.connect() as connection:
            found = [connection.execute(one).scalar_one_or_none() for one in newest]
        return max((one for one in found if one is not None), default=None)

    def case(self, organisation_id: str, case_id: str) -> Case:
        """Raises NotFound, also for another organisation's."""
        theirs = select(case_file).where(
            case_file.c.id == case_id, case_file.c.organisation_id == organisation_id
        )
        return case_of(self._one(theirs, "case"))

    def decisions(self, organisation_id: str, case_id: str) -> list[tuple[datetime, Decision]]:
        """What was decided on a case so far, oldest first."""
        theirs = (
            select(decision)
            .where(decision.c.case_id == case_id, decision.c.organisation_id == organisation_id)
            .order_by(decision.c.version)
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs).all()
        return [(row.at, self._decision_of(row)) for row in rows]

    def arrival(self, organisation_id: str, message_id: str) -> Arrival:
        """The message as it was received; its idempotency key is not kept. Raises NotFound."""
        row = self._message(organisation_id, message_id)
        envelope = Envelope(
            id=row.id,
            reference=row.reference,
            organisation_id=row.organisation_id,
            pair_id=row.pair_id,
            channel=Channel(row.channel),
            sender_id=row.sender_id,
            recipient_ids=tuple(row.recipient_ids),
            received_at=row.received_at,
            assurance=Assurance(row.assurance),
        )
        return Arrival(envelope, self._vault.open(row.raw, about_raw(row.id)))

    def findings(self, organisation_id: str, message_id: str) -> tuple[Finding, ...]:
        """In the order they are numbered on the case page, 1 first."""
        theirs = (
            select(finding)
            .where(finding.c.message_id == message_id, finding.c.organisation_id == organisation_id)
            .order_by(finding.c.number)
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs).all()
        return tuple(finding_of(row, self._vault.keeper(row.secret)) for row in rows)

    def verdict(self, organisation_id: str, message_id: str) -> Verdict:
        """The verdict with its findings. Raises NotFound."""
        particulars = self._particulars(self._message(organisation_id, message_id))
        return verdict_of(particulars["verdict"], self.findings(organisation_id, message_id))

    def headings(self, organisation_id: str, message_ids: Iterable[str]) -> dict[str, Heading]:
        """Subject and the sender's own Message-ID of messages, by our ids."""
        theirs = select(message.c.id, message.c.particulars).where(
            message.c.organisation_id == organisation_id, message.c.id.in_(set(message_ids))
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs).all()
        kept = {row.id: self._particulars(row) for row in rows}
        return {one: Heading(plain["subject"], plain["message_id"]) for one, plain in kept.items()}

    def copies(self, organisation_id: str, message_id: str) -> dict[str, str]:
        """The state of everybody's newest copy, by person id."""
        theirs = select(dispatch.c.recipient_id, dispatch.c.state).where(
            dispatch.c.message_id == message_id, dispatch.c.organisation_id == organisation_id
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(dispatch.c.id)).all()
        return {row.recipient_id: row.state for row in rows}

    def around(
        self,
        organisation_id: str,
        message_id: str,
        each_side: int = 6,
        without_lanes: frozenset[str] = frozenset(),
    ) -> list[PastMessage]:
        """The pair's messages before and after, oldest first, this one left out.

        without_lanes: nor are those shown that were ever held in one of these.
        """
        row = self._message(organisation_id, message_id)
        here = (row.received_at, row.id)
        place = tuple_(message.c.received_at, message.c.id)
        pair = select(message).where(
            message.c.organisation_id == organisation_id,
            message.c.pair_id == row.pair_id,
            never_in(without_lanes),
        )
        newest = pair.where(place < here).order_by(message.c.received_at.desc(), message.c.id.desc())
        oldest = pair.where(place > here).order_by(message.c.received_at, message.c.id)
        with store_faults(), self._engine.connect() as connection:
            before = connection.execute(newest.limit(each_side)).all()
            after = connection.execute(oldest.limit(each_side)).all()
        return [self._past(one) for one in (*reversed(before), *after)]

    def _one(self, query: Select[Any], what: str) -> Any:
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no such {what}.")
        return row

    def _message(self, organisation_id: str, message_id: str) -> Any:
        ours = message.c.organisation_id == organisation_id
        return self._one(select(message).where(message.c.id == message_id, ours), "message")

    def _particulars(self, row: Any) -> Any:
        return self._vault.open_json(row.particulars, about_particulars(row.id))

    def _past(self, row: Any) -> PastMessage:
        subject = self._particulars(row)["subject"]
        return PastMessage(row.id, row.sender_id, row.received_at, row.channel, row.outcome, subject)

    def _decision_of(self, row: Any) -> Decision:
        words = self._vault.open_json(row.words, about_decision(row.case_id, row.version))
        return Decision(
            case_id=row.case_id,
            version=row.version,
            action=Action(row.action),
            moderator_id=row.moderator_id,
            reason=words["reason"],
            clause=row.clause,
            say=words["say"],
            redactions=tuple(words["redactions"]),
            code=row.code,
            notify_guardian=row.notify_guardian,
            standing=Standing(row.standing),
            undo_until=row.undo_until,
            cuts=tuple(Cut(Layer(layer), *rest) for layer, *rest in words.get("cuts", ())),
        )


def about_decision(case_id: str, version: int) -> str:
    """What the sealed words of a decision are bound to."""
    return f"decision\0{case_id}\0{version}"
