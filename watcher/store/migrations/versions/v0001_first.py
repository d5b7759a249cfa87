"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

OWED = sa.text("next IS NOT NULL")
CLAIMED = sa.text("state = 'claimed'")
ABANDONED = sa.text("state = 'abandoned'")


def upgrade() -> None:
    """Create every table in an empty database."""
    _sources()
    _stories()
    _reports()
    _decisions()
    _deliveries()
    _clock()
    _rules()


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null)


def _time(name: str, *, null: bool = False) -> sa.Column[int]:
    """Microseconds since 1970, UTC."""
    return sa.Column(name, sa.BigInteger, nullable=null)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _sources() -> None:
    op.create_table(
        "sources",
        _text("id", key=True),
        _flag("enrolled"),
        _time("next_poll"),
        _time("polled_at", null=True),
        _time("succeeded_at", null=True),
        _number("failures"),
        _text("outcome", null=True),
        _text("detail"),
        _number("items"),
        _text("cursor"),
    )
    op.create_index("sources_due", "sources", ["enrolled", "next_poll"])
    op.create_table(
        "items",
        _text("id", key=True),
        *map(_text, ("source", "url", "title")),
        _text("text", null=True),
        _text("lang", null=True),
        *map(_text, ("publisher", "timezone")),
        _number("tier"),
        _flag("baseline"),
        _time("published", null=True),
        _time("seen"),
    )
    op.create_index("items_seen", "items", ["seen"])
    with_text = sa.text("text IS NOT NULL")
    op.create_index("items_with_text", "items", ["seen"], sqlite_where=with_text, postgresql_where=with_text)
    op.create_table(
        "seen",
        _text("item", key=True),
        _text("url"),
        sa.Column("fingerprint", sa.BigInteger, nullable=False),
        _time("time"),
        sqlite_with_rowid=False,
    )


def _stories() -> None:
    op.create_table(
        "stories",
        _text("id", key=True),
        _time("last_seen"),
        _time("closed", null=True),
        _text("appointment", null=True),
        _text("payload"),
    )
    op.create_index("stories_last_seen", "stories", ["last_seen"])
    closed = sa.text("closed IS NULL")
    op.create_index("stories_open", "stories", ["id"], sqlite_where=closed, postgresql_where=closed)
    op.create_table(
        "developments",
        _text("id", key=True),
        sa.Column("story", sa.Text, sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
        _time("first_seen"),
        _time("last_seen"),
        _text("title"),
        _text("payload"),
    )
    op.create_index("developments_story", "developments", ["story"])
    op.create_index("developments_last_seen", "developments", ["last_seen"])


def _reports() -> None:
    op.create_table(
        "reports",
        _seq(),
        sa.Column("development", sa.Text, sa.ForeignKey("developments.id", ondelete="CASCADE"), nullable=False),
        _text("item"),
        _text("payload"),
    )
    op.create_index("reports_development", "reports", ["development"])
    op.create_table("appointments", _text("id", key=True), _text("day", null=True), _time("changed"), _text("payload"))


def _decisions() -> None:
    op.create_table("decisions", _seq(), _text("item"), _time("time"), _text("payload"))
    op.create_index("decisions_item", "decisions", ["item"])
    op.create_index("decisions_time", "decisions", ["time"])
    op.create_table(
        "alerts",
        _text("id", key=True),
        *map(_text, ("team", "development", "story")),
        _time("time"),
        _text("payload"),
    )
    op.create_index("alerts_development", "alerts", ["development"])
    op.create_index("alerts_time", "alerts", ["time"])
    op.create_table("holds", _seq(), *map(_text, ("team", "development", "item")), _time("time"), _text("payload"))
    op.create_index("holds_development", "holds", ["development", "team"])
    op.create_index("holds_time", "holds", ["time"])
    op.create_table(
        "quarantine", _seq(), *map(_text, ("item", "source")), _time("time"), *map(_text, ("error", "payload"))
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        _seq(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("alert", sa.Text, sa.ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
        *map(_text, ("team", "channel", "kind", "recipient", "bundle")),
        _text("parcel", null=True),
        _text("state"),
        _time("due"),
        _time("next", null=True),
        _number("attempts"),
    )
    op.create_index("deliveries_alert", "deliveries", ["alert"])
    for name, columns, where in (
        ("deliveries_next", ["next"], OWED),
        ("deliveries_claimed", ["kind", "recipient"], CLAIMED),
        ("deliveries_abandoned", ["seq"], ABANDONED),
        ("deliveries_parcel", ["parcel"], OWED),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "attempts",
        sa.Column("delivery", sa.Text, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _time("started"),
        _time("ended", null=True),
        _text("outcome", null=True),
        _text("detail"),
    )


def _clock() -> None:
    op.create_table("wakes", _text("kind", key=True), _text("subject", key=True), _time("due"))
    op.create_index("wakes_due", "wakes", ["due"])
    lease = op.create_table(
        "lease",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        _text("holder"),
        _time("taken"),
    )
    op.bulk_insert(lease, [{"id": 1, "number": 0, "holder": "", "taken": 0}])


def _rules() -> None:
    op.create_table("rule_folders", _text("hash", key=True), _text("texts"))
    op.create_table(
        "rule_history",
        _seq(),
        _text("team"),
        sa.Column("hash", sa.Text, sa.ForeignKey("rule_folders.hash")),
        _time("since"),
    )
    op.create_index("rule_history_team", "rule_history", ["team", "since"])
    op.create_table("team_problems", _text("team", key=True), _time("since"), _text("payload"))
