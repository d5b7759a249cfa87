"""
Cost of deciding one report against 1,000, 10,000 and 100,000 open developments, and the memory they take.

    python -m tests.bench.stories [--sizes 1000 10000 100000] [--probes 2000]

Reports are invented: pairs of states, events and title words drawn from skewed distributions, half of them about five
hot matters, so that the longest lists of the index are hit. Process time of one core. Goal: p99 of `assign` below 5 ms
at 100,000. The ratio to `token_set_ratio` against every open title (rapidfuzz, one call) says what the index saves.
"""

from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from watcher.model import (
    ActorId,
    ConceptId,
    Development,
    DevelopmentId,
    Filed,
    ItemId,
    Kind,
    Lane,
    Report,
    Status,
    Story,
    StoryId,
)
from watcher.stories import Limits, Memory

START = datetime(2026, 1, 1, tzinfo=UTC)
STATES = [ActorId(f"S{number:02}") for number in range(80)]
HOT = [(STATES[n], STATES[n + 1]) for n in range(5)]
EVENTS = [("talks", "talks"), ("schedule.set", "talks"), ("offer.made", "offer"), ("sanctions.imposed", "sanctions")]
STATUSES = list(Status)
WORDS = [f"word{number}" for number in range(40_000)]


def invented(number: int, random: Random) -> Report:
    """One report; half are about a hot matter and use its few words."""
    hot = random.random() < 0.5
    actors = random.choice(HOT) if hot else tuple(sorted(random.sample(STATES, 2)))
    reach = 400 if hot else len(WORDS)
    words = frozenset(WORDS[int(reach * random.random() ** 3)] for _ in range(9))
    event, family = random.choice(EVENTS)
    moment = START + timedelta(seconds=3 * number)
    return Report(
        item=ItemId(f"i{number}"),
        event=ConceptId(event),
        family=family,
        actors=actors,
        status=random.choice(STATUSES),
        publisher=f"outlet{int(90 * random.random() ** 2)}.example",
        time=moment,
        seen=moment,
        title=" ".join(sorted(words)),
        url=f"https://outlet.example/{number}",
        lang="en",
        agent=actors[0] if random.random() < 0.6 else None,
        speaker=actors[0] if random.random() < 0.4 else None,
        words=words,
    )


def filled(size: int, random: Random) -> tuple[Memory, list[str], float]:
    """A memory restored with so many open developments of 1.75 reports each, their titles, and the seconds it took."""
    founding = [invented(number, random) for number in range(size)]
    stories = [story_of(report) for report in founding]
    developments = [development_of(report) for report in founding]
    filed = [Filed(report, development.id) for report, development in zip(founding, developments, strict=True)]
    more = (invented(number, random) for number in range(size, size + 3 * size // 4))
    filed.extend(Filed(report, random.choice(developments[-2000:]).id) for report in more)
    memory = Memory(limits=Limits(horizon=timedelta(days=400), quiet=timedelta(days=400)))
    before = time.process_time()
    memory.restore(stories, developments, (), reports=filed, seen=())
    return memory, [report.title for report in founding], time.process_time() - before


def story_of(report: Report) -> Story:
    key = StoryId(f"s{report.item}")
    return Story(
        key, report.family, report.actors, report.title, report.seen, report.seen, (DevelopmentId(report.item),)
    )


def development_of(report: Report) -> Development:
    return Development(
        id=DevelopmentId(report.item),
        story=StoryId(f"s{report.item}"),
        kind=Kind.NEW,
        event=report.event,
        actors=report.actors,
        status=report.status,
        lane=Lane.NOW,
        value=0.9,
        title=report.title,
        url=report.url,
        items=(report.item,),
        publishers=(report.publisher,),
        first_seen=report.seen,
        last_seen=report.seen,
        facts=report,
    )


def milliseconds(memory: Memory, number: int, probes: int, random: Random) -> Iterator[float]:
    for step in range(probes):
        report = invented(number + step, random)
        before = time.process_time()
        memory.assign(report, now=report.seen)
        yield 1000 * (time.process_time() - before)


def resident() -> int:
    """Bytes of this process in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def main() -> None:
    gc.set_threshold(10_000, 20, 50)  # as the command line sets it
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--probes", type=int, default=2_000)
    options = parser.parse_args()
    print(
        ("{:>9}{:>10}" + "{:>9}" * 6).format(
            "open", "restore s", "p50 ms", "p99 ms", "max ms", "KB each", "scan ms", "ratio"
        )
    )
    for size in options.sizes:
        random = Random(7)
        before = resident()
        memory, titles, restored = filled(size, random)
        gc.collect()
        held = resident() - before
        took = sorted(milliseconds(memory, 2 * size, options.probes, random))
        start = time.process_time()
        for step in range(5):
            process.extract(invented(-step, random).title, titles, scorer=fuzz.token_set_ratio, limit=1)
        scan = 1000 * (time.process_time() - start) / 5
        p50, p99 = took[len(took) // 2], took[int(0.99 * len(took))]
        row = ("{:>9}{:>10.1f}" + "{:>9.2f}" * 3 + "{:>9.1f}" * 3).format
        print(row(size, restored, p50, p99, took[-1], held / 1024 / size, scan, scan / p50))


if __name__ == "__main__":
    main()
