"""
Bytes of a feed → text, whatever it claims to be encoded in.

What is valid UTF-8 is UTF-8, because nothing else looks like it by chance, while declarations are often wrong. Else a
byte order mark, the HTTP header and the XML declaration are tried in this order, and last Windows-1252.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# `<?xm` or `<rss` without a mark.
_STARTS = (
    (re.compile(rb"\x00\x00\x00<"), "utf-32-be"),
    (re.compile(rb"<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00<\x00[?a-zA-Z!]"), "utf-16-be"),
    (re.compile(rb"<\x00[?a-zA-Z!]\x00"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_DECLARED = re.compile(rb"^\s{0,100}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})")
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Each is a superset of what it stands for, and what senders mean.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis_620": "cp874",
    "iso8859-11": "cp874",
}
# What would pass for UTF-8 and is none: wide characters, and encodings that are ASCII throughout.
_NOT_PLAIN = re.compile(rb"\x00|iso-2022|hz-gb|utf-7", re.IGNORECASE)
_HEAD = 500
# Python knows codecs that are no character sets; some take quadratic time.
_CHARACTER_SETS = re.compile(
    r"(?:iso8859|iso2022|cp\d|koi8|kz1048|mac|utf|gb|big5|euc|shift|tis|hz|johab|ascii|ptcp|hp)"
)
_ODD = re.compile("[\udc80-\udcff]")


def decode(body: bytes, content_type: str = "") -> tuple[str, bytes]:
    """
    The text, and the same in UTF-8.

    Never fails: bytes that fit nothing become their Windows-1252 characters.

    Args:
        content_type: The HTTP header, or empty.
    """
    if not _NOT_PLAIN.search(body, 0, _HEAD):
        try:
            return body.decode("utf-8"), body
        except UnicodeDecodeError:
            pass
    text = _decode(body, content_type)
    return text, text.encode("utf-8", "replace")


def _decode(body: bytes, content_type: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for start, name in _STARTS:
        if start.match(body):
            return body.decode(name, "replace")
    for name in (*_declared(body, content_type), "utf-8"):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return _mixed(body)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Python's names of the character sets that the header and the XML declaration name."""
    header, inside = _IN_HEADER.search(content_type), _DECLARED.match(body)
    names = []
    for name in (header[1] if header else "", inside[1].decode("ascii") if inside else ""):
        try:
            known = codecs.lookup(name).name if name else ""
        except LookupError:
            continue
        if _CHARACTER_SETS.match(known) and known != "utf-8":
            names.append(_MEANT.get(known, known))
    return names


def _mixed(body: bytes) -> str:
    """UTF-8 with some bytes of Windows-1252 in it, or all Windows-1252, whichever has fewer oddities."""
    text = body.decode("utf-8", "surrogateescape")
    odd = len(_ODD.findall(text))
    good = len(text) - len(text.encode("ascii", "ignore")) - odd
    if odd > good:
        return body.decode("cp1252", "replace")
    return _ODD.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)
