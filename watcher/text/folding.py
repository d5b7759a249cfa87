"""
Folds text so that spellings of one word become equal, and remembers where every folded character came from.

Case, accents, compatibility forms, Arabic and Persian letter variants, Hebrew final letters, vowel signs, joiners,
direction marks, digits, dashes, quotes and spaces are unified. Marks of scripts whose vowels are marks (Devanagari,
Thai …) are kept. Folding is character by character, so offsets lead back exactly, and folding twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from array import array

# What one folded character may grow to: U+FDFA alone would become a sentence of 18.
_LONGEST = 4

_DROPPED_MARKS = (
    (0x0300, 0x036F),  # accents of Latin, Greek and Cyrillic
    (0x0591, 0x05BD),  # Hebrew cantillation and points
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C2),
    (0x05C4, 0x05C5),
    (0x05C7, 0x05C7),
    (0x0610, 0x061A),  # Arabic signs and vowels
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E8),
    (0x06EA, 0x06ED),
    (0x0640, 0x0640),  # tatweel
)

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ؤ": "و",
        "ئ": "ي",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ڪ": "ك",
        "ۀ": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ۂ": "ه",
        "ۃ": "ة",
        "ך": "כ",
        "ם": "מ",
        "ן": "נ",
        "ף": "פ",
        "ץ": "צ",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ə": "e",
    }
)

_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′ʼʹ´‹›׳ʻ", "'"),
    **dict.fromkeys("“”„‟″«»״「」『』《》〈〉", '"'),
    **dict.fromkeys("־−", "-"),
    **dict.fromkeys("؟", "?"),
    **dict.fromkeys("،", ","),
    **dict.fromkeys("؛", ";"),
    **dict.fromkeys("۔", "."),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    **dict.fromkeys("…", "."),  # NFKC makes three full stops of it
    **dict.fromkeys("｜", "|"),
}

_BY_CATEGORY = {"Cc": " ", "Cs": " ", "Cn": "\ufffd", "Co": "\ufffd", "Zs": " ", "Cf": "", "Pd": "-"}

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]+")


def _fold_character(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return character
    if (known := _PUNCTUATION.get(character)) is not None:
        return known
    if any(first <= code <= last for first, last in _DROPPED_MARKS):
        return ""
    if (known := _BY_CATEGORY.get(unicodedata.category(character))) is not None:
        return known
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    return _fold_letter(character)


def _fold_letter(character: str) -> str:
    # Cherokee folds to capitals; everything folded stays as it is under `lower`, which `fold` relies on.
    whole = unicodedata.normalize("NFKC", character).casefold().lower()
    if len(whole) > _LONGEST:
        return character
    # й is a letter of its own, not an и with an accent; kana and Hangul would fall apart, so only what loses a mark
    # of the list above is decomposed.
    kept = "".join(part if part == "й" else _without_marks(part) for part in whole)
    folded = kept.translate(_LETTERS)
    if folded == character or len(folded) > _LONGEST:
        return character
    return "".join(_FOLDS[ord(part)] for part in folded)


def _without_marks(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    kept = "".join(part for part in base if not any(first <= ord(part) <= last for first, last in _DROPPED_MARKS))
    return unicodedata.normalize("NFC", kept)


class _Folds(dict[int, str]):
    """Fold of each code point, worked out once; `uneven` are the characters that do not become exactly one."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        self[code] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text as it is compared. Never fails: lone surrogates and control characters become spaces."""
    if text.isascii():
        return _lower(text)
    # Translating costs 35 ns a character; in prose with a few accents and quotes, folding only those costs a tenth.
    if len(text.encode("utf-8", "replace")) - len(text) < len(text) >> 3:
        return _lower(_OUTSIDE_ASCII.sub(_fold_run, text))
    return text.translate(_FOLDS)


def _lower(text: str) -> str:
    lower = text.lower()
    return _CONTROL.sub(" ", lower) if _CONTROL.search(lower) else lower


def _fold_run(found: re.Match[str]) -> str:
    return found[0].translate(_FOLDS)


def origins(text: str) -> array[int] | None:
    """
    For each character of `fold(text)` the index of the character of `text` it came from, and last `len(text)`.

    None when folded and original characters stand one to one.
    """
    if text.isascii():
        return None
    outside = "".join(_OUTSIDE_ASCII.findall(text))
    outside.translate(_FOLDS)
    if _FOLDS.uneven.isdisjoint(outside):
        return None
    indexes = array("I")
    done = 0
    for found in re.finditer(f"[{re.escape(''.join(_FOLDS.uneven.intersection(outside)))}]", text):
        at = found.start()
        indexes.extend(range(done, at))
        indexes.extend((at,) * len(_FOLDS[ord(found[0])]))
        done = at + 1
    indexes.extend(range(done, len(text) + 1))
    return indexes
