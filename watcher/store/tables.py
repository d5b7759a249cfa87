"""
The tables: key columns for what is asked of the database, and a JSON payload with the whole value (see `codec`).

The migrations in `migrations/versions` create them; `tests/test_store.py` compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# SQLite counts rows in INTEGER only; elsewhere 2**31 attempts or reports would be too few.
Serial = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970 in UTC: exact, sortable, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        """A naive time raises TypeError: it would be off by hours on another machine."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        """In UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData()
_OPEN = text("closed IS NULL")
_WITH_TEXT = text("text IS NOT NULL")
_OWED = text("next IS NOT NULL")
_CLAIMED = text("state = 'claimed'")
_OF_NOTICE = text("notice IS NOT NULL")
_ABANDONED = text("state = 'abandoned'")

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("enrolled", Boolean, nullable=False),
    Column("next_poll", Moment, nullable=False),
    Column("polled_at", Moment),
    Column("succeeded_at", Moment),
    Column("failures", Integer, nullable=False, default=0),
    Column("outcome", Text),
    Column("detail", Text, nullable=False, default=""),
    Column("items", Integer, nullable=False, default=0),
    Column("cursor", Text, nullable=False),
    Index("sources_due", "enrolled", "next_poll"),
)

# `source` is empty for a time in which watcher did not run.
gaps = Table(
    "gaps",
    metadata,
    Column("source", Text, primary_key=True),
    Column("opened", Moment, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("cause", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("about", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Index("gaps_opened", "opened"),
)

# Items are plain columns, not a payload: half the size, and people search them.
items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text),
    Column("lang", Text),
    Column("publisher", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("published", Moment),
    Column("seen", Moment, nullable=False),
    Index("items_seen", "seen"),
    Index("items_with_text", "seen", sqlite_where=_WITH_TEXT, postgresql_where=_WITH_TEXT),
)

seen = Table(
    "seen",
    metadata,
    Column("item", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("time", Moment, nullable=False),
    sqlite_with_rowid=False,
)

stories = Table(
    "stories",
    metadata,
    Column("id", Text, primary_key=True),
    Column("last_seen", Moment, nullable=False),
    Column("closed", Moment),
    Column("appointment", Text),
    Column("payload", Text, nullable=False),
    Index("stories_last_seen", "last_seen"),
    Index("stories_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

developments = Table(
    "developments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("story", Text, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Index("developments_story", "story"),
    Index("developments_last_seen", "last_seen"),
)

reports = Table(
    "reports",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("development", Text, ForeignKey("developments.id", ondelete="CASCADE"), nullable=False),
    Column("item", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Index("reports_development", "development"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("day", Text),
    Column("changed", Moment, nullable=False),
    Column("payload", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("item", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("decisions_item", "item"),
    Index("decisions_time", "time"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("development", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("alerts_development", "development"),
    Index("alerts_time", "time"),
)

holds = Table(
    "holds",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("team", Text, nullable=False),
    Column("development", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("holds_development", "development", "team"),
    Index("holds_time", "time"),
)

# What watcher tells a team about itself.
notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("notices_time", "time"),
)

# Addresses that said they are gone; nothing is sent there until a person asks for it.
disabled = Table(
    "disabled",
    metadata,
    Column("team", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("detail", Text, nullable=False),
)

# `next` is when a row must be looked at again: when it is due, when the claim on it runs out, or when a postponed one
# is tried again. It is null once sent or abandoned, so that the index holds only what is still owed.
deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("alert", Text, ForeignKey("alerts.id", ondelete="CASCADE")),
    Column("notice", Text, ForeignKey("notices.id", ondelete="CASCADE")),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("bundle", Text, nullable=False),
    Column("parcel", Text),
    Column("state", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("next", Moment),
    Column("attempts", Integer, nullable=False),
    Column("forgiven", Integer, nullable=False, default=0),
    Index("deliveries_alert", "alert"),
    Index("deliveries_notice", "notice", sqlite_where=_OF_NOTICE, postgresql_where=_OF_NOTICE),
    Index("deliveries_next", "next", sqlite_where=_OWED, postgresql_where=_OWED),
    Index("deliveries_claimed", "kind", "recipient", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
    Index("deliveries_abandoned", "seq", sqlite_where=_ABANDONED, postgresql_where=_ABANDONED),
    Index("deliveries_parcel", "parcel", sqlite_where=_OWED, postgresql_where=_OWED),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery", Text, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("outcome", Text),
    Column("detail", Text, nullable=False, default=""),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("silences_end", "end"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
)
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("alert", Text, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column("who", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Index("acknowledgements_time", "time"),
)

wakes = Table(
    "wakes",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("due", Moment, nullable=False),
    Index("wakes_due", "due"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("item", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("time", Moment, nullable=False),
    Column("error", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

# A team's folder is stored once for each text it ever had; `rule_history` says which was in force since when, and a
# null hash that the team has gone.
rule_folders = Table(
    "rule_folders",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("texts", Text, nullable=False),
)

rule_history = Table(
    "rule_history",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("team", Text, nullable=False),
    Column("hash", Text, ForeignKey("rule_folders.hash")),
    Column("since", Moment, nullable=False),
    Index("rule_history_team", "team", "since"),
)

team_problems = Table(
    "team_problems",
    metadata,
    Column("team", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("payload", Text, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    Column("by", Text, primary_key=True),
    Column("time", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Index("feedback_time", "time"),
)

lease = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("taken", Moment, nullable=False),
)

# Filled by triggers, see `indexing`; the index itself, `search_words`, is a table of FTS5 and not known here.
search_rows = Table(
    "search_rows",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("item", Text, nullable=False, unique=True),
)

# The order in which alerts were raised, for those who read them as a feed; a number is never used again.
alert_feed = Table(
    "alert_feed",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("alert", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
