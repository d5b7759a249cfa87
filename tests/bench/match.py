"""
Matching speed: items a second for 10 to 10,000 rules, and where the time goes with the shipped rules.

    python -m tests.bench.match [--quick]          two minutes; --quick: twenty seconds, Latin script only

Made-up items (25 and 600 words) in Latin, Arabic and Chinese script. A rule has two phrases of its own and one that
silences it; `watcher` is the way of production: `read`, `Scanner.scan`, `match`, rules loaded from YAML. Baselines of
the same run, so that columns can be compared on any machine:

    bare scan   fold and one Aho-Corasick pass over every phrase, nothing checked, no rule evaluated: the floor
    bare design fold, one pass over the rarest word of each phrase, a plain look at each candidate, then the rules:
                the prototype that the goal "within 1.3x" was set with; no inflection, no gaps, no offsets, no evidence
    re          fold, then one compiled expression for the phrases of each rule and one for what silences it

`of bare scan` and `of design` are watcher's speed as a share of theirs, `x re` how many times the speed of `re` it has.
Growth is the cost of an item with 10,000 rules over that with 100.

Then the shipped rules with the whole vocabulary and the facts, on made-up English news and, where WATCHER_TEST_DATA
names a folder with an archive of headlines and one of articles, on these; microseconds of each stage. Process time of
one core.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from tests.bench.invented import LANGUAGES, SEEN, Language, news
from watcher.facts import read_facts
from watcher.matching import Ruleset, load_rules, match
from watcher.model import Item, ItemId, Match
from watcher.text import fold, read
from watcher.trial import scanner_of
from watcher.vocabulary import Vocabulary, load
from watcher.vocabulary.patterns import spaced
from watcher.wiring.rules import load_ruleset

COUNTS = (10, 100, 1_000, 10_000)
RULES_OF_A_TEAM = 1_000
ROOT = Path(__file__).parent.parent.parent
TEAM = "team: T\ntimezone: Europe/London\nchannels: {desk: {email: [desk@example.org]}}\n"
ARCHIVES = {"headlines": "replay_wire_2025q4.items.jsonl.gz", "articles": "articles_2025-05.jsonl.gz"}

Phrases = tuple[str, str, str]
"""What a rule looks for, two phrases, and the one that silences it."""
Work = Callable[[Item], object]


def rate(work: Work, items: Sequence[Item], *, seconds: float) -> float:
    """Items a second, after a round that warms up: expressions are compiled when first needed."""
    for item in items:
        work(item)
    gc.collect()
    gc.freeze()  # what rules are made of is no part of the work
    done, start = 0, time.process_time()
    while True:
        for item in items:
            work(item)
            done += 1
            if (passed := time.process_time() - start) > seconds:
                return done / passed


# ── Ways to match ──────────────────────────────────────────────────────────────────────────────────────────────


def production(rules: Sequence[Phrases], lang: str) -> Work:
    """Rules in folders of teams, loaded as production loads them."""
    folders = {}
    for team, first in enumerate(range(0, len(rules), RULES_OF_A_TEAM)):
        lines = "".join(
            f"  - {{rule: Rule {number}, languages: {lang}, what: [{{phrase: {one}}}, {{phrase: {other}}}], "
            f"unless: {{phrase: {noise}}}}}\n"
            for number, (one, other, noise) in enumerate(rules[first : first + RULES_OF_A_TEAM])
        )
        folders[f"team-{team}"] = {f"team-{team}/team.yaml": TEAM, f"team-{team}/rules.yaml": f"rules:\n{lines}"}
    ruleset = load_rules(folders, Vocabulary())
    assert len(ruleset.rules) == len(rules)
    scanner = scanner_of(ruleset)

    def work(item: Item) -> tuple[Match, ...]:
        document = read(item)
        return match(document, scanner.scan(document), (), ruleset)

    return work


def bare_scan(rules: Sequence[Phrases], lang: str) -> Work:
    joint, border = ("", "") if lang == "zh" else (" ", " ")
    phrases = {border + joint.join(fold(phrase).split()) + border for rule in rules for phrase in rule}
    automaton = AhoCorasick(sorted(phrases))
    return lambda item: automaton.find_matches_as_indexes(_text(item), overlapping=True)


def bare_design(rules: Sequence[Phrases], lang: str) -> Work:
    joint, border = ("", "") if lang == "zh" else (" ", " ")
    folded = [tuple(fold(phrase) for phrase in rule) for rule in rules]
    uses: dict[str, int] = {}
    for rule in folded:
        for word in (word for phrase in rule[:2] for word in phrase.split()):
            uses[word] = uses.get(word, 0) + 1
    rules_of: dict[str, list[int]] = {}
    for number, rule in enumerate(folded):
        for phrase in rule[:2]:
            rarest = min(phrase.split(), key=lambda word: (uses[word], -len(word)))
            rules_of.setdefault(f"{border}{rarest}{border}", []).append(number)
    whole = [tuple(border + joint.join(phrase.split()) + border for phrase in rule) for rule in folded]
    automaton, behind = AhoCorasick(list(rules_of)), list(rules_of.values())

    def work(item: Item) -> list[int]:
        text = _text(item)
        anchors = {found[0] for found in automaton.find_matches_as_indexes(text, overlapping=True)}
        candidates = {rule for anchor in anchors for rule in behind[anchor]}
        return [
            rule
            for rule in candidates
            if (whole[rule][0] in text or whole[rule][1] in text) and whole[rule][2] not in text
        ]

    return work


def expressions(rules: Sequence[Phrases], lang: str) -> Work:
    joint, border = ("", "") if lang == "zh" else (r"\W+", r"\b")
    words = [[joint.join(map(re.escape, fold(phrase).split())) for phrase in rule] for rule in rules]
    wanted = [re.compile(f"{border}(?:{one}|{other}){border}") for one, other, _ in words]
    noise = [re.compile(border + phrase + border) for _, _, phrase in words]

    def work(item: Item) -> list[int]:
        text = fold(item.title + "\n\n" + item.text)
        return [
            number
            for number, expression in enumerate(wanted)
            if expression.search(text) and not noise[number].search(text)
        ]

    return work


def _text(item: Item) -> str:
    return spaced(fold(item.title + "\n\n" + item.text))


# ── Tables ─────────────────────────────────────────────────────────────────────────────────────────────────────


def compare(script: str, words: int, *, seconds: float) -> Iterator[str]:
    """A line for each number of rules, and one for the growth."""
    language = Language(script)
    items = language.items(words, 300 if words < 100 else 40)
    drawn = language.phrases(3 * max(COUNTS))
    every = list(zip(drawn[::3], drawn[1::3], drawn[2::3], strict=True))
    speeds = {}
    for count in COUNTS:
        rules = every[:count]
        speeds[count] = watcher = rate(production(rules, language.code), items, seconds=seconds)
        scan = rate(bare_scan(rules, language.code), items, seconds=seconds / 2)
        design = rate(bare_design(rules, language.code), items, seconds=seconds / 2)
        one_by_one = rate(expressions(rules, language.code), items[:3], seconds=seconds / 2)
        yield (
            f"{script:8}{words:6}{count:8,}{watcher:12,.0f}{scan:12,.0f}{design:12,.0f}"
            f"{watcher / scan:10.2f}{watcher / design:10.2f}{watcher / one_by_one:9,.0f}"
        )
    yield f"{script:8}{words:6}  growth from 100 to 10,000 rules: {speeds[100] / speeds[10_000]:.1f}x"


def stages(name: str, items: Sequence[Item], ruleset: Ruleset) -> str:
    """Microseconds of each stage for an item, the best of three rounds."""
    scanner = scanner_of(ruleset)
    best = [float("inf")] * 4
    for attempt in range(4):
        clock = time.process_time
        marks = [clock()]
        documents = [read(item) for item in items]
        marks.append(clock())
        hits = [scanner.scan(document) for document in documents]
        marks.append(clock())
        read_so_far = zip(documents, hits, strict=True)
        reports = [read_facts(document, found, ruleset.vocabulary) for document, found in read_so_far]
        marks.append(clock())
        for document, found, told in zip(documents, hits, reports, strict=True):
            match(document, found, told, ruleset)
        marks.append(clock())
        spent = [(end - start) / len(items) * 1e6 for start, end in pairwise(marks)]
        best = [min(pair) for pair in zip(best, spent, strict=True)] if attempt else best
    words = sum(len(item.title.split()) + len(item.text.split()) for item in items) / len(items)
    return f"{name:28}{words:6.0f}{1e6 / sum(best):10,.0f}" + "".join(f"{one:9,.0f}" for one in best)


def archived(name: str, count: int) -> list[Item]:
    """Items of the shared data; empty without it."""
    folder = os.environ.get("WATCHER_TEST_DATA")
    path = Path(folder) / ARCHIVES[name] if folder else None
    if path is None or not path.is_file():
        return []
    items: list[Item] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in islice(file, count):
            row = json.loads(line)
            seen = datetime.fromisoformat(row["seen"]) if "seen" in row else SEEN
            url, text = row.get("url") or row.get("link") or "", row.get("text") or ""
            items.append(Item(ItemId(str(len(items))), row["title"], url, "s", seen, text=text, lang=row.get("lang")))
    return items


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="shorter measurements, Latin script only")
    quick = parser.parse_args().quick
    gc.set_threshold(10_000, 20, 50)  # as `watcher.cli` does
    print("shipped rules and vocabulary    words   items/s     read     scan    facts    match  (us an item)")
    load()
    ruleset = load_ruleset(ROOT / "rules")
    gc.collect()
    gc.freeze()
    samples = {
        "made-up headlines": news(1_000),
        "made-up articles": news(100, sentences=60),
        "headlines of the archive": archived("headlines", 1_000 if quick else 3_000),
        "articles of the archive": archived("articles", 100 if quick else 300),
    }
    for name, items in samples.items():
        print(
            stages(name, items, ruleset) if items else f"{name:28}  none: WATCHER_TEST_DATA names no folder with them"
        )
    print("\nscript   words   rules     watcher   bare scan bare design  of scan of design     x re  (items/s)")
    for script in LANGUAGES if not quick else ("Latin",):
        for words in (25, 600):
            for line in compare(script, words, seconds=0.2 if quick else 0.4):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
