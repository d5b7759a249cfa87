"""
One team folder → its team, its rules and everything that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from posixpath import basename, commonpath, dirname

from watcher.errors import ConfigError, Problem
from watcher.matching.compiling import Compiler
from watcher.matching.library import Library
from watcher.matching.lint import lint_files, lint_rule, lint_rules
from watcher.matching.names import Names
from watcher.matching.rule import Rule
from watcher.matching.rulefile import read_rule
from watcher.matching.ruleset import Texts
from watcher.matching.spec import LIMIT_FILES
from watcher.matching.team import read_team
from watcher.model import RuleId, Team, TeamId
from watcher.vocabulary import Vocabulary
from watcher.yamlfile import Faults, Node, Table, parse

SHARED = "_shared"
TEAM_FILE, WORDS_FILE = "team.yaml", "words.yaml"


@dataclass(frozen=True)
class TeamFolder:
    """
    What a folder gives.

    Args:
        team: None when there is no channel to tell anybody by; `_shared` has none.
        rules: Those that could be read, compiled and told apart, whatever is wrong with the others.
        problems: Everything that is wrong with the folder; also what is wrong in `_shared` files it uses.
        vocabulary: With the words of the team, if it has some.
    """

    team: Team | None
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]
    vocabulary: Vocabulary
    has_words: bool

    @property
    def is_good(self) -> bool:
        """Whether nothing but warnings was found."""
        return not any(not problem.is_warning for problem in self.problems)


def folder_of(texts: Texts, name: str) -> str:
    """The folder of the files as people name it."""
    paths = list(texts)
    return commonpath([dirname(path) for path in paths]) if paths else name


def rule_texts(texts: Texts) -> Iterator[tuple[str, str]]:
    """Rule files of a folder with their texts, by path; not `team.yaml` and `words.yaml`."""
    for path in sorted(texts):
        if path.endswith((".yaml", ".yml")) and basename(path) not in (TEAM_FILE, WORDS_FILE):
            yield path, texts[path]


def read_library(texts: Texts, shared: Library | None, faults: Faults) -> Library:
    """What the rule files of a folder define."""
    library = Library(shared)
    for number, (path, text) in enumerate(rule_texts(texts)):
        if number == LIMIT_FILES:
            message = f"more than {LIMIT_FILES} rule files in one folder: make it two teams"
            faults.extend([Problem(path, 0, 0, message, "too-many")])
            break
        if not text.strip():
            # As a file is while it is being written anew; taken at its word it would end its rules.
            faults.extend([Problem(path, 0, 0, "empty: write rules into it, or delete it", "empty-file")])
            continue
        root = _parse(text, path, faults)
        if root is not None:
            library.add_file(root, faults)
    return library


def _parse(text: str, path: str, faults: Faults) -> Node | None:
    root, problems = parse(text, path)
    faults.extend(problems)
    return root


def read_words(texts: Texts, vocabulary: Vocabulary, faults: Faults) -> tuple[Vocabulary, bool]:
    """The vocabulary with the folder's own words, and whether it has some; unchanged when they have problems."""
    words = {path: text for path, text in texts.items() if basename(path) == WORDS_FILE and text.strip()}
    if not words:
        return vocabulary, False
    try:
        return vocabulary.extended(words), True
    except ConfigError as error:
        faults.extend(error.problems)
        return vocabulary, False


def read_team_folder(
    name: str, texts: Texts, shared: Library, names: Names, *, secrets: Collection[str] | None = None
) -> TeamFolder:
    """
    The folder of a team.

    Args:
        shared: What `_shared` defines.
        names: Of the vocabulary that all teams share.
        secrets: Names of the team's secrets that exist; None: not checked.
    """
    faults = Faults()
    team_id = TeamId(name)
    team = _read_team(team_id, texts, names, faults, secrets=secrets)
    own, has_words = read_words(texts, names.vocabulary, faults)
    library = read_library(texts, shared, faults)
    channels = team.channels if team else None
    rules = compile_rules(team_id, library, Names(own) if has_words else names, faults, channels=channels)
    faults.extend(lint_files(library))
    faults.extend(lint_rules(rules))
    return TeamFolder(team, rules, tuple(dict.fromkeys(faults.problems)), own, has_words)


def read_shared(texts: Texts, vocabulary: Vocabulary) -> tuple[Library, Names, TeamFolder]:
    """
    `_shared`: what it defines, the names that all teams know, and its rules as if a team had them, so that they are
    checked although none runs.
    """
    faults = Faults()
    own, has_words = read_words(texts, vocabulary, faults)
    library = read_library(texts, None, faults)
    names = Names(own)
    rules = compile_rules(TeamId(SHARED), library, names, faults, channels=None)
    return library, names, TeamFolder(None, rules, tuple(dict.fromkeys(faults.problems)), own, has_words)


def compile_rules(
    team: TeamId, library: Library, names: Names, faults: Faults, *, channels: Collection[str] | None
) -> tuple[Rule, ...]:
    """Rules of a library that have no problem, in order; what is wrong with the others is in `faults`."""
    rules: dict[RuleId, Rule] = {}
    for table in library.rules:
        own = Faults()
        rule = _compile(team, table, library, names, faults=own, channels=channels)
        if rule and rule.id in rules:
            first = rules[rule.id].spec.at
            message = (
                f"the id {rule.id!r} is already that of the rule in {first.path}:{first.line}: give it another `id:`"
            )
            own.add(table, message, "duplicate-id")
        faults.extend(own.problems)
        if rule and not own.is_fatal:
            rules[rule.id] = rule
    return tuple(rules.values())


def _compile(
    team: TeamId, table: Table, library: Library, names: Names, *, faults: Faults, channels: Collection[str] | None
) -> Rule | None:
    spec = read_rule(table, library, channels, faults)
    if spec is None:
        return None
    rule = Compiler(team, names, faults).rule(spec)
    if rule is not None:
        lint_rule(rule, faults)
    return rule


def _read_team(
    team: TeamId, texts: Texts, names: Names, faults: Faults, *, secrets: Collection[str] | None
) -> Team | None:
    path = next((path for path in texts if basename(path) == TEAM_FILE), None)
    if path is None:
        place = f"{folder_of(texts, team)}/{TEAM_FILE}"
        message = "missing: a team needs its name, time zone and a channel, see `watcher init`"
        faults.extend([Problem(place, 0, 0, message, "missing-file")])
        return None
    root = _parse(texts[path], path, faults)
    if root is None:
        if not texts[path].strip():
            faults.extend([Problem(path, 0, 0, "empty: a team needs its name, time zone and a channel", "missing-key")])
        return None
    return read_team(root, team, faults, secrets=secrets, names=names)
