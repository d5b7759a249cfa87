"""Made-up items and phrases in three scripts, with words as frequent as those of natural texts."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import accumulate

from watcher.model import Item, ItemId

SEEN = datetime(2026, 2, 10, tzinfo=UTC)
SYLLABLES = {
    "Latin": "ba be bi bo bu ka ke ki ko ku ma me mi mo mu ra re ri ro ru sa se si so su ta te ti to tu lan ner sor",
    "Arabic": "با بو بي تا تو تي را رو ري سا سو سي كا كو كي لا لو لي ما مو مي نا نو ني دار حور صام طين",
}
# A newspaper uses some three thousand characters.
CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
LANGUAGES = {"Latin": "en", "Arabic": "ar", "Chinese": "zh"}
LEXICON = 20_000
STATES = ("Iran", "Oman", "France", "Egypt", "Kenya", "Brazil", "Norway", "Japan", "Chile", "Qatar", "Ghana", "Peru")
CITIES = ("Geneva", "Muscat", "Doha", "Vienna", "Paris", "Cairo", "Ankara", "Rome")
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


class Language:
    """Words of one script, drawn as often as words of a natural text are."""

    def __init__(self, script: str, seed: int = 7) -> None:
        self.code = LANGUAGES[script]
        self.joint = "" if script == "Chinese" else " "
        self._random = random.Random(seed)
        syllables = CHARACTERS if script == "Chinese" else SYLLABLES[script].split()
        words: dict[str, None] = {}
        while len(words) < LEXICON:
            words["".join(self._random.choices(syllables, k=self._random.choice((2, 2, 3, 3, 4))))] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(LEXICON)))

    def text(self, words: int) -> str:
        """So many words."""
        return self.joint.join(self._random.choices(self._words, cum_weights=self._weights, k=words))

    def phrases(self, count: int) -> list[str]:
        """Different phrases of two or three words, each with one that is not common; a space between words."""
        found: dict[str, None] = {}
        while len(found) < count:
            first = self._random.choices(self._words, cum_weights=self._weights, k=self._random.choice((1, 1, 2)))
            found[" ".join([*first, self._words[self._random.randrange(200, LEXICON)]])] = None
        return list(found)

    def items(self, words: int, count: int) -> list[Item]:
        """Headlines, or articles with sentences of twenty words, where there are more than a hundred words."""
        if words < 100:
            return [_item(number, self.text(words), "", self.code) for number in range(count)]
        stop = "。" if self.code == "zh" else ". "
        texts = (stop.join(self.text(20) for _ in range(words // 20)) for _ in range(count))
        return [_item(number, self.text(10), text, self.code) for number, text in enumerate(texts)]


def _item(number: int, title: str, text: str, lang: str | None) -> Item:
    return Item(ItemId(str(number)), title, f"https://x.example/{number}", "s", SEEN, text=text, lang=lang)


def news(count: int, *, sentences: int = 0) -> list[Item]:
    """English headlines of diplomacy and of other things, with so many more of them as the text."""
    draw = random.Random(7)

    def headline() -> str:
        one, other = draw.sample(STATES, 2)
        return draw.choice(HEADLINES).format(a=one, b=other, p=draw.choice(CITIES))

    return [
        _item(number, headline(), " ".join(f"{headline()}." for _ in range(sentences)), None) for number in range(count)
    ]
