"""Guardians' addresses that gave back what was sent there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "failing_address",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("failing_address_organisation_id_person_id_known"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "blind", name=op.f("failing_address_key")),
    )
    op.create_index("failing_address_of_case", "failing_address", ["case_id"], unique=False)
