"""
RuleSpec, Vocabulary → Rule: every name looked up, every phrase and expression checked, anchors chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from watcher.matching.anchors import anchors_of
from watcher.matching.condition import All, Condition, Name, Not, parse_condition
from watcher.matching.names import Names
from watcher.matching.patterns import check_expression, check_fuzzy, fold_expression
from watcher.matching.rule import Block, Pair, Probe, Rule, Slot
from watcher.matching.spec import BlockSpec, RuleSpec, SlotSpec, TermSpec
from watcher.model import TeamId
from watcher.text import fold
from watcher.vocabulary.patterns import check_pattern
from watcher.yamlfile import Faults, did_you_mean

_HAN = re.compile(r"[぀-ヿ㐀-鿿가-힯]")
# A few words of letters only: always a pattern, and half of the time that ten thousand rules took to load.
_WORDS = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,}){0,4}")
_SHORT_STEM = re.compile(r"(?:^|[\s|])[^\W_]{0,2}\*")


class Compiler:
    """Turns the rules of one team into what we run; every fault goes to `faults`."""

    def __init__(self, team: TeamId, names: Names, faults: Faults) -> None:
        self.team = team
        self._names = names
        self._faults = faults
        self._lang: str | None = None

    def rule(self, spec: RuleSpec) -> Rule | None:
        """The rule; None when nothing that can be found is left of it. Faults say whether it may be used."""
        who = ("actor", "class")
        self._lang = next(iter(spec.languages)) if len(spec.languages) == 1 else None
        slots = tuple(slot for one in spec.who if (slot := self._slot(one, who)))
        pair = self._pair(spec, who)
        what = self._probes(spec.what, "what", ("concept", "actor", "class"))
        unless = self._probes(spec.unless, "unless", ("guard", "actor", "concept", "class"))
        blocks = {name: block for name, one in spec.match.items() if (block := self._block(name, one))}
        condition = self._condition(spec, blocks)
        rule = Rule(
            team=self.team,
            id=spec.id,
            title=spec.title,
            severity=spec.severity,
            slots=slots,
            pair=pair,
            what=what,
            unless=unless,
            where=spec.where,
            blocks=blocks,
            condition=condition,
            score=spec.score,
            languages=spec.languages,
            sources=spec.sources,
            statuses=spec.statuses,
            extract=spec.extract,
            wishes=spec.wishes,
            why=spec.why,
            examples=spec.examples,
            tales=spec.tales,
            anchors=frozenset(),
            plain=spec.condition is None and not blocks,
            spec=spec,
        )
        return self._anchored(rule)

    # ── Names ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _slot(self, spec: SlotSpec, kinds: tuple[str, ...]) -> Slot | None:
        probes = self._probes(spec.terms, "who", kinds)
        if not probes:
            return None
        return Slot(" or ".join(probe.name for probe in probes[:4]) + (" …" if len(probes) > 4 else ""), probes)

    def _pair(self, spec: RuleSpec, kinds: tuple[str, ...]) -> Pair | None:
        if spec.pair is None:
            return None
        actor, target = self._slot(spec.pair.actor, kinds), self._slot(spec.pair.target, kinds)
        return Pair(actor, target, spec.pair.ordered) if actor and target else None

    def _probes(self, terms: Iterable[TermSpec], clause: str, kinds: tuple[str, ...]) -> tuple[Probe, ...]:
        found = (self.probe(term, clause, kinds) for term in terms)
        return tuple(dict.fromkeys(self._names.same(probe) for probe in found if probe))

    def probe(self, term: TermSpec, clause: str, kinds: tuple[str, ...]) -> Probe | None:
        """What a term looks for; `kinds` say what a bare name may be, the first that knows it wins."""
        match term.kind:
            case "phrase" | "exact":
                return self._phrase(term, clause)
            case "regex":
                return self._checked(term, clause, check_expression(term.text), fold_expression(term.text))
            case "fuzzy":
                return self._checked(term, clause, check_fuzzy(term.text), fold(term.text).strip())
            case "actor" | "concept" | "guard" | "class":
                found = self._lookup(term.text, (term.kind,))
                if found is None:
                    self._unknown(term, clause, (term.kind,))
                return found
            case _:
                return self._named(term, clause, kinds)

    def _named(self, term: TermSpec, clause: str, kinds: tuple[str, ...]) -> Probe | None:
        if found := self._lookup(term.text, kinds):
            return found
        if re.search(r"\s", term.text) or _HAN.search(term.text):
            return self._phrase(term, clause)
        self._unknown(term, clause, kinds)
        return None

    def _lookup(self, text: str, kinds: tuple[str, ...]) -> Probe | None:
        look = {
            "actor": lambda name: self._names.office(name) or self._names.actor(name),
            "concept": self._names.concept,
            "guard": self._names.guard,
            "class": self._names.classed,
        }
        return next((found for kind in kinds if (found := look[kind](text))), None)

    def _unknown(self, term: TermSpec, clause: str, kinds: tuple[str, ...]) -> None:
        shown = f"any {term.text}" if term.kind == "class" else term.text
        offer = did_you_mean(shown, self._names.known(kinds))
        called = " or ".join(kind for kind in kinds if kind != "class" or term.kind == "class")
        others = [kind for kind in ("actor", "concept", "guard") if kind not in kinds]
        if elsewhere := next((kind for kind in others if self._lookup(term.text, (kind,))), None):
            remedy = f"; it is the name of a {elsewhere}, which does not belong here"
        elif term.kind == "name":
            remedy = f"{offer}; for the word itself write {{phrase: {term.text}}}"
        else:
            remedy = offer
        self._faults.add(term.at, f'{clause}: no {called} is called "{shown}"{remedy}', "unknown-name")

    # ── Words ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _phrase(self, term: TermSpec, clause: str) -> Probe | None:
        words, lang = term.text.split(), term.lang or self._lang
        pattern = " ..0 ".join(f"={word}" for word in words) if term.kind == "exact" else " ".join(words)
        wrong = None if _WORDS.fullmatch(pattern) else check_pattern(pattern, lang)
        letters = max((len(re.sub(r"[\W_]", "", word)) for word in fold(term.text).split()), default=0)
        if wrong is None and letters < 2 and not _HAN.search(term.text):
            wrong = f"{term.text!r} is too short: nearly every item has it; write a word of two letters or more"
        if wrong is None and _SHORT_STEM.search(term.text):
            wrong = f"{term.text!r} begins too short: write three letters or more before the *"
        if wrong:
            self._faults.add(term.at, f"{clause}: {wrong}", "bad-phrase")
            return None
        return Probe("literal", term.text, frozenset({f"{lang or ''}:{pattern}"}))

    def _checked(self, term: TermSpec, clause: str, wrong: str | None, key: str) -> Probe | None:
        if wrong is None:
            shown = f"/{term.text}/" if term.kind == "regex" else f"~{term.text}"
            return Probe(term.kind, shown, frozenset({key}))
        self._faults.add(term.at, f"{clause}: {wrong}", f"bad-{term.kind}")
        return None

    # ── Blocks and condition ───────────────────────────────────────────────────────────────────────────────────

    def _block(self, name: str, spec: BlockSpec) -> Block | None:
        kinds = ("concept", "guard", "actor", "class")
        members: list[Probe | Block] = []
        for member in spec.members:
            inner = self._block(name, member) if isinstance(member, BlockSpec) else self.probe(member, name, kinds)
            if inner is not None:
                members.append(inner if isinstance(inner, Block) else self._names.same(inner))
        if len(members) < len(spec.members):
            return None
        return Block(spec.mode, tuple(members), spec.number, spec.within, spec.ordered, spec.part)

    def _condition(self, spec: RuleSpec, blocks: dict[str, Block]) -> Condition:
        short = [
            key for key, used in (("who", spec.who or spec.pair), ("what", spec.what), ("unless", spec.unless)) if used
        ]
        known = [*short, *spec.match]
        for name in spec.score.weights if spec.score else ():
            if name not in known or name == "unless":
                offer = did_you_mean(name, known) or f"; there are {', '.join(known)}"
                self._faults.add(spec.at, f"score: no block is called {name!r}{offer}", "unknown-name")
        if spec.condition is not None:
            return parse_condition(spec.condition, known, self._faults) or All(())
        scored = set(spec.score.weights) if spec.score else set()
        wanted: list[Condition] = [Name(key) for key in ("who", "what") if key in short and key not in scored]
        if "unless" in short:
            wanted.append(Not(Name("unless")))
        wanted += [Name(name) for name in blocks if name not in scored]
        return All(tuple(wanted))

    # ── Anchors ────────────────────────────────────────────────────────────────────────────────────────────────

    def _anchored(self, rule: Rule) -> Rule | None:
        if found := anchors_of(rule):
            return replace(rule, anchors=found)
        if not self._faults.is_fatal:
            message = "the rule could fire on every item: it needs something that must be there, not only what must not"
            self._faults.add(rule.spec.at, message, "too-wide")
        return None
