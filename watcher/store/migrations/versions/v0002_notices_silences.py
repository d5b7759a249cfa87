"""Notices beside alerts, addresses that are gone, silences, acknowledgements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NOTICE = sa.text("notice IS NOT NULL")
INDEXES = (
    ("deliveries_next", ["next"], sa.text("next IS NOT NULL")),
    ("deliveries_claimed", ["kind", "recipient"], sa.text("state = 'claimed'")),
    ("deliveries_abandoned", ["seq"], sa.text("state = 'abandoned'")),
    ("deliveries_parcel", ["parcel"], sa.text("next IS NOT NULL")),
    ("deliveries_notice", ["notice"], NOTICE),
    ("deliveries_alert", ["alert"], None),
)
KEPT = "seq, id, alert, team, channel, kind, recipient, bundle, parcel, state, due, next, attempts"


def upgrade() -> None:
    """A delivery may be of a notice instead of an alert; SQLite can only make the table anew for that."""
    _notices()
    # Attempts go with their delivery, so they are put aside while its table is replaced.
    op.execute("CREATE TEMPORARY TABLE attempts_aside AS SELECT * FROM attempts")
    _deliveries()
    op.execute(f"INSERT INTO deliveries_new ({KEPT}, forgiven) SELECT {KEPT}, 0 FROM deliveries")  # noqa: S608
    op.drop_table("deliveries")
    op.rename_table("deliveries_new", "deliveries")
    for name, columns, where in INDEXES:
        op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
    op.execute("INSERT OR IGNORE INTO attempts SELECT * FROM attempts_aside")
    op.execute("DROP TABLE attempts_aside")
    _silences()


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null)


def _time(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _notices() -> None:
    op.create_table("notices", _text("id", key=True), _text("team"), _time("time"), _text("payload"))
    op.create_index("notices_time", "notices", ["time"])
    op.create_table(
        "disabled",
        *(_text(name, key=True) for name in ("team", "kind", "recipient")),
        _time("since"),
        _text("detail"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries_new",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("alert", sa.Text, sa.ForeignKey("alerts.id", ondelete="CASCADE")),
        sa.Column("notice", sa.Text, sa.ForeignKey("notices.id", ondelete="CASCADE")),
        *map(_text, ("team", "channel", "kind", "recipient", "bundle")),
        _text("parcel", null=True),
        _text("state"),
        _time("due"),
        _time("next", null=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("forgiven", sa.Integer, nullable=False),
    )


def _silences() -> None:
    op.create_table("silences", _text("id", key=True), _time("start"), _time("end"), _text("payload"))
    op.create_index("silences_end", "silences", ["end"])
    op.create_table(
        "acknowledgements",
        sa.Column("alert", sa.Text, sa.ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
        _text("who"),
        _time("time"),
    )
    op.create_index("acknowledgements_time", "acknowledgements", ["time"])
