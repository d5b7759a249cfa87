"""
Item → Document: text folded once, with sentences, clauses and words whose offsets lead back to the original.

Doors: `read`, `fold`, `Document`, `Word`, `Range`, `detect_language`, `canonical_url`, `host`, `publisher_of`.
Who speaks in truth: `family_of`, `credit_of`, `sketch_of`, `is_copy`.
"""

from __future__ import annotations

from watcher.text.addresses import canonical_url, host, publisher_of
from watcher.text.document import Document, Word, read
from watcher.text.folding import fold
from watcher.text.language import detect_language
from watcher.text.sentences import Range
from watcher.text.voices import credit_of, family_of, is_copy, sketch_of

__all__ = [
    "Document",
    "Range",
    "Word",
    "canonical_url",
    "credit_of",
    "detect_language",
    "family_of",
    "fold",
    "host",
    "is_copy",
    "publisher_of",
    "read",
    "sketch_of",
]
