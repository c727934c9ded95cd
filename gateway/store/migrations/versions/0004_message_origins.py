"""The mark of each mail's own Message-ID, by which its thread is found again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("message", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.create_index(
        "message_origin", "message", ["origin"], unique=False, postgresql_where=sa.text("origin IS NOT NULL")
    )
