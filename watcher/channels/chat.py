"""
Message → a chat or pager: Slack, Teams, Telegram, ntfy and PagerDuty in their own form through the guarded HTTP client,
some more through apprise.

What a service needs is a credential, so it is a secret of the team and never an address in a file. A recipient is
`SERVICE:SECRET`, the name of the secret.

| service | the secret holds |
|---|---|
| slack | the incoming webhook, `https://hooks.slack.com/services/…` |
| teams | the workflow's address, `https://…` |
| telegram | `TOKEN CHAT`; before it the address of a server of your own, if any |
| ntfy | `https://ntfy.sh/TOPIC`; before the host `:TOKEN@` or `USER:PASSWORD@`, if it asks for one |
| pagerduty | the routing key of the integration; before it the address of another region, if any |
| others | an address in apprise's form |
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from watcher.channels import cards
from watcher.channels.others import SCHEMES, Others
from watcher.channels.webhook import Answer, Post, receipt
from watcher.errors import DeliveryError
from watcher.model import Address, Message, Receipt, TeamId

OWN = ("slack", "teams", "telegram", "ntfy", "pagerduty")
SERVICES = (*OWN, *SCHEMES)
TELEGRAM = "https://api.telegram.org"
PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: where to, with which headers besides the type, and the body."""

    url: str
    body: Mapping[str, object]
    headers: Mapping[str, str]


class ChatChannel:
    """
    Posts each message to one service.

    Args:
        secrets: The values of a team's secret, newest first; the first one is used.
        others: For services without a form of their own.
    """

    def __init__(self, post: Post, secrets: Callable[[TeamId, str], Sequence[str]], others: Others) -> None:
        self._post, self._secrets, self._others = post, secrets, others

    def send(self, message: Message, address: Address, recipient: str) -> Receipt:  # noqa: ARG002 - the protocol's
        """
        Post it.

        Raises:
            DeliveryError: As a webhook would; retryable when the secret is missing or cannot be read, which a person
                can mend.
        """
        service, _, name = recipient.partition(":")
        values = self._secrets(message.team, name)
        if not values:
            raise DeliveryError(
                f"the team has no secret {name}: put it into secrets/{message.team}/{name}", retryable=True
            )
        shown = cards.card(message)
        if service not in OWN:
            return self._others.send(service, values[0], shown)
        request = _request(service, values[0], shown)
        body = json.dumps(request.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", **request.headers}
        return receipt(_Asked(self._post(request.url, headers=headers, body=body)))

    def close(self) -> None:
        """Nothing is kept open: each POST has a connection of its own."""


class _Asked:
    """An answer whose wait may be in its body, where Telegram puts it."""

    def __init__(self, answer: Answer) -> None:
        self.status, self._answer = answer.status, answer

    @property
    def body(self) -> bytes:
        return self._answer.body

    @property
    def retry_after(self) -> timedelta | None:
        if self._answer.retry_after or self.status != 429:
            return self._answer.retry_after
        try:
            seconds = int(json.loads(self.body)["parameters"]["retry_after"])
        except (ValueError, KeyError, TypeError):
            return None
        return timedelta(seconds=min(max(seconds, 0), 86_400)) or None


def _request(service: str, secret: str, shown: cards.Card) -> Request:
    """What to post where. Raises DeliveryError when the secret is not what the service needs."""
    words = secret.split()
    base = words.pop(0) if words and words[0].startswith(("https://", "http://")) else ""
    match service, len(words):
        case "slack", 0:
            return Request(base, cards.slack(shown), {})
        case "teams", 0:
            return Request(base, cards.teams(shown), {})
        case "telegram", 2:
            url = f"{(base or TELEGRAM).rstrip('/')}/bot{words[0]}/sendMessage"
            return Request(url, cards.telegram(shown, words[1]), {})
        case "pagerduty", 1:
            return Request(base or PAGERDUTY, cards.pagerduty(shown, words[0]), {})
        case "ntfy", 0 if base:
            return _ntfy(base, shown)
        case _:
            message = f"the secret is not what {service} needs; `docs/delivery.md` says what it holds"
            raise DeliveryError(message, retryable=True)


def _ntfy(address: str, shown: cards.Card) -> Request:
    parts = urlsplit(address)
    user, password = parts.username or "", parts.password or ""
    headers = {}
    if password:
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers["authorization"] = f"Basic {basic}" if user else f"Bearer {password}"
    root, _, topic = parts.path.rstrip("/").rpartition("/")
    if not topic:
        raise DeliveryError("the secret of ntfy needs a topic: https://ntfy.sh/TOPIC", retryable=True)
    host = parts.netloc.rpartition("@")[2]
    return Request(urlunsplit((parts.scheme, host, f"{root}/", "", "")), cards.ntfy(shown, topic), headers)
