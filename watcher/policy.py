"""
Matches of a team and what it was told before → Alert, or Hold with the reason. Pure: the ledger and `now` are given.

One development is one alert for a team: it names every rule that is met, takes the highest severity and the union of
their channels. What is withheld for a time is a Hold with `until`; the clock brings it back here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.model import (
    GRAINS,
    Alert,
    AlertId,
    Development,
    DevelopmentId,
    Hold,
    ItemId,
    Kind,
    Lane,
    Match,
    Owed,
    RuleId,
    Severity,
    Silence,
    Story,
    StoryId,
    Team,
    TeamId,
    alert_id,
    delivery_id,
    is_step,
)
from watcher.routing import channels_of
from watcher.silences import hiding, said

STORY_DIGEST = timedelta(hours=6)
_NEVER = datetime.max.replace(tzinfo=UTC)
CATCH_UP = timedelta(minutes=5)
"""What is found after an outage waits so long at least, and to the next full five minutes: by then the rest is read."""
_MINUTE = timedelta(minutes=1)
_REMEMBERED = timedelta(days=31)  # the longest `first_in` and `within` that a rule may ask for is met


@dataclass(frozen=True, slots=True)
class Case:
    """
    One development that concerns one team.

    Args:
        item: The report that brings it up; for inferred developments the one that implies it.
        kind: What that report is; REPEAT when it only joins.
        baseline: The item is older than what the first contact with its source may alert about.
        now: The time of the decision.
        late: The item was found only after an outage.
    """

    team: Team
    matches: tuple[Match, ...]
    development: Development
    item: ItemId
    kind: Kind
    now: datetime
    baseline: bool = False
    late: bool = False


class Ledger:
    """
    What each team was told, and what is withheld from it; folded forward by alerts and holds.

    Attributes:
        silences: What people do not want to be told, and
        acknowledged: the alerts that somebody takes care of; whoever decides brings both up to date.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[TeamId, DevelopmentId], Alert] = {}
        self._held: dict[tuple[TeamId, DevelopmentId], Hold] = {}
        self._by_story: defaultdict[tuple[TeamId, StoryId], list[datetime]] = defaultdict(list)
        self._by_team: defaultdict[TeamId, list[datetime]] = defaultdict(list)
        self._met: defaultdict[tuple[TeamId, RuleId], dict[DevelopmentId, datetime]] = defaultdict(dict)
        self.silences: tuple[Silence, ...] = ()
        self.acknowledged: frozenset[AlertId] = frozenset()

    def told(self, team: TeamId, development: DevelopmentId) -> Alert | None:
        """The alert that told the team; None: not told."""
        return self._told.get((team, development))

    def held(self, team: TeamId, development: DevelopmentId) -> Hold | None:
        """The hold in force; None: never withheld, or told since."""
        return self._held.get((team, development))

    def story_times(self, team: TeamId, story: StoryId) -> Sequence[datetime]:
        """When the team was told about the story, oldest first."""
        return self._by_story.get((team, story), ())

    def team_times(self, team: TeamId) -> Sequence[datetime]:
        """When the team was told about anything, oldest first."""
        return self._by_team.get(team, ())

    def met(self, team: TeamId, rules: Iterable[RuleId], besides: DevelopmentId) -> tuple[datetime, ...]:
        """When developments other than that one first met one of the rules, in no order."""
        return tuple(
            moment
            for rule in rules
            for development, moment in self._met.get((team, rule), {}).items()
            if development != besides
        )

    def hidden(self, silence: str, team: TeamId) -> tuple[Hold, ...]:
        """What the silence hides from the team, in the order of hiding."""
        return tuple(hold for hold in self._held.values() if hold.silence == silence and hold.team == team)

    def waiting(self, team: TeamId, development: DevelopmentId, *, now: datetime) -> Hold | None:
        """The hold that has fallen due; None when it was settled, told or put off meanwhile."""
        hold = self.held(team, development)
        return hold if hold and hold.until and hold.until <= now else None

    def fold(self, outcome: Alert | Hold) -> None:
        """Remember what was decided."""
        key = (outcome.team, outcome.development)
        if isinstance(outcome, Alert) and outcome.kind is Kind.ABSENT:
            self._by_team[outcome.team].append(outcome.time)
            return
        for rule in outcome.rules:
            self._met[outcome.team, rule].setdefault(outcome.development, outcome.time)
        if isinstance(outcome, Hold):
            if key not in self._told:
                self._held[key] = outcome
            return
        self._told[key] = outcome
        self._held.pop(key, None)
        self._by_story[outcome.team, outcome.story].append(outcome.time)
        self._by_team[outcome.team].append(outcome.time)

    def restore(self, outcomes: Iterable[Alert | Hold]) -> None:
        """Rebuild an empty ledger from what was committed, in that order."""
        for outcome in outcomes:
            self.fold(outcome)

    def forget(self, is_open: Callable[[DevelopmentId], bool], *, now: datetime) -> None:
        """Drop what can no longer matter: settled developments that no report can join any more, and old times."""
        horizon = now - _REMEMBERED
        self._told = {k: alert for k, alert in self._told.items() if alert.time >= horizon or is_open(k[1])}
        self._held = {k: h for k, h in self._held.items() if h.time >= horizon or h.until or is_open(k[1])}
        self._by_story = defaultdict(list, {k: v for k, v in self._by_story.items() if v[-1] >= horizon})
        self._by_team = defaultdict(list, {k: [t for t in v if t >= horizon] for k, v in self._by_team.items()})
        for key, met in self._met.items():
            self._met[key] = {development: moment for development, moment in met.items() if moment >= horizon}


