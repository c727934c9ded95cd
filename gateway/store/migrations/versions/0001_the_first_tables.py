"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STORAGE = (
    # Sealed bytes do not compress: spare the attempt.
    "ALTER TABLE message ALTER COLUMN raw SET STORAGE EXTERNAL",
    "ALTER TABLE dispatch ALTER COLUMN content SET STORAGE EXTERNAL",
    # A queue: rows change two or three times within seconds, so keep room in each page and sweep often.
    "ALTER TABLE dispatch SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)",
    # One row per organisation, rewritten at every commit: stay within the page.
    "ALTER TABLE record_head SET (fillfactor = 10, autovacuum_vacuum_threshold = 1000,"
    " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0)",
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "case_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("pair_initials", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("case_file_key")),
    )
    op.create_index(
        "case_closed",
        "case_file",
        ["organisation_id", "opened_at"],
        unique=False,
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index("case_of_message", "case_file", ["message_id"], unique=False)
    op.create_index(
        "case_queue",
        "case_file",
        ["organisation_id", "severity", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "data_key",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("master", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("data_key_key")),
        sa.UniqueConstraint("organisation_id", "family", name=op.f("data_key_organisation_id_family_unique")),
    )
    op.create_table(
        "decision",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "version", name=op.f("decision_key")),
    )
    op.create_table(
        "desk_session",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token", name=op.f("desk_session_key")),
    )
    op.create_index("desk_session_of_person", "desk_session", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "dispatch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("waits_for_required", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.SmallInteger(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("directory_version", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("dispatch_key")),
    )
    op.create_index(
        "dispatch_due", "dispatch", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("dispatch_of_message", "dispatch", ["message_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("evasive", sa.Boolean(), nullable=False),
        sa.Column("evidence", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "number", name=op.f("finding_key")),
    )
    op.create_table(
        "fragment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("fragment_key")),
    )
    op.create_index("fragment_recent", "fragment", ["pair_id", "sender_id", "at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("recipient_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assurance", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("pair_initials", sa.Text(), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("particulars", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("message_key")),
    )
    op.create_index(
        "message_keyed_once",
        "message",
        ["organisation_id", "idempotency"],
        unique=True,
        postgresql_where=sa.text("idempotency IS NOT NULL"),
    )
    op.create_index("message_once", "message", ["organisation_id", "fingerprint"], unique=True)
    op.create_index(
        "message_timeline", "message", ["organisation_id", "pair_id", "received_at", "id"], unique=False
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("directory_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("allowed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organisation_key")),
        sa.UniqueConstraint("domain", name=op.f("organisation_domain_unique")),
    )
    op.create_table(
        "record_entry",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sequence", name=op.f("record_entry_key")),
    )
    op.create_table(
        "record_head",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("record_head_key")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("api_key_organisation_id_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("api_key_key")),
        sa.UniqueConstraint("hash", name=op.f("api_key_hash_unique")),
    )
    op.create_table(
        "person",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("issued", sa.LargeBinary(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("particulars", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("person_organisation_id_known")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("person_key")),
        sa.UniqueConstraint("issued", name=op.f("person_issued_unique")),
    )
    op.create_table(
        "desk_user",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("desk_user_organisation_id_person_id_known"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("desk_user_key")),
        sa.UniqueConstraint("address", name=op.f("desk_user_address_unique")),
    )
    op.create_table(
        "guardianship",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pupil_id", sa.Text(), nullable=False),
        sa.Column("guardian_id", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("copied", sa.Boolean(), nullable=False),
        sa.Column("barred", sa.Boolean(), nullable=False),
        sa.Column("registered", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "guardian_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("guardianship_organisation_id_guardian_id_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pupil_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("guardianship_organisation_id_pupil_id_known"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "pupil_id", "guardian_id", name=op.f("guardianship_key")),
    )
    op.create_index(
        "guardianship_of_guardian", "guardianship", ["organisation_id", "guardian_id"], unique=False
    )
    op.create_table(
        "mailbox",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("mailbox_organisation_id_person_id_known"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "blind", name=op.f("mailbox_key")),
    )
    op.create_index("mailbox_of_address", "mailbox", ["blind"], unique=False)
    op.create_table(
        "pair",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("tutor_id", sa.Text(), nullable=False),
        sa.Column("pupil_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "pupil_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("pair_organisation_id_pupil_id_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "tutor_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("pair_organisation_id_tutor_id_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pair_key")),
        sa.UniqueConstraint(
            "organisation_id",
            "tutor_id",
            "pupil_id",
            name=op.f("pair_organisation_id_tutor_id_pupil_id_unique"),
        ),
    )
    op.create_index("pair_of_pupil", "pair", ["organisation_id", "pupil_id"], unique=False)
    op.create_table(
        "alias",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("minted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("alias_pair_id_known")),
        sa.PrimaryKeyConstraint("address", name=op.f("alias_key")),
    )
    op.create_index(
        "alias_live",
        "alias",
        ["pair_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    for statement in STORAGE:
        op.execute(statement)
