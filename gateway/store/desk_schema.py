"""The tables of the desk: who works on what, and what people write beside it.

The metadata and the habits are those of `schema`.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table, Text

from gateway.store.schema import metadata

# A lease: whoever holds it works on the case. One row a case, taken over once `until` has passed.
case_claim = Table(
    "case_claim",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("case_claim_of_person", "organisation_id", "person_id"),
)

# number: of the finding. verdict: right, wrong or unsure; the last one of each person counts.
hit_verdict = Table(
    "hit_verdict",
    metadata,
    Column("organisation_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("verdict", Text, nullable=False),
    PrimaryKeyConstraint("message_id", "number", "person_id"),
)

# case_id: empty when it is about no case. words: sealed text.
pair_note = Table(
    "pair_note",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("pair_id", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("words", LargeBinary, nullable=False),
    Index("pair_note_of_pair", "organisation_id", "pair_id", "at"),
)

# Whose cases somebody of the desk must not see, because they know each other. why: our word for it.
declared_relation = Table(
    "declared_relation",
    metadata,
    Column("organisation_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("other_id", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("organisation_id", "person_id", "other_id"),
)
