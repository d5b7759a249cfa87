"""
Compiles the shipped words into the one file that `load` reads: `python -m watcher.vocabulary.build`.

The wheel's build hook calls `build` too. Prints every problem of the YAML and exits 1 when there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from watcher.errors import ConfigError
from watcher.vocabulary.lexicon import compile_vocabulary
from watcher.vocabulary.shipped import COMPILED_NAME, dumps, fingerprint, shipped_texts


def build() -> Path:
    """Write the compiled vocabulary beside its YAML and say where. Raises ConfigError when the YAML is faulty."""
    texts = shipped_texts()
    mark = fingerprint(texts)
    target = Path(__file__).with_name(COMPILED_NAME)
    target.write_bytes(dumps(compile_vocabulary(texts), mark))
    return target


def main() -> int:
    """0 when written, 1 when the words have problems."""
    try:
        target = build()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
