"""What the store remembers and the rules that run → the mind that decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.ingest import CLOSE, Mind, running
from watcher.matching import Ruleset
from watcher.policy import Ledger
from watcher.protocols import PollLog
from watcher.store import Store
from watcher.stories import Memory
from watcher.trial import scanner_of

SINCE = timedelta(days=12)
"""Longer than a story stays open without a report, see `stories.weights.LIMITS`."""
TOLD_SINCE = timedelta(days=32)
"""Longer than the ledger looks back, see `policy`."""
LONGEST_WAIT = timedelta(days=32)
"""Longer than any rule's clock runs, see `matching.wishes`."""
MOST_WAKES = 100_000


def recalled(store: Store, log: PollLog, ruleset: Ruleset, *, now: datetime) -> Mind:
    """
    A mind that decides as if it had never stopped.

    Raises:
        StoreError: The database could not be read.
    """
    mind = remembering(store, ruleset, now=now)
    # Else each restart would put off the closing of quiet stories by an hour.
    waiting = log.wakes(now=now + LONGEST_WAIT, limit=MOST_WAKES)
    mind.closes_at = next((row.due for row in waiting if row.kind == CLOSE), None)
    mind.absences.update(running(waiting))
    return mind


def remembering(store: Store, ruleset: Ruleset, *, now: datetime) -> Mind:
    """A mind that knows what is on file, what was told and what people silenced, without a clock. Raises StoreError."""
    memory, ledger = Memory(), Ledger()
    with store.remembered(since=now - SINCE, told_since=now - TOLD_SINCE) as kept:
        memory.restore(kept.stories, kept.developments, kept.appointments, reports=kept.reports, seen=kept.seen)
        ledger.restore(kept.holds)
        ledger.restore(kept.alerts)
    ledger.silences, ledger.acknowledged = store.wishes.recent(now=now)
    return Mind(ruleset.vocabulary, scanner_of(ruleset), ruleset, memory=memory, ledger=ledger)
