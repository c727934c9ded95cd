"""The tables of casework: case files, records, holds, samples, proofs, the rota and moderators' care.

The metadata and the habits are those of `schema`. A case file is a `matter` here, because the table
`case_file` holds the cases of the queue.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Time,
    text,
)

from gateway.store.schema import (
    _is,
    _later,
    _may,
    _moment,
    _whose,
    case_file,
    decision,
    dispatch,
    metadata,
    record_entry,
)

# title, ending: sealed words. sealed: for the safeguarding lead alone.
# clock_from, clock_due, clock_met: of the harm threshold; null until one was noted, and until it was met.
matter = Table(
    "matter",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("version", Integer),
    _is("state", Text),
    _is("sealed", Boolean),
    _is("title", LargeBinary),
    _is("opened_by", Text),
    _moment("opened_at"),
    _later("closed_at"),
    _later("clock_from"),
    _later("clock_due"),
    _later("clock_met"),
    _may("ending", LargeBinary),
    Index("matter_of_organisation", "organisation_id", "state", "opened_at"),
)

# kind: case, message, pair or person.
matter_tie = Table(
    "matter_tie",
    metadata,
    _is("matter_id", Text),
    _is("kind", Text),
    _is("subject_id", Text),
    _whose(),
    _is("tied_by", Text),
    _moment("at"),
    PrimaryKeyConstraint("matter_id", "kind", "subject_id"),
    ForeignKeyConstraint(["matter_id"], ["matter.id"]),
    Index("matter_tie_of_subject", "organisation_id", "kind", "subject_id"),
)

# A filled-in record of the pack, or a note. matter_id: empty when it stands alone.
# person_id: whom it is about, empty when nobody. role: which of the records we know (see domain.matter).
filed = Table(
    "filed",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("matter_id", Text),
    _is("form", Text),
    _is("role", Text),
    _is("person_id", Text),
    _is("filed_by", Text),
    _moment("at"),
    _is("words", LargeBinary),
    Index("filed_in_matter", "organisation_id", "matter_id", "at"),
    Index("filed_of_role", "organisation_id", "role", "person_id", "at"),
)

matter_review = Table(
    "matter_review",
    metadata,
    _is("matter_id", Text),
    _is("due_on", Date),
    _whose(),
    _later("done_at"),
    _may("done_by", Text),
    _may("words", LargeBinary),
    PrimaryKeyConstraint("matter_id", "due_on"),
    ForeignKeyConstraint(["matter_id"], ["matter.id"]),
    Index("matter_review_due", "organisation_id", "due_on", postgresql_where=text("done_at IS NULL")),
)

# kind: pair, matter or message.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("kind", Text),
    _is("subject_id", Text),
    _is("placed_by", Text),
    _moment("placed_at"),
    _is("reason", LargeBinary),
    _may("released_by", Text),
    _later("released_at"),
    _may("release_reason", LargeBinary),
    Index(
        "legal_hold_live",
        "organisation_id",
        "kind",
        "subject_id",
        unique=True,
        postgresql_where=text("released_at IS NULL"),
    ),
)

# A signed head of the tree over the record (RFC 9162 section 2.1), to be kept outside this system.
record_checkpoint = Table(
    "record_checkpoint",
    metadata,
    _whose(),
    _is("sequence", BigInteger),
    _moment("at"),
    _is("root", LargeBinary),
    _is("signature", LargeBinary),
    PrimaryKeyConstraint("organisation_id", "sequence"),
)

# A message that passed, drawn for a second look. stratum: how many passed in its tutor's term.
# verdict: fine or missed, null until somebody said.
sample = Table(
    "sample",
    metadata,
    Column("message_id", Text, primary_key=True),
    _whose(),
    _is("tutor_id", Text),
    _is("term", Text),
    _moment("drawn_at"),
    _is("stratum", Integer),
    _may("verdict", Text),
    _may("judged_by", Text),
    _later("judged_at"),
    Index("sample_of_term", "organisation_id", "term", "tutor_id"),
)

# weekday: 0 Monday. starts, ends: London wall time; an end at or before the start is on the next day.
# position: 1 is called first.
rota_shift = Table(
    "rota_shift",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("weekday", SmallInteger),
    _is("starts", Time),
    _is("ends", Time),
    _is("person_id", Text),
    _is("position", SmallInteger),
    Index("rota_shift_of_organisation", "organisation_id", "weekday", "starts"),
)

# Somebody else at a position for a while; an empty person_id: nobody.
rota_exception = Table(
    "rota_exception",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _moment("starts_at"),
    _moment("ends_at"),
    _is("person_id", Text),
    _is("position", SmallInteger),
    Index("rota_exception_of_organisation", "organisation_id", "ends_at"),
)

# Somebody is wanted. kind: test or case. step: how many have been called. token: what acknowledges.
page_call = Table(
    "page_call",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("kind", Text),
    _is("case_id", Text),
    _moment("opened_at"),
    _is("step", SmallInteger),
    _is("person_id", Text),
    _later("next_at"),
    _later("acknowledged_at"),
    _may("acknowledged_by", Text),
    Index("page_call_of_organisation", "organisation_id", "opened_at"),
)

# Where pages also go. url, secret: sealed.
page_hook = Table(
    "page_hook",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("url", LargeBinary),
    _is("secret", LargeBinary),
    _moment("added_at"),
    _later("removed_at"),
    Index("page_hook_of_organisation", "organisation_id"),
)

# How somebody wants to be shown things. cap: bodies of high severity a day before a swap is offered.
care = Table(
    "care",
    metadata,
    _whose(),
    _is("person_id", Text),
    _is("veil", Boolean),
    _is("marks_only", Boolean),
    _is("cap", SmallInteger),
    PrimaryKeyConstraint("organisation_id", "person_id"),
)

# A case somebody gave away, without a reason: it is not offered to them again.
swapped = Table(
    "swapped",
    metadata,
    _whose(),
    _is("case_id", Text),
    _is("person_id", Text),
    _moment("at"),
    PrimaryKeyConstraint("case_id", "person_id"),
    Index("swapped_of_person", "organisation_id", "person_id"),
)

# What one nightly run of the retention did. kept: JSON of how many were kept, by reason.
retention_run = Table(
    "retention_run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _whose(),
    _moment("at"),
    _is("actor", Text),
    _is("days", Integer),
    _is("erased", Integer),
    _is("kept", Text),
    _is("seconds", Float),
    Index("retention_run_of_organisation", "organisation_id", "at"),
)

# Figures and the record page look at few rows of large tables: each index holds those alone.
Index(
    "record_views",
    record_entry.c.organisation_id,
    record_entry.c.subject,
    record_entry.c.at,
    postgresql_where=text("kind = 'body.viewed'"),
)
Index("record_time", record_entry.c.at, postgresql_using="brin")
Index("decision_time", decision.c.organisation_id, decision.c.at)
Index(
    "dispatch_undelivered",
    dispatch.c.organisation_id,
    dispatch.c.settled_at,
    postgresql_where=text("state IN ('failed', 'stopped')"),
)
Index("case_opened", case_file.c.organisation_id, case_file.c.opened_at)
