"""What rules select and teams are told: matches, alerts, holds, and what is owed to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.model.facts import Status
from watcher.model.ids import ActorId, AlertId, ConceptId, DeliveryId, DevelopmentId, ItemId, RuleId, StoryId, TeamId
from watcher.model.sources import Span
from watcher.model.stories import Kind, Lane


class Severity(StrEnum):
    """How loud an alert is; listed from quiet to loud."""

    INFO = "info"
    WATCH = "watch"
    HIGH = "high"
    FLASH = "flash"

    @property
    def rank(self) -> int:
        """0 for info to 3 for flash."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Words that made a rule fire.

    Args:
        clause: The rule's key that they satisfy, such as `who` or `what`.
        name: Actor, concept or phrase.
        text: The words as published.
        term: The alias or pattern that found them.
        origin: The file that has that term, or `rule`.
    """

    clause: str
    name: str
    text: str
    term: str
    origin: str
    span: Span


@dataclass(frozen=True, slots=True)
class Corroboration:
    """`publishers` independent voices within `within`; without them `otherwise` says `hold` or `send`."""

    publishers: int
    within: timedelta
    otherwise: str = "hold"


GRAINS = ("coarse", "normal", "fine")  # the finest that a development's rules ask for counts


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    What a rule asks of policy: who is told, how often and when.

    Args:
        channels: Names of the team's channels; empty: the team's default.
        updates: `thread` (told in the story's thread), `each` (every detail at once) or `none`.
        grain: Which developments of a story that was told interrupt: `coarse` (steps only: a day, a place, a status, an
            event), `normal` (as their worth says), `fine` (every update).
        throttle: At most so many alerts of one story within a time; None: no limit.
        digest: `hourly` or `daily HH:MM` in the team's zone; None: at once.
        at_least: Developments that are needed within a time; None: one is enough.
        first_in: Told only when the rule met nothing for so long before; None: always.
        none_for: Told when nothing met the rule for so long (an absence rule); None: it is told of what happens.
        stage: `live` is sent; `test` goes to the console only; `draft` is evaluated and shown, never sent.
        was: Earlier ids of the rule, whose ledger it carries on.
    """

    channels: tuple[str, ...] = ()
    updates: str = "thread"
    grain: str = "normal"
    throttle: tuple[int, timedelta] | None = None
    digest: str | None = None
    corroborate: Corroboration | None = None
    at_least: tuple[int, timedelta] | None = None
    first_in: timedelta | None = None
    none_for: timedelta | None = None
    stage: str = "live"
    was: tuple[RuleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """
    A rule that an item, or an inferred development, satisfies.

    Args:
        events: The concepts of `what` that were met; they choose among the reports of the item.
        extract: What the rule asked to be read out, by name, such as `old_date`; values are text, dates ISO.
    """

    team: TeamId
    rule: RuleId
    title: str
    severity: Severity
    events: tuple[ConceptId, ...]
    status: Status
    evidence: tuple[Evidence, ...]
    extract: Mapping[str, str] = field(default_factory=dict)
    wishes: Wishes = Wishes()


@dataclass(frozen=True, slots=True)
class Alert:
    """
    What a team is told about one development: once, naming every rule of the team that it meets.

    Args:
        id: Stable: derived from team and development, so that every attempt to deliver bears it.
        rules: Rule ids in the order of severity; the first gives the subject its tag.
        channels: Names of the team's channels, the union of what the rules ask for.
        due: When it may leave; later than `time` for digests and quiet hours.
        late: Found only after an outage, see `Item`.
    """

    id: AlertId
    team: TeamId
    rules: tuple[RuleId, ...]
    severity: Severity
    kind: Kind
    lane: Lane
    story: StoryId
    development: DevelopmentId
    item: ItemId
    channels: tuple[str, ...]
    matches: tuple[Match, ...]
    time: datetime
    due: datetime
    reason: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """
    Why a team was not told, or not yet: nothing is withheld without one.

    Args:
        until: When it is looked at again; None: it is settled.
        silence: The silence that hides it; empty: none does.
        late: It waits until what an outage left behind has been read.
        matches: What it would be told for, so that it can still be raised; empty when settled.
    """

    team: TeamId
    rules: tuple[RuleId, ...]
    development: DevelopmentId
    item: ItemId
    reason: str
    time: datetime
    until: datetime | None = None
    matches: tuple[Match, ...] = ()
    silence: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """
    A wish of a person not to be told of something for a time. Empty selectors take everything; all that are given
    must fit.

    Args:
        team: Whose alerts are hidden; empty: every team's.
        author: Who asked for it.
        reason: Why, for those who wonder.
    """

    id: str
    author: str
    reason: str
    start: datetime
    end: datetime
    team: str = ""
    rule: str = ""
    story: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """
    One alert owed to one recipient of one channel.

    Args:
        id: Stable: derived from alert, channel and recipient (`delivery_id`).
        alert: What is owed: an alert, or a notice.
        attempts: Made so far.
        bundle: Alerts with the same one leave as one list, such as a digest; empty: on its own.
        notice: Whether `alert` is the id of a notice.
        forgiven: Attempts that do not count, because a person has sent it again since.
    """

    id: DeliveryId
    alert: AlertId
    team: TeamId
    channel: str
    kind: str
    recipient: str
    due: datetime
    attempts: int = 0
    bundle: str = ""
    notice: bool = False
    forgiven: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """
    What watcher tells a team about itself, such as an address that is gone. Derived ids: told once.

    Args:
        text: Plain words, in lines.
    """

    id: AlertId
    team: TeamId
    subject: str
    text: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took it; `detail` is its answer."""

    detail: str


@dataclass(frozen=True, slots=True)
class Address:
    """
    One channel of a team: where alerts go.

    Args:
        kind: `email`, `webhook` or `console`.
        recipients: Mail addresses or URLs; each is owed and settled on its own.
        secret: Name of the secret that signs or authorises, within the team's own secrets; None: none.
        fallback: The channel that takes over what this one does not; None: none.
        fallback_after: Failed attempts before it does; at once when the refusal is final.
    """

    name: str
    kind: str
    recipients: tuple[str, ...]
    secret: str | None = None
    fallback: str | None = None
    fallback_after: int = 3


@dataclass(frozen=True, slots=True)
class Route:
    """
    Where alerts go whose rules name no channel. What is empty takes everything.

    Args:
        languages: ISO 639-1 codes of the report that raised the alert.
    """

    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    rules: tuple[RuleId, ...] = ()
    actors: tuple[ActorId, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """A flash that nobody acknowledged within `after` goes to the first channel, after as long again to the next."""

    after: timedelta
    channels: tuple[str, ...]


BLOCKS = ("status", "excerpt", "also", "why", "reports", "earlier")
"""Parts of a message that a team may leave out; the title and what changed are always there."""
PLACEHOLDERS = ("severity", "kind", "title", "change", "team", "rule", "story", "status")
"""What the subject and the footer of a team may name in braces."""


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How a team wants its messages.

    Args:
        subject: With placeholders such as `{title}`; empty: the usual one.
        show: Those of `BLOCKS` that are shown.
        footer: With placeholders; empty: none.
    """

    subject: str = ""
    show: tuple[str, ...] = BLOCKS
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """
    A desk with its own rules, channels and habits.

    Args:
        channels: By the name rules use in `notify`.
        default: The channel of rules that name none.
        quiet: Start and end of quiet hours as local wall-clock minutes after midnight; None: none.
        cap: Alerts that may leave in `cap_within`; None: no limit.
        routes: Where alerts go whose rules name no channel, before the default.
        escalation: What becomes of a flash that nobody acknowledges; None: nothing.
        layout: How its messages look.
        catch_up: What is told of news found only after an outage: `all`, the `latest` of each story, or one `digest`.
    """

    id: TeamId
    name: str
    timezone: str
    channels: Mapping[str, Address]
    default: str
    quiet: tuple[int, int] | None = None
    digest: str | None = None
    cap: int | None = None
    cap_within: timedelta = timedelta(hours=1)
    routes: tuple[Route, ...] = ()
    escalation: Escalation | None = None
    layout: Layout = Layout()
    catch_up: str = "latest"


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered alert: everything a channel needs and nothing it must decide."""

    id: DeliveryId
    alert: AlertId
    team: TeamId
    subject: str
    text: str
    html: str
    payload: Mapping[str, object]
    thread: StoryId
    first_in_thread: bool
    sent_at: datetime
