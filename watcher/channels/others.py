"""
Card → a service that apprise speaks, from an allow-list of its schemes.

apprise says only whether it worked, so every failure may pass. It follows its own rules for time: the deadline is ours,
and a call that outlives it is left behind; what it still sends is a repeat. Imported when first used: it costs a tenth
of a second.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from threading import Lock, Thread
from urllib.parse import urlsplit

from watcher.channels import cards
from watcher.errors import DeliveryError
from watcher.model import Receipt
from watcher.net import Resolve
from watcher.net.addresses import is_permitted

SCHEMES = {
    "discord": ("discord",),
    "googlechat": ("gchat",),
    "gotify": ("gotify", "gotifys"),
    "mattermost": ("mmost", "mmosts"),
    "matrix": ("matrix", "matrixs"),
    "opsgenie": ("opsgenie",),
    "pushover": ("pover",),
    "rocketchat": ("rocket", "rockets"),
    "webex": ("wxteams",),
    "zulip": ("zulip",),
}
"""Service → the schemes of its addresses. The other schemes of apprise run programs, write files or speak e-mail."""
HOSTED = frozenset({"gotify", "gotifys", "mmost", "mmosts", "matrix", "matrixs", "rocket", "rockets"})
"""Schemes whose host the team chooses; the others go to a service's own."""
DEADLINE = timedelta(seconds=30)
LEFT_BEHIND = 4  # calls that outlived their deadline, before nothing more is tried until one ends

_OPTIONS = ("?", "#")  # apprise's options turn off the check of certificates, among other things


class Others:
    """
    Sends through apprise; from several threads at once.

    Args:
        private: Whether hosts of private networks are allowed.
        resolve: Gives the addresses of a host; apprise resolves again when it connects, so this keeps out mistakes,
            not a name server that changes its mind.
    """

    def __init__(self, *, private: bool, resolve: Resolve, deadline: timedelta = DEADLINE) -> None:
        self._private, self._resolve, self._deadline = private, resolve, deadline
        self._left: list[Thread] = []
        self._lock = Lock()

    def send(self, service: str, address: str, shown: cards.Card) -> Receipt:
        """
        Hand it over.

        Raises:
            DeliveryError: Retryable; the address is not one of the service, or leads where we may not go, or it
                was not taken in time.
        """
        scheme = address.partition("://")[0].lower()
        if scheme not in SCHEMES.get(service, ()) or any(mark in address for mark in _OPTIONS):
            expected = " or ".join(f"{one}://…" for one in SCHEMES.get(service, ()))
            raise DeliveryError(
                f"the secret is not an address of {service}: {expected}, without options", retryable=True
            )
        if scheme in HOSTED:
            self._guard(address)
        import apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines may hold tokens
        plugin = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        if plugin is None:
            raise DeliveryError(f"the secret is not a whole address of {service}", retryable=True)
        worked = self._in_time(
            lambda: bool(plugin.notify(body=cards.plain(shown), title=shown.title, body_format="text"))
        )
        if not worked:
            raise DeliveryError(f"{service} did not take it", retryable=True)
        return Receipt(f"taken by {service}")

    def _guard(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or 443
            found = [ip_address(one.partition("%")[0]) for one in self._resolve(host, port)]
        except (OSError, ValueError) as error:
            raise DeliveryError(
                f"host of the address cannot be found: {type(error).__name__}", retryable=True
            ) from error
        if not found or not all(is_permitted(one, private=self._private) for one in found):
            raise DeliveryError("host of the address is in a private network; see private_webhooks", retryable=True)

    def _in_time(self, call: Callable[[], bool]) -> bool:
        answers: list[bool] = []
        thread = Thread(target=lambda: answers.append(call()), daemon=True, name="apprise")
        with self._lock:
            self._left = [one for one in self._left if one.is_alive()]
            if len(self._left) >= LEFT_BEHIND:
                raise DeliveryError("earlier calls of apprise have not come back", retryable=True)
        thread.start()
        thread.join(self._deadline.total_seconds())
        if thread.is_alive():
            with self._lock:
                self._left.append(thread)
            raise DeliveryError(f"no answer within {self._deadline.total_seconds():.0f} seconds", retryable=True)
        return bool(answers and answers[0])
