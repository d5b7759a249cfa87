"""Gaps: times of which items of a source may be missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "gaps",
        sa.Column("source", sa.Text, primary_key=True, nullable=False),
        sa.Column("opened", sa.BigInteger, primary_key=True, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("about", "found", "pages")),
    )
    op.create_index("gaps_opened", "gaps", ["opened"])
