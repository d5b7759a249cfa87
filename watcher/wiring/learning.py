"""
What readers said of alerts → edits of the team's rule files: the example, and the change that makes it pass.

Nothing is written here. An edit is a whole new text of one file; whether its examples pass is found out by loading the
team's folder with it, as `watcher check` does.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import islice

from watcher.errors import Problem
from watcher.matching import Explanation, Folders, Ruleset, explain, load_rules
from watcher.matching.editing import flow, with_member, with_value, without_member
from watcher.matching.rule import Rule
from watcher.matching.teamfolder import SHARED, read_library
from watcher.model import Evidence, Feedback, Item, Part, RuleId, TeamId, Verdict
from watcher.trial import prepare, scanner_of, study
from watcher.vocabulary import Hits, Scanner, load
from watcher.yamlfile import Faults, Plain, Sequence, Table, to_plain

MOST_TEXT = 2_000
"""Characters of an article that go into an example."""
MOST_PHRASES = 6
"""Of the title that are tried when no guard knows what is wrong with it."""
_TWO_WORDS = re.compile(r"(?<!\w)(?=(\w{3,} \w{3,})(?!\w))")
_KINDS = {Verdict.NOISE: "quiet", Verdict.MISSED: "alert", Verdict.USEFUL: "alert"}


@dataclass(frozen=True, slots=True)
class Lesson:
    """
    One verdict as an edit of one rule.

    Args:
        kind: Of the example: `alert` or `quiet`.
        path: The file; empty when nothing can be edited.
        before: Its text, as it stands.
        after: With the example, and with `change` if there is one.
        change: What is changed about the rule so that the example passes, in words; empty: nothing, or nothing helps.
        passes: Whether every example of the folder passes with the edit.
        said: Why nothing can be edited, or what stands in the way.
    """

    feedback: Feedback
    rule: RuleId
    kind: str
    path: str = ""
    before: str = ""
    after: str = ""
    change: str = ""
    passes: bool = False
    said: str = ""

    def diff(self) -> str:
        """The edit as a unified diff."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, self.path, self.path, n=2))


