"""
claim → write → send → settle: what is owed leaves.

Decides nothing: what is sent to whom was decided with the alert, and when it is tried again is `schedule`'s answer,
which the outbox asks. One parcel's fault never touches another: each is claimed, sent and settled on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from watcher.aftermath import Aftermath, aftermath
from watcher.errors import DeliveryError
from watcher.model import Address, Message, Receipt, Team, TeamId
from watcher.protocols import Channel, Clock, Outbox, Parcel

SHOWN = 5  # alerts of a list that the log names
LEASE = timedelta(minutes=10)
"""Longer than any channel may take; only the claim of a process that died lasts so long."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered parcel and the channel of the team that it goes through."""

    message: Message
    address: Address


Write = Callable[[Parcel, datetime], Letter]
"""
Renders a parcel at a time, under the id of its first delivery. Raises DeliveryError when it cannot be sent at all, for
instance because the team has no such channel any more.
"""


@dataclass(frozen=True, slots=True)
class Courier:
    """
    Delivers what is owed through some kinds of channel, one parcel after the other.

    Several couriers may work at the same time on one outbox, so that a stalled receiver of one kind keeps nobody
    waiting at another.

    Args:
        channels: By kind; what is owed through other kinds is left alone.
        team: The team as it is now, for who takes over what cannot be delivered; None: there is none.
    """

    outbox: Outbox
    channels: Mapping[str, Channel]
    write: Write
    clock: Clock
    team: Callable[[TeamId], Team | None] = lambda _: None

    def deliver(self, *, stopping: Callable[[], bool] = bool) -> int:
        """
        Send until nothing is due.

        Args:
            stopping: Asked between parcels.

        Returns:
            How many parcels were sent.

        Raises:
            StoreError: The outbox could not be read or written. What was sent and could not be settled is sent again
                under the same id.
        """
        sent = 0
        while not stopping():
            parcel = self.outbox.claim(self.channels.keys(), now=self.clock.now(), lease=LEASE)
            if parcel is None:
                break
            sent += self._carry(parcel)
        return sent

    def _carry(self, parcel: Parcel) -> bool:
        """One attempt; whether the parcel was sent."""
        # Stands if something of ours crashes: the parcel is postponed before the crash goes on to the job's boundary.
        outcome: Receipt | DeliveryError = DeliveryError("a fault of watcher itself; see its log", retryable=True)
        try:
            outcome = self._send(parcel)
        except DeliveryError as error:
            outcome = error
        finally:
            self._settle(parcel, outcome)
        return isinstance(outcome, Receipt)

    def _send(self, parcel: Parcel) -> Receipt:
        if why := self.outbox.disabled(parcel[0]):
            raise DeliveryError(f"not sent: {why}", retryable=False)
        letter = self.write(parcel, self.clock.now())
        return self.channels[parcel[0].kind].send(letter.message, letter.address, parcel[0].recipient)

    def _settle(self, parcel: Parcel, outcome: Receipt | DeliveryError) -> None:
        now = self.clock.now()
        if isinstance(outcome, Receipt):
            self.outbox.settle(parcel, outcome, outcome.detail, now=now)
            _report(parcel, outcome, None)
        else:
            follows = aftermath(parcel, outcome, self.team(parcel[0].team), now=now)
            self.outbox.settle(parcel, follows, str(outcome), now=now)
            _report(parcel, outcome, follows)


def _report(parcel: Parcel, outcome: Receipt | DeliveryError, follows: Aftermath | None) -> None:
    first = parcel[0]
    again = follows.again if follows else None
    bound = log.bind(
        delivery=first.id,
        alerts=[owed.alert for owed in parcel[:SHOWN]],
        count=len(parcel),
        team=first.team,
        channel=first.channel,
        attempt=first.attempts,
    )
    if follows and follows.owed:
        bound = bound.bind(instead=sorted({owed.channel for owed in follows.owed}))
    if isinstance(outcome, Receipt):
        bound.info("delivery.sent", detail=outcome.detail)
    elif again:
        bound.warning("delivery.postponed", again=again.isoformat(), detail=str(outcome))
    else:
        bound.error("delivery.abandoned", detail=str(outcome), gone=outcome.gone)
