"""
The whole core in one call. Nothing here does I/O or reads a clock. Begin with `deciding.py`.

Doors: `ingest(items, mind, now=…)` and `wake(due, mind, now=…)` → `Commit`, which the caller writes in one
transaction (if that fails for good, the mind is ahead of the store and must be restored from it); `Mind`, what decides
and what it remembers; `replay`, an archive on simulated time, and `Transcript`, the alerts that it makes;
`running`, the clocks of rules that wait for silence.
"""

from __future__ import annotations

from watcher.ingest.absence import running
from watcher.ingest.commit import Commit, Poisoned
from watcher.ingest.deciding import CLOSE, HOLD, Mind, ingest, wake
from watcher.ingest.replay import Transcript, replay

__all__ = ["CLOSE", "HOLD", "Commit", "Mind", "Poisoned", "Transcript", "ingest", "replay", "running", "wake"]
