"""Archives on disk or standard input, plain or gzip → items."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from watcher.errors import ConfigError, Problem
from watcher.model import Item
from watcher.sources.items import LONGEST_LINE, read_items

_GZIP = b"\x1f\x8b"


def read_archive(source: Path | None) -> Iterator[Item | Problem]:
    """
    The items of an archive of JSON lines, one at a time; the file is never held whole.

    Args:
        source: None: standard input.

    Raises:
        ConfigError: There is no such file, or it is damaged from some place on.
    """
    name = str(source) if source else "standard input"
    try:
        with source.open("rb") if source else open(sys.stdin.fileno(), "rb", closefd=False) as file:
            packed = file.peek(2)[:2] == _GZIP
            yield from read_items(
                _lines(gzip.GzipFile(fileobj=file) if packed else file), path=name, now=datetime.now(UTC)
            )
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError([Problem(name, 0, 0, f"cannot be read to its end: {error}")]) from error


def _lines(file: BufferedReader | gzip.GzipFile) -> Iterator[bytes]:
    """Lines, none of which fills the memory."""
    while line := file.readline(LONGEST_LINE + 1):
        if not line.endswith(b"\n") and len(line) > LONGEST_LINE:
            while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
        yield line
