"""
The whole core in one call. Nothing here does I/O or reads a clock. Begin with `deciding.py`.

Doors: `ingest(items, mind, now=…)` and `wake(due, mind, now=…)` → `Commit`, which the caller writes in one
transaction (if that fails for good, the mind is ahead of the store and must be restored from it); `Mind`, what decides
and what it remembers; `replay`, an archive on simulated time, and `Transcript`, the alerts that it makes;
`replay_together`, the same for two rulesets, whose minds share a `SharedMemory` until they are `apart`; `effect_of`,
what differs between two transcripts; `look` and `perceive`, what there is to know of an item by itself; `running`,
the clocks of rules that wait for silence; `silence_rows`, those that a silence needs.
"""

from __future__ import annotations

from watcher.ingest.absence import running
from watcher.ingest.attention import silence_rows
from watcher.ingest.commit import Commit, Poisoned
from watcher.ingest.deciding import CLOSE, HOLD, Mind, ingest, wake
from watcher.ingest.effects import Altered, Effect, RuleEffect, Told, effect_of
from watcher.ingest.perceiving import Look, Percept, look, perceive, seen_of
from watcher.ingest.replay import Transcript, replay, replay_together
from watcher.ingest.twins import SharedMemory, apart

__all__ = [
    "CLOSE",
    "HOLD",
    "Altered",
    "Commit",
    "Effect",
    "Look",
    "Mind",
    "Percept",
    "Poisoned",
    "RuleEffect",
    "SharedMemory",
    "Told",
    "Transcript",
    "apart",
    "effect_of",
    "ingest",
    "look",
    "perceive",
    "replay",
    "replay_together",
    "running",
    "seen_of",
    "silence_rows",
    "wake",
]
