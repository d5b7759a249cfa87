"""
Who really speaks: the newsroom behind a name, the agency whose text an outlet prints, and copies of one text.

Three outlets that print one agency are one voice. Works on folded text; what is not recognised counts as the outlet's
own, so that nobody is silenced by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

from watcher.text.folding import fold

# Names of agencies by the key under which they meet, folded: in ten languages, and as host names.
_AGENCIES = {
    "reuters": "reuters|рейтер|رويترز|רויטרס|路透社|路透",
    "afp": "afp|agence france presse|agence france-presse|афп|ا ف ب|فرانس برس|法新社",
    "ap": "ap|associated press|the associated press|ассошиэйтед пресс|اسوشيتد برس|اسوشيتدپرس|美联社",
    "dpa": "dpa|deutsche presse-agentur|дпа|د ب ا|德新社",
    "efe": "efe|agencia efe|эфе|إفي",
    "ansa": "ansa",
    "tass": "tass|itar-tass|тасс|итар-тасс|تاس|塔斯社",
    "ria": "ria|ria novosti|rian|риа новости|риа",
    "interfax": "interfax|интерфакс|интерфакс-украина|interfax-ukraine",
    "xinhua": "xinhua|xinhuanet|синьхуа|شينخوا|新华社|新华网",
    "kyodo": "kyodo|kyodo news|共同社",
    "jiji": "jiji|jiji press|时事社",
    "yonhap": "yonhap|ренхап|韩联社",
    "anadolu": "anadolu|anadolu agency|aa|аа|الاناضول|اناتولي",
    "irna": "irna|ايرنا",
    "isna": "isna|ايسنا",
    "tasnim": "tasnim|تسنيم",
    "mehr": "mehr|مهر",
    "fars": "fars|فارس",
    "spa": "spa|واس",
    "wam": "wam|وام",
    "qna": "qna|قنا",
    "kuna": "kuna|كونا",
    "petra": "petra|بترا",
    "sana": "sana|سانا",
    "wafa": "wafa|وفا",
    "mena": "mena|ا ش ا",
    "upi": "upi",
    "pti": "pti|press trust of india",
    "ani": "ani|asian news international",
    "ians": "ians",
    "pa": "pa media|press association",
    "apa": "apa",
    "belga": "belga",
    "anp": "anp",
    "lusa": "lusa",
    "pap": "pap",
    "ukrinform": "ukrinform|укринформ",
    "unian": "unian|униан",
    "cna": "中央社",
    "bernama": "bernama",
    "antara": "antara",
}
_KEY_OF = {fold(name): key for key, names in _AGENCIES.items() for name in names.split("|")}
# Short or with another meaning outside brackets: `aa`, `ap`, `مهر` is also a month.
_ONLY_IN_BRACKETS = {
    "aa",
    "аа",
    "ap",
    "pa",
    "spa",
    "ria",
    "риа",
    "apa",
    "pap",
    "ani",
    "مهر",
    "فارس",
    "وفا",
    "قنا",
    "mena",
}
_ALL = "|".join(sorted(map(re.escape, _KEY_OF), key=len, reverse=True))
_PLAIN = "|".join(sorted((re.escape(n) for n in _KEY_OF if n not in _ONLY_IN_BRACKETS), key=len, reverse=True))
_HAN_NAMES = "|".join(sorted((n for n in _KEY_OF if re.match(r"[\u3400-\u9fff]", n)), key=len, reverse=True))

_BRACKETED = rf"[(\[（/]\s?(?:with |avec |mit |con |с )?(?:{_ALL})(?:\s?[/,&+][\w\s.-]{{2,20}})?\s?[)\]）/]"
_BY = (
    r"by|von|par|por|da|от|from|with|avec|mit|con|via|source:|quelle:|fuente:|fonte:|источник:|المصدر:|منبع:|来源[:：]"
)
# "… (Reuters) - Russia", "/ТАСС/.", "reuters - ", "By Associated Press", "新华社北京2月4日电".
_AT_START = re.compile(
    rf"^[^\n]{{0,70}}?(?:{_BRACKETED})|^(?:{_BY})\s(?:the )?(?:{_PLAIN})\b|^(?:{_PLAIN})\s?[-:|]\s|^(?:{_HAN_NAMES})"
)
# "… (AFP)", "— dpa", "avec AFP", "Con información de EFE", "Reporting by … Reuters".
_AT_END = re.compile(
    rf"(?:{_BRACKETED}|(?:-|\|)\s?(?:{_PLAIN})|(?:{_BY}|informacion de|material von|agences? :?)\s(?:l')?(?:{_PLAIN}))"
    r"[\s.*]*$"
)
# "…, Reuters reports", "according to AFP", "selon AFP", "сообщает ТАСС", "نقلا عن رويترز", "据路透社".
_CITED = re.compile(
    rf"\b(?:{_PLAIN}) (?:reports?|reported|says|said|news agency reports?|berichtet|meldet|rapporte|informa|informo)\b|"
    r"\b(?:citing|cites|according to|reports? by|told|tells|as reported by|selon|d'apres|rapporte|laut|segun|secondo|"
    r"сообщает|сообщил[ао]?|передает|пишет|по данным|со ссылкой на|نقلا عن|حسب|وفقا ل|به نقل از|به گزارش|לפי|据|據)"
    rf"\s?(?:the |l'|agence |agencia |agentur |агентств[оау] |وكالة )?(?:{_PLAIN})(?![^\W\u3400-\u9fff])"
)
_NAME = re.compile(_ALL)
_EDGE = 160  # characters of an end of the text in which a credit line stands

_NOT_SAID = re.compile(r"[^\w]+")
_SECOND_LEVEL = r"(?:\.(?:co|com|org|net|gov|gouv|ac|go|or|ne|press))?\.[a-z]{2,12}$"
_HOST = re.compile(rf"^(?:[\w-]+\.)*?([\w-]+){_SECOND_LEVEL}")
_TAILS = (
    "newsagency",
    "news",
    "online",
    "english",
    "arabic",
    "persian",
    "russian",
    "chinese",
    "mundo",
    "world",
    "wire",
)
_HOSTS = {"news.cn": "xinhua", "apnews.com": "ap", "aa.com.tr": "anadolu", "ria.ru": "ria", "rian.ru": "ria"}
_FEWEST_LETTERS = 2

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_SHINGLE, _MOST_WORDS, _FEWEST_WORDS, _KEPT = 4, 400, 25, 16
_ALIKE = 0.6


@lru_cache(maxsize=10_000)
def family_of(publisher: str) -> str:
    """The key under which names of one newsroom meet: `BBC News`, `bbc.co.uk` → `bbc`; agencies by their key."""
    name = fold(publisher).strip()
    if known := _HOSTS.get(name) or _KEY_OF.get(name):
        return known
    found = _HOST.match(name) if " " not in name else None
    key = _NOT_SAID.sub("", found[1] if found else name) or name
    for tail in _TAILS:
        if key.endswith(tail) and len(key) - len(tail) >= _FEWEST_LETTERS:
            key = key.removesuffix(tail)
            break
    if key.startswith("the") and len(key) > len("the") + _FEWEST_LETTERS:
        key = key.removeprefix("the")
    return _KEY_OF.get(key, key)


def credit_of(title: str, text: str) -> str:
    """
    The key of the agency whose report an item prints or passes on; empty when it names none.

    A credit stands in the dateline, in the by-line, at the end of the text, or as the source that the title or the
    beginning of the text cites. An agency that is named anywhere else says nothing.

    Args:
        title: Folded.
        text: Folded, without the title.
    """
    text = text.strip()
    start, end = text[: 2 * _EDGE], text[-_EDGE:]
    places = ((_AT_START, start), (_AT_END, end), (_AT_END, title), (_CITED, title), (_CITED, start))
    for pattern, where in places:
        if found := pattern.search(where):
            named = list(_NAME.finditer(found[0]))
            return _KEY_OF[named[-1][0]]
    return ""


def sketch_of(text: str) -> tuple[int, ...]:
    """Sixteen numbers by which copies of a body are known, however it is cut or framed; empty for a few words."""
    words = [word[0] for _, word in zip(range(_MOST_WORDS), _WORD.finditer(text), strict=False)]
    if len(words) < _FEWEST_WORDS:
        return ()
    marks = {crc32(" ".join(words[at : at + _SHINGLE]).encode()) for at in range(len(words) - _SHINGLE + 1)}
    return tuple(sorted(marks)[:_KEPT])


def is_copy(sketch: tuple[int, ...], others: Iterable[tuple[int, ...]]) -> bool:
    """Whether a body is nearly the same as one of the others, by their sketches."""
    return bool(sketch) and any(_likeness(sketch, other) >= _ALIKE for other in others if other)


def _likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The share of their text that two bodies have in common, estimated."""
    least = sorted({*one, *other})[:_KEPT]
    both = set(one) & set(other)
    return sum(1 for mark in least if mark in both) / len(least)
