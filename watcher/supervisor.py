"""What systemd is told (`sd_notify`): that we are ready, that we live, that we stop. Nothing where nobody listens."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import timedelta


class Supervisor:
    """
    Speaks to whoever started us.

    The protocol is a datagram to the socket in NOTIFY_SOCKET, see sd_notify(3); a name that begins
    with `@` is abstract.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        # Only for us, or for nobody in particular: a shell around us would pass its own on.
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.every = timedelta(microseconds=int(usec) / 2) if self._address and usec.isdecimal() and ours else None
        """How often `alive` must be said; None: nobody waits for it."""

    def ready(self) -> None:
        """The loops run."""
        self._tell("READY=1")

    def alive(self) -> None:
        """The loops still run."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """We end, as we were told."""
        self._tell("STOPPING=1")

    def status(self, words: str) -> None:
        """A line for `systemctl status`."""
        self._tell(f"STATUS={' '.join(words.split())}")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
            speaker.settimeout(1)
            try:
                speaker.sendto(state.encode(), address)
            except OSError:
                return  # whoever listened is gone; that is no reason to stop
