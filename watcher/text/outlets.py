"""
Names of outlets that feeds put after a title: ` - BBC News`, ` | Reuters`. A trailing speaker (` - Kremlin`) is none.
"""

from __future__ import annotations

import re

from watcher.text.addresses import host

_NAMES = (
    "bbc|bbc news|reuters|ap|ap news|afp|cnn|cnbc|nbc|nbc news|abc|abc news|cbs|cbs news|fox news|npr|pbs|"
    "bloomberg|al jazeera|the guardian|guardian|the new york times|nyt|the washington post|wsj|"
    "the wall street journal|ft|financial times|the economist|politico|axios|the hill|the independent|"
    "the telegraph|sky news|dw|france 24|rfi|le monde|le figaro|el pais|der spiegel|spiegel|tagesschau|tass|"
    "ria|interfax|rt|xinhua|cgtn|scmp|the hindu|ndtv|the times of israel|haaretz|ynet|jerusalem post|"
    "the jerusalem post|i24news|arab news|al arabiya|iran international|press tv|irna|tasnim|mehr|kyodo|nhk|"
    "yonhap|euronews|newsweek|time|vox|the atlantic|foreign policy|upi|voa|rferl|дв|рбк|риа новости|тасс|"
    "коммерсант|العربية|الجزيرة|新华网|人民网"
)
_KNOWN = frozenset(_NAMES.split("|"))
_OUTLET_END = re.compile(
    r"(?:^|[ .])(?:news|times|post|herald|tribune|journal|gazette|daily|magazine|press|observer|monitor|tv|radio|"
    r"online|today|chronicle|standard|mirror|telegraph|agency|com|net|org|co\.uk|sun|star|mail|wire|review|report|"
    r"zeitung|monde|figaro|mundo|tiempo)$"
)
_SUFFIX = re.compile(r"\s+(-+|\|+)\s+([^|]{2,45}?)\s*$")
_NO_WORD = re.compile(r"[^\w]+")
_FEWEST_WORDS = 3


def core_end(title: str, url: str) -> int:
    """Length of a folded title without the outlet after it; its own length when there is none."""
    end = len(title.rstrip())
    for _ in range(2):  # "… | World | Reuters"
        found = _SUFFIX.search(title, 0, end)
        if not found or len(title[: found.start()].split()) < _FEWEST_WORDS or not _is_outlet(found, url):
            break
        end = found.start()
    return end


def _is_outlet(found: re.Match[str], url: str) -> bool:
    name = found[2].split(" - ")[-1].strip()
    if found[1][0] == "|":
        return len(name.split()) <= 5
    squeezed = _NO_WORD.sub("", name.removeprefix("the "))
    return (
        name in _KNOWN or bool(_OUTLET_END.search(name)) or (len(squeezed) > 1 and squeezed in host(url).split(".")[0])
    )
