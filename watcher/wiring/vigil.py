"""
Whether files that people edit have changed, and are done being written: looked at by name, time and size, not read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

_SUFFIXES = (".yaml", ".yml")
MOST_FILES = 100_000


class Vigil:
    """
    Looks at files and folders again and again.

    A change counts when two looks in a row see the same: who writes a file in parts, or several one after the other,
    is waited for.

    Args:
        places: Files, and folders of YAML files two levels deep.
    """

    def __init__(self, places: Iterable[Path]) -> None:
        self._places = tuple(places)
        self._known = self._seen = self._look()

    def has_changed(self) -> bool:
        """Whether something is other than when it was last said so, or `took_in`, and as it was at the last look."""
        now = self._look()
        is_still, self._seen = now == self._seen, now
        if now == self._known or not is_still:
            return False
        self._known = now
        return True

    def took_in(self) -> None:
        """The files are about to be read as they are now."""
        self._known = self._seen = self._look()

    def _look(self) -> bytes:
        mark = blake2b(digest_size=16)
        for line in self._lines():
            mark.update(line.encode("utf-8", "surrogatepass") + b"\0")
        return mark.digest()

    def _lines(self) -> Iterator[str]:
        """A line for each file; what cannot be looked at is a line too, so that mending it is a change."""
        count = 0
        for place in self._places:
            for path in (place, *_below(place, depth=2)):
                if (count := count + 1) > MOST_FILES:
                    return
                try:
                    yield f"{path} {_say(path)}"
                except OSError as error:
                    yield f"{path} {error.errno}"


def _say(path: Path) -> str:
    found = path.stat()
    if path.is_dir():
        # Its time changes with whatever lies in it; what concerns us is listed by itself.
        return f"{found.st_ino} {found.st_mode} {path.is_symlink()}"
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size} {found.st_mode} {path.is_symlink()}"


def _below(folder: Path, *, depth: int) -> Iterator[Path]:
    """Folders and YAML files below, in the order of their names; hidden ones are left out."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda one: one.name)
    except OSError:
        return
    for entry in found:
        path = folder / entry.name
        if entry.name.endswith(_SUFFIXES):
            yield path
        elif depth > 1 and entry.is_dir():
            yield path
            yield from _below(path, depth=depth - 1)