class Teacher:
    """Works out lessons for rule folders as they stand on disk."""

    def __init__(self, texts: Folders) -> None:
        self._texts = texts
        self._ruleset = load_rules(texts, load())
        self._scanner: Scanner = scanner_of(self._ruleset)

    def lessons(self, given: Iterable[Feedback]) -> Iterator[Lesson]:
        """One for each verdict and rule; what is an example already is left out."""
        for one in given:
            if one.verdict is Verdict.REPEAT or one.team not in self._ruleset.teams:
                continue
            for name in one.rules or self._nearest(one):
                rule = self._ruleset.rule(one.team, name)
                kind = _KINDS[one.verdict]
                if rule is None:
                    yield Lesson(one, name, kind, said=f"the rule {name} runs no more")
                elif not any(example.title == one.item.title for example in rule.examples):
                    yield self._lesson(one, rule, kind)

    def learnt(self, lesson: Lesson) -> Teacher:
        """Who has taken in the edit of a lesson, so that the next one of the same file builds on it."""
        folders = {name: dict(texts) for name, texts in self._texts.items()}
        for texts in folders.values():
            if lesson.path in texts:
                texts[lesson.path] = lesson.after
        return Teacher(folders)

    def _nearest(self, one: Feedback) -> tuple[RuleId, ...]:
        """The rule of the team that came nearest to an item that it was not told of."""
        found = [self._explained(rule, one.item) for rule in self._ruleset.rules_of(one.team)]
        best = max(found, key=lambda told: told.nearness, default=None)
        return (best.rule,) if best else ()

    def _explained(self, rule: Rule, item: Item, ruleset: Ruleset | None = None) -> Explanation:
        found = study(item, self._ruleset, self._scanner)
        told = explain(
            found.document, found.hits, found.reports, ruleset=ruleset or self._ruleset, team=rule.team, rule=rule.id
        )
        if told is None:
            raise AssertionError("a live rule can be explained")
        return told

    def _lesson(self, one: Feedback, rule: Rule, kind: str) -> Lesson:
        now = self._explained(rule, one.item)
        at = rule.spec.at
        before = self._texts.get(rule.team, {}).get(at.path)
        example = flow(self._example(one.item, rule, now))
        after = before and with_member(before, at.line, ("examples", kind), example)
        base = Lesson(one, rule.id, kind, at.path, before or "")
        if before is None or after is None:
            return replace(base, path="", said=f"{at.path}:{at.line}: the rule's examples cannot be edited here")
        faults = self._faults(rule.team, at.path, after)
        if not faults:
            return replace(base, after=after, passes=True)
        for change, text in self._changes(one.item, rule, now, after, kind=kind):
            if text is not None and not self._faults(rule.team, at.path, text):
                return replace(base, after=text, change=change, passes=True)
        return replace(base, after=after, said=now.reason if kind == "alert" else faults[0].message)

    def _faults(self, team: TeamId, path: str, text: str) -> list[Problem]:
        """What is wrong with the team's folder with this text, that is not wrong with it now."""
        names = [name for name in (SHARED, team) if name in self._texts]
        folders = {name: dict(self._texts[name]) for name in names}
        folders[team][path] = text
        return [
            problem
            for problem in load_rules(folders, load(), prepare=prepare).problems.get(team, ())
            if not problem.is_warning and problem not in self._ruleset.problems.get(team, ())
        ]

    # ── The example ────────────────────────────────────────────────────────────────────────────────────────────

    def _example(self, item: Item, rule: Rule, now: Explanation) -> Plain:
        """The item in the fewest words with which the rule does what it did: its title alone, if that is enough."""
        day = rule.spec.as_of
        noon = datetime.combine(day, time(12, 0, tzinfo=UTC)) if day else item.time
        title: dict[str, Plain] = {"title": item.title}
        lang: dict[str, Plain] = {"lang": item.lang} if item.lang else {}
        text: dict[str, Plain] = {"text": item.text[:MOST_TEXT]} if item.text else {}
        published: dict[str, Plain] = {"published": f"{item.time:%Y-%m-%dT%H:%MZ}"}
        url: dict[str, Plain] = {"url": item.url} if item.url else {}
        for entry in (title, title | lang, title | text, title | text | lang, title | published, title | url):
            tried = replace(
                item,
                text=str(entry.get("text", "")),
                lang=item.lang if "lang" in entry else None,
                url=item.url if "url" in entry else "https://example.org/",
                seen=item.time if "published" in entry else noon,
                published=item.time if "published" in entry else noon,
            )
            if self._explained(rule, tried).fired == now.fired:
                return item.title if entry is title else dict(entry)
        return dict(title | text | lang | url | published)

    # ── The change ─────────────────────────────────────────────────────────────────────────────────────────────

    def _changes(
        self, item: Item, rule: Rule, now: Explanation, text: str, *, kind: str
    ) -> Iterator[tuple[str, str | None]]:
        """Small changes of the rule that may make the example pass, the most careful first."""
        if kind == "quiet":
            for guard in self._silencers(item, rule):
                yield f"unless: + {guard}", self._more(rule, text, "unless", guard)
            if _all_in_text(now.evidence):
                yield "where: {in: title}", with_value(text, rule.spec.at.line, "where", "{in: title}")
            for phrase in islice(_phrases(item.title, now.evidence), MOST_PHRASES):
                yield f"unless: + phrase “{phrase}”", self._more(rule, text, "unless", {"phrase": phrase})
            return
        for look in now.guards:
            if look.silenced:
                yield f"unless: - {look.guard}", self._less(rule, text, "unless", look.guard)
        if now.failed == "what":
            known = {key for probe in rule.what for key in probe.keys}
            for concept in study(item, self._ruleset, self._scanner).hits.concepts:
                if concept not in known:
                    yield f"what: + {concept}", self._more(rule, text, "what", concept)

    def _more(self, rule: Rule, text: str, key: str, member: Plain) -> str | None:
        """The text with a member more under a key of the rule; what it takes from `_shared` is written out."""
        line, listed = rule.spec.at.line, self._listed(rule, key)
        if listed is None:
            return with_member(text, line, (key,), flow(member))
        return with_value(text, line, key, flow([*listed, member]))

    def _less(self, rule: Rule, text: str, key: str, member: str) -> str | None:
        line, listed = rule.spec.at.line, self._listed(rule, key)
        if listed is None:
            return without_member(text, line, (key,), member)
        return with_value(text, line, key, flow([one for one in listed if one != member]))

    def _silencers(self, item: Item, rule: Rule) -> Iterator[str]:
        """Guards that stand in the item and that the rule does not mind yet."""
        hits: Hits = study(item, self._ruleset, self._scanner).hits
        minded = {probe.name for probe in rule.unless}
        yield from (name for name in hits.guards if name not in minded)

    def _listed(self, rule: Rule, key: str) -> list[Plain] | None:
        """What a rule taken from `_shared` has under a key that its own entry does not write; None: it writes it."""
        faults = Faults()
        shared = read_library(self._texts.get(SHARED, {}), None, faults)
        library = read_library(self._texts.get(rule.team, {}), shared, faults)
        at = rule.spec.at
        own = next((table for table in library.rules if (table.path, table.line) == (at.path, at.line)), None)
        whole = library.expand(own, faults) if own else None
        node = whole.get(key) if whole and own and own.get(key) is None else None
        if node is None or isinstance(node, Table):
            return None
        plain = to_plain(node)
        return plain if isinstance(node, Sequence) and isinstance(plain, list) else [plain]


def _all_in_text(evidence: Iterable[Evidence]) -> bool:
    """Whether what decided stands in the article and not in its title."""
    deciding = [one for one in evidence if one.clause == "what"]
    return bool(deciding) and all(one.span.part is Part.TEXT for one in deciding)


def _phrases(title: str, evidence: Iterable[Evidence]) -> Iterator[str]:
    """Two words of the title that stand together and are not among those that decided."""
    taken = [one.span for one in evidence if one.span.part is Part.TITLE]
    for found in _TWO_WORDS.finditer(title):
        start, end = found.span(1)
        if not any(span.start < end and start < span.end for span in taken):
            yield found[1]


def by_path(lessons: Iterable[Lesson]) -> Mapping[str, Lesson]:
    """The last lesson of each file: its text has all that were learnt before."""
    return {lesson.path: lesson for lesson in lessons if lesson.path and lesson.passes}
