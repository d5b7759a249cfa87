"""Message → standard output: for trying rules out; never the only channel of a desk."""

from __future__ import annotations

from typing import TextIO

from watcher.model import Address, Message, Receipt


class ConsoleChannel:
    """Writes the plain part of each message to a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:
        """Write it under a line that names the channel and the subject."""
        self._stream.write(f"── {address.name} → {recipient}: {message.subject}\n{message.text}\n")
        self._stream.flush()
        return Receipt("written")

    def close(self) -> None:
        """Nothing is kept open: the stream belongs to whoever gave it."""
