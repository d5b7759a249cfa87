"""
Pages that stand in the way of what was asked for: captchas, logins, consents, "not found" under status 200.

A mark of a bot guard alone says nothing, as many real pages carry one: it counts where the page has hardly any text of
its own. What is recognised is a failure with its name, never news and never "no news".
"""

from __future__ import annotations

import re
from enum import StrEnum
from html import unescape
from urllib.parse import urlsplit


class Wall(StrEnum):
    """What stands in the way, in words for people."""

    CAPTCHA = "a bot check"
    LOGIN = "a login"
    CONSENT = "a consent page"
    NOT_FOUND = "a page that says “not found”"
    DENIED = "a page that denies access"


MOST_TEXT = 1_500
"""Characters that a wall shows at most; a short article has more."""
_HEAD = 400_000
_OUT_OF_SIGHT = re.compile(r"<(script|style|noscript|template|svg|head|!--)", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.I)
_GUARDS = re.compile(
    r"captcha-delivery\.com|/cdn-cgi/challenge-platform|cf[-_]chl[-_]|_incapsula_resource|px-captcha|perimeterx|"
    r"errors\.edgesuite\.net|awswafcookie|aws-waf-token|ips\.js\?.{0,40}kpsdk|ddos-guard|sucuri_cloudproxy|hcaptcha\.com|"
    r"g-recaptcha|cf-turnstile|/\.well-known/sgcaptcha|validate\.perfdrive\.com|geetest\.com",
    re.I,
)
_BOT_WORDS = re.compile(
    r"just a moment|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a robot|unusual (?:traffic|activity)|"
    r"(?:enable|turn on|activate) (?:js|java ?script)|checking your browser|attention required|"
    r"v[ée]rifier que vous (?:êtes|n.êtes pas)|activer javascript|bitte aktivieren sie javascript|"
    r"проверка браузера|включите javascript|请开启javascript|人机验证|تمكين جافا",
    re.I,
)
_DENIED = re.compile(r"^\W*(?:access denied|forbidden|403\b|blocked|request (?:was )?(?:blocked|rejected))", re.I)
_NOT_FOUND = re.compile(
    r"^\W*404\W*$|\b404 (?:not found|error)|error 404\b|"
    r"(?:page|file|article|content|document) (?:was |is |could not be |cannot be )?"
    r"(?:not found|gone|unavailable)|"
    r"not found$|page introuvable|seite nicht gefunden|p[áa]gina no encontrada|p[áa]gina n[ãa]o encontrada|"
    r"pagina non trovata|страница не найдена|الصفحة غير موجودة|页面不存在|页面未找到|sayfa bulunamad|صفحه یافت نشد",
    re.I,
)
_PASSWORD = re.compile(r"<input[^<>]{0,300}type\s*=\s*[\"']?password", re.I)
_CONSENT_WORDS = re.compile(r"before you continue|we value your privacy|cookie|consent|datenschutz|zustimm", re.I)
_CONSENT_HOST = re.compile(r"(?:^|\.)consent\.|^consent|privacy-?gate|cmp\.", re.I)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|sso|auth|account/login)(?:[/.?]|$)", re.I)


def recognise(page: str, *, url: str = "") -> Wall | None:
    """
    What a page of HTML is, if it is not what was asked for; None: it is not one of these.

    Args:
        url: Where redirects led to.
    """
    page = page[:_HEAD]
    title = _plain(found[1]) if (found := _TITLE.search(page)) else ""
    text = _plain(_in_sight(page))
    parts = urlsplit(url)
    if len(text) > MOST_TEXT:
        return Wall.NOT_FOUND if len(text) < 3 * MOST_TEXT and _NOT_FOUND.search(title) else None
    if _NOT_FOUND.search(title):
        return Wall.NOT_FOUND
    said = f"{title} {text}"
    if _GUARDS.search(page) or _BOT_WORDS.search(said):
        return Wall.CAPTCHA
    if _PASSWORD.search(page) or _LOGIN_PATH.search(parts.path):
        return Wall.LOGIN
    if _CONSENT_HOST.search(parts.hostname or "") or ("/consent" in parts.path and _CONSENT_WORDS.search(said)):
        return Wall.CONSENT
    if _DENIED.search(title) or _DENIED.search(text):
        return Wall.DENIED
    return Wall.NOT_FOUND if _NOT_FOUND.search(text[:200]) else None


def _in_sight(page: str) -> str:
    """Without scripts and the like; what is never closed hides the rest, so that no page makes us look twice."""
    kept, position, lower = [], 0, page.lower()
    while found := _OUT_OF_SIGHT.search(page, position):
        kept.append(page[position : found.start()])
        name = found[1].lower()
        closing = "-->" if name == "!--" else f"</{name}"
        end = lower.find(closing, found.end())
        if end < 0:
            return " ".join(kept)
        position = end + len(closing)
    return " ".join([*kept, page[position:]])


def _plain(markup: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", markup)).split())
