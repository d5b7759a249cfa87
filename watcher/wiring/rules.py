"""
Rule folders on disk and the shelf of last good versions → the ruleset that runs; what is good goes back on the shelf.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.matching import Folders, Prepare, Ruleset, load_rules
from watcher.model import TeamId
from watcher.vocabulary import load
from watcher.wiring.folders import from_shelf, read_folders, secret_names, to_shelf

if TYPE_CHECKING:
    # `check` and `explain` have no database, and SQLAlchemy takes as long to import as they take to answer.
    from watcher.store import RuleShelf


def load_ruleset(
    root: Path,
    *,
    secrets: Path | None = None,
    last_good: Mapping[TeamId, Folders] | None = None,
    prepare: Prepare | None = None,
) -> Ruleset:
    """
    The rules of every team folder below `root`, with what is wrong in `problems`.

    A folder with a file that cannot be read counts as it last was.

    Args:
        secrets: Folder of secrets, to check that those which rules name exist; None: not checked.
        last_good: For each team the folders it was last read from without problems.
        prepare: Makes ready to run examples; None: they are not run.

    Raises:
        ConfigError: There is no team folder.
    """
    with _no_collector():
        return _load(root, secrets=secrets, last_good=last_good, prepare=prepare)


def load_revision(revision: str, rules: Path) -> Ruleset:
    """
    The rules as a git revision has them.

    Args:
        rules: The folder of team folders, as it lies in the working tree.

    Raises:
        ConfigError: There is no such revision, or no team folder in it.
    """
    from watcher.wiring.revisions import read_revision

    with _no_collector():
        return load_rules(read_revision(revision, rules), load())


@contextmanager
def _no_collector() -> Iterator[None]:
    """
    Without the collector of garbage, and what was made is never looked at by it again.

    The words are half a million values and none of them garbage; going over them again and again took as long as
    reading them, and later stopped the matching of an item for 40 ms now and then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _load(
    root: Path, *, secrets: Path | None, last_good: Mapping[TeamId, Folders] | None, prepare: Prepare | None
) -> Ruleset:
    disk = read_folders(root)
    texts = dict(disk.texts)
    for name in disk.problems:
        if before := (last_good or {}).get(TeamId(name)):
            texts[name] = before.get(name, {})
    names = None if secrets is None else secret_names(texts, secrets)
    ruleset = load_rules(texts, load(), last_good=last_good, secrets=names, prepare=prepare)
    if not disk.problems:
        return ruleset
    problems = {name: (*disk.problems.get(name, ()), *ruleset.problems.get(name, ())) for name in texts}
    unread = frozenset(TeamId(name) for name in disk.problems if TeamId(name) in ruleset.teams)
    found = {name: faults for name, faults in problems.items() if faults}
    return replace(ruleset, problems=found, stale=ruleset.stale | unread)


def last_good_of(shelf: RuleShelf) -> dict[TeamId, Folders]:
    """What each team ran with when its folder was last without problems. Raises StoreError."""
    return {team: from_shelf(texts) for team, texts in shelf.in_force().items()}


def keep(shelf: RuleShelf, ruleset: Ruleset, *, now: datetime) -> None:
    """Put good folders on the shelf, note those that are not, and take away teams that are gone. Raises StoreError."""
    for team, problems in ruleset.problems.items():
        if errors := [problem for problem in problems if not problem.is_warning]:
            shelf.reject(TeamId(team), errors, now=now)
    for team, folders in ruleset.texts.items():
        if team not in ruleset.stale:
            shelf.keep(team, to_shelf(folders), now=now)
    for team in shelf.in_force().keys() - ruleset.teams.keys() - ruleset.problems.keys():
        shelf.drop(team, now=now)
