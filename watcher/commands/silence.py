"""`watcher silence`: not to be told of something for a time; `watcher ack`: somebody takes care of an alert."""

from __future__ import annotations

import getpass
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from watcher.commands.alerts import moment, opened
from watcher.commands.screen import print_json, print_table

LONGEST = timedelta(days=90)

app = typer.Typer(no_args_is_help=True, help="Not to be told of something for a time, with an author and a reason.")


@app.command()
def add(
    until: str = typer.Argument(help="For 30m, 6h or 7d, or until 2026-02-04T06:00 (UTC)."),
    reason: str = typer.Option(..., help="Why; the report at the end and `why` repeat it."),
    team: str = typer.Option("", help="Only this team's alerts."),
    rule: str = typer.Option("", help="Only what this rule selects."),
    story: str = typer.Option("", help="Only this story (its id is in `watcher alerts show`)."),
    actor: str = typer.Option("", help="Only developments with this actor, by code or name."),
    author: str = typer.Option("", help="Who asks for it; without: the user of this machine."),
) -> None:
    """
    Hide alerts for a time. What is hidden is kept with the reason, and the team gets a list of it at the end.

    All that is named must fit; name at least one. A reminder comes an hour before the end.
    """
    from watcher.model import Silence
    from watcher.silences import about

    if not (team or rule or story or actor):
        raise typer.BadParameter("name at least one of --team, --rule, --story, --actor: nobody wants to hear nothing")
    now = datetime.now(UTC)
    end = ending(until, now=now)
    _check(team, rule)
    silence = Silence(
        id=f"s-{secrets.token_hex(4)}",
        author=author or getpass.getuser(),
        reason=reason,
        start=now,
        end=end,
        team=team,
        rule=rule,
        story=story,
        actor=_code(actor) if actor else "",
    )
    with opened() as store:
        store.wishes.silence(silence)
    sys.stdout.write(
        f"{silence.id}: {about(silence)} until {end:%Y-%m-%d %H:%M} UTC; `watcher silence end {silence.id}`\n"
    )


@app.command("list")
def list_(
    ended: bool = typer.Option(False, "--ended", help="Those of the last 30 days too."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """The silences in force, with how many developments each has hidden."""
    from watcher.silences import about

    now = datetime.now(UTC)
    with opened() as store:
        found = store.wishes.silences(since=now - timedelta(days=30) if ended else now)
    if json:
        print_json(found)
        return
    if not found:
        sys.stdout.write("no silence is in force\n")
        return
    rows = [
        (
            one.silence.id,
            about(one.silence),
            f"{one.silence.end:%m-%d %H:%M}",
            one.hidden,
            one.silence.author,
            one.silence.reason,
        )
        for one in found
    ]
    print_table(("silence", "of", "ends (UTC)", "hidden", "author", "reason"), rows)


@app.command()
def end(silence: str = typer.Argument(help="The id, or its beginning.")) -> None:
    """End a silence now; the report of what it hid goes out at once."""
    _change(silence, datetime.now(UTC))


@app.command()
def extend(
    silence: str = typer.Argument(help="The id, or its beginning."),
    until: str = typer.Argument(help="For 30m, 6h or 7d from now, or until 2026-02-04T06:00 (UTC)."),
) -> None:
    """Let a silence end at another time."""
    _change(silence, ending(until, now=datetime.now(UTC)))


def ack(
    alert: str = typer.Argument(help="The id of an alert, or its beginning."),
    who: str = typer.Option("", help="Who takes care of it; without: the user of this machine."),
) -> None:
    """Say that somebody takes care of an alert; a flash then goes to no further channel."""
    with opened() as store:
        found = store.views.alert(alert)
        if found is None:
            sys.stderr.write(f"no alert, or more than one, begins with {alert!r}: see `watcher alerts`\n")
            raise typer.Exit(1)
        known = store.wishes.acknowledge(found.alert.id, who=who or getpass.getuser(), now=datetime.now(UTC))
    sys.stdout.write(f"{known.alert[:10]}: {known.who} takes care of it, since {known.time:%Y-%m-%d %H:%M} UTC\n")


def ending(text: str, *, now: datetime) -> datetime:
    """A time ahead: `6h` from now, or a date. Raises typer.BadParameter."""
    found = moment(text, now=now)
    if found < now and text[:-1].isdigit():
        found = now + (now - found)
    if not now < found <= now + LONGEST:
        raise typer.BadParameter(f"{text!r} is not within the next {LONGEST.days} days")
    return found


def _change(silence: str, at: datetime) -> None:
    with opened() as store:
        changed = store.wishes.change(silence, end=at)
    if changed is None:
        sys.stderr.write(f"no silence, or more than one, begins with {silence!r}: see `watcher silence list`\n")
        raise typer.Exit(1)
    sys.stdout.write(f"{changed.id} ends {changed.end:%Y-%m-%d %H:%M} UTC\n")


def _code(actor: str) -> str:
    """The actor's code. Raises typer.BadParameter for a name that nobody or several have."""
    from watcher.matching.names import Names
    from watcher.vocabulary import load

    probe = Names(load()).actor(actor)
    if probe is None:
        raise typer.BadParameter(f"no actor, or several, are called {actor!r}: see `watcher words {actor}`")
    return next(iter(probe.keys))


def _check(team: str, rule: str) -> None:
    """A silence of what does not exist would hide nothing and look as if it did."""
    from watcher.settings import load_settings
    from watcher.wiring.rules import load_ruleset

    if not team and not rule:
        return
    ruleset = load_ruleset(load_settings(Path()).rules)
    if team and team not in ruleset.teams:
        raise typer.BadParameter(f"no team {team!r}; there are {', '.join(sorted(ruleset.teams)) or 'none'}")
    ids = sorted({one.id for one in ruleset.rules if team in ("", one.team)})
    if rule and rule not in ids:
        raise typer.BadParameter(f"no rule {rule!r}; there are {', '.join(ids[:20]) or 'none'}")
