"""What `watcher why` says about an item."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watcher.commands.screen import paragraph, print_json

if TYPE_CHECKING:
    from watcher.ingest import Commit
    from watcher.matching import Explanation
    from watcher.model import Alert, AlertId, Decision, Development, Gap, Hold, Item, TeamId
    from watcher.store import DeliveryState, Watched
    from watcher.store.account import ItemAccount
    from watcher.wiring.reviewing import Review

NEAR, MOST_NEAR = 0.5, 3
"""Nearness from which a quiet rule is worth a line, and how many of them a team is shown."""


@dataclass(frozen=True, slots=True)
class Wish:
    """On whose clock, and of which team and rule; empty: of all."""

    zone: str
    team: str = ""
    rule: str = ""

    def clock(self, moment: datetime) -> str:
        """A time as the reader's clock shows it."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%a %-d %b %Y, %H:%M}"

    def shows(self, team: str, rules: Iterable[str] = ()) -> bool:
        """Whether the team, and one of the rules, is asked for."""
        listed = list(rules)
        return self.team in ("", team) and (not self.rule or not listed or self.rule in listed)


@dataclass(frozen=True, slots=True)
class Known:
    """An item that was read; `source` is None when its source is not watched any more."""

    account: ItemAccount
    item: Item
    review: Review
    sent: Mapping[AlertId, tuple[DeliveryState, ...]]
    source: Watched | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """
    Something that is not in the database, and what would be decided if it came in now.

    Args:
        sources: Those that are watched of the same publisher; `gaps`: theirs, and times when watcher did not run.
        looked: Whether it was looked for.
    """

    item: Item
    review: Review
    commit: Commit
    sources: tuple[Watched, ...]
    gaps: tuple[Gap, ...] = ()
    looked: bool = True


def show_known(known: Known, wish: Wish) -> None:
    """What it was taken for, then each team: told, withheld, or which clause failed."""
    from watcher.text import publisher_of

    account, item = known.account, known.item
    out = sys.stdout.write
    out(paragraph(item.title))
    published = f", published {wish.clock(item.published)}" if item.published else ", undated"
    out(paragraph(f"{publisher_of(item)}, seen {wish.clock(item.seen)}{published}; times in {wish.zone}"))
    out(f"{item.url}\n")
    out(paragraph(f"item {item.id}, {say_source(known)}; reads as: {say_reports(known.review)}"))
    if account.crash:
        out(paragraph(f"made watcher crash and was set aside: {account.crash.strip().splitlines()[-1]}", mark="! "))
    for line in say_taken(account, wish):
        out(paragraph(line, mark="= "))
    if not known.review.is_of_that_day:
        out(paragraph("the rules of that day are not kept; these are today's", mark="! "))
    if not item.text:
        out(paragraph("only its title is on file; a text, if there was one, is kept for a week", mark="! "))
    for team in teams_of(known.review, account.alerts, account.holds):
        if wish.shows(team):
            show_team(team, known, wish)


def show_team(team: TeamId, known: Known, wish: Wish) -> None:
    """What the team was told of it, or why not."""
    out = sys.stdout.write
    out(f"\n{team}\n")
    told = [one for one in known.account.alerts if one.team == team and wish.shows(team, one.rules)]
    held = [
        one
        for one in known.account.holds
        # Once the team was told, later repeats by others say nothing about this item.
        if one.team == team and wish.shows(team, one.rules) and (one.item == known.item.id or not told)
    ]
    for alert in told:
        out(paragraph(say_alert(alert, known.item, wish), indent=2, mark="→ "))
        for line in say_deliveries(known.sent.get(alert.id, ()), wish):
            out(paragraph(line, indent=6))
    for line in dict.fromkeys(say_hold(hold, wish) for hold in held):
        out(paragraph(line, indent=2, mark="· "))
    fired = [one for one in known.review.explanations if one.team == team and one.fired and wish.rule in ("", one.rule)]
    if fired and not told and not held:
        line = "a rule is met, yet nothing is on file: the rule came later, or was withheld for longer than it is kept"
        out(paragraph(line, indent=2, mark="! "))
    show_rules(team, known.review, wish)


