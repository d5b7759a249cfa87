"""
Which items were read before, in little memory: 64-bit keys for ids and addresses, a fingerprint of what they said.
"""

from __future__ import annotations

from enum import Enum, auto
from hashlib import blake2b

from watcher.model import ItemId, Seen


class Sight(Enum):
    """How an item stands to what was read before."""

    NEW = auto()
    SAME = auto()
    EDITED = auto()


class SeenItems:
    """Fingerprints by id and by canonical address; about 200 bytes an item."""

    def __init__(self) -> None:
        self._by_id: dict[int, int] = {}
        self._by_url: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def look(self, item: ItemId, url: str, mark: int) -> Sight:
        """Whether the item, by its id or its address, was read as it is now, otherwise, or never."""
        known = (self._by_id.get(key_of(item)), self._by_url.get(key_of(url)) if url else None)
        if mark in known:
            return Sight.SAME
        return Sight.NEW if known == (None, None) else Sight.EDITED

    def knows(self, item: ItemId, url: str) -> bool:
        """Whether the item was read before, as it is now or otherwise; `url` as in `look`."""
        return key_of(item) in self._by_id or (bool(url) and key_of(url) in self._by_url)

    def add(self, seen: Seen) -> None:
        """Remember the item as it is now."""
        self._by_id[key_of(seen.item)] = seen.fingerprint
        if seen.url:
            self._by_url[key_of(seen.url)] = seen.fingerprint


def key_of(text: str) -> int:
    """A 64-bit name for a long text; the same in every run."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def fingerprint(folded: str) -> int:
    """63-bit hash of an item's folded title and text, so that it fits a database's integer."""
    return key_of(folded) >> 1
