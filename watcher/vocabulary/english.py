"""
English words → their forms, listed: regular ones by rule, and the verbs of the news whose past is not regular.
"""

from __future__ import annotations

import re

from watcher.vocabulary.forms import Forms, listed

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


def plural(word: str) -> str:
    """The regular plural, or third person, of a word."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def inflect_english(word: str) -> Forms:
    """Every form of an English word, whether it is a noun or a verb."""
    # A plural stays a plural: `talks` is not "talk", which is another subject.
    if len(word) < 3 or not word.isalpha() or word in _PAST or (word.endswith("s") and not word.endswith("ss")):
        return listed({word})
    if len(word) > 5 and word.endswith(("ing", "ed")) and not word.endswith("eed"):
        return listed({word, word + "s"} if word.endswith("ing") else {word})
    forms = {word, plural(word)}
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
