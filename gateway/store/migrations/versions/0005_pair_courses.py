"""Where each pair is heading, in one row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "pair_course",
        sa.Column("pair_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("tutor_id", sa.Text(), nullable=False),
        sa.Column("volume", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("pair_course_pair_id_known")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pair_course_key")),
    )
    op.create_index("pair_course_of_tutor", "pair_course", ["organisation_id", "tutor_id"], unique=False)
