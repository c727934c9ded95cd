"""Case files, records, holds, samples, checkpoints, the rota and moderators' care."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "care",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("veil", sa.Boolean(), nullable=False),
        sa.Column("marks_only", sa.Boolean(), nullable=False),
        sa.Column("cap", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("care_key")),
    )
    op.create_table(
        "filed",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("filed_key")),
    )
    op.create_index("filed_in_matter", "filed", ["organisation_id", "matter_id", "at"], unique=False)
    op.create_index("filed_of_role", "filed", ["organisation_id", "role", "person_id", "at"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("legal_hold_key")),
    )
    op.create_index(
        "legal_hold_live",
        "legal_hold",
        ["organisation_id", "kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "matter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_met", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("matter_key")),
    )
    op.create_index(
        "matter_of_organisation", "matter", ["organisation_id", "state", "opened_at"], unique=False
    )
    op.create_table(
        "page_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("page_call_key")),
    )
    op.create_index("page_call_of_organisation", "page_call", ["organisation_id", "opened_at"], unique=False)
    op.create_table(
        "page_hook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("page_hook_key")),
    )
    op.create_index("page_hook_of_organisation", "page_hook", ["organisation_id"], unique=False)
    op.create_table(
        "record_checkpoint",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sequence", name=op.f("record_checkpoint_key")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("retention_run_key")),
    )
    op.create_index("retention_run_of_organisation", "retention_run", ["organisation_id", "at"], unique=False)
    op.create_table(
        "rota_exception",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("rota_exception_key")),
    )
    op.create_index(
        "rota_exception_of_organisation", "rota_exception", ["organisation_id", "ends_at"], unique=False
    )
    op.create_table(
        "rota_shift",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("rota_shift_key")),
    )
    op.create_index(
        "rota_shift_of_organisation", "rota_shift", ["organisation_id", "weekday", "starts"], unique=False
    )
    op.create_table(
        "sample",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("tutor_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stratum", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("sample_key")),
    )
    op.create_index("sample_of_term", "sample", ["organisation_id", "term", "tutor_id"], unique=False)
    op.create_table(
        "swapped",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("swapped_key")),
    )
    op.create_index("swapped_of_person", "swapped", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "matter_review",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("matter_review_matter_id_known")),
        sa.PrimaryKeyConstraint("matter_id", "due_on", name=op.f("matter_review_key")),
    )
    op.create_index(
        "matter_review_due",
        "matter_review",
        ["organisation_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "matter_tie",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("tied_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("matter_tie_matter_id_known")),
        sa.PrimaryKeyConstraint("matter_id", "kind", "subject_id", name=op.f("matter_tie_key")),
    )
    op.create_index(
        "matter_tie_of_subject", "matter_tie", ["organisation_id", "kind", "subject_id"], unique=False
    )
    op.create_index("case_opened", "case_file", ["organisation_id", "opened_at"], unique=False)
    op.create_index("decision_time", "decision", ["organisation_id", "at"], unique=False)
    op.create_index(
        "dispatch_undelivered",
        "dispatch",
        ["organisation_id", "settled_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('failed', 'stopped')"),
    )
    op.create_index("record_time", "record_entry", ["at"], unique=False, postgresql_using="brin")
    op.create_index(
        "record_views",
        "record_entry",
        ["organisation_id", "subject", "at"],
        unique=False,
        postgresql_where=sa.text("kind = 'body.viewed'"),
    )
