"""
One folded word → every form of it, as an expression and as anchors for the scan; by rule, no dictionary.

English lists its forms; other languages give a stem with an expression for what may stand before and after it. The
rules are wider than grammar: a form that does not exist costs nothing, a form that is missing costs a headline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from watcher.vocabulary.english import inflect_english, plural
from watcher.vocabulary.forms import ANY_PREFIX, NO_SPACES, REMEMBERED, Forms, exact, listed, stemmed


def wildcard(word: str, lang: str | None) -> Forms:
    """`stem*`, `*stem` or `*stem*`; one-letter words of Arabic and Hebrew may stand before the first kind."""
    stem = word.strip("*")
    if lang in NO_SPACES:
        return exact(stem, lang)
    before, after = word.startswith("*"), word.endswith("*")
    prefix = ANY_PREFIX if before else _PREFIXES.get(lang or "", "")
    regex = f"{prefix}{re.escape(stem)}" + (r"\w*+" if after else "")
    return Forms(regex, (f"{'' if prefix else ' '}{stem}{'' if after else ' '}",), bound=not prefix)


@lru_cache(REMEMBERED)
def inflect(word: str, lang: str | None) -> Forms:
    """Every form of a word of a pattern; `lang` None tells the language from the script."""
    return _INFLECTIONS.get(lang or script_language(word), _other)(word)


def inflect_name(word: str, lang: str | None, *, last: bool = True) -> Forms:
    """Every form of a word of an alias; words that are not the `last` of an English name do not change."""
    lang = lang or script_language(word)
    if lang == "en":
        return listed({word, *([plural(word)] if last and len(word) > 2 and not word.endswith("s") else [])})
    if lang in _NAME_SUFFIXES:
        return _name(word, lang)
    return _NAME_INFLECTIONS.get(lang, _INFLECTIONS.get(lang, _other))(word)


def script_language(word: str) -> str:
    """The language whose rules fit the script of a word that does not say its language."""
    for lang, pattern in _SCRIPTS:
        if pattern.search(word):
            return lang
    return "en"


_SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("fa", re.compile(r"[پچژگ]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
    ("zh", re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")),
)

# ── Romance languages ──────────────────────────────────────────────────────────────────────────────────────────


def _french(word: str) -> Forms:
    if len(word) < 4:
        return listed({word, word + "s"} if len(word) == 3 else {word})
    stem, ending = word[:-2], word[-2:]
    if ending == "er":
        double = f"{stem[-1]}?" if stem[-1] in "lt" else ""
        return stemmed(
            stem,
            double + "(?:ere?s?|e|es|ees?|ent|era|erai|eront|erait|eraient|erent|e?a|e?ait|e?aient|e?ant|e?ons|ez)",
        )
    if ending == "ir":
        return stemmed(stem, "(?:irs?|it|is|issent|issai(?:t|ent)|issant|ie?s?|ira|iront|irai(?:t|ent)|irent)")
    if ending == "re" and word[-3] not in "aeiou":
        return stemmed(stem, "(?:res?|s|t|ent|ai(?:t|ent)|ants?|ue?s?|ra|ront|rai(?:t|ent)|irent|it)?")
    if word.endswith(("al", "ail")):
        return stemmed(word[:-1], "(?:le?s?|ux)")
    if word.endswith("if"):
        return stemmed(word[:-1], "(?:fs?|ves?)")
    if word.endswith(("eux", "eur")):
        return stemmed(word[:-1], "(?:[xr]s?|ses?)")
    return stemmed(word, "(?:s?es?)?" if word[-1] in "sxz" else "(?:[nlt]?es?|s|x)?")


def _spanish(word: str) -> Forms:
    if len(word) < 4:
        return listed({word, word + "s"} if len(word) == 3 else {word})
    stem, ending = word[:-2], word[-2:]
    # The spelling of c, g and z changes before e.
    soft = {"z": "[zc]", "c": "(?:c|qu)", "g": "gu?"}.get(stem[-1])
    if ending == "ar":
        tail = "(?:ar(?:se|a|an|on|ia|ian|es)?|an?|o|as|ad[oa]s?|ando|aba|aban|en?|amos|ase|asen)(?:l[oae]s?|se)?"
        return stemmed(stem[:-1], soft + tail) if soft else stemmed(stem, tail)
    if ending in ("er", "ir"):
        return stemmed(
            stem, "(?:[ei]r(?:se|a|an|on|ia|ian|es)?|en?|io|ieron|id[oa]s?|iendo|ian?|an?|o|imos|emos|iera|ieran)"
        )
    if word.endswith("o"):
        return stemmed(word[:-1], "(?:os?|as?)")
    if word.endswith("ion"):
        return stemmed(word, "(?:es)?")
    if word.endswith("z"):
        return stemmed(word[:-1], "(?:z|ces)")
    if word[-1] in "aeiu":
        return stemmed(word, "(?:e?s)?")
    return stemmed(word, "(?:as?|es)?")


def _spanish_name(word: str) -> Forms:
    # "Catar" is no verb.
    return listed({word}) if word.endswith(("ar", "er", "ir")) else _spanish(word)


def _romance(word: str) -> Forms:
    """Italian and Portuguese, names only: the last vowel changes."""
    return stemmed(word[:-1], "[aeio]s?") if len(word) > 3 and word[-1] in "aeio" else stemmed(word, "(?:e?s|a)?")


# ── German ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _german(word: str) -> Forms:
    if len(word) < 4:
        return listed({word, word + "s"})
    if word.endswith("en") and len(word) > 4:
        stem = word[:-2]
        tail = "(?:en?|e?t|e?te|e?ten|ens|end(?:e[nrms]?)?|e?st|es|er[ns]?|e?t(?:e[nrms]))?"
        return Forms(f"(?:ge)?{re.escape(stem)}{tail}", (f" {stem}", f" ge{stem}"))
    if word.endswith(("eln", "ern")):
        stem = word[:-1]
        return Forms(f"(?:ge)?{re.escape(stem)}(?:n|t|te|ten|te[nrms])?", (f" {stem}", f" ge{stem}"))
    if word.endswith("e"):
        return stemmed(word[:-1], "(?:e[nrms]?|ens|ern?)")
    return stemmed(word, "(?:e[nrms]?|ern|n|s|in|innen|s?en|ses?)?")


def _german_name(word: str) -> Forms:
    if len(word) < 4 or word.endswith("sch"):
        return _german(word)
    return listed({word, word + "s"}) if word.endswith("en") else stemmed(word, "(?:s|n|in|innen|er|ern|e)?")


# ── Russian ────────────────────────────────────────────────────────────────────────────────────────────────────

_ADJECTIVE = "(?:ый|ий|ой|ого|его|ому|ему|ым|им|ом|ем|ая|яя|ой|ей|ую|юю|ое|ее|ые|ие|ых|их|ыми|ими|ою|ею|о|а|ы)?"
_PLURALS = "(?:ов|ев|ей|ам|ям|ами|ями|ах|ях|ы|и"
_RUSSIAN_ENDINGS = (
    (("ия",), 1, "(?:я|и|ю|е|ей|ям|ями|ях|й)"),
    (("ие", "ье"), 1, "(?:е|я|ю|ем|и|й|ям|ями|ях)"),
    (("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие"), 2, _ADJECTIVE),
    (("а",), 1, _PLURALS + "|а|е|у|ой|ою|ей)?"),
    (("я",), 1, _PLURALS + "|я|ю|е|ью|ь|й)?"),
    (("ь",), 1, _PLURALS + "|ь|я|ю|е|ем|ью)"),
    (("й",), 1, _PLURALS + "|й|я|ю|ем|е)"),
    (("о", "е"), 1, _PLURALS + "|о|е|а|я|у|ю|ом|ем)?"),
    (("ы", "и"), 1, _PLURALS + "|а|у|ом|е)?"),
)
_VERB = re.compile(r"(?:ова|ева|[иаеяуыо])?ть(?:ся)?$|ти(?:сь)?$")


def _russian(word: str) -> Forms:
    if len(word) < 3:
        return listed({word})
    if (verb := _VERB.search(word)) and verb.start() >= 3 and not word.endswith("ость"):
        # Verbs change more than their ending; six letters cover participles ("отложенный").
        return stemmed(word[: verb.start()], "[а-яі]{1,6}")
    for endings, cut, suffix in _RUSSIAN_ENDINGS:
        if word.endswith(endings) and len(word) - cut >= 2:
            return stemmed(word[:-cut], suffix)
    return stemmed(word, _PLURALS + "|а|я|у|ю|ом|ем|ым|е)?")


# Names keep an ending where nouns may lose it, or "Куба" were "куб" and "Газа" "газ"; "Дели" and "Осло" do not decline.
_RUSSIAN_NAMES = (
    (("ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ия"), 0, None),
    (("га", "ка", "ха", "жа", "ша", "ча", "ща"), 1, "(?:а|и|е|у|ой|ою|ей)"),
    (("оа", "уа", "иа"), 0, ""),
    (("а",), 1, "(?:а|ы|е|у|ой|ою)"),
    (("я",), 1, "(?:я|и|е|ю|ей)"),
    (("ь",), 1, "(?:ь|я|ю|ем|е|и|ью)"),
    (("й",), 1, "(?:й|я|ю|ем|е|и)"),
    (("ово", "ево", "ино"), 1, "(?:о|а|у|ом|е)"),
    (("ы",), 1, "(?:ы|ов|ам|ами|ах)?"),
    (tuple("оеиуюэё"), 0, ""),
    (("",), 0, "(?:а|у|ом|ем|е|ым)?"),
)


def _russian_name(word: str) -> Forms:
    cut, suffix = next((cut, suffix) for endings, cut, suffix in _RUSSIAN_NAMES if word.endswith(endings))
    if suffix is None:
        return _russian(word)
    return stemmed(word[: len(word) - cut], suffix) if suffix and len(word) > 2 else listed({word})


# ── Arabic, Persian, Hebrew ────────────────────────────────────────────────────────────────────────────────────

# One-letter words written together with the next: and, so; in, to, like, will; the.
_ARABIC_BEFORE = "(?:[وف]?[بلكس]?(?:ال|ل)?)"
_ARABIC_NAME_BEFORE = "(?:[وف]?[بلك]?(?:ال|ل)?)"
_HEBREW_BEFORE = "[ושהכלבמ]{0,3}?"
_PREFIXES = {"ar": _ARABIC_BEFORE, "he": _HEBREW_BEFORE}


def _arabic(word: str) -> Forms:
    return _arabic_with(
        word, "(?:ها?|هما?|هم|نا|ية?|يين|يون|ات(?:ها?|هم)?|ان|ين|ون|تين|تان|ة|ا|وا|ت)?" if len(word) > 2 else ""
    )


def _arabic_with(word: str, suffix: str, before: str = _ARABIC_BEFORE) -> Forms:
    if word.startswith("ال") and len(word) > 4:
        # The article melts into "for": العراق, للعراق. Without it the word may be another one.
        before, word = "(?:[وف]?(?:[بكل]?ال|لل))", word[2:]
    if word.endswith("ة"):
        return stemmed(word[:-1], "(?:ة|ات(?:ها?|هم)?|تين|تان|ت(?:ها?|هم|نا)?)", before)
    return stemmed(word, suffix, before)


def _persian(word: str) -> Forms:
    if len(word) < 3:
        return listed({word})
    return stemmed(word, "(?:ها?|هاي(?:ي|ش|شان)?|ي|يي|ان|ات|اي|ش|شان|م|ست|است|تر|ترين|اند|ند|د)?")


def _hebrew(word: str) -> Forms:
    if len(word) > 3 and word.endswith("ה"):
        return stemmed(word[:-1], "(?:ה|ות|ת|תו|תה|תי|ו|יה)?", _HEBREW_BEFORE)
    return stemmed(word, "(?:ימ|ות|י|ה|ת|ו|נו|מ|ית|יות|יה|יו)?" if len(word) > 2 else "", _HEBREW_BEFORE)


def _arabic_feminine(word: str) -> Forms:
    before = _ARABIC_NAME_BEFORE
    if word.startswith("ال"):
        before, word = "(?:[وف]?(?:[بكل]?ال|لل))", word[2:]
    return stemmed(word[:-1], "[ةه]", before)


# A name takes fewer endings than a noun, or "Iran" would be "Iranian" in every language.
_NAME_SUFFIXES = {
    "ar": ("ي", "(?:ة|ه|ين|ون|ا|ات)?"),
    "fa": ("", "(?:ي|ها|ست)?"),
    "he": ("י", "(?:ת|מ|ימ|ות|ה)?"),
}


def _name(word: str, lang: str) -> Forms:
    ending, suffix = _NAME_SUFFIXES[lang]
    suffix = suffix if word.endswith(ending) and len(word) > 2 else ""
    if lang == "ar":
        # Without "will", which stands before verbs only, and without a possessive: "جدة" is not "وجدت".
        return _arabic_with(word, suffix, _ARABIC_NAME_BEFORE) if word[-1] != "ة" else _arabic_feminine(word)
    if lang == "he":
        marked = re.sub("[\"']", "[\"']", re.escape(word))
        return Forms(f"{_HEBREW_BEFORE}{marked}{suffix}", (re.sub("[\"']", " ", word),), bound=False)
    return stemmed(word, suffix) if suffix else listed({word})


# ── The rest ───────────────────────────────────────────────────────────────────────────────────────────────────


def _slavic(word: str) -> Forms:
    """Polish, Czech and the like, names only: up to four letters after the stem."""
    if len(word) < 4:
        return listed({word})
    return stemmed(word[:-1] if word[-1] in "aeiouy" else word, r"[^\W\d_]{0,4}")


def _germanic(word: str) -> Forms:
    return stemmed(word, "(?:e|en|s|er|es|ene|erne)?") if len(word) > 3 else listed({word})


def _chinese(word: str) -> Forms:
    return exact(word, "zh")


def _other(word: str) -> Forms:
    return stemmed(word, r"[^\W\d_]{0,3}") if len(word) > 4 else listed({word})


_INFLECTIONS: dict[str, Callable[[str], Forms]] = {
    "en": inflect_english,
    "fr": _french,
    "es": _spanish,
    "it": _romance,
    "pt": _romance,
    "de": _german,
    "nl": _germanic,
    "sv": _germanic,
    "ru": _russian,
    "uk": _russian,
    "ar": _arabic,
    "fa": _persian,
    "he": _hebrew,
    "pl": _slavic,
    "cs": _slavic,
    "zh": _chinese,
    "ja": _chinese,
}
_NAME_INFLECTIONS: dict[str, Callable[[str], Forms]] = {
    "de": _german_name,
    "es": _spanish_name,
    "ru": _russian_name,
    "uk": _russian_name,
}
