"""
Document and hits → reports: what an item claims, as facts that are the same in every language.

Doors: `read_facts`; for one trigger in a document `status_at`, `is_background`, `is_negated`, `is_hypothetical`. Which
words say what is data: `vocabulary/marks/<lang>.yaml`.
"""

from __future__ import annotations

from watcher.facts.background import is_background, is_hypothetical, is_negated
from watcher.facts.reports import MOST_REPORTS, read_facts
from watcher.facts.status import status_at

__all__ = ["MOST_REPORTS", "is_background", "is_hypothetical", "is_negated", "read_facts", "status_at"]
