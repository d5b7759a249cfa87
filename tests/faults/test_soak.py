"""
Months of simulated traffic (`soak.py`): what it holds stops growing, but for what it is to remember.

    pytest tests/faults/test_soak.py                          some seconds: that it runs
    MINUTES=60 pytest tests/faults/test_soak.py -m long       an hour, or as long as you say
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.soak import Sample, main

WARM = 0.4
"""After this part of the time every kind of thing has been opened once."""
KB_AN_ITEM = 1.0
"""A remembered item is two entries of 64-bit keys; anything that leaks costs more."""


def soaked(folder: Path, *, minutes: float, every: float) -> list[Sample]:
    if not os.environ.get("WATCHER_TEST_DATA"):
        pytest.skip("WATCHER_TEST_DATA names no folder with an archive")
    return main(folder, minutes=minutes, every=every)


def test_the_soak_measures_and_draws(tmp_path: Path) -> None:
    taken = soaked(tmp_path, minutes=0.1, every=1)

    assert taken[-1].items > 0
    assert (tmp_path / "soak.svg").read_text().startswith("<svg")


@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_nothing_grows_but_what_is_remembered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = soaked(tmp_path, minutes=float(os.environ.get("MINUTES", "60")), every=10)

    warm, last = taken[int(len(taken) * WARM)], taken[-1]
    with capsys.disabled():
        print(f"\n{last}\n{tmp_path / 'soak.svg'}")
    assert (last.handles, last.threads) == (warm.handles, warm.threads)
    assert (last.memory_mb - warm.memory_mb) * 1024 < KB_AN_ITEM * (last.items - warm.items)
