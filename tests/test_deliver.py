"""Delivery: every recipient is told, by itself, at least once, under one id, whatever fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from structlog.testing import capture_logs

from tests.commits import decided
from tests.examples import DESK, NOON, message
from tests.fakes import FakeChannel, SetClock, busy, unknown
from watcher.aftermath import Aftermath
from watcher.deliver import LEASE, Courier, Letter
from watcher.errors import DeliveryError, StoreError
from watcher.ingest import Commit
from watcher.model import Owed, Receipt
from watcher.protocols import Outbox, Parcel, PollLog
from watcher.store import DeliveryState, Store, open_store

DAY = timedelta(days=1)
ANN, BOB, CAT = "ann@example.org", "bob@example.org", "cat@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path}/watcher.db", busy=timedelta(seconds=2))) as opened:
        yield opened


@pytest.fixture
def log(store: Store) -> PollLog:
    lease = store.lease("test", now=NOON)
    assert lease
    return store.poll_log(lease)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def courier(store: Store, channel: FakeChannel, clock: SetClock) -> Courier:
    return Courier(store.outbox, {"email": channel}, write, clock)


def write(parcel: Parcel, _: datetime) -> Letter:
    return Letter(replace(message(key=parcel[0].id), subject=f"{len(parcel)}"), DESK)


def states(store: Store) -> dict[str, str]:
    """State by recipient."""
    every = ("due", "claimed", "postponed", "sent", "abandoned")
    return {delivery.owed.recipient: delivery.state for delivery in store.views.deliveries(every, limit=10_000)}


def only(store: Store, state: str) -> DeliveryState:
    (found,) = store.views.deliveries([state])
    return found


def bundled(*keys: str, due: datetime, bundle: str = "gulf noon") -> Commit:
    """Alerts that leave as one list at a time."""
    parts = [decided(key, recipients=(ANN,), bundle=bundle) for key in keys]
    return Commit(
        stories=tuple(s for part in parts for s in part.stories),
        developments=tuple(d for part in parts for d in part.developments),
        alerts=tuple(a for part in parts for a in part.alerts),
        deliveries=tuple(replace(o, due=due) for part in parts for o in part.deliveries),
    )


def test_what_is_owed_is_sent_once_to_each_recipient(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    commit = decided("a", recipients=(ANN, BOB))
    log.commit((), commit, now=NOON)

    assert courier.deliver() == 2
    assert courier.deliver() == 0

    assert [(to, sent.id) for to, sent in channel.taken] == [(owed.recipient, owed.id) for owed in commit.deliveries]
    assert states(store) == {ANN: "sent", BOB: "sent"}


def test_one_recipients_success_never_settles_another(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    channel.refusals = {ANN: [busy()], BOB: [unknown()]}
    log.commit((), decided("a", recipients=(ANN, BOB, CAT)), now=NOON)

    courier.deliver()

    assert states(store) == {ANN: "postponed", BOB: "abandoned", CAT: "sent"}


def test_a_refusal_that_may_pass_is_tried_again_later_under_the_same_id(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel, clock: SetClock
) -> None:
    channel.refusals = {ANN: [busy(), busy(timedelta(hours=1))]}
    commit = decided("a", recipients=(ANN,))
    log.commit((), commit, now=NOON)

    courier.deliver()
    assert courier.deliver() == 0
    clock.pass_(timedelta(seconds=10))
    courier.deliver()
    clock.pass_(timedelta(minutes=59))
    assert courier.deliver() == 0
    clock.pass_(timedelta(minutes=1))
    assert courier.deliver() == 1

    done = only(store, "sent")
    assert [sent.id for _, sent in channel.taken] == [commit.deliveries[0].id]
    assert [(each.number, each.outcome, each.detail) for each in done.attempts] == [
        (1, "postponed", "try later"),
        (2, "postponed", "try later"),
        (3, "sent", "taken"),
    ]


def test_it_is_given_up_after_three_days_and_says_so(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel, clock: SetClock
) -> None:
    channel.refusals = {ANN: [busy() for _ in range(100)]}
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)

    with capture_logs() as logs:
        while waiting := [d for d in store.views.deliveries(["due", "postponed"]) if d.next]:
            assert waiting[0].next
            clock.at = waiting[0].next
            courier.deliver()

    assert timedelta(days=2.5) <= clock.at - NOON <= timedelta(days=3)
    assert {entry["event"] for entry in logs} == {"delivery.postponed", "delivery.abandoned"}
    assert len(only(store, "abandoned").attempts) == len(logs) > 20
    assert [entry["log_level"] for entry in logs if entry["event"] == "delivery.abandoned"] == ["error"]


def test_a_fault_of_ours_postpones_one_parcel_and_shows_itself(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    channel.refusals = {ANN: [ZeroDivisionError("a fault of ours")]}
    log.commit((), decided("a", recipients=(ANN, BOB)), now=NOON)

    with pytest.raises(ZeroDivisionError):
        courier.deliver()
    assert courier.deliver() == 1

    assert states(store) == {ANN: "postponed", BOB: "sent"}


def test_of_what_the_other_side_said_the_beginning_is_kept(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    channel.refusals = {ANN: [DeliveryError("no \ud800" * 100_000, retryable=False)]}
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)

    courier.deliver()

    detail = only(store, "abandoned").attempts[0].detail
    assert (detail[:8], len(detail)) == ("no ?no ?", 500)


def test_what_cannot_be_written_is_abandoned(store: Store, log: PollLog, clock: SetClock, channel: FakeChannel) -> None:
    def refuse(_: Parcel, __: datetime) -> Letter:
        raise DeliveryError("team gulf has no channel desk any more", retryable=False)

    log.commit((), decided("a"), now=NOON)

    Courier(store.outbox, {"email": channel}, refuse, clock).deliver()

    assert only(store, "abandoned").attempts[0].detail == "team gulf has no channel desk any more"


def test_nothing_leaves_before_it_is_due(store: Store, log: PollLog, courier: Courier, clock: SetClock) -> None:
    commit = decided("a")
    log.commit((), replace(commit, deliveries=(replace(commit.deliveries[0], due=NOON + DAY),)), now=NOON)

    assert courier.deliver() == 0
    clock.pass_(DAY)
    assert courier.deliver() == 1


def test_kinds_without_a_channel_are_left_alone(store: Store, log: PollLog, courier: Courier) -> None:
    log.commit((), decided("a", kind="webhook"), now=NOON)

    assert courier.deliver() == 0
    assert set(states(store).values()) == {"due"}


def test_a_stop_is_heeded_between_parcels(store: Store, log: PollLog, courier: Courier, channel: FakeChannel) -> None:
    log.commit((), decided("a", recipients=(ANN, BOB)), now=NOON)

    courier.deliver(stopping=lambda: bool(channel.taken))

    assert states(store) == {ANN: "sent", BOB: "due"}


# Bundles


def test_a_bundle_leaves_as_one_message_under_its_first_id(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel, clock: SetClock
) -> None:
    commit = bundled("a", "b", "c", due=NOON + DAY)
    log.commit((), commit, now=NOON)

    assert courier.deliver() == 0
    clock.pass_(DAY)
    assert courier.deliver() == 1

    assert [(sent.id, sent.subject) for _, sent in channel.taken] == [(commit.deliveries[0].id, "3")]
    assert len(store.views.deliveries(["sent"])) == 3


def test_a_bundle_that_was_tried_takes_no_more_in(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel, clock: SetClock
) -> None:
    channel.refusals = {ANN: [busy()]}
    first, late = bundled("a", "b", due=NOON), bundled("c", due=NOON)
    log.commit((), first, now=NOON)
    courier.deliver()

    log.commit((), late, now=NOON)
    clock.pass_(timedelta(minutes=1))
    courier.deliver()

    assert [(sent.id, sent.subject) for _, sent in channel.taken] == [
        (late.deliveries[0].id, "1"),
        (first.deliveries[0].id, "2"),
    ]


def test_a_bundle_of_a_storm_leaves_in_lists_that_mail_servers_take(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    log.commit((), bundled(*map(str, range(1_050)), due=NOON), now=NOON)

    with capture_logs() as logs:
        courier.deliver()

    assert [sent.subject for _, sent in channel.taken] == ["500", "500", "50"]
    assert {(len(entry["alerts"]), entry["count"]) for entry in logs} == {(5, 500), (5, 50)}


def test_bundles_of_the_same_name_for_others_stay_apart(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel
) -> None:
    log.commit((), decided("a", recipients=(ANN, BOB), bundle="noon"), now=NOON)

    courier.deliver()

    assert [to for to, _ in channel.taken] == [ANN, BOB]


# Claims


def test_a_claim_holds_until_its_lease_runs_out_and_keeps_the_id(store: Store, log: PollLog) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)

    first = store.outbox.claim(["email"], now=NOON, lease=LEASE)
    assert store.outbox.claim(["email"], now=NOON + LEASE / 2, lease=LEASE) is None
    second = store.outbox.claim(["email"], now=NOON + LEASE, lease=LEASE)

    assert first
    assert second
    assert (first[0].id, first[0].attempts, second[0].id, second[0].attempts) == (first[0].id, 1, first[0].id, 2)
    assert [each.outcome for each in only(store, "claimed").attempts] == ["lost", None]


def test_whoever_takes_the_lease_sends_what_the_dead_one_was_sending(store: Store, log: PollLog) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)
    first = store.outbox.claim(["email"], now=NOON, lease=LEASE)

    store.lease("the next", now=NOON + timedelta(seconds=1))

    again = store.outbox.claim(["email"], now=NOON + timedelta(seconds=1), lease=LEASE)
    assert first
    assert again
    assert again[0].id == first[0].id


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        pytest.param(Receipt("taken after all"), "sent", id="a late success counts"),
        pytest.param(Aftermath(NOON + LEASE), "claimed", id="a late refusal does not"),
        pytest.param(Aftermath(None), "claimed", id="not even one for ever"),
    ],
)
def test_who_settles_after_another_claimed(
    outcome: Receipt | Aftermath, state: str, store: Store, log: PollLog
) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)
    late = store.outbox.claim(["email"], now=NOON, lease=LEASE)
    store.outbox.claim(["email"], now=NOON + LEASE, lease=LEASE)

    assert late
    store.outbox.settle(late, outcome, "said", now=NOON + LEASE)

    assert states(store) == {ANN: state}


def test_what_was_sent_is_not_unsent_by_a_late_refusal(store: Store, log: PollLog) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)
    late = store.outbox.claim(["email"], now=NOON, lease=LEASE)
    other = store.outbox.claim(["email"], now=NOON + LEASE, lease=LEASE)
    assert late
    assert other

    store.outbox.settle(other, Receipt("taken"), "taken", now=NOON + LEASE)
    store.outbox.settle(late, Aftermath(None), "no such user", now=NOON + LEASE)

    assert states(store) == {ANN: "sent"}


@dataclass(frozen=True)
class Forgetful:
    """An outbox on a disk that fails before an attempt is noted."""

    outbox: Outbox

    def claim(self, kinds: Collection[str], *, now: datetime, lease: timedelta) -> Parcel | None:
        return self.outbox.claim(kinds, now=now, lease=lease)

    def settle(self, parcel: Parcel, outcome: Receipt | Aftermath, said: str, *, now: datetime) -> None:
        raise StoreError("disk I/O error")

    def disabled(self, owed: Owed) -> str | None:
        return self.outbox.disabled(owed)


def test_what_was_sent_but_not_noted_is_sent_again_under_the_same_id(
    store: Store, log: PollLog, courier: Courier, channel: FakeChannel, clock: SetClock
) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)
    with pytest.raises(StoreError):
        replace(courier, outbox=Forgetful(store.outbox)).deliver()
    clock.pass_(LEASE)

    courier.deliver()

    (_, first), (_, second) = channel.taken
    assert first.id == second.id
    assert states(store) == {ANN: "sent"}


def test_a_recipient_gets_one_parcel_at_a_time(store: Store, log: PollLog) -> None:
    log.commit((), decided("a", recipients=(ANN,)), now=NOON)
    log.commit((), decided("b", recipients=(ANN, BOB)), now=NOON)

    claimed = [store.outbox.claim(["email"], now=NOON, lease=LEASE) for _ in range(3)]

    assert [parcel[0].recipient if parcel else None for parcel in claimed] == [ANN, BOB, None]


def test_couriers_at_the_same_time_send_each_parcel_once(store: Store, log: PollLog, clock: SetClock) -> None:
    recipients = tuple(f"r{number}@example.org" for number in range(5))
    for key in range(20):
        log.commit((), decided(str(key), recipients=recipients), now=NOON)
    channels = [FakeChannel() for _ in range(4)]

    def work(channel: FakeChannel) -> None:
        while set(states(store).values()) != {"sent"}:
            Courier(store.outbox, {"email": channel}, write, clock).deliver()

    threads = [Thread(target=work, args=(channel,)) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = Counter(message.id for channel in channels for _, message in channel.taken)
    assert len(sent) == 100
    assert set(sent.values()) == {1}


def test_an_alert_by_itself_does_not_wait_for_the_lists_of_a_storm(store: Store, log: PollLog) -> None:
    log.commit((), bundled("a", "b", due=NOON - DAY), now=NOON)
    alone = decided("c", recipients=(BOB,))
    log.commit((), alone, now=NOON)

    first = store.outbox.claim(["email"], now=NOON, lease=LEASE)
    second = store.outbox.claim(["email"], now=NOON, lease=LEASE)

    assert first
    assert second
    assert ([owed.id for owed in first], len(second)) == ([alone.deliveries[0].id], 2)
