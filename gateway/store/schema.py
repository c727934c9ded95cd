"""Every table of the gateway, as SQLAlchemy Core sees it; migrations/ makes them so.

`organisation_id` stands on every row. Columns of bytes hold what the vault sealed, blind
look-up marks or hashes; columns of text hold ids, kinds and words of our own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

Type = TypeEngine[Any] | type[TypeEngine[Any]]

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_key",
        "uq": "%(table_name)s_%(column_0_N_name)s_unique",
        "fk": "%(table_name)s_%(column_0_N_name)s_known",
    }
)


def _is(name: str, kind: Type) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _may(name: str, kind: Type) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _moment(name: str) -> Column[Any]:
    return _is(name, DateTime(timezone=True))


def _stamp(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _later(name: str) -> Column[Any]:
    return _may(name, DateTime(timezone=True))


def _whose() -> Column[Any]:
    return _is("organisation_id", Text)


# --- directory ---------------------------------------------------------------------------------

# allowed: sealed JSON list. directory_version: rises with every change to anybody in it.
organisation = Table(
    "organisation",
    metadata,
    Column("id", Text, primary_key=True),
    _is("name", Text),
    Column("domain", Text, nullable=False, unique=True),
    _is("pack", Text),
    Column("directory_version", BigInteger, nullable=False, server_default=text("1")),
    _may("allowed", LargeBinary),
    _stamp("created_at"),
)

# issued: blind mark of the issued address. particulars: sealed JSON of names, addresses, birth date.
person = Table(
    "person",
    metadata,
    _whose(),
    _is("id", Text),
    _is("role", Text),
    _is("standing", Text),
    Column("issued", LargeBinary, unique=True),
    _may("password", Text),
    _is("particulars", LargeBinary),
    PrimaryKeyConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
)

# Who is registered with a private mailbox: blind marks only, the address is in `person`.
mailbox = Table(
    "mailbox",
    metadata,
    _whose(),
    _is("person_id", Text),
    _is("blind", LargeBinary),
    PrimaryKeyConstraint("organisation_id", "person_id", "blind"),
    ForeignKeyConstraint(["organisation_id", "person_id"], ["person.organisation_id", "person.id"]),
    Index("mailbox_of_address", "blind"),
)

guardianship = Table(
    "guardianship",
    metadata,
    _whose(),
    _is("pupil_id", Text),
    _is("guardian_id", Text),
    _is("position", SmallInteger),
    _is("copied", Boolean),
    _is("barred", Boolean),
    _may("registered", Date),
    PrimaryKeyConstraint("organisation_id", "pupil_id", "guardian_id"),
    ForeignKeyConstraint(["organisation_id", "pupil_id"], ["person.organisation_id", "person.id"]),
    ForeignKeyConstraint(["organisation_id", "guardian_id"], ["person.organisation_id", "person.id"]),
    Index("guardianship_of_guardian", "organisation_id", "guardian_id"),
)

# Guardians' mailboxes that gave back what was sent there, until the case about it is closed.
failing_address = Table(
    "failing_address",
    metadata,
    _whose(),
    _is("person_id", Text),
    _is("blind", LargeBinary),
    _moment("since"),
    _is("case_id", Text),
    PrimaryKeyConstraint("organisation_id", "person_id", "blind"),
    ForeignKeyConstraint(["organisation_id", "person_id"], ["person.organisation_id", "person.id"]),
    Index("failing_address_of_case", "case_id"),
)

pair = Table(
    "pair",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("tutor_id", Text),
    _is("pupil_id", Text),
    _is("subject", Text),
    _is("contract", Text),
    _is("open", Boolean),
    Column("overlay", Text, nullable=False, server_default=""),
    _stamp("created_at"),
    UniqueConstraint("organisation_id", "tutor_id", "pupil_id"),
    ForeignKeyConstraint(["organisation_id", "tutor_id"], ["person.organisation_id", "person.id"]),
    ForeignKeyConstraint(["organisation_id", "pupil_id"], ["person.organisation_id", "person.id"]),
    Index("pair_of_pupil", "organisation_id", "pupil_id"),
)

# Where a pair is heading: decayed sums and counts, no words. state: as written by `courses`.
pair_course = Table(
    "pair_course",
    metadata,
    Column("pair_id", Text, primary_key=True),
    _whose(),
    _is("tutor_id", Text),
    _is("volume", Float),
    _is("state", Text),
    ForeignKeyConstraint(["pair_id"], ["pair.id"]),
    Index("pair_course_of_tutor", "organisation_id", "tutor_id"),
)

alias = Table(
    "alias",
    metadata,
    Column("address", Text, primary_key=True),
    _whose(),
    _is("pair_id", Text),
    _is("person_id", Text),
    _stamp("minted_at"),
    _later("revoked_at"),
    ForeignKeyConstraint(["pair_id"], ["pair.id"]),
    Index("alias_live", "pair_id", "person_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
)

# --- keys --------------------------------------------------------------------------------------

# family: a pupil's id, or empty for the organisation's own key (organisation_id empty: the index key).
data_key = Table(
    "data_key",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _whose(),
    _is("family", Text),
    _is("master", Text),
    _is("wrapped", LargeBinary),
    _stamp("created_at"),
    UniqueConstraint("organisation_id", "family"),
)

# --- messages ----------------------------------------------------------------------------------

# fingerprint, idempotency, origin (the sender's Message-ID): keyed marks. raw: the sealed bytes as received. particulars: sealed
# JSON of subject, verdict, platform text and the sender's Message-ID. decide_by: as told to senders.
message = Table(
    "message",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("pair_id", Text),
    _is("reference", Text),
    _is("channel", Text),
    _is("sender_id", Text),
    _is("recipient_ids", ARRAY(Text)),
    _moment("received_at"),
    _is("assurance", Text),
    _is("outcome", Text),
    _is("policy_version", Text),
    _is("pair_initials", Text),
    _later("decide_by"),
    _is("fingerprint", LargeBinary),
    _may("idempotency", LargeBinary),
    _may("origin", LargeBinary),
    _is("raw", LargeBinary),
    _is("particulars", LargeBinary),
    Index("message_once", "organisation_id", "fingerprint", unique=True),
    Index(
        "message_keyed_once",
        "organisation_id",
        "idempotency",
        unique=True,
        postgresql_where=text("idempotency IS NOT NULL"),
    ),
    Index("message_origin", "origin", postgresql_where=text("origin IS NOT NULL")),
    Index("message_timeline", "organisation_id", "pair_id", "received_at", "id"),
)

# number: from 1, as on the case page. secret: sealed JSON of value and replacement.
finding = Table(
    "finding",
    metadata,
    _is("message_id", Text),
    _is("number", SmallInteger),
    _whose(),
    _is("kind", Text),
    _is("category", Text),
    _is("layer", Text),
    _is("part", Integer),
    _is("start", Integer),
    _is("stop", Integer),
    _is("score", Float),
    _is("stance", Text),
    _is("evasive", Boolean),
    _is("evidence", ARRAY(Text)),
    _is("detector", Text),
    _is("version", Text),
    _is("secret", LargeBinary),
    PrimaryKeyConstraint("message_id", "number"),
)

# The pair's memory: short messages of the last day, sealed.
fragment = Table(
    "fragment",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _whose(),
    _is("pair_id", Text),
    _is("sender_id", Text),
    _moment("at"),
    _is("words", LargeBinary),
    Index("fragment_recent", "pair_id", "sender_id", "at"),
)

# --- cases -------------------------------------------------------------------------------------

# severity: its rank, 0 low to 3 critical. escalate_at: when the clock next raises it.
case_file = Table(
    "case_file",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("pair_id", Text),
    _is("message_id", Text),
    _is("lane", Text),
    _is("severity", SmallInteger),
    _is("state", Text),
    _is("version", Integer),
    _moment("opened_at"),
    _moment("due_at"),
    _moment("escalate_at"),
    _is("rule", Text),
    _is("clause", Text),
    _is("because", Text),
    _is("reference", Text),
    _is("channel", Text),
    _is("pair_initials", Text),
    _is("outcome", Text),
    Index(
        "case_queue",
        "organisation_id",
        "severity",
        "due_at",
        "id",
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("case_closed", "organisation_id", "opened_at", postgresql_where=text("state = 'closed'")),
    Index("case_of_message", "message_id"),
    Index("case_of_pair", "pair_id", "opened_at"),
    Index("case_lane", "organisation_id", "lane", postgresql_where=text("state <> 'closed'")),
)

# words: sealed JSON of the reason, the text for the sender, the redactions and what they replaced.
# standing: carried, first, differing or undone. before: JSON of how the case stood, for taking it back.
decision = Table(
    "decision",
    metadata,
    _is("case_id", Text),
    _is("version", Integer),
    _whose(),
    _moment("at"),
    _is("action", Text),
    _is("moderator_id", Text),
    _is("clause", Text),
    _is("words", LargeBinary),
    Column("code", Text, nullable=False, server_default=text("''")),
    Column("notify_guardian", Boolean, nullable=False, server_default=text("false")),
    Column("standing", Text, nullable=False, server_default=text("'carried'")),
    _later("undo_until"),
    _may("before", JSON),
    PrimaryKeyConstraint("case_id", "version"),
)

# --- dispatches --------------------------------------------------------------------------------

# batch: copies that were decided together; a guardian's copy gates its own batch only.
# due_at: when it may be claimed (pushed on by each lease); null while it waits for a guardian's copy.
# address: sealed JSON of mailbox and return path. content: the sealed exact bytes.
dispatch = Table(
    "dispatch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _whose(),
    _is("message_id", Text),
    _is("pair_id", Text),
    _is("batch", Text),
    _is("recipient_id", Text),
    _is("wire", Text),
    _is("state", Text),
    _is("required", Boolean),
    _is("waits_for_required", Boolean),
    _later("due_at"),
    _is("fence", Integer),
    _is("tries", Integer),
    _moment("first_try_at"),
    _later("settled_at"),
    _is("code", SmallInteger),
    _is("policy_version", Text),
    _is("directory_version", BigInteger),
    _is("sha256", Text),
    _is("address", LargeBinary),
    _is("content", LargeBinary),
    Index("dispatch_due", "due_at", postgresql_where=text("state = 'waiting'")),
    Index("dispatch_of_message", "message_id"),
)

# --- record ------------------------------------------------------------------------------------

record_head = Table(
    "record_head",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    _is("sequence", BigInteger),
    _is("hash", LargeBinary),
)

# detail: JSON as text, because the hash covers it and jsonb would rewrite its numbers.
record_entry = Table(
    "record_entry",
    metadata,
    _whose(),
    _is("sequence", BigInteger),
    _moment("at"),
    _is("kind", Text),
    _is("subject", Text),
    _is("actor", Text),
    _is("detail", JSON),
    _is("previous", LargeBinary),
    _is("hash", LargeBinary),
    PrimaryKeyConstraint("organisation_id", "sequence"),
)

# --- desk and platforms ------------------------------------------------------------------------

desk_user = Table(
    "desk_user",
    metadata,
    _whose(),
    _is("person_id", Text),
    Column("address", LargeBinary, nullable=False, unique=True),
    _is("password", Text),
    PrimaryKeyConstraint("organisation_id", "person_id"),
    ForeignKeyConstraint(["organisation_id", "person_id"], ["person.organisation_id", "person.id"]),
)

# id: the person may see it, and end the session by it. complete: no second factor is owed.
desk_session = Table(
    "desk_session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _whose(),
    _is("person_id", Text),
    _is("means", Text),
    _is("complete", Boolean),
    _is("device", Text),
    _moment("signed_in_at"),
    _moment("seen_at"),
    _moment("proved_at"),
    _later("revoked_at"),
    Index("desk_session_of_person", "organisation_id", "person_id"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("label", Text),
    Column("hash", LargeBinary, nullable=False, unique=True),
    _stamp("created_at"),
    _later("revoked_at"),
    ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
)
