"""
One rule against one reading. Every part is worked out when asked, so that production, which stops at the first clause
that fails, and `explain`, which looks at all of them, see the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from watcher.matching.blocks import deciding, meet
from watcher.matching.condition import first_failure, holds, names_of, say
from watcher.matching.guarding import may_silence, silencer
from watcher.matching.parties import fill
from watcher.matching.reading import Reading
from watcher.matching.rule import Probe, Rule
from watcher.model import Status
from watcher.text import fold, host
from watcher.vocabulary import Hit

MOST_TRIGGERS = 60
"""Deciding words that are tried."""
_UNMET = (Status.DENIED, Status.CONSIDERED)


class Evaluation:
    """See the module; made for one rule and one reading, and thrown away."""

    def __init__(self, rule: Rule, reading: Reading) -> None:
        self.rule = rule
        self.reading = reading
        self._truths: dict[str, bool] = {}
        self._silencers: dict[tuple[int, int, str], tuple[Probe, Hit] | None] = {}

    def fires(self) -> bool:
        """Whether the rule is met."""
        return self.is_admitted and holds(self.rule.condition, self.truth) and self.score_is_reached

    # ── Clauses ────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def refusal(self) -> str:
        """Why the item is not looked at at all: `languages` or `sources`; empty when it is."""
        rule, item = self.rule, self.reading.document.item
        if rule.languages and self.reading.document.lang not in rule.languages:
            return "languages"
        wanted = rule.sources
        if wanted.tiers and item.tier not in wanted.tiers:
            return "sources"
        if wanted.only or wanted.exclude:
            called = {fold(item.source), fold(item.publisher), host(item.url)} - {""}
            if (wanted.only and not _is_named(called, wanted.only)) or _is_named(called, wanted.exclude):
                return "sources"
        return ""

    @property
    def is_admitted(self) -> bool:
        """Whether language and source are among those the rule looks at."""
        return not self.refusal

    def truth(self, name: str) -> bool:
        """Whether the block of that name, or `who`, `what`, `unless`, is met."""
        known = self._truths.get(name)
        if known is None:
            known = self._truths[name] = self._truth(name)
        return known

    def _truth(self, name: str) -> bool:
        if name == "what":
            return any(self.triggers is self.subject or hit in self.subject for hit in self.living())
        if name == "who":
            return self.who is not None
        if name == "unless":
            return bool(self.triggers) and all(self.silenced_by(hit) for hit in self.triggers)
        return self.block(name) is not None

    @cached_property
    def subject(self) -> tuple[Hit, ...]:
        """What `what` finds where the rule looks for it."""
        found = self.reading.found(self.rule.what)
        return tuple(hit for hit in found if hit.end <= self.reading.limit(self.part_of(hit)))[:MOST_TRIGGERS]

    @cached_property
    def triggers(self) -> tuple[Hit, ...]:
        """
        Deciding words: of `what`, and of the named blocks that a condition puts beside it; without `what` of the blocks
        that must be met; without these of `who`. Guards bind to them.
        """
        rule = self.rule
        if rule.what and rule.spec.condition is None:
            return self.subject
        blocks = [rule.blocks[name] for name in self.positive if name in rule.blocks]
        found = {*self.subject, *(hit for block in blocks for hit in deciding(block, self.reading))}
        if not found and not rule.what:
            found.update(self.reading.found(probe for slot in rule.everybody for probe in slot.probes))
        return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.name)))[:MOST_TRIGGERS]

    @cached_property
    def positive(self) -> tuple[str, ...]:
        """Names that must be met, or add to the score."""
        scored = self.rule.score.weights if self.rule.score else {}
        weighed = [name for name, weight in scored.items() if weight > 0]
        return tuple(dict.fromkeys([*names_of(self.rule.condition, positive=True), *weighed]))

    def part_of(self, hit: Hit) -> str:
        """In which part of the item the words count: as the rule says, else as their concept does."""
        if self.rule.where.part:
            return self.rule.where.part
        concept = self.reading.concept(hit)
        return concept.where if concept else "text"

    @cached_property
    def unsilenced(self) -> tuple[Hit, ...]:
        """Deciding words that nothing of `unless` silences."""
        return tuple(hit for hit in self.triggers if self.silenced_by(hit) is None)

    def silenced_by(self, trigger: Hit) -> tuple[Probe, Hit] | None:
        """What of `unless` silences some deciding words, and where it stands."""
        key = trigger.start, trigger.end, trigger.name
        if key not in self._silencers:
            found = ((probe, silencer(self.reading, probe, trigger)) for probe in self._noise)
            self._silencers[key] = next(((probe, hit) for probe, hit in found if hit), None)
        return self._silencers[key]

    def is_silenced(self, trigger: Hit) -> bool:
        """Whether anything of `unless` silences some deciding words."""
        return self.silenced_by(trigger) is not None

    @cached_property
    def _noise(self) -> tuple[Probe, ...]:
        """What of `unless` can silence anything here."""
        return tuple(probe for probe in self.rule.unless if may_silence(self.reading, probe))

    def living(self) -> Iterator[Hit]:
        """Deciding words that nothing silences and whose status the rule takes, one by one: the first may be enough."""
        return (hit for hit in self.triggers if self.silenced_by(hit) is None and not self.status_refused(hit))

    @cached_property
    def alive(self) -> tuple[Hit, ...]:
        """All of them."""
        return tuple(self.living())

    def status_refused(self, hit: Hit) -> str:
        """Why what the words say does not count: the status, in words; empty when it does."""
        concept = self.reading.concept(hit)
        is_outcome = concept is not None and concept.outcome
        if not is_outcome and not self.rule.statuses:
            return ""
        status = self.reading.status(hit)
        if is_outcome and status in _UNMET and status not in self.rule.statuses:
            return f"{hit.name} is only {status.value}, which is no outcome"
        if self.rule.statuses and status not in self.rule.statuses:
            return f"the status is {status.value}, not {' or '.join(sorted(self.rule.statuses))}"
        return ""

    # ── Who, blocks, score ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def who(self) -> tuple[Hit, ...] | None:
        """One hit for each slot, near living deciding words if the rule asks for that; None: not all are filled."""
        return fill(self.rule, self.reading, self.living() if self.subject or self.rule.blocks else ())

    def block(self, name: str) -> tuple[Hit, ...] | None:
        """What met a named block; None when it is not met."""
        return meet(self.rule.blocks[name], self.reading, self.triggers, silenced=self.is_silenced)

    @cached_property
    def score(self) -> Mapping[str, int]:
        """What each scored block that is met adds; `title_bonus` when words of one stand in the title."""
        wanted = self.rule.score
        if wanted is None:
            return {}
        terms = {name: weight for name, weight in wanted.weights.items() if self.truth(name)}
        in_title = any(
            hit.start < self.reading.document.title_end
            for name in terms
            if terms[name] > 0
            for hit in self.hits_of(name)
        )
        return {**terms, "title_bonus": wanted.title_bonus} if in_title and wanted.title_bonus else terms

    @property
    def score_is_reached(self) -> bool:
        """Whether the sum is enough; True for a rule without a score."""
        return self.rule.score is None or sum(self.score.values()) >= self.rule.score.threshold

    def hits_of(self, name: str) -> tuple[Hit, ...]:
        """What met `who`, `what` or a block; empty when it is not met."""
        if name == "what":
            return tuple(hit for hit in self.alive if hit in self.subject)
        if name == "who":
            return self.who or ()
        return () if name == "unless" else (self.block(name) or ())

    @property
    def failed(self) -> str:
        """The first clause that is not met, as people write it; empty when the rule fires."""
        if self.refusal:
            return self.refusal
        part = first_failure(self.rule.condition, self.truth)
        if part is not None:
            return say(part)
        return "" if self.score_is_reached else "score"


def _is_named(called: Iterable[str], names: Iterable[str]) -> bool:
    """Whether one of the names is meant; a host also by its end, so `bbc.co.uk` is `news.bbc.co.uk` too."""
    return any(one == name or one.endswith("." + name) for one in called for name in names)
