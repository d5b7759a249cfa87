"""Teams and sources that rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One row for each that rests."""
    op.create_table(
        "pauses",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("kind", "name")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("who", "reason")),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
