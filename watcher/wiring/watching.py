"""Settings → the sources that are watched, and a reader for each kind."""

from __future__ import annotations

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
    from watcher.sources.feed import FeedReader
    from watcher.sources.folder import FolderReader

    return {"feed": FeedReader(Client(settings.contact)), "folder": FolderReader()}


def read_sources(path: Path) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """
    The sources of a file, or of every YAML file of a folder, and what is wrong with them.

    Raises:
        ConfigError: There is no such file or folder.
    """
    try:
        files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        texts = {str(file): _text(file) for file in files}
    except OSError as error:
        message = f"sources: {error.strerror}; `watcher init` writes a first list"
        raise ConfigError([Problem(str(path), 0, 0, message, "no-sources")]) from error
    return read_catalogue(texts)


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_MOST_BYTES).decode("utf-8", "replace")
