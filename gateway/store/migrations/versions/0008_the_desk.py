"""Claims, verdicts on hits, notes, declared relations, and decisions that can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "case_claim",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("case_claim_key")),
    )
    op.create_index("case_claim_of_person", "case_claim", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "hit_verdict",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "number", "person_id", name=op.f("hit_verdict_key")),
    )
    op.create_table(
        "pair_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pair_note_key")),
    )
    op.create_index("pair_note_of_pair", "pair_note", ["organisation_id", "pair_id", "at"], unique=False)
    op.create_table(
        "declared_relation",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "person_id", "other_id", name=op.f("declared_relation_key")
        ),
    )
    op.add_column("decision", sa.Column("code", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "decision", sa.Column("notify_guardian", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("decision", sa.Column("standing", sa.Text(), server_default="carried", nullable=False))
    op.add_column("decision", sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("decision", sa.Column("before", sa.JSON(), nullable=True))
    op.create_index("case_of_pair", "case_file", ["pair_id", "opened_at"], unique=False)
    op.create_index(
        "case_lane",
        "case_file",
        ["organisation_id", "lane"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
