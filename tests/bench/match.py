"""
Matching speed: items a second for 10 to 10,000 rules, as ratios within one run.

    python -m tests.bench.match [--quick]

Synthetic items (~25 and ~600 words, words of made-up syllables with natural frequencies) in Latin, Arabic and Chinese
script; each rule is one phrase of its own. Columns:

    scan      `read` and `Scanner.scan`: what production does
    bare      the bare design: fold, one Aho-Corasick pass over the rarest words, a check of each candidate phrase
    ac        fold and one Aho-Corasick pass over whole phrases, nothing checked: the floor
    re        fold and one compiled expression for each rule

Then the shipped vocabulary, with all its words, on made-up English headlines and articles.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from watcher.model import Item, ItemId
from watcher.text import fold, read
from watcher.vocabulary import Hits, Literal, Scanner, Vocabulary, load
from watcher.vocabulary.patterns import spaced

SEEN = datetime(2026, 2, 10, tzinfo=UTC)
SYLLABLES = {
    "latin": "ba be bi bo bu ka ke ki ko ku ma me mi mo mu ra re ri ro ru sa se si so su ta te ti to tu lan ner sor",
    "arabic": "با بو بي تا تو تي را رو ري سا سو سي كا كو كي لا لو لي ما مو مي نا نو ني دار حور صام طين",
}
CHARACTERS = [chr(0x4E00 + 13 * number) for number in range(900)]
LANGUAGES = {"latin": "en", "arabic": "ar", "chinese": "zh"}
LEXICON = 20_000
HEADLINES = (
    "{a} and {b} to hold talks in {p} next week",
    "{a} expels envoy of {b} over leaked letter",
    "Storm leaves thousands without power along the coast",
    "{a} postpones visit to {b} after minister falls ill",
    "Local club signs young striker for record fee",
    "Museum reopens after three years of careful repairs",
    "Why {a} and {b} cannot agree on a border treaty",
    "Farmers hope for rain as the dry spring goes on",
    "{a} says it is ready to mediate between {b} and its neighbour",
    "New rail line will cut journey times by half, operator says",
)
STATES = ("Iran", "Oman", "France", "Egypt", "Kenya", "Brazil", "Norway", "Japan", "Chile", "Qatar", "Ghana", "Peru")
CITIES = ("Geneva", "Muscat", "Doha", "Vienna", "Paris", "Cairo", "Ankara", "Rome")


class Language:
    """Made-up words of one script, drawn as often as words of a natural text are."""

    def __init__(self, script: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.joint = "" if script == "chinese" else " "
        syllables = CHARACTERS if script == "chinese" else SYLLABLES[script].split()
        words: dict[str, None] = {}
        while len(words) < LEXICON:
            words["".join(self.random.choices(syllables, k=self.random.choice((2, 2, 3, 3, 4))))] = None
        self.words = list(words)
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(LEXICON)))

    def text(self, length: int) -> str:
        return self.joint.join(self.random.choices(self.words, cum_weights=self.weights, k=length))

    def phrases(self, count: int) -> list[str]:
        """Phrases of two or three words, each with one that is not common."""
        found: dict[str, None] = {}
        while len(found) < count:
            first = self.random.choices(self.words, cum_weights=self.weights, k=self.random.choice((1, 1, 2)))
            found[" ".join([*first, self.words[self.random.randrange(200, LEXICON)]])] = None
        return list(found)


def rate(work: Callable[[Item], object], items: Sequence[Item], *, seconds: float) -> float:
    """Items a second, after a round that warms up (expressions are compiled when first needed)."""
    for item in items:
        work(item)
    done, start = 0, time.process_time()
    while True:
        for item in items:
            work(item)
            done += 1
            if (passed := time.process_time() - start) > seconds:
                return done / passed


def bare_design(phrases: Sequence[str], *, spaceless: bool) -> Callable[[Item], object]:
    """The prototype the goals were set with: anchors, then a plain look at each candidate."""
    joint, border = ("", "") if spaceless else (" ", " ")
    whole = [border + joint.join(phrase.split()) + border for phrase in map(fold, phrases)]
    uses: dict[str, int] = {}
    for phrase in phrases:
        for word in fold(phrase).split():
            uses[word] = uses.get(word, 0) + 1
    rules_of: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        rarest = min(fold(phrase).split(), key=lambda word: (uses[word], -len(word)))
        rules_of.setdefault(f"{border}{rarest}{border}", []).append(number)
    automaton = AhoCorasick(list(rules_of))
    rules = list(rules_of.values())

    def work(item: Item) -> set[int]:
        text = spaced(fold(item.title + "\n\n" + item.text))
        anchors = {match[0] for match in automaton.find_matches_as_indexes(text, overlapping=True)}
        return {rule for anchor in anchors for rule in rules[anchor] if whole[rule] in text}

    return work


def floor(phrases: Sequence[str], *, spaceless: bool) -> Callable[[Item], object]:
    joint, border = ("", "") if spaceless else (" ", " ")
    automaton = AhoCorasick([border + joint.join(fold(phrase).split()) + border for phrase in phrases])
    return lambda item: automaton.find_matches_as_indexes(
        spaced(fold(item.title + "\n\n" + item.text)), overlapping=True
    )


def expressions(phrases: Sequence[str], *, spaceless: bool) -> Callable[[Item], object]:
    joint, border = ("", "") if spaceless else (r"\W+", r"\b")
    compiled = [re.compile(border + joint.join(map(re.escape, fold(phrase).split())) + border) for phrase in phrases]

    def work(item: Item) -> list[re.Pattern[str]]:
        text = fold(item.title + "\n\n" + item.text)
        return [expression for expression in compiled if expression.search(text)]

    return work


def production(phrases: Sequence[str], lang: str) -> Callable[[Item], Hits]:
    literals = [Literal(str(number), phrase, lang) for number, phrase in enumerate(phrases)]
    scanner = Scanner(Vocabulary(), literals)
    return lambda item: scanner.scan(read(item))


def items_of(language: Language, words: int, count: int, lang: str) -> list[Item]:
    texts = [language.text(words) for _ in range(count)]
    if words < 100:
        return [
            Item(ItemId(str(n)), text, f"https://x.example/{n}", "s", SEEN, lang=lang) for n, text in enumerate(texts)
        ]
    return [
        Item(ItemId(str(n)), language.text(10), f"https://x.example/{n}", "s", SEEN, text=text, lang=lang)
        for n, text in enumerate(texts)
    ]


def compare(script: str, words: int, counts: Sequence[int], seconds: float) -> None:
    language = Language(script, seed=7)
    lang = LANGUAGES[script]
    spaceless = script == "chinese"
    items = items_of(language, words, 300 if words < 100 else 60, lang)
    every = language.phrases(max(counts))
    for count in counts:
        phrases = every[:count]
        scan = rate(production(phrases, lang), items, seconds=seconds)
        bare = rate(bare_design(phrases, spaceless=spaceless), items, seconds=seconds)
        ac = rate(floor(phrases, spaceless=spaceless), items, seconds=seconds)
        one_by_one = rate(expressions(phrases, spaceless=spaceless), items[:10], seconds=seconds)
        print(
            f"{script:8} {words:4} words {count:6,} rules: {scan:9,.0f}/s   bare/scan {bare / scan:5.2f}   "
            f"ac/scan {ac / scan:5.2f}   scan/re {scan / one_by_one:8.1f}"
        )


def shipped(seconds: float) -> None:
    draw = random.Random(7)

    def headline() -> str:
        a, b = draw.sample(STATES, 2)
        return draw.choice(HEADLINES).format(a=a, b=b, p=draw.choice(CITIES))

    titles = [Item(ItemId(str(n)), headline(), f"https://x.example/{n}", "s", SEEN) for n in range(1000)]
    prose = [". ".join(headline() for _ in range(65)) + "." for _ in range(100)]
    articles = [
        Item(ItemId(str(n)), headline(), f"https://x.example/{n}", "s", SEEN, text=t) for n, t in enumerate(prose)
    ]
    started = time.perf_counter()
    vocabulary = load()
    scanner = Scanner(vocabulary)
    print(
        f"shipped vocabulary: {len(vocabulary.entries):,} terms, loaded with scanner in "
        f"{(time.perf_counter() - started) * 1e3:.0f} ms"
    )
    floor_of = AhoCorasick([anchor for one in vocabulary.entries for anchor in one.anchors])
    for name, items in (("headlines", titles), ("articles", articles)):
        scan = rate(lambda item: scanner.scan(read(item)), items, seconds=seconds * 2)
        ac = rate(
            lambda item: floor_of.find_matches_as_indexes(spaced(fold(item.title + item.text)), overlapping=True),
            items,
            seconds=seconds,
        )
        print(f"shipped  {name:9}: {scan:9,.0f}/s   ac/scan {ac / scan:5.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="shorter measurements, Latin script only")
    quick = parser.parse_args().quick
    seconds = 0.2 if quick else 0.6
    shipped(seconds)
    for script in ("latin",) if quick else ("latin", "arabic", "chinese"):
        for words in (25, 600):
            compare(script, words, (100, 10_000) if quick else (10, 100, 1_000, 10_000), seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
