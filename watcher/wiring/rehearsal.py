"""Items and rules → what would have been told: one ruleset, or two that are compared over the same world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from posixpath import basename

from watcher.ingest import Commit, Mind, SharedMemory, apart, replay, replay_together
from watcher.ingest.replay import without_policy
from watcher.matching import Ruleset
from watcher.model import Item
from watcher.wiring.foresight import Foresight, Reader

WORDS_FILE = "words.yaml"


def rehearse(items: Iterable[Item], ruleset: Ruleset, *, processes: int | None = None) -> Iterator[Commit]:
    """
    What production would have committed of items that come in the order of `seen`.

    Args:
        processes: That read items ahead; see `Foresight`.
    """
    reader = Reader.of((ruleset,))
    foresight = Foresight((reader,), processes=processes)
    mind = Mind(ruleset.vocabulary, reader.scanner, ruleset, look=foresight.look(0))
    return replay((item for item, _ in foresight.items(items)), mind)


def rehearse_both(
    items: Iterable[Item], old: Ruleset, new: Ruleset, *, processes: int | None = None
) -> Iterator[tuple[Commit, Commit]]:
    """
    What `rehearse` gives for each of two rulesets, in less than twice the time.

    Where they know the same words each item is scanned once; stories are told once until the rulesets differ in what an
    item reports.
    """
    are_known = all(ruleset.texts.keys() == ruleset.teams.keys() for ruleset in (old, new))
    shares = are_known and words_of(old) == words_of(new)
    readers = (Reader.of((old, new)),) if shares else (Reader.of((old,)), Reader.of((new,)))
    foresight = Foresight(readers, processes=processes)
    memory = SharedMemory()
    minds = [
        Mind(ruleset.vocabulary, reader.scanner, ruleset, memory=memory, look=foresight.look(number))
        for number, (ruleset, reader) in enumerate(zip((old, new), (readers[0], readers[-1]), strict=True))
    ]
    for commits in replay_together(apart(foresight.items(items), *minds), minds):
        yield commits[0], commits[1]


def words_of(ruleset: Ruleset) -> Mapping[tuple[str, str], str]:
    """The words that its folders add to the shipped ones, by team and folder."""
    return {
        (team, folder): text
        for team, folders in ruleset.texts.items()
        for folder, texts in folders.items()
        for path, text in texts.items()
        if basename(path) == WORDS_FILE and text.strip()
    }


def unhurried(ruleset: Ruleset) -> Ruleset:
    """The ruleset with every team told at once, so that times are those of the decisions."""
    return replace(ruleset, teams={name: without_policy(team) for name, team in ruleset.teams.items()})
