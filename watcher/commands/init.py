"""`watcher init`: a starter folder."""

from __future__ import annotations

import shutil
import sys
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import typer

from watcher.errors import ConfigError, Problem


def init(folder: Path = typer.Argument(Path(), help="Where to write it; made when it is not there.")) -> None:
    """Write a commented starter folder: settings, sources, a team with rules. Files that are there are left alone."""
    from watcher.wiring.folders import shipped
    from watcher.wiring.rules import load_ruleset
    from watcher.wiring.schemas import write_schemas

    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = list(copy(resources.files("watcher.commands") / "starter", folder))
        shared = folder / "rules" / "_shared"
        if not shared.exists():
            shutil.copytree(shipped("rules") / "_shared", shared, ignore=shutil.ignore_patterns(".*"))
            written.append(shared)
        (folder / "inbox").mkdir(exist_ok=True)
        (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigError([Problem(str(folder), 0, 0, f"cannot write here: {error.strerror}")]) from error
    written += [folder / "inbox", folder / "secrets"]
    written.append(write_schemas(folder / "rules", load_ruleset(folder / "rules")))
    for path in written:
        sys.stdout.write(f"wrote {path}\n")
    where = "" if folder == Path() else f"cd {folder} && "
    sys.stdout.write(
        f"Next: edit sources.yaml and rules/my-desk, then: {where}watcher check && watcher doctor && watcher once\n"
    )


def copy(source: Traversable, target: Path) -> list[Path]:
    """The tree of a packaged folder, without overwriting; the files that were written."""
    written: list[Path] = []
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        path = target / entry.name
        if entry.is_dir():
            path.mkdir(exist_ok=True)
            written += copy(entry, path)
        elif not path.exists():
            path.write_bytes(entry.read_bytes())
            written.append(path)
    return written
