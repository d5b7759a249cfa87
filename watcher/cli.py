"""The command `watcher`: names and help, nothing else."""

from __future__ import annotations

import gc
import sys

import typer

from watcher import __version__
from watcher.commands import (
    alerts,
    calendar,
    check,
    data,
    deliveries,
    demo,
    diff,
    doctor,
    drill,
    explain,
    feedback,
    feeds,
    gaps,
    init,
    match,
    pause,
    render,
    replay,
    report,
    rules,
    run,
    search,
    silence,
    sources,
    status,
    story,
    try_channel,
    webhook,
    why,
    words,
)
from watcher.errors import ConfigError, StoreError

OK, PROBLEMS, BAD_SETTINGS, STORE = 0, 1, 2, 3

app = typer.Typer(
    name="watcher",
    help="Watches news for diplomatic developments and tells the right team, once, at once.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="The first hour:  watcher init my-watch, cd my-watch, watcher check, watcher doctor, watcher once,"
    " watcher try-channel my-desk desk, watcher run.  Each command says more with -h; watcher --install-completion"
    " completes them in your shell.  Exit status: 0 done, 1 problems found, 2 unusable settings, 3 database.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop, when asked to."""
    if wanted:
        sys.stdout.write(f"watcher {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=show_version, is_eager=True, help="Show the version."),
) -> None:
    """Watches news for diplomatic developments and tells the right team, once, at once."""


app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("explain")(explain.explain)
app.command("match")(match.match)
app.command("words")(words.words)
app.command("replay")(replay.replay)
app.command("diff")(diff.diff)
app.command("feedback")(feedback.feedback)
app.command("report")(report.report)
app.command("once")(run.once)
app.command("run")(run.run)
app.command("gaps")(gaps.gaps)
app.command("status")(status.status)
app.command("pause")(pause.pause)
app.command("resume")(pause.resume)
app.command("doctor")(doctor.doctor)
app.command("backup")(data.backup)
app.command("restore")(data.restore)
app.command("migrate")(data.migrate)
app.command("story")(story.story)
app.command("search")(search.search)
app.command("export")(search.export)
app.command("calendar")(calendar.calendar)
app.command("why")(why.why)
app.command("try-channel")(try_channel.try_channel)
app.command("resend")(deliveries.resend)
app.add_typer(alerts.app, name="alerts")
app.add_typer(rules.app, name="rules")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(silence.app, name="silence")
app.command("ack")(silence.ack)
app.command("render")(render.render)
app.command("drill")(drill.drill)
app.command("feeds")(feeds.feeds)
app.add_typer(webhook.app, name="webhook")
app.add_typer(sources.app, name="sources")


def main() -> None:
    """
    Run the command line.

    Exit status: 0 done; 1 problems were found in what was checked; 2 settings that cannot be used, or no team with a
    rule; 3 the database refused.
    """
    from watcher.commands.screen import print_problems

    # A start makes half a million values of which none is garbage, and looking for some after every 700 was a fifth of
    # it. Not more than this: what 50,000 values leave takes 40 ms to sweep, in the middle of an item.
    gc.set_threshold(10_000, 20, 50)
    try:
        app()
    except ConfigError as error:
        print_problems(error.problems)
        sys.exit(BAD_SETTINGS)
    except StoreError as error:
        sys.stderr.write(f"database: {error}\n")
        sys.exit(STORE)
