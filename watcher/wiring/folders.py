"""
Rule folders on disk → their texts, and back from the shelf of last good versions.

Reads; judges nothing but whether a file can be read safely. A folder with a file that cannot stays what it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from watcher.errors import ConfigError, Problem
from watcher.matching import Folders
from watcher.model import TeamId

MOST_BYTES = 1_000_000
"""Of one file; also the limit of `yamlfile`, which says so at the right place."""
MOST_FOLDERS = 1_000
_SUFFIXES = (".yaml", ".yml")
_MARK = "\x1f"  # joins folder and path on the shelf; stands in no file name we read


@dataclass(frozen=True, slots=True)
class OnDisk:
    """
    Args:
        texts: By folder name, then by path as a person would name the file.
        problems: By folder name: files that could not be read.
    """

    texts: Folders
    problems: Mapping[str, tuple[Problem, ...]]


def read_folders(root: Path) -> OnDisk:
    """
    Every team folder below `root`, and `_shared`.

    Raises:
        ConfigError: There is no such folder, or it holds no folder.
    """
    try:
        folders = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise ConfigError([Problem(str(root), 0, 0, f"rules: {error.strerror}; expected a folder of teams")]) from error
    if not folders:
        raise ConfigError(
            [Problem(str(root), 0, 0, "no team folder here: `watcher init` writes a first one", "no-team")]
        )
    texts: dict[str, dict[str, str]] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for folder in folders[:MOST_FOLDERS]:
        found = tuple(_read_folder(folder, root))
        texts[folder.name] = {path: text for path, text in found if isinstance(text, str)}
        if faults := tuple(fault for _, fault in found if isinstance(fault, Problem)):
            problems[folder.name] = faults
    return OnDisk(texts, problems)


def _read_folder(folder: Path, root: Path) -> Iterator[tuple[str, str | Problem]]:
    home = root.resolve()
    if not folder.resolve().is_relative_to(home):
        yield (
            str(folder),
            Problem(str(folder), 0, 0, f"a link that leads out of {root}: copy the folder here", "symlink"),
        )
        return
    for path in sorted(folder.iterdir()):
        if path.suffix not in _SUFFIXES or path.name.startswith("."):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            yield (
                str(path),
                Problem(str(path), 0, 0, "a link that leads out of its team's folder: copy the file", "symlink"),
            )
            continue
        yield str(path), _read(path)


def _read(path: Path) -> str | Problem:
    """The text; of a file that is too large a little too much, of bytes that are no UTF-8 marks, so that both show."""
    try:
        if not path.is_file():
            return Problem(str(path), 0, 0, "not a file", "unreadable")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        return Problem(
            str(path), 0, 0, f"{error.strerror}: the user that runs watcher must be able to read it", "unreadable"
        )


def shipped(name: str) -> Path:
    """
    A folder that comes with watcher: `rules` or `seeds`, in the installed package or, in a checkout, beside it.

    Raises:
        ConfigError: The installation is incomplete.
    """
    package = Path(str(resources.files("watcher")))
    for path in (package / "_share" / name, package.parent / name):
        if path.is_dir():
            return path
    raise ConfigError(
        [Problem("", 0, 0, f"the folder {name} is missing from this installation: install watcher again")]
    )


def secret_names(
    teams: Iterable[str], folder: Path, environment: Mapping[str, str] = os.environ
) -> dict[TeamId, frozenset[str]]:
    """
    Names of the secrets that exist for each team; what they hold is not read.

    Raises:
        ConfigError: A folder of secrets is there and cannot be looked into.
    """
    from watcher.settings import SECRET_PREFIX  # with pydantic: rules of a folder are read without

    names: dict[TeamId, frozenset[str]] = {}
    for team in teams:
        own = folder / team
        try:
            files = {path.name for path in own.iterdir() if path.is_file()} if own.is_dir() else set()
        except OSError as error:
            message = (
                f"secrets: {error.strerror}: the user that runs watcher must be able to enter and read this folder"
            )
            raise ConfigError([Problem(str(folder), 0, 0, message, "no-secrets")]) from error
        prefix = f"{SECRET_PREFIX}{team}__".upper().replace("-", "_")
        variables = {name.removeprefix(prefix).lower() for name in environment if name.startswith(prefix)}
        names[TeamId(team)] = frozenset({*files, *variables, *(name.replace("_", "-") for name in variables)})
    return names


def to_shelf(folders: Folders) -> dict[str, str]:
    """The folders that a team was read from as one table, as the shelf keeps them."""
    return {f"{folder}{_MARK}{path}": text for folder, texts in folders.items() for path, text in texts.items()}


def from_shelf(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What `to_shelf` was given."""
    folders: dict[str, dict[str, str]] = {}
    for key, text in texts.items():
        folder, _, path = key.partition(_MARK)
        folders.setdefault(folder, {})[path] = text
    return folders
