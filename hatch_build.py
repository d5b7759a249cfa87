"""Compiles the vocabulary while the wheel is built, so that a start of watcher reads one file instead of fifty."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class VocabularyHook(BuildHookInterface[Any]):
    """Writes `watcher/vocabulary/compiled.bin` and puts it into the wheel, although git ignores it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Run before the wheel, also an editable one, is put together; a fault in the words stops the build."""
        sys.path.insert(0, self.root)
        from watcher.vocabulary.build import build

        build_data["artifacts"].append(str(build().relative_to(Path(self.root).resolve())))