def show_rules(team: TeamId, review: Review, wish: Wish) -> None:
    """The team's rules: those that are met, then the nearest with the clause that fails."""
    own = [one for one in review.explanations if one.team == team and wish.rule in ("", one.rule)]
    out = sys.stdout.write
    for one in own:
        if one.fired:
            out(paragraph(f"{one.rule} is met: {one.reason}", indent=2, mark="✓ "))
    quiet = [one for one in own if not one.fired]
    near = [one for one in quiet if wish.rule or one.nearness >= NEAR][: None if wish.rule else MOST_NEAR]
    near = near or quiet[: 0 if any(one.fired for one in own) else 1]
    for one in near:
        out(paragraph(say_quiet(one), indent=2, mark="✗ "))
        for clause in one.clauses if wish.rule else ():
            out(paragraph(f"{clause.name}: {clause.said or 'met'}", indent=6, mark="✓ " if clause.met else "✗ "))
    if (more := len(quiet) - len(near)) and not wish.rule:
        said = "1 other rule found less of what it looks for" if more == 1 else f"{more} other rules found less"
        out(f"  {said}; --rule ID shows one whole\n")


def say_quiet(one: Explanation) -> str:
    """Why a rule is not met: guarded by which words, or which clause fails, and how near it was."""
    guards = [look for look in one.guards if look.silenced]
    verb = "guarded" if one.failed == "unless" and guards else "not met"
    return f"{one.rule} {verb} (near {one.nearness:.0%}): {one.reason}"


def show_new(unseen: Unseen, wish: Wish) -> None:
    """Why it may not have come, and what would become of it now."""
    out = sys.stdout.write
    if unseen.looked:
        out(paragraph("The database has never seen it.", mark="! "))
        if unseen.item.url:
            for line in say_sources(unseen.sources, unseen.gaps, wish):
                out(paragraph(line, mark="! "))
    out(paragraph(unseen.item.title))
    out(paragraph(f"reads as: {say_reports(unseen.review)}"))
    if unseen.review.study.reports and not unseen.commit.decisions:
        out(paragraph("if it came in now it would be known: the same words were read before", mark="= "))
    developments = {one.id: one for one in unseen.commit.developments}
    for decision in unseen.commit.decisions:
        out(
            paragraph(f"if it came in now: {say_decision(decision, developments.get(decision.development))}", mark="= ")
        )
    for team in teams_of(unseen.review, unseen.commit.alerts, unseen.commit.holds):
        if wish.shows(team):
            show_fate(team, unseen, wish)


def show_fate(team: TeamId, unseen: Unseen, wish: Wish) -> None:
    """What the team would be told, or why not."""
    out = sys.stdout.write
    out(f"\n{team}\n")
    for alert in unseen.commit.alerts:
        if alert.team == team and wish.shows(team, alert.rules):
            due = "" if alert.due == alert.time else f", to leave {wish.clock(alert.due)}"
            line = f"would be told, {alert.severity.upper()} by {', '.join(alert.rules)}{due} ({alert.reason})"
            out(paragraph(line, indent=2, mark="→ "))
    for hold in unseen.commit.holds:
        if hold.team == team and wish.shows(team, hold.rules):
            out(paragraph(f"would be {say_hold(hold, wish, dated=False)}", indent=2, mark="· "))
    show_rules(team, unseen.review, wish)


def show_unread(sources: tuple[Watched, ...], gaps: tuple[Gap, ...], wish: Wish, *, fault: str) -> None:
    """A page that was never seen and cannot be read now: why it may not have come; without a fault as JSON."""
    if not fault:
        print_json({"seen": False, "error": "it cannot be read", "sources": sources, "gaps": gaps})
        return
    for line in ("The database has never seen it.", *say_sources(sources, gaps, wish)):
        sys.stdout.write(paragraph(line, mark="! "))
    sys.stderr.write(f"{fault}\n")
    sys.stderr.write("give its headline instead, to see what would become of it: watcher why --new 'HEADLINE'\n")


def say_sources(sources: tuple[Watched, ...], gaps: tuple[Gap, ...], wish: Wish) -> Iterator[str]:
    """Why a page may never have come: nothing of its publisher is watched, a source is dead, or it was not listed."""
    if not sources:
        yield "No source of this publisher is watched: add its feed to sources.yaml."
    for one in sources:
        cursor = one.cursor
        if cursor.succeeded_at is None:
            yield f"{one.id} was never read: {one.outcome or 'not polled yet'} {one.detail}".rstrip()
        elif cursor.failures:
            how = f"{cursor.failures} failures in a row ({one.outcome} {one.detail})"
            yield f"{one.id} is dead: {how}, last good {wish.clock(cursor.succeeded_at)}"
        else:
            yield f"{one.id} is read, last {wish.clock(cursor.succeeded_at)}; the page was in none of its bodies."
    for gap in gaps:
        who = f"{gap.source} may have missed" if gap.source else "watcher did not run, and may have missed"
        about = f"some {gap.about} items" if gap.about else "items"
        yield f"{who} {about} from {wish.clock(gap.since)} to {wish.clock(gap.until)} ({gap.cause}, {gap.state})"


