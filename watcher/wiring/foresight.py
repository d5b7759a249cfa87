"""
Items of a replay, read ahead in other processes.

What rules make of an item depends on the item alone (`ingest.perceiving`), so it is found out on every core while one
of them decides in the order of time. The processes are forked when words and rules are loaded, and get them for
nothing; where a system cannot fork, and for a few items, all of it happens here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice

from watcher.ingest import Look, Percept, look, perceive, seen_of
from watcher.matching import Ruleset
from watcher.model import Item, Seen
from watcher.text import read
from watcher.trial import scanner_of
from watcher.vocabulary import Literal, Scanner, Vocabulary

FEW = 2_000
"""Items that are read sooner than processes are started."""
CHUNK = 200
AHEAD = 6
"""Chunks under way for each process."""
_Read = tuple[Seen, tuple[Percept, ...]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads items for rulesets that know the same words."""

    vocabulary: Vocabulary
    scanner: Scanner
    rulesets: tuple[Ruleset, ...]

    @classmethod
    def of(cls, rulesets: Sequence[Ruleset]) -> Reader:
        """For rulesets that know the same words: one scan finds the phrases of all."""
        first = rulesets[0]
        if len(rulesets) == 1:
            return cls(first.vocabulary, scanner_of(first), (first,))
        literals: dict[str, Literal] = {one.key: one for ruleset in rulesets for one in ruleset.literals}
        overlays = {str(team): vocabulary for team, vocabulary in first.overlays.items()}
        return cls(first.vocabulary, Scanner(first.vocabulary, literals.values(), overlays), tuple(rulesets))

    def read(self, item: Item) -> _Read:
        """That the item was seen, and what it is to each ruleset."""
        document = read(item)
        return seen_of(document), perceive(document, self.vocabulary, self.scanner, rulesets=self.rulesets)


class Foresight:
    """
    Items with what they are to rulesets, some way ahead of whoever takes them.

    Args:
        readers: Each for some of the rulesets; together they are all of them, in order.
        processes: None: as many as there are cores, if there are many items; 1: everything is read here.
    """

    def __init__(self, readers: Sequence[Reader], *, processes: int | None = None) -> None:
        self._readers = tuple(readers)
        self._rulesets = tuple((reader, ruleset) for reader in readers for ruleset in reader.rulesets)
        self._processes = processes
        self._known: dict[Item, _Read] = {}

    def items(self, source: Iterable[Item]) -> Iterator[tuple[Item, tuple[Percept, ...]]]:
        """The items in their order, each with what it is to every ruleset; without that if reading it crashed."""
        rest = iter(source)
        first = list(islice(rest, FEW))
        under_way: deque[tuple[list[Item], Future[list[_Read]]]] = deque()
        processes = self._processes or (os.cpu_count() or 1 if len(first) == FEW else 1)
        pool = self._pool(processes)
        try:
            for chunk in _chunks(chain(first, rest)):
                under_way.append((chunk, pool.submit(_read_all, chunk)))
                if len(under_way) > AHEAD * processes:
                    yield from self._come(*under_way.popleft(), pool)
            while under_way:
                yield from self._come(*under_way.popleft(), pool)
        finally:
            pool.shutdown(cancel_futures=True)

    def look(self, number: int) -> Callable[[Item], Look]:
        """How the mind of one ruleset looks at the items; the last ruleset's mind must look last."""
        reader, ruleset = self._rulesets[number]
        is_last = number == len(self._rulesets) - 1

        def known(item: Item) -> Look:
            found = self._known.pop(item, None) if is_last else self._known.get(item)
            if found is None:
                return look(item, reader.vocabulary, reader.scanner, ruleset=ruleset)
            return Look(found[0], lambda: found[1][number])

        return known

    def _pool(self, processes: int) -> Executor:
        if processes > 1 and "fork" in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context("fork")
            return ProcessPoolExecutor(processes, context, initializer=_start, initargs=(self._readers,))
        return ThreadPoolExecutor(1, initializer=_equip, initargs=(self._readers,))

    def _come(
        self, chunk: list[Item], future: Future[list[_Read]], pool: Executor
    ) -> Iterator[tuple[Item, tuple[Percept, ...]]]:
        """What has come of a chunk; if it crashed, of each of its items by itself."""
        found: list[_Read | None]
        if future.exception() is None:
            found = list(future.result())
        else:
            alone = [pool.submit(_read_all, [item]) for item in chunk]
            found = [one.result()[0] if one.exception() is None else None for one in alone]
        for item, read_item in zip(chunk, found, strict=True):
            if read_item is not None:
                self._known[item] = read_item
            yield item, read_item[1] if read_item else ()


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


_own = threading.local()


def _equip(readers: tuple[Reader, ...]) -> None:
    _own.readers = readers


def _start(readers: tuple[Reader, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that decides is told, and ends us
    _equip(readers)


def _read_all(items: Sequence[Item]) -> list[_Read]:
    """That each item was seen, and what it is to all rulesets."""
    readers: tuple[Reader, ...] = _own.readers
    found = []
    for item in items:
        seen, percepts = readers[0].read(item)
        others = (percept for reader in readers[1:] for percept in reader.read(item)[1])
        found.append((seen, (*percepts, *others)))
    return found
