"""
Unpacks the body of an answer piece by piece, so that a small body that unpacks to gigabytes is stopped at the limit
and never held.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from watcher.model import FailureReason
from watcher.net.guard import NetError, too_large

_PIECE = 65_536
# A window is memory that the sender makes us reserve; RFC 9659 asks for no more than this on the web.
_LARGEST_ZSTD_WINDOW = 8 * 1024 * 1024
# The library bounds no output, and four bytes may stand for 128 KiB: a sip of so many bytes gives 2 MiB at most.
_ZSTD_SIP = 64
# Twice packed happens behind careless proxies; more is an attack.
_MOST_LAYERS = 2

Pieces = Iterable[bytes]


def unpack(pieces: Pieces, encodings: str, *, limit_bytes: int) -> bytes:
    """
    The body as it was before `Content-Encoding`.

    Args:
        encodings: That header; empty when there is none.
        limit_bytes: Cap on the result of each layer.

    Raises:
        NetError: TOO_LARGE beyond the limit; UNREADABLE when a layer is unknown, damaged or cut off.
    """
    layers = [name for part in encodings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(layers) > _MOST_LAYERS or any(name not in _DECODERS for name in layers):
        raise NetError(FailureReason.UNREADABLE, f"content encoding {encodings[:60]!r} is not one we asked for")
    for name in reversed(layers):
        pieces = _capped(_DECODERS[name](pieces), limit_bytes)
    return b"".join(_capped(pieces, limit_bytes))


def _capped(pieces: Pieces, limit_bytes: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit_bytes:
            raise too_large(limit_bytes)
        yield piece


def _damaged(error: Exception | None = None) -> NetError:
    return NetError(FailureReason.UNREADABLE, f"the packed body is damaged or cut off: {error or 'no end'}")


def _gzip(pieces: Pieces) -> Iterator[bytes]:
    """One or several gzip members; zero bytes and other rubbish behind the last are ignored, as browsers do."""
    inflate, is_started = zlib.decompressobj(31), False
    for arrived in pieces:
        rest = arrived
        while rest:
            if inflate.eof:
                if not rest.startswith(b"\x1f"):
                    return
                inflate = zlib.decompressobj(31)
            is_started = True
            yield _inflate(inflate, rest)
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if is_started and not inflate.eof:
        raise _damaged()


def _deflate(pieces: Pieces) -> Iterator[bytes]:
    """Zlib's format, as the standard says, or bare deflate, as some servers send."""
    inflate = None
    for arrived in pieces:
        rest = arrived
        if rest and inflate is None:
            has_header = rest[0] & 15 == 8 and (len(rest) < 2 or int.from_bytes(rest[:2]) % 31 == 0)
            inflate = zlib.decompressobj(15 if has_header else -15)
        while rest and inflate and not inflate.eof:
            yield _inflate(inflate, rest)
            rest = inflate.unconsumed_tail
    if inflate and not inflate.eof:
        raise _damaged()


def _inflate(inflate: zlib._Decompress, packed: bytes) -> bytes:
    try:
        return inflate.decompress(packed, _PIECE)
    except zlib.error as error:
        raise _damaged(error) from error


def _brotli(pieces: Pieces) -> Iterator[bytes]:
    import brotli  # type: ignore[import-untyped]  # it has no stubs

    decoder, is_started = brotli.Decompressor(), False
    try:
        for arrived in pieces:
            is_started, piece = True, decoder.process(arrived, output_buffer_limit=_PIECE)
            yield piece
            # `can_accept_more_data` says yes while output is still waiting: ask until nothing comes.
            while piece and not decoder.is_finished():
                piece = decoder.process(b"", output_buffer_limit=_PIECE)
                yield piece
            if decoder.is_finished():
                return
    except brotli.error as error:
        raise _damaged(error) from error
    if is_started:
        raise _damaged()


def _zstd(pieces: Pieces) -> Iterator[bytes]:
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_ZSTD_WINDOW)
    frame, is_started = decompressor.decompressobj(), False
    try:
        for arrived in pieces:
            for start in range(0, len(arrived), _ZSTD_SIP):
                sip = arrived[start : start + _ZSTD_SIP]
                while sip:
                    frame = decompressor.decompressobj() if frame.eof else frame
                    is_started = True
                    yield frame.decompress(sip)
                    sip = frame.unused_data if frame.eof else b""
    except zstandard.ZstdError as error:
        raise _damaged(error) from error
    if is_started and not frame.eof:
        raise _damaged()


_DECODERS: dict[str, Callable[[Pieces], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
ACCEPTED = "gzip, deflate, br, zstd"
"""What we ask for in `Accept-Encoding`."""
