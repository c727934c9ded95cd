"""What the desk asked a message's sender, and the answer on its way beside the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from gateway.domain.case import Action, Standing, State
from gateway.domain.claim import Note
from gateway.domain.correspondence import Question
from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.record.told import question_answered
from gateway.store.desk_schema import pair_note
from gateway.store.dossier import about_decision
from gateway.store.margins import about_note, write_note
from gateway.store.schema import case_file, decision
from gateway.store.vault import Vault


def asked(connection: Connection, vault: Vault, message: Any) -> Question | None:
    """The newest question about a message that can no longer be taken back, with its sender's answer.

    It is there as long as the message is checked, whatever becomes of the case meanwhile: a case that
    is sealed or raised after it looks the same from outside.
    """
    gone = or_(decision.c.undo_until.is_(None), decision.c.undo_until <= func.now())
    theirs = (
        select(decision.c.case_id, decision.c.version, decision.c.at, decision.c.words)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(
            case_file.c.organisation_id == message.organisation_id,
            case_file.c.message_id == message.id,
            decision.c.action == str(Action.ASK),
            decision.c.standing == str(Standing.CARRIED),
            gone,
        )
    )
    row = connection.execute(theirs.order_by(decision.c.at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    text = str(vault.open_json(row.words, about_decision(row.case_id, row.version))["say"])
    return Question(row.case_id, row.at, text, _answer(connection, vault, message, row))


def answered(
    connection: Connection, vault: Vault, message: Any, question: Question, words: str, now: datetime
) -> Sequence[Entry]:
    """Keep an answer as a note, and offer the case again if it waited for it; what the record says of it."""
    note = Note(new_id(now), message.pair_id, question.case_id, message.sender_id, now, words)
    key = vault.family(message.organisation_id, message.pupil_id)
    written = write_note(connection, key, message.organisation_id, note)
    waiting = (case_file.c.id == question.case_id) & (case_file.c.state == str(State.ASKED))
    connection.execute(
        update(case_file).where(waiting).values(state=str(State.OPEN), version=case_file.c.version + 1)
    )
    return written, question_answered(message.organisation_id, question.case_id, message.sender_id, now)


def _answer(connection: Connection, vault: Vault, message: Any, question: Any) -> str:
    theirs = select(pair_note.c.id, pair_note.c.words).where(
        pair_note.c.organisation_id == message.organisation_id,
        pair_note.c.pair_id == message.pair_id,
        pair_note.c.case_id == question.case_id,
        pair_note.c.author_id == message.sender_id,
        pair_note.c.at >= question.at,
    )
    row = connection.execute(theirs.order_by(pair_note.c.at.desc()).limit(1)).one_or_none()
    return str(vault.open_json(row.words, about_note(row.id))) if row else ""
