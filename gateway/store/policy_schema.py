"""The tables of policies: their versions, what is on file that rules ask for, lessons, and what is to be done.

The metadata and the habits are those of `schema`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.store.schema import _is, _later, _may, _moment, _stamp, _whose, metadata

# What is on file about people, pairs (and with neither, the organisation). detail: sealed JSON.
# source: "roster", or the person who entered it; an import replaces what an import brought.
register_fact = Table(
    "register_fact",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _whose(),
    _is("kind", Text),
    _is("person_id", Text),
    _is("pair_id", Text),
    _is("detail", LargeBinary),
    _may("since", Date),
    _may("until", Date),
    _is("source", Text),
    _stamp("entered_at"),
    Index("register_fact_of_person", "organisation_id", "person_id"),
    Index("register_fact_of_pair", "organisation_id", "pair_id"),
)

lesson = Table(
    "lesson",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _whose(),
    _is("pair_id", Text),
    _moment("starts"),
    _moment("ends"),
    _is("tool", Text),
    _is("source", Text),
    ForeignKeyConstraint(["pair_id"], ["pair.id"]),
    Index("lesson_of_pair", "pair_id", "starts"),
    Index("lesson_by_time", "organisation_id", "starts"),
)

# Something that somebody has to do or to know; subject keeps a reminder from being set twice.
task = Table(
    "task",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("kind", Text),
    _is("clause", Text),
    _is("role", Text),
    _is("because", Text),
    _is("pair_id", Text),
    _is("message_id", Text),
    _is("person_id", Text),
    _is("subject", Text),
    _moment("opened_at"),
    _later("due_at"),
    _later("done_at"),
    _is("done_by", Text),
    _may("note", LargeBinary),
    Index("task_open", "organisation_id", "due_at", "id", postgresql_where=text("done_at IS NULL")),
    Index(
        "task_once", "organisation_id", "kind", "subject", unique=True, postgresql_where=text("subject <> ''")
    ),
)

# Every policy that was, is or may come into force. source: as packs.keeping keeps it.
# state: live, waiting (loosens something, for a second person), shadow, retired.
policy_release = Table(
    "policy_release",
    metadata,
    _whose(),
    _is("version", Text),
    _is("pack", Text),
    _is("state", Text),
    _is("source", Text),
    _is("loosens", ARRAY(Text)),
    _is("author", Text),
    _is("approver", Text),
    _is("note", Text),
    _moment("entered_at"),
    _later("live_at"),
    PrimaryKeyConstraint("organisation_id", "version"),
    Index("policy_live", "organisation_id", unique=True, postgresql_where=text("state = 'live'")),
    Index("policy_shadow", "organisation_id", unique=True, postgresql_where=text("state = 'shadow'")),
)

# What a shadow policy would have said, where it differs from what was said.
shadow_verdict = Table(
    "shadow_verdict",
    metadata,
    _is("message_id", Text),
    _is("version", Text),
    _whose(),
    _moment("at"),
    _is("was", Text),
    _is("would_be", Text),
    _is("rule", Text),
    _is("clause", Text),
    PrimaryKeyConstraint("message_id", "version"),
    Index("shadow_of_version", "organisation_id", "version", "at"),
)