def judge(case: Case, ledger: Ledger) -> Alert | Hold:
    """Tell the team about the development, or say why not, or not yet."""
    speaking = tuple(match for match in case.matches if match.wishes.none_for is None)
    if not speaking:
        wished = case.matches[0]
        return _hold(case, f"{wished.rule}: told when nothing more meets it for {wished.wishes.none_for}")
    case = replace(case, matches=speaking)
    key = (case.team.id, case.development.id)
    if told := ledger.told(*key):
        return _hold(case, f"repeat: alert {told.id} told it")
    before = ledger.held(*key)
    if before and before.until is None and case.kind is Kind.REPEAT:
        return _hold(case, before.reason)
    if case.baseline:
        return _hold(case, "baseline: older than what the first contact with a source alerts about")
    case = replace(case, matches=_merged(before.matches if before else (), case.matches))
    live = tuple(match for match in case.matches if match.wishes.stage in ("live", "test"))
    if not live:
        return _hold(case, "draft: the rule is evaluated and shown, never sent")
    refusals = tuple(_refusal(match, case, ledger) for match in live)
    passed = tuple(match for match, refusal in zip(live, refusals, strict=True) if refusal is None)
    if not passed:
        return min((hold for hold in refusals if hold), key=lambda hold: hold.until or _NEVER)
    case = replace(case, matches=passed)
    waited = bool(before and before.until and before.until <= case.now)
    if case.late and not waited and case.team.catch_up != "all":
        return _until_caught_up(case)
    return (None if waited else _by_lane(case, ledger)) or _alert(case, ledger, waited=waited)


def overtaken(hold: Hold, story: Story, ledger: Ledger) -> Hold | None:
    """The end of a late hold whose story has a later state that the team is told instead; None: it has none."""
    after = story.developments[story.developments.index(hold.development) + 1 :]
    later = [
        key for key in after if ledger.told(hold.team, key) or ((held := ledger.held(hold.team, key)) and held.until)
    ]
    if not hold.late or not later:
        return None
    return replace(hold, until=None, matches=(), reason=f"caught up: a later state of its story is told, {later[-1]}")


