"""Commands run in this process: the whole command line without the second that a new interpreter takes."""

from __future__ import annotations

import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from watcher.cli import main


def run(*arguments: str, folder: Path, expect: int = 0) -> str:
    """Standard output, then errors, of a command run in `folder`; it must end with `expect`."""
    out, errors = io.BytesIO(), io.BytesIO()
    # Kept until the end: a wrapper that goes closes what it wraps.
    to_out = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    to_errors = io.TextIOWrapper(errors, "utf-8", write_through=True)
    before, sys.argv = sys.argv, ["watcher", *arguments]
    code: object = 0
    try:
        with chdir(folder), redirect_stdout(to_out), redirect_stderr(to_errors):
            main()
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv = before
    to_out.flush()
    said = out.getvalue().decode() + errors.getvalue().decode()
    assert code == expect, said
    return said
