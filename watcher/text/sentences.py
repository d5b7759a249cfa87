"""
Where sentences, clauses and head clauses end in folded text. Rules of thumb for news prose, not a parser.
"""

from __future__ import annotations

import re

Range = tuple[int, int]
"""Folded offsets `start:end`."""

# Full stops inside these never end a sentence; folded, without the stop.
_ABBREVIATION_LIST = (
    "mr mrs ms dr prof gen lt col maj capt sgt adm sen rep gov st ft rev hon pres min amb jr sr vs etc inc ltd corp "
    "dept jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun no nos art al approx est fig "
    "u.s u.k u.n e.u u.a.e d.c e.g i.e a.m p.m ee.uu hr frau bzw ca z.b d.h u.a usw nr mme m mm pdt sra srta dra av "
    "г гг т.е т.д т.п им млн млрд руб тыс ул"
)
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
_END = re.compile(r"""[.!?。\n]+["')\]]*""")
_LAST_WORD = re.compile(r"[^\s\"'(\[]+$")
# Scripts from here on put no space after a stop.
_IDEOGRAPHS = "\u2e80"

_SUBORDINATORS = {
    "en": "but|while|whereas|although|though|after|before|as|because|since|when|where|which|who|whose|if|unless|until|"
    r"despite|amid|following|ahead of|even as|even though|in spite of|so that|with the",
    "fr": "mais|tandis que|alors que|bien que|apres|avant|car|parce que|depuis|quand|lorsque|qui|dont|ou|si|malgre|"
    "en pleine?|sur fond de|suite a",
    "es": "pero|mientras|aunque|tras|despues|antes|porque|desde que|cuando|donde|que|quien|cuyo|si|pese a|a pesar de|"
    "en medio de|luego de",
    "de": "aber|doch|wahrend|obwohl|nachdem|nach|bevor|vor|weil|seit|als|wenn|wo|der|die|das|falls|trotz|"
    "inmitten|angesichts",
    "ru": "но|однако|хотя|пока|после|перед|потому что|когда|где|который|которая|которое|которые|если|"
    "несмотря на|на фоне|в связи с",
    "ar": "لكن|بينما|رغم|بعد|قبل|لان|عندما|حيث|الذي|التي|الذين|اذا|وسط|في ظل|عقب|فيما|عشية",
    "fa": "اما|ولي|در حالي كه|هرچند|با وجود|پس از|بعد از|پيش از|قبل از|زيرا|وقتي|كه|اگر|در ميان|همزمان با|در پي",
    "he": "אבל|אך|בעוד|למרות|אחרי|לאחר|לפני|כי|כאשר|כש\\w+|אשר|אמ|על רקע|בצל|בעקבות",
    "zh": "但|而|虽然|尽管|之后|之前|因为|如果|随着|此前|在此之前|同时",
}
_HEAD_CUTS = {
    "en": "amid|after|ahead of|as|despite|while|following|before|even as|in (?:the )?wake of|on (?:the )?eve of",
    "fr": "apres|avant|alors que|malgre|en pleine?|sur fond de|a la veille de|suite a|tandis que",
    "es": "tras|antes de|mientras|pese a|a pesar de|en medio de|luego de|despues de|en visperas de",
    "de": "nach|vor|wahrend|trotz|inmitten|angesichts|im vorfeld|kurz vor",
    "ru": "после|перед|на фоне|несмотря на|накануне|в преддверии|в то время как",
    "ar": "وسط|بعد|قبل|قبيل|رغم|في ظل|عقب|بينما|فيما|عشية",
    "fa": "پس از|بعد از|پيش از|قبل از|در آستانه|در ميان|با وجود|همزمان با|در پي",
    "he": "אחרי|לאחר|לפני|על רקע|בצל|למרות|בעוד|בעקבות|ערב",
    "zh": "之际|之前|之后|此前|随着|尽管",
}
_NO_BOUNDARY = frozenset(("zh", "ja"))


def _compiled(words: str, lang: str) -> re.Pattern[str]:
    if lang in _NO_BOUNDARY:
        return re.compile(rf"[，,、；;：:—]|(?:{words})")
    return re.compile(rf"[;:]\s|\s[-|]+\s|,(?=\s)|\b(?:{words})\b")


_CLAUSES = {lang: _compiled(words, lang) for lang, words in _SUBORDINATORS.items()}
_HEADS = {
    lang: re.compile(rf"(?:{words})" if lang in _NO_BOUNDARY else rf"(?<=[\s,])(?:{words})\b")
    for lang, words in _HEAD_CUTS.items()
}
# A comma parts clauses only between longer pieces: "Iran, US and Oman meet" is one.
_LIST_PIECE = 3
_WORD = re.compile(r"\w+")


def sentences_of(folded: str, start: int) -> tuple[Range, ...]:
    """Sentences of `folded[start:]`, without surrounding space, in order; empty ones left out."""
    found: list[Range] = []
    begin = _after_space(folded, start)
    for end in _END.finditer(folded, start):
        stop = end.end()
        if stop <= begin or not _ends_sentence(folded, begin, end):
            continue
        found.append((begin, begin + len(folded[begin:stop].rstrip())))
        begin = _after_space(folded, stop)
    if begin < len(folded):
        found.append((begin, begin + len(folded[begin:].rstrip())))
    return tuple(found)


def _after_space(folded: str, position: int) -> int:
    while position < len(folded) and folded[position].isspace():
        position += 1
    return position


def _ends_sentence(folded: str, begin: int, end: re.Match[str]) -> bool:
    marks = end[0]
    if "\n" in marks or "。" in marks:
        return True
    following = folded[end.end() : end.end() + 1]
    if following < _IDEOGRAPHS and not following.isspace():
        return False
    if marks[0] != "." or marks.startswith(".."):
        return True
    before = _LAST_WORD.search(folded, max(begin, end.start() - 12), end.start())
    word = before[0] if before else ""
    # A single letter is an initial ("J. D. Vance") or the end of "U.S."; a small number before a stop is a day of a
    # German date ("18. Juni").
    return not (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or (word.isdigit() and len(word) <= 2))


def clause_cuts(folded: str, sentence: Range, lang: str) -> tuple[int, ...]:
    """Offsets inside the sentence at which a new clause begins."""
    pattern = _CLAUSES.get(lang, _CLAUSES["en"])
    cuts = [found for found in pattern.finditer(folded, *sentence) if found.start() > sentence[0]]
    kept: list[int] = []
    for index, found in enumerate(cuts):
        if found[0] == ",":
            before = kept[-1] if kept else sentence[0]
            after = cuts[index + 1].start() if index + 1 < len(cuts) else sentence[1]
            long_enough = min(_words(folded, before, found.start()), _words(folded, found.end(), after)) >= _LIST_PIECE
            if not long_enough:
                continue
        kept.append(found.start() if found[0][0].isalnum() else found.end())
    return tuple(kept)


def _words(folded: str, start: int, end: int) -> int:
    return len(_WORD.findall(folded, start, end))


def head_end(folded: str, title_end: int, lang: str) -> int:
    """Where the head clause of a title ends: before "amid", "after" …; its whole length when it begins with one."""
    pattern = _HEADS.get(lang, _HEADS["en"])
    least = 4 if lang in _NO_BOUNDARY else 2
    for found in pattern.finditer(folded, 0, title_end):
        long_enough = found.start() if lang in _NO_BOUNDARY else _words(folded, 0, found.start())
        if long_enough >= least:
            return len(folded[: found.start()].rstrip(" ,"))
    return title_end
