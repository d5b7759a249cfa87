"""Rules as a git revision has them → their texts, as `folders` gives those on disk. The working tree is not touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from watcher.errors import ConfigError, Problem
from watcher.matching import Folders

MOST_BYTES = 100_000_000
"""Of the archive that git makes of the rules."""
_SUFFIXES = (".yaml", ".yml")


def read_revision(revision: str, rules: Path) -> Folders:
    """
    The rule folders of a revision, by folder and path; paths are named `REVISION:PATH`.

    Args:
        rules: The folder of team folders, as it lies in the working tree.

    Raises:
        ConfigError: There is no such revision, no such folder in it, or no git.
    """
    name, where = rules.name, rules.parent
    commit = _git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        message = f"neither a folder nor a git revision of {where.resolve()}: see `git log --oneline`"
        raise ConfigError([Problem(revision, 0, 0, message, "no-revision")])
    packed = _git(where, "archive", "--format=tar", commit.decode().strip(), "--", name)
    if packed is None or len(packed) > MOST_BYTES:
        raise ConfigError([Problem(revision, 0, 0, f"has no folder {name} that can be read", "no-revision")])
    folders: dict[str, dict[str, str]] = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            parts = Path(member.name).parts
            if not member.isfile() or len(parts) != 3 or not parts[2].endswith(_SUFFIXES):
                continue
            if any(part.startswith(".") for part in parts):
                continue
            file = archive.extractfile(member)
            text = file.read().decode("utf-8", "surrogateescape") if file else ""
            folders.setdefault(parts[1], {})[f"{revision}:{member.name}"] = text
    return folders


def _git(where: Path, *arguments: str) -> bytes | None:
    """What git answers in a folder; None: it refused. Raises ConfigError without git."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and what people give stands behind --end-of-options or --
            ["git", "-C", str(where), *arguments],  # noqa: S607 - the one that they use themselves
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError([Problem(arguments[-1], 0, 0, f"git cannot be asked: {error}", "no-git")]) from error
    return done.stdout if done.returncode == 0 else None
