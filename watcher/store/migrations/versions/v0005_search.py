"""An index of the words of items, and a number for each alert in the order of raising."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Rows have numbers of their own: VACUUM changes those of a table whose key is text.
STATEMENTS = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5(
        words, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO search_rows(item) SELECT id FROM items ORDER BY seen",
    """
    INSERT INTO search_words(rowid, words)
    SELECT seq, searchable(title, text) FROM search_rows JOIN items ON items.id = search_rows.item
    """,
    """
    CREATE TRIGGER items_searched AFTER INSERT ON items BEGIN
        INSERT INTO search_rows(item) VALUES (new.id);
        INSERT INTO search_words(rowid, words)
        VALUES ((SELECT seq FROM search_rows WHERE item = new.id), searchable(new.title, new.text));
    END
    """,
    """
    CREATE TRIGGER items_reworded AFTER UPDATE OF title, text ON items
    WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN
        INSERT INTO search_words(search_words, rowid, words)
        VALUES ('delete', (SELECT seq FROM search_rows WHERE item = old.id), searchable(old.title, old.text));
        INSERT INTO search_words(rowid, words)
        VALUES ((SELECT seq FROM search_rows WHERE item = new.id), searchable(new.title, new.text));
    END
    """,
    """
    CREATE TRIGGER items_forgotten AFTER DELETE ON items BEGIN
        INSERT INTO search_words(search_words, rowid, words)
        VALUES ('delete', (SELECT seq FROM search_rows WHERE item = old.id), searchable(old.title, old.text));
        DELETE FROM search_rows WHERE item = old.id;
    END
    """,
    "INSERT INTO alert_feed(alert) SELECT id FROM alerts ORDER BY time, id",
    "CREATE TRIGGER alerts_fed AFTER INSERT ON alerts BEGIN INSERT INTO alert_feed(alert) VALUES (new.id); END",
    "CREATE TRIGGER alerts_forgotten AFTER DELETE ON alerts BEGIN DELETE FROM alert_feed WHERE alert = old.id; END",
)


def upgrade() -> None:
    """Index what is stored: some eight seconds for 100,000 items with texts."""
    op.create_table(
        "search_rows",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("item", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "alert_feed",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("alert", sa.Text, nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    for statement in STATEMENTS:
        op.execute(statement)
