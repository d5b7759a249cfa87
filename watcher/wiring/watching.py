"""Settings → the sources that are watched, and a reader for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.errors import ConfigError, Problem
from watcher.model import Source
from watcher.sources.catalogue import read_catalogue

if TYPE_CHECKING:
    from watcher.protocols import Reader
    from watcher.settings import Settings

_MOST_BYTES = 50_000_000


def readers(settings: Settings) -> dict[str, Reader]:
    """A reader for each kind of source."""
    # `check` reads the list of sources and no source, so it starts without what fetches them.
    from watcher.net import Client
    from watcher.sources.api import ApiReader
    from watcher.sources.feed import FeedReader
    from watcher.sources.folder import FolderReader
    from watcher.sources.page import PageReader
    from watcher.sources.robots import Robots

    client = Client(settings.contact)
    pages = PageReader(client, Robots(client))
    return {"feed": FeedReader(client), "page": pages, "api": ApiReader(client), "folder": FolderReader()}


def read_sources(path: Path) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """
    The sources of a file, or of every YAML file of a folder, and what is wrong with them.

    Raises:
        ConfigError: There is no such file or folder.
    """
    try:
        texts = {str(file): _text(file) for file in _files(path)}
    except OSError as error:
        message = f"sources: {error.strerror}; `watcher init` writes a first list"
        raise ConfigError([Problem(str(path), 0, 0, message, "no-sources")]) from error
    return read_catalogue(texts)


def replace_addresses(path: Path, edits: Mapping[str, str], *, write: bool) -> Iterator[tuple[str, str, str]]:
    """
    Addresses in the lists of sources that should be others, each with `file:line`, the old and the new one.

    Args:
        edits: The new address by the old one.
        write: Put the new ones into the files, which otherwise stay as they are.
    """
    for file in _files(path):
        lines = _text(file).splitlines(keepends=True)
        for number, line in enumerate(lines):
            for old, new in edits.items():
                # As a whole: `https://a.example/feed` is not the beginning of another address.
                found = re.search(rf"(?<![^\s'\"]){re.escape(old)}(?![^\s'\",}}])", line)
                if found:
                    lines[number] = line[: found.start()] + new + line[found.end() :]
                    yield f"{file}:{number + 1}", old, new
        if write:
            file.write_text("".join(lines), encoding="utf-8")


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_MOST_BYTES).decode("utf-8", "replace")
