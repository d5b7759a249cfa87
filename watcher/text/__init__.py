"""
Item → Document: text folded once, with sentences, clauses and words whose offsets lead back to the original.

Doors: `read`, `fold`, `Document`, `Word`, `Range`, `detect_language`, `canonical_url`, `host`, `publisher_of`.
"""

from __future__ import annotations

from watcher.text.addresses import canonical_url, host, publisher_of
from watcher.text.document import Document, Word, read
from watcher.text.folding import fold
from watcher.text.language import detect_language
from watcher.text.sentences import Range

__all__ = [
    "Document",
    "Range",
    "Word",
    "canonical_url",
    "detect_language",
    "fold",
    "host",
    "publisher_of",
    "read",
]
