"""Procrastinate's own tables and functions, as of 3.10."""

from __future__ import annotations

import psycopg
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    # Many statements at once, with percent signs: only the driver itself takes them unchanged.
    psycopg.Cursor(driver).execute(SchemaManager.get_schema())
