"""
Reports → stories, developments and appointments: each new fact once, no repeat, no update swallowed.

Similarity proposes, facts decide, and a match means "same thread", not "silence". Doors: `Memory.assign` (reads),
`Memory.fold` (applies), `Memory.restore` (after a restart), `Assigned`, and `fingerprint` and `Sight` for items seen
before, and `matters` (one report for each matter of an item). The numbers are in `weights`.
"""

from __future__ import annotations

from watcher.stories.decide import Assigned
from watcher.stories.matters import matters
from watcher.stories.memory import Memory
from watcher.stories.sight import Sight, fingerprint
from watcher.stories.weights import Joining, Limits, Worth

__all__ = ["Assigned", "Joining", "Limits", "Memory", "Sight", "Worth", "fingerprint", "matters"]
