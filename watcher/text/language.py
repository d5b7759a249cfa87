"""
Which language a text is in: by script first, then by letters and function words. Cheap, for headlines; no model.
"""

from __future__ import annotations

import re

from watcher.text.folding import fold

_SAMPLE = 300

_SCRIPTS = (
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_SCRIPT_PATTERNS = dict(_SCRIPTS)
_SCRIPT_OF = {"fa": "ar", "ur": "ar", "ps": "ar", "uk": "ru", "bg": "ru", "sr": "ru", "be": "ru", "yi": "he"}
_OUTSIDE_LATIN = frozenset(code for code, _ in _SCRIPTS) | frozenset(_SCRIPT_OF)
_OUTSIDE_LATIN_LETTERS = re.compile(r"[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufefe]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")

_PERSIAN = re.compile(r"[پچژگیک]|\u200c")
_PERSIAN_WORDS = frozenset(("از", "با", "به", "در", "را", "که", "این", "است", "برای", "شد", "کرد", "بر", "می", "ها"))
_ARABIC_ONLY = re.compile(r"[ةيىأإؤك]")
_UKRAINIAN = re.compile(r"[іїєґ]")
_URDU = re.compile(r"[ٹڈڑںےہھ]")

_FUNCTION_WORDS = {
    "en": (
        "the of and to in for on with is are was were by from at as after over says say said his her its will "
        "has have that not be an it this but who what why how amid us ahead up more their against could would "
        "about into"
    ),
    "fr": (
        "le la les des du de et en un une dans pour sur avec est sont au aux par qui que se son sa ses ce "
        "cette pas plus apres entre leur contre l d qu selon a ont"
    ),
    "es": (
        "el la los las de del y en un una para por con es son al que se su sus no lo como tras sobre entre "
        "contra mas ante desde hasta pero este esta ha han"
    ),
    "de": (
        "der die das und in im den dem des zu zum zur von vom mit auf fur ist sind ein eine einen einem einer "
        "nicht sich als auch nach bei aus uber vor will wird werden gegen um hat haben soll"
    ),
    "it": (
        "il lo la gli le di del della dei delle e in un una per con su che non si al alla da dal dalla nel "
        "nella sono piu come contro dopo tra anche ha hanno"
    ),
    "pt": (
        "o a os as do da dos das e em no na nos nas um uma para por com que se ao nao mais como apos sobre "
        "entre contra foi seu sua pelo pela tem diz"
    ),
    "nl": (
        "de het een en van in op te met voor is zijn niet dat aan door er om naar bij uit ook over wordt na tegen heeft"
    ),
    "pl": "i w z na do sie nie ze jest o od po za to dla przez przed oraz ale jak czy juz ma sa jego ktory tym",
    "tr": "ve bir bu ile icin da de daha cok gibi olarak sonra kadar ne en mi ise oldu etti var yok dedi gore",
    "sv": "och att det som en ar av for med till den pa i om har ett inte efter vid fran kan",
    "id": "dan yang di ke dari untuk dengan ini itu pada tidak akan dalam oleh bisa jadi sebut",
}
# Headlines without a function word: words of the news that English and the others do not have.
_NEWS_WORDS = {
    "fr": (
        "rencontre rencontrent sommet guerre appelle annonce annule annulee annules reporte reportee rappele "
        "rappelle expulse convoque signe signent exige pourparlers negociations cessez treve echec ministre "
        "ministres ambassadeur envoye traite etat securite nouvelles nouveau russe ukrainien iranien "
        "americain etats suspendus rompt frappes otages prisonniers reprise reprennent lundi mardi mercredi "
        "jeudi vendredi samedi dimanche"
    ),
    "es": (
        "reune reunen reunion cumbre guerra firman acuerdo aprueba anuncia cancela canceladas aplaza aplazan "
        "convoca expulsa llama embajador embajadores canciller cancilleres negociaciones conversaciones "
        "sanciones nuevas nuevos gobierno ministro presidenta tregua alto fuego rehenes presos tratado visita "
        "viaja paz estados unidos rusia ucrania ruso estadounidense lunes martes miercoles jueves viernes "
        "sabado domingo y"
    ),
    "de": (
        "trifft treffen gipfel krieg abgesagt verschoben vorgezogen verlegt gesprache verhandlungen abkommen "
        "einigung unterzeichnen unterzeichnet regierung aussenminister botschafter kanzler bundeskanzler "
        "sanktionen verhangt waffenruhe waffenstillstand neue neuen neuer reist besuch geiseln gefangene "
        "angriff droht fordert warnt ruft weist russland iranisch deutschland montag dienstag mittwoch "
        "donnerstag freitag samstag sonntag zwischen"
    ),
}
# A word that is English too says half as much, and so does a letter standing alone ("E. Germany").
_LANGUAGES_OF_WORD: dict[str, list[tuple[str, float]]] = {}
_ENGLISH = frozenset(_FUNCTION_WORDS["en"].split())
for _code, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _weight = 1.0 if _code == "en" or (_word not in _ENGLISH and len(_word) > 1) else 0.5
        _LANGUAGES_OF_WORD.setdefault(_word, []).append((_code, _weight))
for _code, _words in _NEWS_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF_WORD.setdefault(_word, []).append((_code, 1.5))
# Letters that say more than words do in a short headline.
_LETTERS = (
    ("pl", re.compile(r"[ąęłńśźż]", re.IGNORECASE)),
    ("tr", re.compile(r"[ğışİ]")),
    ("de", re.compile(r"[ß]|[äöü]", re.IGNORECASE)),
    ("es", re.compile(r"[ñ¿¡]|[áíóú]", re.IGNORECASE)),
    ("fr", re.compile(r"[èêàùûîœ]|ç|\b[a-z]+é|\b[ldLD]['’][a-zéêA-ZÉÊ]")),
    ("pt", re.compile(r"[ãõ]|ção|ç", re.IGNORECASE)),
    ("it", re.compile(r"(?:[àèìòù]\b)|(?:dell|nell|all|sull)['’]", re.IGNORECASE)),
    ("sv", re.compile(r"[å]", re.IGNORECASE)),
)
# Spelled this way in English too.
_FOREIGN_NAMES = re.compile(
    r"Türkiye|Côte d['’]Ivoire|São|El Niño|Erdoğan|\bUN\b|\bvon der\b|\b[Vv]an de[rn]?\b|\bLos\b"
)
_TOKEN = re.compile(r"[^\W\d_]+")
_LETTER_WEIGHT = 1.5


def detect_language(text: str) -> str:
    """ISO 639-1 of a text by its first few hundred characters; `en` when Latin and undecided, `und` without letters."""
    sample = text[:_SAMPLE]
    if not _OUTSIDE_LATIN_LETTERS.search(sample):
        return _latin_language(sample)
    counts = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    latin = len(_LATIN.findall(sample))
    # One Han or kana character says as much as two or three letters.
    code, count = max(counts.items(), key=lambda pair: pair[1] * (2.5 if pair[0] in ("zh", "ja", "ko") else 1.0))
    if counts["ja"] * 4 > counts["zh"] > 0:
        code, count = "ja", counts["ja"] + counts["zh"]
    weight = 2.5 if code in ("zh", "ja", "ko") else 1.0
    if count and count * weight >= latin * 0.5:
        return _within_script(code, sample)
    return _latin_language(sample)


def settled_language(declared: str | None, text: str) -> str:
    """The declared language, as ISO 639-1, unless the text is in another script; detected when nothing is declared."""
    if not declared:
        return detect_language(text)
    code = declared.lower().replace("_", "-").split("-")[0]
    script = _script(code)
    expected = _LATIN if script == "latin" else _SCRIPT_PATTERNS[script]
    if expected.search(text, 0, _SAMPLE) and not (
        script == "latin" and _OUTSIDE_LATIN_LETTERS.search(text, 0, _SAMPLE)
    ):
        return code
    found = detect_language(text)
    return code if found == "und" or _script(found) == script else found


def _script(code: str) -> str:
    return _SCRIPT_OF.get(code, code if code in _OUTSIDE_LATIN else "latin")


def _within_script(code: str, sample: str) -> str:
    if code == "ar":
        if len(_URDU.findall(sample)) > len(sample) * 0.02:
            return "ur"
        persian = len(_PERSIAN.findall(sample)) + sum(word in _PERSIAN_WORDS for word in sample.split()) * 2
        return "fa" if persian > len(_ARABIC_ONLY.findall(sample)) else "ar"
    if code == "ru":
        return "uk" if _UKRAINIAN.search(sample.lower()) else "ru"
    return code


def _latin_language(sample: str) -> str:
    spelled = _FOREIGN_NAMES.sub("", sample)
    words = _TOKEN.findall(fold(spelled))
    if not words:
        return "en" if _LATIN.search(sample) else "und"
    scores = dict.fromkeys(_FUNCTION_WORDS, 0.0)
    for word in words:
        for code, weight in _LANGUAGES_OF_WORD.get(word, ()):
            scores[code] += weight
    if not spelled.isascii():
        for code, pattern in _LETTERS:
            scores[code] += min(len(pattern.findall(spelled)), 3) * _LETTER_WEIGHT
    # English headlines leave function words out: another language has to win by more than a chance word.
    best = max(scores, key=lambda code: scores[code])
    least = 2.0 if scores["en"] else 1.5
    return best if scores[best] > scores["en"] and scores[best] >= least else "en"