def _until_caught_up(case: Case) -> Hold:
    """News found only after an outage waits until the rest of it is read: all of it looks alike at one moment."""
    until = case.now + CATCH_UP
    full = until.replace(minute=until.minute // 5 * 5, second=0, microsecond=0) + timedelta(minutes=5)
    said = f"caught up after an outage: {case.team.catch_up}"
    return replace(_hold(case, said, until=full), late=True)


def silence(case: Case, ledger: Ledger) -> Alert | None:
    """What the team is told when nothing has followed the development; None: the rule is a draft."""
    match = case.matches[0]
    if match.wishes.stage not in ("live", "test"):
        return None
    told = DevelopmentId(f"{case.development.id} {match.rule}")
    why = f"nothing more met {match.rule} for {match.wishes.none_for}"
    raised = _alert(case, ledger, waited=False)
    return replace(raised, id=alert_id(case.team.id, told), kind=Kind.ABSENT, reason=why)


def deliveries(alert: Alert, team: Team) -> tuple[Owed, ...]:
    """
    What is owed to each recipient of the alert's channels.

    Alerts of one team that leave later than they were raised, or at a digest, leave as one list.
    """
    bundle = f"{team.id} {alert.due.isoformat()}" if alert.lane is Lane.DIGEST or alert.due > alert.time else ""
    return tuple(
        Owed(
            id=delivery_id(alert.id, channel, recipient),
            alert=alert.id,
            team=team.id,
            channel=channel,
            kind=team.channels[channel].kind,
            recipient=recipient,
            due=alert.due,
            bundle=bundle,
        )
        for channel in alert.channels
        for recipient in team.channels[channel].recipients
    )


def next_digest(wish: str, zone: str, *, now: datetime) -> datetime:
    """
    The first digest after `now`, in UTC: `hourly` on the hour, or `daily HH:MM` on the clock of that zone.

    A wall time that a change to summer time skips is the moment the clocks jump; one that happens twice is the first.
    """
    local = now.astimezone(ZoneInfo(zone))
    if wish == "hourly":
        return (
            now
            + timedelta(hours=1)
            - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        )
    hour, _, minute = wish.removeprefix("daily ").partition(":")
    return _next_wall_time(local, int(hour) * 60 + int(minute), now)


def end_of_quiet(quiet: tuple[int, int], zone: str, *, now: datetime) -> datetime | None:
    """When the quiet hours that `now` falls into end, in UTC; None outside them."""
    start, end = quiet
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start <= end else minute >= start or minute < end
    return _next_wall_time(local, end, now) if inside else None


def _next_wall_time(local: datetime, minute: int, now: datetime) -> datetime:
    for days in (0, 1):
        day = local.date() + timedelta(days=days)
        wall = datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=local.tzinfo)
        if (moment := wall.astimezone(UTC)) > now:
            return moment
    return now + timedelta(days=1)  # a wall time that this zone skips altogether


def _refusal(match: Match, case: Case, ledger: Ledger) -> Hold | None:
    """Why this rule does not tell of the development, or not yet; None: it does."""
    wishes, development, team = match.wishes, case.development, case.team
    if silence := hiding(ledger.silences, match, development, now=case.now):
        return replace(_hold(case, said(silence)), silence=silence.id)
    rules = (match.rule, *wishes.was)
    if wishes.updates == "none" and ledger.story_times(team.id, development.story):
        return _hold(case, f"{match.rule}: wants no updates of a story it was told about")
    if refusal := _uncorroborated(match, case):
        return refusal
    met = ledger.met(team.id, rules, besides=development.id)
    if wishes.at_least:
        number, within = wishes.at_least
        found = 1 + sum(1 for moment in met if case.now - moment <= within)
        if found < number:
            return _hold(case, f"{match.rule}: {found} of {number} developments within {within}")
    if wishes.first_in and any(case.now - moment <= wishes.first_in for moment in met):
        return _hold(case, f"{match.rule}: met within the last {wishes.first_in}")
    return _throttled(match, case, ledger)


def _uncorroborated(match: Match, case: Case) -> Hold | None:
    wish, development = match.wishes.corroborate, case.development
    if wish is None or len(development.publishers) >= wish.publishers:
        return None
    until = development.first_seen + wish.within
    said = f"{match.rule}: {len(development.publishers)} of {wish.publishers} independent publishers"
    if case.now < until:
        return _hold(case, said, until=until)
    return None if wish.otherwise == "send" else _hold(case, f"{said} within {wish.within}")


