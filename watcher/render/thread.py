"""
A story as a thread: what happened when, who said so first, how many followed how soon, who was told, what was undone.

The command `story`, mails and webhooks show the same values; which developments are noise is decided here, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher.model import (
    ActorId,
    Alert,
    AlertId,
    Appointment,
    Development,
    DevelopmentId,
    Hold,
    Kind,
    Lane,
    Status,
    Story,
)
from watcher.render.words import one_line, outlets_of, say_change, say_names, say_time, say_voices

FAINT = 0.5
"""A development of the digest lane that is worth less than this, and that nobody was told, is noise for its story."""
MOST_ALSO = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """
    The first report of one outlet.

    Args:
        time: When it was published; `seen`: when we read it.
        credit: The agency whose text it is; empty: its own.
    """

    publisher: str
    time: datetime
    seen: datetime
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One development in its story.

    Args:
        heard: By time; empty when retention has dropped its reports.
        alerts: Who was told; `sent` gives the number of deliveries in each state by alert.
        holds: The last one of each team that was not told.
        undone_by: A later development that denies or retracts it.
        is_apart: It is of other actors than the matter it is shown for, though it came in one story with it.
    """

    development: Development
    heard: tuple[Heard, ...] = ()
    alerts: tuple[Alert, ...] = ()
    sent: Mapping[AlertId, Mapping[str, int]] | None = None
    holds: tuple[Hold, ...] = ()
    undone_by: DevelopmentId | None = None
    is_apart: bool = False

    @property
    def is_noise(self) -> bool:
        """Whether it stands beside the matter: others, markets, explainers. What a team was told is never noise."""
        one = self.development
        if self.alerts or one.kind is Kind.RETRACTED:
            return False
        return self.is_apart or (one.lane is Lane.DIGEST and one.value < FAINT)

    def of(self, actors: Collection[ActorId]) -> Step:
        """The step as it stands to a matter of these actors: two of them, or the only one, must be in it."""
        shared = set(self.development.actors) & set(actors)
        return replace(self, is_apart=len(shared) < min(2, len(set(actors))))


@dataclass(frozen=True, slots=True)
class Thread:
    """
    A story with its developments, oldest first.

    Args:
        previous: The closed story of the same matter that it links back to.
        carers: Who takes care of which alert.
    """

    story: Story
    steps: tuple[Step, ...]
    appointment: Appointment | None = None
    previous: Story | None = None
    carers: Mapping[AlertId, str] = field(default_factory=dict)


def with_undone(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, oldest first, with what later ones deny or retract marked."""
    undone: dict[DevelopmentId, DevelopmentId] = {}
    for place, step in enumerate(steps):
        takes_back = step.development.kind is Kind.RETRACTED
        if not takes_back and step.development.status is not Status.DENIED:
            continue
        before = [one.development for one in reversed(steps[:place]) if not one.is_noise]
        claims = [one for one in before if one.status is not Status.DENIED and one.kind is not Kind.RETRACTED]
        same = [one for one in claims if one.event == step.development.event]
        for one in same[:1] or (claims[:1] if takes_back else ()):
            undone.setdefault(one.id, step.development.id)
    return tuple(replace(step, undone_by=undone.get(step.development.id)) for step in steps)


def say_heard(step: Step) -> str:
    """Who was first, and how many followed how soon: `Gulf Wire first; 3 followed within 2 h`."""
    names = outlets_of(step.development)
    if not step.heard:
        return say_names(names)
    first, *others = step.heard
    name = one_line(first.publisher) + (f" (credits {first.credit})" if first.credit else "")
    if not others:
        return f"{name} alone"
    lags = [one.time - first.time for one in others]
    if len(others) == 1:
        return f"{name} first; {one_line(others[0].publisher)} {say_span(lags[0])} later"
    soon = f", the first {say_span(lags[0])} later" if lags[0] != lags[-1] else ""
    return f"{name} first; {len(others)} followed within {say_span(lags[-1])}{soon}"


def say_span(span: timedelta) -> str:
    """A length of time in two units at most: `12 min`, `3 h 5 min`, `2 days`."""
    minutes = int(span.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' * (days > 1)}" + (f" {hours} h" if hours else "")
    return (
        (f"{hours} h" if hours else "") + (" " if hours and rest else "") + (f"{rest} min" if rest or not hours else "")
    )


def now_also(steps: Iterable[Step], *, since: datetime | None) -> tuple[tuple[Step, tuple[str, ...]], ...]:
    """
    Told developments that more outlets report than when the team last heard of the story, the latest first.

    Args:
        since: When the team was last told anything of the story; None: never, so that nothing is news.
    """
    if since is None:
        return ()
    found = []
    for step in steps:
        more = tuple(one.publisher for one in step.heard if one.seen > since)
        if step.alerts and more:
            found.append((step, more))
    return tuple(reversed(found))[:MOST_ALSO]


def say_also(step: Step, names: tuple[str, ...]) -> str:
    """`BBC, AP (5 publishers (3 independent)): the title` of a development that more report by now."""
    count = say_voices(step.development)
    return f"{say_names(names)}{f' — {count}' if count else ''}: {one_line(step.development.title)}"


def say_step(step: Step, zone: str) -> str:
    """One earlier development on a line: when, what, what changed and whether it stands."""
    one = step.development
    changes = ", ".join(say_change(change) for change in one.changes if change.before)
    undone = " [since denied]" if step.undone_by else ""
    return f"{say_time(one.first_seen, zone)}  {one_line(one.title)}{f' ({changes})' if changes else ''}{undone}"


def step_payload(step: Step) -> dict[str, object]:
    """A development of a story as JSON has it, in webhooks and in `story --json`."""
    one = step.development
    first = step.heard[0] if step.heard else None
    return {
        "id": one.id,
        "time": one.first_seen.isoformat(),
        "kind": one.kind.value,
        "event": one.event,
        "status": one.status.value,
        "title": one.title,
        "url": one.url,
        "changed": {change.slot: [change.before, change.after] for change in one.changes},
        "outlets": list(outlets_of(one)),
        "publishers": list(one.publishers),
        "first": {"publisher": first.publisher, "time": first.time.isoformat()} if first else None,
        "told": min(alert.time for alert in step.alerts).isoformat() if step.alerts else None,
        "undone_by": step.undone_by,
    }
