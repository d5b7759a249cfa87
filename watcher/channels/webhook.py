"""
Message → HTTP POST, as Standard Webhooks (standardwebhooks.com, 1.0) asks.

`webhook-id` is the delivery's id and the same on every attempt, so a receiver drops what it has seen. The signature
covers id, timestamp and body. A redirect is a failure: a signed body goes to the address its team wrote only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from watcher.errors import DeliveryError
from watcher.model import Address, Message, Receipt, TeamId

# The same body will not be taken later (RFC 9110, 15.5). Everything else a person may mend at the other end.
PERMANENT = frozenset({400, 405, 411, 413, 414, 415, 422})
GONE = 410
WINDOW = timedelta(minutes=5)
"""So old, or so far ahead, may a webhook be that a receiver takes."""


class Answer(Protocol):
    """What came back."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> bytes:
        """What it said."""

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait, if the server said so."""


class Post(Protocol):
    """One POST under the address guard, a deadline and a byte cap; net.py implements it."""

    def __call__(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer, redirects not followed. Raises DeliveryError when there is none."""


class WebhookChannel:
    """
    Posts each message to one address.

    Args:
        secrets: The signing secrets named in a team's files, newest first; several while one is being replaced.
    """

    def __init__(self, post: Post, secrets: Callable[[TeamId, str], Sequence[str]]) -> None:
        self._post = post
        self._secrets = secrets

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:
        """
        Post it.

        Raises:
            DeliveryError: Permanent for a status in `PERMANENT`; `gone` for 410; otherwise retryable.
        """
        body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(message.sent_at.timestamp()))
        headers = {"content-type": "application/json", "webhook-id": message.id, "webhook-timestamp": timestamp}
        secrets = self._secrets(message.team, address.secret) if address.secret else ()
        if secrets:
            headers["webhook-signature"] = sign(secrets, message.id, timestamp, body)
        return receipt(self._post(recipient, headers=headers, body=body))

    def close(self) -> None:
        """Nothing is kept open: each POST has a connection of its own."""


def receipt(answer: Answer) -> Receipt:
    """
    What an answer means.

    Raises:
        DeliveryError: Permanent for a status in `PERMANENT`; `gone` for 410; otherwise retryable.
    """
    if 200 <= answer.status < 300:
        return Receipt(f"HTTP {answer.status}")
    raise DeliveryError(
        f"receiver answered HTTP {answer.status}",
        retryable=answer.status not in PERMANENT and answer.status != GONE,
        retry_after=answer.retry_after,
        gone=answer.status == GONE,
    )


def sign(secrets: Sequence[str], message_id: str, timestamp: str, body: bytes) -> str:
    """
    The `webhook-signature` header: one `v1` signature for each secret, separated by spaces.

    Raises:
        DeliveryError: A secret is not `whsec_` and base64; retryable, as a person can mend it.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = []
    for secret in secrets:
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error as error:
            message = "signing secret is not base64: write whsec_ and 24 to 64 bytes in base64"
            raise DeliveryError(message, retryable=True) from error
        signatures.append("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    return " ".join(signatures)


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """
    What is wrong with a webhook that came in, as a receiver should see it.

    Args:
        secrets: One of them must have signed it.
        headers: By lower-case name.

    Returns:
        Empty when it is genuine, and no older or newer than `WINDOW`.

    Raises:
        DeliveryError: A secret is not `whsec_` and base64.
    """
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not headers.get(name)]
    if missing:
        return f"missing: {', '.join(missing)}"
    key, timestamp, given = (headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return "webhook-timestamp is no number of seconds"
    age = now - datetime.fromtimestamp(int(timestamp), UTC)
    right = sign(secrets, key, timestamp, body).split()
    # All are compared, and none by its beginning: the time it takes says nothing of a signature.
    genuine = [
        hmac.compare_digest(ours, theirs)
        for ours in right
        for theirs in given.encode("ascii", "replace").decode().split()
    ]
    if not any(genuine):
        return "no signature is of any of these secrets: another secret, or the body was changed on its way"
    if abs(age) > WINDOW:
        side = "ago" if age > timedelta() else "ahead"
        return f"signed {abs(age)} {side}: outside {WINDOW}, so perhaps replayed; or a clock is wrong"
    return ""
