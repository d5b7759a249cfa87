"""
One folded word → every form of it, as an expression and as anchors for the scan; by rule, no dictionary.

English lists its forms; other languages give a stem with an expression for what may stand before and after it. The
rules are wider than grammar: a form that does not exist costs nothing, a form that is missing costs a headline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

COMPLETE = ("en", "fr", "es", "de", "ru", "ar", "fa", "he", "zh")
# Lists are used by many patterns, so most words are met again and again while files are compiled.
_REMEMBERED = 4096
ANY_PREFIX = r"\w*?"
"""How the expression of `*stem` begins."""
NO_SPACES = frozenset(("zh", "ja"))


@dataclass(frozen=True, slots=True)
class Forms:
    """
    The forms of one word.

    Args:
        regex: Matches every form and nothing around it.
        anchors: Strings of which one occurs wherever a form does, in text whose punctuation is space: a leading or
            trailing space stands for the border of a word.
        listed: Every form, where they are few enough to list; else empty.
        bound: Whether anchors begin with the border of the word, so that its start is known.
    """

    regex: str
    anchors: tuple[str, ...]
    listed: tuple[str, ...] = ()
    bound: bool = True


def listed(forms: set[str]) -> Forms:
    """Forms given one by one."""
    ordered = tuple(sorted(forms, key=lambda form: (-len(form), form)))
    regex = ordered[0] if len(ordered) == 1 else f"(?:{'|'.join(map(re.escape, ordered))})"
    return Forms(re.escape(ordered[0]) if len(ordered) == 1 else regex, tuple(f" {f} " for f in ordered), ordered)


def stemmed(stem: str, suffix: str, prefix: str = "") -> Forms:
    """A stem with expressions for what may stand around it; a prefix hides where the word starts."""
    regex = f"{prefix}{re.escape(stem)}{suffix}"
    return Forms(regex, (stem,) if prefix else (f" {stem}",), bound=not prefix)


@lru_cache(_REMEMBERED)
def exact(word: str, lang: str | None) -> Forms:
    """The word as it stands."""
    if lang in NO_SPACES:
        return Forms(re.escape(word), (word,), bound=False)
    return listed({word})


def wildcard(word: str, lang: str | None) -> Forms:
    """`stem*`, `*stem` or `*stem*`; one-letter words of Arabic and Hebrew may stand before the first kind."""
    stem = word.strip("*")
    if lang in NO_SPACES:
        return exact(stem, lang)
    before, after = word.startswith("*"), word.endswith("*")
    prefix = ANY_PREFIX if before else _PREFIXES.get(lang or "", "")
    regex = f"{prefix}{re.escape(stem)}" + (r"\w*+" if after else "")
    return Forms(regex, (f"{'' if prefix else ' '}{stem}{'' if after else ' '}",), bound=not prefix)


@lru_cache(_REMEMBERED)
def inflect(word: str, lang: str | None) -> Forms:
    """Every form of a word of a pattern; `lang` None tells the language from the script."""
    return _INFLECTIONS.get(lang or script_language(word), _other)(word)


def inflect_name(word: str, lang: str | None, *, last: bool = True) -> Forms:
    """Every form of a word of an alias; words that are not the `last` of an English name do not change."""
    lang = lang or script_language(word)
    if lang == "en":
        return listed({word, *([_plural(word)] if last and len(word) > 2 and not word.endswith("s") else [])})
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

# ── English ────────────────────────────────────────────────────────────────────────────────────────────────────

# Verbs of the news whose past is not regular: base form, then the forms that are not.
_IRREGULAR_LIST = """
arise arose arisen; be is are was were been being; become became; begin began begun; bid bid; bind bound; break
broke broken; bring brought; build built; buy bought; catch caught; choose chose chosen; come came; cut cut; deal
dealt; draw drew drawn; drive drove driven; fall fell fallen; feel felt; fight fought; find found; flee fled; fly
flew flown; forgo forwent forgone; freeze froze frozen; get got gotten; give gave given; go went gone; grow grew
grown; have has had having; hear heard; hit hit; hold held; keep kept; lay laid; lead led; leave left; let let;
lose lost; make made; mean meant; meet met; offset offset; overcome overcame; overthrow overthrew overthrown; pay
paid; put put; quit quit; read read; rebuild rebuilt; reset reset; rise rose risen; run ran; say said; see saw
seen; seek sought; sell sold; send sent; set set; shake shook shaken; shoot shot; show shown; shut shut; sit sat;
speak spoke spoken; spend spent; split split; stand stood; steal stole stolen; stick stuck; strike struck stricken;
swear swore sworn; take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
undergo underwent undergone; undertake undertook undertaken; uphold upheld; wear wore worn; win won; withdraw
withdrew withdrawn; withhold withheld; write wrote written
"""
_IRREGULAR = {forms.split()[0]: tuple(forms.split()[1:]) for forms in _IRREGULAR_LIST.split(";")}
_PAST = frozenset(form for forms in _IRREGULAR.values() for form in forms) - _IRREGULAR.keys()
_CLOSED_SYLLABLE = re.compile(r"[^aeiou][aeiou][bdfgklmnprtvz]$")


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _english(word: str) -> Forms:
    # A plural stays a plural: `talks` is not "talk", which is another subject.
    if len(word) < 3 or not word.isalpha() or word in _PAST or (word.endswith("s") and not word.endswith("ss")):
        return listed({word})
    if len(word) > 5 and word.endswith(("ing", "ed")) and not word.endswith("eed"):
        return listed({word, word + "s"} if word.endswith("ing") else {word})
    forms = {word, _plural(word)}
    if irregular := _IRREGULAR.get(word):
        forms.update(irregular)
    if word.endswith("e"):
        forms.update((word + "d", (word if word.endswith(("ee", "oe", "ye")) else word[:-1]) + "ing"))
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms.update((word[:-1] + "ied", word + "ing"))
    else:
        forms.update((word + "ed", word + "ing"))
        if _CLOSED_SYLLABLE.search(word):
            forms.update((word + word[-1] + "ed", word + word[-1] + "ing"))
    if word.endswith("ie"):
        forms.add(word[:-2] + "ying")
    return listed(forms - {word + "ed"} if irregular else forms)


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
    "en": _english,
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
