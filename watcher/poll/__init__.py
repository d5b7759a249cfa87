"""
What is due is fetched in parallel, decided on one thread, and written. Asks no clock and opens no connection itself.

Doors: `Poller`, and `report`, which logs what was decided. `reading` is what a worker does to one source, `gaps`
measures what was missed and reads older pages, `settling` turns a poll into rows, `care` tells owners of sources.
"""

from __future__ import annotations

from watcher.poll.care import Care
from watcher.poll.poller import Poller, report

__all__ = ["Care", "Poller", "report"]
