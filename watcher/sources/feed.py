"""
Feeds over HTTP: RSS 0.9x, 1.0 and 2.0, RDF, Atom, JSON Feed, news sitemaps.

`fetch` asks with the validators of the last body that parsed; `parse` decodes the body and reads it, after mending it
if need be. A page of HTML is never taken for a feed, nor for a feed without news.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from watcher.model import Cursor, Failed, FailureReason, Fetch, Fetched, NotModified, Parsed, Source
from watcher.net import Client, NetError, Response
from watcher.sources.decode import decode
from watcher.sources.entries import Feed, address, to_items
from watcher.sources.jsonfeed import read_json
from watcher.sources.repair import repair
from watcher.sources.sitemap import read_sitemap
from watcher.sources.walls import Wall, recognise
from watcher.sources.xmlfeed import read_xml

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_LONGEST_VALIDATOR = 1_000

_HEAD = 65_536
_ROOT_OF_HTML = re.compile(
    r"(?:<\?xml[^>]{0,500}>|<!--.{0,2000}?-->|\s)*+<(?:!DOCTYPE\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_OF_A_FEED = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel|item|entry)[\s>]", re.IGNORECASE)

_SITEMAP = re.compile(r"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_PAGED = re.compile(r"(?:^|&)paged=(\d{1,4})(?=&|$)")

MOST_TAGS = 400_000
"""More in one body would cost hundreds of megabytes as a tree; a thousand long entries have 100,000."""


class FeedReader:
    """Reads sources of kind `feed`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch(self, source: Source, cursor: Cursor) -> Fetch:
        """A new body, that there is none, or why it failed."""
        return ask(self._client, source, cursor, accept=_ACCEPT)

    def parse(self, source: Source, fetched: Fetched, *, now: datetime) -> Parsed | Failed:
        """The items in the order of the feed and what it says of itself; Failed when the body is no feed."""
        zone = ZoneInfo(source.timezone)
        if fetched.body.count(b"<") > MOST_TAGS:
            return Failed(FailureReason.TOO_LARGE, f"more than {MOST_TAGS:,} tags")
        feed = read_feed(fetched.body, fetched.content_type, zone)
        if isinstance(feed, Failed):
            return in_the_way(fetched.body, fetched.content_type, fetched.url) or feed
        items = to_items(source, feed.entries, base=fetched.url, now=now)
        return Parsed(items, feed.ttl, _older(feed, fetched.url))


def ask(
    client: Client, source: Source, cursor: Cursor, *, accept: str, allowed: Callable[[str], None] | None = None
) -> Fetch:
    """
    What the server of a source says, asked with the validators of the last body that parsed.

    Args:
        allowed: See `Client.get`.
    """
    headers = {"Accept": accept}
    if cursor.etag:
        headers["If-None-Match"] = cursor.etag
    if cursor.last_modified:
        headers["If-Modified-Since"] = cursor.last_modified
    address = cursor.moved_to or source.address
    try:
        response = client.get(address, headers=headers, private=source.private, allowed=allowed)
    except NetError as error:
        return Failed(error.reason, str(error))
    return _outcome(response, is_conditional=len(headers) > 1)


def read_feed(body: bytes, content_type: str, zone: tzinfo) -> Feed | Failed:
    """Any feed: at once if it is as it should be, as nearly all are; else after mending it."""
    text, document = decode(body, content_type)
    if text[:_HEAD].lstrip()[:1] in ("{", "["):
        return read_json(text, zone) or _unreadable("JSON that is no JSON Feed")
    if _SITEMAP.search(text, 0, _HEAD):
        return read_sitemap(document, zone) or _unreadable(
            "a sitemap without titles, of sitemaps, or not well-formed: name the news sitemap"
        )
    feed = read_xml(document, zone, mend=False)
    if feed is None and not _ROOT_OF_HTML.match(text, 0, _HEAD) and _OF_A_FEED.search(text):
        feed = read_xml(repair(text).encode("utf-8", "replace"), zone, mend=True)
    return feed or _unreadable("a page of HTML instead of a feed" if "<html" in text[:_HEAD].lower() else "no feed")


def _older(feed: Feed, url: str) -> str | None:
    """Where the entries before these are: what the feed names, or the next page, which WordPress has of every feed."""
    if feed.older:
        return address(feed.older, url) or None
    if "wordpress" not in feed.generator.lower() or not feed.entries:
        return None
    parts = urlsplit(url)
    page = int(found[1]) if (found := _PAGED.search(parts.query)) else 1
    query = _PAGED.sub("", parts.query).strip("&")
    return urlunsplit(parts._replace(query=f"{query}&paged={page + 1}".lstrip("&"), fragment=""))


def _unreadable(detail: str) -> Failed:
    return Failed(FailureReason.UNREADABLE, detail)


def in_the_way(body: bytes, content_type: str, url: str) -> Failed | None:
    """The failure of a page that is none of what was asked for; None: it is not known as one."""
    if b"<" not in body[:_HEAD]:
        return None
    wall = recognise(decode(body, content_type)[0], url=url)
    if wall is None:
        return None
    reason = FailureReason.GONE if wall is Wall.NOT_FOUND else FailureReason.WALL
    return Failed(reason, f"{wall.value} instead of what was asked for")


def _outcome(response: Response, *, is_conditional: bool) -> Fetch:
    status = response.status
    if status == 304 and is_conditional:
        return NotModified(response.max_age)
    if status == 200:
        return Fetched(
            body=response.body,
            content_type=response.headers.get("content-type", ""),
            url=response.url,
            etag=_validator(response, "etag"),
            last_modified=_validator(response, "last-modified"),
            moved_to=response.moved_to,
            max_age=response.max_age,
        )
    asked = response.retry_after
    is_limited = status == 429 or (status in (403, 503) and asked is not None)
    reason, said = FailureReason.GONE if status in (404, 410) else FailureReason.STATUS, f"HTTP {status}"
    wall = in_the_way(response.body, response.headers.get("content-type", ""), response.url)
    if wall and wall.reason is FailureReason.WALL and status in (401, 403, 429, 503):
        reason, said = wall.reason, f"{said}: {wall.detail}"
    return Failed(FailureReason.RATE_LIMITED if is_limited else reason, said, asked, response.max_age)


def _validator(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value if value and len(value) <= _LONGEST_VALIDATOR else None