def say_source(known: Known) -> str:
    """The source and how it fares."""
    source = known.source
    if source is None:
        return f"source {known.item.source} (not watched now)"
    return f"source {source.id}" + (f" (failing: {source.outcome} {source.detail})" if source.cursor.failures else "")


def say_reports(review: Review) -> str:
    """What it reports: event, status and who, by English names."""
    actors = review.ruleset.vocabulary.actors
    said = [
        f"{one.event} {one.status} by {', '.join(actors[a].english if a in actors else a for a in one.actors)}"
        + (f", credits {one.credit}" if one.credit else "")
        for one in review.study.reports
    ]
    return f"{'; '.join(said) or 'no diplomatic event'} ({review.study.document.lang})"


def say_taken(account: ItemAccount, wish: Wish) -> Iterator[str]:
    """What each report of it was taken for."""
    for taken in account.taken:
        yield f"{wish.clock(taken.decision.time)}: {say_decision(taken.decision, taken.development)}"
        if taken.story:
            yield f"watcher story {taken.story.id}: {taken.story.title}"
    if not account.taken:
        yield "no development: it names no actor or no event, or the decision is older than is kept (90 days)"


def say_decision(decision: Decision, development: Development | None) -> str:
    """The decision with its reason, and which development it joined."""
    joined = f" “{development.title}”" if development and decision.kind == "repeat" else ""
    return decision.reason.replace(decision.development, f"{decision.development[:9]}{joined}", 1)


def say_alert(alert: Alert, item: Item, wish: Wish) -> str:
    """When the team was told, by which rules, and whether this item did it."""
    whose = "" if alert.item == item.id else " by another report of the same development"
    due = "" if alert.due == alert.time else f", to leave {wish.clock(alert.due)}"
    what = f"{alert.severity.upper()} by {', '.join(alert.rules)}, {alert.lane} lane{due} ({alert.reason})"
    return f"told {wish.clock(alert.time)}{whose}: {what}; alert {alert.id[:8]}"


def say_deliveries(states: Iterable[DeliveryState], wish: Wish) -> Iterator[str]:
    """To whom, when, and the result of the last attempt."""
    for one in states:
        last = one.attempts[-1] if one.attempts else None
        when = f" {wish.clock(last.ended or last.started)}" if last else ""
        tries = f", attempt {last.number}: {last.detail or last.outcome or 'under way'}" if last else ""
        yield f"{one.owed.channel} {one.owed.kind} {one.owed.recipient}: {one.state}{when}{tries}"


def say_hold(hold: Hold, wish: Wish, *, dated: bool = True) -> str:
    """Why the team was not told, and until when."""
    until = f", looked at again {wish.clock(hold.until)}" if hold.until else ""
    rules = f" ({', '.join(hold.rules)})" if hold.rules else ""
    when = f" {wish.clock(hold.time)}" if dated else ""
    return f"held{when}: {hold.reason}{until}{rules}"


def teams_of(review: Review, alerts: Iterable[Alert], holds: Iterable[Hold]) -> list[TeamId]:
    """Teams that were told first, then those for whom it was withheld, then those whose rules came nearest."""
    told = [*(one.team for one in alerts), *(one.team for one in holds)]
    return list(dict.fromkeys([*told, *(one.team for one in review.explanations)]))


def as_json(found: Known | Unseen, wish: Wish) -> Mapping[str, object]:
    """Everything, for programs."""
    rules = [one for one in found.review.explanations if wish.shows(one.team, [one.rule])]
    base: dict[str, object] = {"item": found.item, "reports": found.review.study.reports, "rules": rules}
    if isinstance(found, Unseen):
        commit = found.commit
        base |= {
            "seen": False,
            "sources": found.sources,
            "gaps": found.gaps,
            "decisions": commit.decisions,
            "alerts": commit.alerts,
        }
        return base | {"holds": commit.holds}
    account = found.account
    return base | {
        "seen": True,
        "rules_of_that_day": found.review.is_of_that_day,
        "source": found.source,
        "decisions": [taken.decision for taken in account.taken],
        "developments": [taken.development for taken in account.taken],
        "alerts": [one for one in account.alerts if wish.shows(one.team, one.rules)],
        "holds": [one for one in account.holds if wish.shows(one.team, one.rules)],
        "deliveries": found.sent,
        "crash": account.crash,
    }
