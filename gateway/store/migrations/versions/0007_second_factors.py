"""Second factors, and sessions that know of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward. Everybody signs in again."""
    _sessions()
    _factors()


def _sessions() -> None:
    op.execute("DELETE FROM desk_session")
    op.add_column("desk_session", sa.Column("id", sa.Text(), nullable=False))
    op.add_column("desk_session", sa.Column("means", sa.Text(), nullable=False))
    op.add_column("desk_session", sa.Column("complete", sa.Boolean(), nullable=False))
    op.add_column("desk_session", sa.Column("device", sa.Text(), nullable=False))
    op.add_column("desk_session", sa.Column("proved_at", MOMENT, nullable=False))
    op.create_unique_constraint(op.f("desk_session_id_unique"), "desk_session", ["id"])


def _factors() -> None:
    op.create_table(
        "desk_app",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _of_a_desk_user("desk_app"),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("desk_app_key")),
    )
    op.create_table(
        "desk_passkey",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_a_desk_user("desk_passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("desk_passkey_key")),
        sa.UniqueConstraint("credential", name=op.f("desk_passkey_credential_unique")),
    )
    op.create_index("desk_passkey_of_person", "desk_passkey", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "desk_recovery_code",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_a_desk_user("desk_recovery_code"),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "code", name=op.f("desk_recovery_code_key")),
    )
    op.create_table(
        "desk_spent_challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("spent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("desk_spent_challenge_key")),
    )
    op.create_index("desk_spent_challenge_age", "desk_spent_challenge", ["spent_at"], unique=False)


def _of_a_desk_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "person_id"],
        ["desk_user.organisation_id", "desk_user.person_id"],
        name=op.f(f"{table}_organisation_id_person_id_known"),
    )
