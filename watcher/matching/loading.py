"""
Folders of texts → Ruleset. A team whose folder has a problem keeps its last good version; others never notice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from watcher.errors import Problem
from watcher.matching.library import Library, is_id, to_id
from watcher.matching.lint import NO_RULES, lint_vanished
from watcher.matching.rule import Rule
from watcher.matching.ruleset import Folders, Ruleset
from watcher.matching.spec import Example, Tale
from watcher.matching.teamfolder import SHARED, TeamFolder, folder_of, read_library, read_shared, read_team_folder
from watcher.model import RuleId, Team, TeamId
from watcher.vocabulary import Vocabulary
from watcher.yamlfile import Faults, Scalar

RunExample = Callable[[Rule, Example | Tale], str | None]
"""What is wrong with what came of an example of a rule; None when it is as its author says."""
Prepare = Callable[[Ruleset], RunExample]
"""Makes ready to run examples: builds a scanner for the words of this ruleset, once."""


@dataclass(frozen=True)
class _Standing:
    """A team that will run, and the folders it was read from."""

    team: Team
    rules: tuple[Rule, ...]
    overlay: Vocabulary | None
    texts: Folders
    is_good: bool = True
    is_stale: bool = False


def load_rules(
    folders: Folders,
    vocabulary: Vocabulary,
    *,
    last_good: Mapping[TeamId, Folders] | None = None,
    secrets: Mapping[TeamId, Collection[str]] | None = None,
    prepare: Prepare | None = None,
) -> Ruleset:
    """
    The rules of all teams.

    Args:
        folders: Texts by folder and path; `_shared` is no team.
        vocabulary: The shipped words.
        last_good: For each team what `Ruleset.texts` held when its folder was last without problems.
        secrets: Names of the secrets that exist, by team; None: not checked.
        prepare: Gives what runs examples; None: they are not run.
    """
    shared_texts = folders.get(SHARED, {})
    library, names, shared = read_shared(shared_texts, vocabulary)
    read = {
        TeamId(name): read_team_folder(name, texts, library, names, secrets=_of(secrets, name))
        for name, texts in sorted(folders.items())
        if name != SHARED and is_id(name)
    }
    if prepare is not None:
        read = _with_examples(read, shared.vocabulary, prepare)
    problems = {
        SHARED: shared.problems,
        **{name: folder.problems for name, folder in read.items()},
        **_misnamed(folders),
    }
    standing: list[_Standing] = []
    for team, folder in read.items():
        texts = {name: folders[name] for name in (SHARED, team) if name in folders}
        found = _stand(team, folder, texts, vocabulary, last_good=(last_good or {}).get(team))
        standing += [found] if found else []
        problems[team] += tuple(_remarks(team, folder, folders, last_good))
    return _ruleset(standing, shared.vocabulary, problems)


def _of(secrets: Mapping[TeamId, Collection[str]] | None, name: str) -> Collection[str] | None:
    return None if secrets is None else secrets.get(TeamId(name), ())


def _misnamed(folders: Folders) -> dict[str, tuple[Problem, ...]]:
    message = "the name of a team's folder must be in kebab case, such as middle-east: rename it"
    return {
        name: (Problem(folder_of(texts, name), 0, 0, message, "bad-name"),)
        for name, texts in folders.items()
        if name != SHARED and not is_id(name)
    }


def _stand(
    team: TeamId, folder: TeamFolder, texts: Folders, vocabulary: Vocabulary, *, last_good: Folders | None
) -> _Standing | None:
    """What of a team will run: the folder as it is, else its last good version, else its valid rules."""
    if not folder.is_good and last_good and last_good != texts:
        before = _restored(team, texts, vocabulary, last_good=last_good)
        if before is not None:
            return before
    if folder.team is None or not folder.rules:
        return None
    overlay = folder.vocabulary if folder.has_words else None
    return _Standing(folder.team, folder.rules, overlay, texts, is_good=folder.is_good)


def _restored(team: TeamId, texts: Folders, vocabulary: Vocabulary, *, last_good: Folders) -> _Standing | None:
    """The last good version; None when it is no longer good, because the shipped words changed."""
    before = load_rules(last_good, vocabulary)
    if team not in before.teams or any(not problem.is_warning for problem in before.problems.get(team, ())):
        return None
    overlay = before.overlays.get(team)
    if overlay is None and last_good.get(SHARED, {}) != texts.get(SHARED, {}):
        overlay = before.vocabulary  # its words stand over the `_shared` of that time
    return _Standing(before.teams[team], before.rules_of(team), overlay, last_good, is_stale=True)


def _remarks(
    team: TeamId, folder: TeamFolder, folders: Folders, last_good: Mapping[TeamId, Folders] | None
) -> Iterator[Problem]:
    place = folder_of(folders[team], team)
    if not folder.rules and folder.is_good:
        yield Problem(place, 0, 0, "the team has no rule: nobody will be told anything", NO_RULES)
    before = (last_good or {}).get(team)
    if before and folder.is_good:
        yield from lint_vanished(_ids(team, before), folder.rules, place)


def _ids(team: TeamId, folders: Folders) -> Iterator[RuleId]:
    """Ids that the rules of a folder give themselves."""
    faults = Faults()
    shared = read_library(folders.get(SHARED, {}), None, faults)
    library: Library = read_library(folders.get(team, {}), shared, faults)
    for table in library.rules:
        whole = library.expand(table, faults)
        for key in ("id", "rule"):
            node = whole.get(key) if whole else None
            if isinstance(node, Scalar):
                yield RuleId(node.text if key == "id" else to_id(node.text))
                break


# ── Examples ───────────────────────────────────────────────────────────────────────────────────────────────────


def _with_examples(
    read: dict[TeamId, TeamFolder], vocabulary: Vocabulary, prepare: Prepare
) -> dict[TeamId, TeamFolder]:
    """The folders without rules whose own examples fail; each failure is a problem."""
    standing = [
        _Standing(folder.team or _nobody(name), folder.rules, folder.vocabulary if folder.has_words else None, {})
        for name, folder in read.items()
    ]
    run = prepare(_ruleset(standing, vocabulary, {}))
    return {name: _tried(folder, run) for name, folder in read.items()}


def _nobody(team: TeamId) -> Team:
    return Team(team, team, "UTC", {}, "")


def _tried(folder: TeamFolder, run: RunExample) -> TeamFolder:
    faults = Faults()
    failed: set[RuleId] = set()
    for rule in folder.rules:
        examples: tuple[Example | Tale, ...] = (*rule.examples, *rule.tales)
        for example in examples:
            if wrong := run(rule, example):
                failed.add(rule.id)
                said = f"“{example.title}” " if isinstance(example, Example) else ""
                faults.add(example.at, f"{rule.id}: the example {said}{wrong}", "failing-example")
    kept = tuple(rule for rule in folder.rules if rule.id not in failed)
    return replace(folder, rules=kept, problems=tuple(dict.fromkeys((*folder.problems, *faults.problems))))


# ── The whole ──────────────────────────────────────────────────────────────────────────────────────────────────


def _ruleset(
    standing: Iterable[_Standing], vocabulary: Vocabulary, problems: Mapping[str, tuple[Problem, ...]]
) -> Ruleset:
    running = tuple(standing)
    return Ruleset(
        teams={one.team.id: one.team for one in running},
        rules=tuple(rule for one in running for rule in one.rules if rule.is_active),
        problems={name: tuple(sorted(set(found))) for name, found in problems.items() if found},
        stale=frozenset(one.team.id for one in running if one.is_stale),
        vocabulary=vocabulary,
        overlays={one.team.id: one.overlay for one in running if one.overlay is not None},
        texts={one.team.id: one.texts for one in running if one.is_good},
        digest=_digest(running),
    )


def _digest(running: Iterable[_Standing]) -> str:
    """Sixteen hexadecimal digits over every text that is live, by team, folder and path."""
    digest = hashlib.sha256()
    for one in running:
        rules = [rule.id for rule in one.rules]
        digest.update(f"{one.team.id}\0{rules}\0".encode())
        for folder, texts in sorted(one.texts.items()):
            for path, text in sorted(texts.items()):
                digest.update(f"{folder}\0{path}\0{text}\0".encode(errors="replace"))
    return digest.hexdigest()[:16]
