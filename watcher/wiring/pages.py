"""An address → an item to be explained: title and paragraphs of the page."""

from __future__ import annotations

from datetime import datetime

from lxml import etree, html

from watcher.errors import ConfigError, Problem
from watcher.model import Item
from watcher.net import Client, NetError
from watcher.sources.items import to_item

_TITLES = ("//meta[@property='og:title']/@content", "//h1", "//title")
_TEXTS = ("//article//p", "//main//p", "//body//p")


def read_page(url: str, *, now: datetime, client: Client | None = None, private: bool = False) -> Item:
    """
    The page as an item: its heading, and the paragraphs of its article.

    Raises:
        ConfigError: It cannot be fetched, or there is nothing to read in it.
    """
    try:
        response = (client or Client()).get(url, private=private)
    except NetError as error:
        raise ConfigError([Problem(url, 0, 0, str(error))]) from error
    if response.status != 200:
        raise ConfigError([Problem(url, 0, 0, f"the server answered HTTP {response.status}")])
    try:
        root = html.document_fromstring(response.body[:5_000_000])
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError([Problem(url, 0, 0, "not a page that can be read")]) from error
    title = next((text for path in _TITLES if (text := _first(root, path))), "")
    text = next((text for path in _TEXTS if (text := _joined(root, path))), "")
    language = root.get("lang") or ""
    item = to_item({"title": title, "url": url, "text": text, "lang": language}, now=now)
    if item is None or not (title or text):
        raise ConfigError([Problem(url, 0, 0, "the page has neither a title nor a paragraph")])
    return item


def _first(root: html.HtmlElement, path: str) -> str:
    for found in root.xpath(path):
        text = found if isinstance(found, str) else found.text_content()
        if text.strip():
            return str(text).strip()
    return ""


def _joined(root: html.HtmlElement, path: str) -> str:
    return "\n".join(text for found in root.xpath(path) if (text := " ".join(found.text_content().split())))
