"""What rule and team files may hold → JSON Schemas on disk, where an editor finds them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from watcher.errors import ConfigError, Problem
from watcher.matching import Ruleset, schema_files
from watcher.wiring.folders import read_folders

SCHEMA_FOLDER = ".schema"
"""Beside the team folders; its name begins with a stop, so it is no team."""


def has_schemas(root: Path) -> bool:
    """Whether editors were once given schemas for the rules below `root`."""
    return (root / SCHEMA_FOLDER).is_dir()


def write_schemas(root: Path, ruleset: Ruleset) -> Path:
    """
    Write the schemas of the rules below `root`, and answer their folder. What is there and still right is not touched.

    Raises:
        ConfigError: They cannot be written.
    """
    folder = root / SCHEMA_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for name, schema in schema_files(ruleset, read_folders(root).texts).items():
            text, path = json.dumps(schema, ensure_ascii=False, indent=1) + "\n", folder / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                part = path.with_suffix(".part")
                part.write_text(text, encoding="utf-8")
                os.replace(part, path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(folder), 0, 0, f"cannot write schemas for editors: {error}")]) from error
    return folder