def _throttled(match: Match, case: Case, ledger: Ledger) -> Hold | None:
    if match.wishes.throttle is None:
        return None
    number, within = match.wishes.throttle
    times = [t for t in ledger.story_times(case.team.id, case.development.story) if case.now - t < within]
    if len(times) < number:
        return None
    return _hold(case, f"{match.rule}: {number} alerts of this story within {within}", until=times[-number] + within)


def _by_lane(case: Case, ledger: Ledger) -> Hold | None:
    """A hold until the story's digest, for a development that need not interrupt."""
    development, team = case.development, case.team
    grain = max((match.wishes.grain for match in case.matches), key=GRAINS.index)
    loud = any(match.severity is Severity.FLASH or match.wishes.updates == "each" for match in case.matches)
    if loud or (grain == "fine" and development.kind is Kind.UPDATE):
        return None
    said = f"worth {development.value:.2f} and {len(development.publishers)} publisher(s)"
    if development.lane is Lane.NOW:
        is_more = development.kind in (Kind.UPDATE, Kind.POSSIBLE) and not is_step(development.changes)
        if grain != "coarse" or not is_more or not ledger.story_times(team.id, development.story):
            return None
        said = "grain coarse: another voice or other words on a story that was told"
    until = next_digest(team.digest, team.timezone, now=case.now) if team.digest else case.now + STORY_DIGEST
    return _hold(case, f"digest: {said}", until=until)


def _alert(case: Case, ledger: Ledger, *, waited: bool) -> Alert:
    development, team = case.development, case.team
    matches = tuple(sorted(case.matches, key=lambda match: (-match.severity.rank, match.rule)))
    due, why = _due(case, ledger)
    in_list = case.late and team.catch_up == "digest"
    return Alert(
        id=alert_id(team.id, development.id),
        team=team.id,
        rules=tuple(match.rule for match in matches),
        severity=matches[0].severity,
        kind=development.kind,
        lane=Lane.DIGEST if in_list or (waited and development.lane is Lane.DIGEST) else Lane.NOW,
        story=development.story,
        development=development.id,
        item=case.item,
        channels=channels_of(matches, development, team),
        matches=matches,
        time=case.now,
        due=due,
        reason=f"{why}, found after an outage" if case.late else why,
        late=case.late,
    )


def _due(case: Case, ledger: Ledger) -> tuple[datetime, str]:
    """When an alert may leave, and why then."""
    team, now = case.team, case.now
    wishes = [match.wishes.digest for match in case.matches]
    due, why = now, case.development.kind.value
    digests = [next_digest(wish, team.timezone, now=now) for wish in wishes if wish]
    if len(digests) == len(wishes):
        due, why = min(digests), f"{why}, in the digest that the rule asks for"
    flash = any(match.severity is Severity.FLASH for match in case.matches)
    if team.quiet and not flash and (end := end_of_quiet(team.quiet, team.timezone, now=due)):
        due, why = end, f"{why}, after quiet hours"
    recent = sum(1 for moment in ledger.team_times(team.id) if now - moment < team.cap_within)
    if team.cap is not None and recent >= team.cap and due == now and not flash:
        # Beyond the cap what comes in a minute leaves as one list; it is never held longer.
        due, why = now.replace(second=0, microsecond=0) + _MINUTE, f"{why}, in a list: beyond {team.cap} an hour"
    return due, why


def _merged(before: Iterable[Match], now: Iterable[Match]) -> tuple[Match, ...]:
    """One match for each rule, the latest."""
    by_rule = {match.rule: match for match in before}
    by_rule.update((match.rule, match) for match in now)
    return tuple(by_rule.values())


def _hold(case: Case, reason: str, *, until: datetime | None = None) -> Hold:
    return Hold(
        team=case.team.id,
        rules=tuple(match.rule for match in case.matches),
        development=case.development.id,
        item=case.item,
        reason=reason,
        time=case.now,
        until=until,
        matches=case.matches if until else (),
    )
