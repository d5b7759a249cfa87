"""Whose clock times are shown on: the team's, the one asked for, or the reader's own."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import available_timezones

from watcher.errors import ConfigError, Problem
from watcher.yamlfile import Faults, did_you_mean, parse, read_fields, read_text

_LOCAL = Path("/etc/localtime")


def zone_for(rules: Path, *, team: str = "", asked: str = "") -> str:
    """
    The IANA name of the zone to show times in.

    Args:
        rules: The folder of team folders.
        asked: What the reader wants; without it the team's, without a team this machine's.

    Raises:
        ConfigError: There is no such zone, or no such team.
    """
    if asked:
        if asked not in available_timezones():
            hint = did_you_mean(asked, sorted(available_timezones()))
            raise ConfigError([Problem("", 0, 0, f"--timezone: {asked!r} is no zone such as Europe/London{hint}")])
        return asked
    return _of_team(rules, team) if team else _own()


def _of_team(rules: Path, team: str) -> str:
    path = next((file for file in (rules / team / f"team{end}" for end in (".yaml", ".yml")) if file.is_file()), None)
    if path is None:
        known = ", ".join(sorted(file.parent.name for file in rules.glob("*/team.y*ml"))) or "none"
        raise ConfigError([Problem(str(rules), 0, 0, f"--team: no team {team!r} here; there are: {known}")])
    root, _ = parse(path.read_text(encoding="utf-8", errors="replace"), str(path))
    faults = Faults()
    fields = read_fields(root, ("timezone",), faults) if root is not None else {}
    name = read_text(fields["timezone"], faults, limit=100) if "timezone" in fields else None
    return name if name in available_timezones() else "UTC"


def _own() -> str:
    """The zone of this machine and shell; UTC where it has none that we know by name."""
    linked = str(_LOCAL.resolve()).partition("zoneinfo/")[2]
    found = (name for name in (os.environ.get("TZ", ""), linked) if name in available_timezones())
    return next(found, "UTC").removeprefix("Etc/")
