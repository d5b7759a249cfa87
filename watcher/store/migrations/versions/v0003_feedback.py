"""What readers say of alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One verdict for each subject, team and person."""
    op.create_table(
        "feedback",
        sa.Column("subject", sa.Text, primary_key=True, nullable=False),
        sa.Column("team", sa.Text, primary_key=True, nullable=False),
        sa.Column("by", sa.Text, primary_key=True, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_index("feedback_time", "feedback", ["time"])
