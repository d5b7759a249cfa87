"""
Addresses of items: one page, one address, whatever led there. Pure text work; nothing is looked up.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from watcher.model import Item

Parts = tuple[str, str, str, str]  # host, `:port` if unusual, path, query

# Parameters that say where a reader came from, never what is shown.
# Names that sites also use for what is shown (`id`, `cid`, `s`, `p`) stay, or two items would become one.
_TRACKING = re.compile(
    r"(?:utm_|at_(?:medium|campaign|custom|link|ptr|format|bbc)|mc_[ce]id|pk_|piwik_|mtm_|hsa_|_hs|ns_(?:campaign|mchannel|"
    r"source|linkname|fee)|wt\.|cm_|icid|ito$|xtor$|sref$|smid$|smtyp$|fbclid$|gclid$|dclid$|gclsrc$|msclkid$|yclid$|"
    r"twclid$|igshid$|igsh$|cmpid$|cmp$|ocid$|partner$|ref$|ref_|refsrc$|referrer$|referer$|source$|src$|feature$|"
    r"soc_src$|soc_trk$|traffic_source$|rss$|feed$|amp$|outputtype$|ncid$|guccounter$|guce_|taid$|mod$|reflink$|"
    r"embedded-checkout$|leadsource$|mkt_tok$|spm$|from$|ftag$|ftcamp$)",
    re.IGNORECASE,
)
_REDIRECTORS = {"google": ("url", "q"), "bing": ("url",), "facebook": ("u",), "feedproxy": ("url",), "apple": ("url",)}
_ARCHIVE = re.compile(r"^(?:web\.)?archive\.(?:is|ph|today|md|vn|li|fo|org)$")
_WRAPPED = re.compile(r"/(https?:/{1,2}.+)$", re.IGNORECASE)
_FRONT = re.compile(r"^(?:www\d?|m|mobile|amp|edition)\.")
_AMP_PATH = re.compile(r"(?:/amp(?:\.html)?|\.amp)/?$", re.IGNORECASE)
_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "gob", "gov", "gouv", "govt", "go", "mil", "net", "ne", "nom", "or", "org", "press")
)
_PLAIN_PATH = re.compile(r"[a-zA-Z0-9/_.~-]*")
_UNWRAPPINGS = 4
_LONGEST_URL = 4_000

# Registrable names that one newsroom speaks through.
_FAMILIES = {
    "bbc.com": "bbc.co.uk",
    "tass.ru": "tass.com",
    "dw.de": "dw.com",
    "ria.ru": "rian.ru",
    "xinhuanet.com": "news.cn",
    "guardian.co.uk": "theguardian.com",
    "aljazeera.net": "aljazeera.com",
    "nyti.ms": "nytimes.com",
    "wapo.st": "washingtonpost.com",
    "apne.ws": "apnews.com",
    "reut.rs": "reuters.com",
}


def canonical_url(url: str) -> str:
    """
    The address under which copies of one page meet: lower host without `www.`, `m.` or `amp.`, https, no fragment, no
    tracking parameters, the rest sorted; archive copies and redirectors give the page they lead to.

    What is no address of the web is returned stripped and otherwise as it is.
    """
    url, parts = _inmost(url)
    if parts is None:
        return url
    name, port, path, query = parts
    if not _PLAIN_PATH.fullmatch(path):
        path = quote(unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~", errors="replace")
    path = _AMP_PATH.sub("", path)
    given = parse_qsl(query, keep_blank_values=True, errors="replace") if query else ()
    kept = sorted((key, value) for key, value in given if not _TRACKING.match(key))
    text = f"https://{_FRONT.sub('', name)}{port}{path.rstrip('/') or '/'}"
    return f"{text}?{urlencode(kept, errors='replace')}" if kept else text


def host(url: str) -> str:
    """Lower-case host without `www.`; empty when the text has none."""
    parts = _split(url.strip())
    return parts[0].removeprefix("www.") if parts else ""


def publisher_of(item: Item) -> str:
    """
    Who speaks: the item's publisher if it names one, else the registrable name of its address, such as `bbc.co.uk`,
    else its source.
    """
    if item.publisher:
        return item.publisher
    parts = _inmost(item.url)[1]
    if parts is None:
        return item.source
    name = _FRONT.sub("", parts[0]).removeprefix("www.")
    labels = name.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    family = ".".join(labels[-keep:])
    return _FAMILIES.get(family, family)


def _inmost(url: str) -> tuple[str, Parts | None]:
    """The address that archives and redirectors lead to, and its parts."""
    url = url.strip()[:_LONGEST_URL]
    parts = _split(url)
    for _ in range(_UNWRAPPINGS):
        if parts is None or (inner := _unwrapped(*parts)) is None:
            break
        url, parts = inner, _split(inner)
    return url, parts


def _split(url: str) -> Parts | None:
    """Host, `:port` if unusual, path and query of a web address."""
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # a bracket without its pair, a port that is no number
        return None
    return parts.hostname.lower().rstrip("."), port, parts.path, parts.query


def _unwrapped(name: str, _port: str, path: str, query: str) -> str | None:
    """The address inside a redirector's or an archive's; None when there is none."""
    if _ARCHIVE.match(name) and (found := _WRAPPED.search(path)):
        inner = re.sub(r"^(https?:)/+", r"\1//", found[1], flags=re.IGNORECASE)
        return f"{inner}?{query}" if query else inner
    if (cdn := re.match(r"^/[cv]/(?:s/)?([^/]+\.[^/]+/.*)$", path)) and name.endswith(".cdn.ampproject.org"):
        return f"https://{cdn[1]}"
    keys = next((keys for label, keys in _REDIRECTORS.items() if label in name.split(".")), ())
    if not keys:
        return None
    inner_urls = (value for key, value in parse_qsl(query, errors="replace") if key in keys)
    return next((value for value in inner_urls if value.startswith(("http://", "https://"))), None)
