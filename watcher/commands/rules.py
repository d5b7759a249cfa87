"""`watcher rules`: what readers said of them, and how they do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import console, print_json, print_table, sparkline

if TYPE_CHECKING:
    from watcher.model import Feedback
    from watcher.wiring.learning import Lesson
    from watcher.wiring.statistics import Precision, RuleFigures

OFTEN, FEW = 0.5, 5
"""From so large a share of so many alerts on two rules go together."""

app = typer.Typer(no_args_is_help=True, help="Learn from what readers said; see how rules do.")


@app.callback()
def rules() -> None:
    """Learn from what readers said; see how rules do."""


@app.command()
def learn(
    team: str = typer.Option("", "--team", help="Only this team's."),
    useful: bool = typer.Option(False, "--useful", help="Also examples of what was called useful, to keep it so."),
    write: bool = typer.Option(False, "--write", help="Write the edits that pass; without it they are only shown."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Propose what readers called noise or missed as examples, with the change of the rule that makes each pass."""
    from watcher.commands.alerts import opened
    from watcher.commands.wire import rules_folder
    from watcher.model import TeamId
    from watcher.wiring.folders import read_folders
    from watcher.wiring.learning import Teacher, by_path

    with opened() as store:
        given = store.feedback.given(team=TeamId(team) if team else None)
    teacher = Teacher(read_folders(rules_folder(None)).texts)
    lessons: list[Lesson] = []
    for one in wanted(given, useful=useful):
        for lesson in teacher.lessons([one]):
            lessons.append(lesson)
            if lesson.passes:
                teacher = teacher.learnt(lesson)
    if write:
        for path, lesson in by_path(lessons).items():
            replace_file(Path(path), lesson.after)
    if json:
        print_json([as_json(lesson) for lesson in lessons])
    else:
        show(lessons, given, written=write)
    if any(not lesson.passes for lesson in lessons):
        raise typer.Exit(1)


@app.command()
def stats(
    since: str = typer.Option("30d", help="Of the last 12h or 7d, or since 2026-02-04."),
    team: str = typer.Option("", "--team", help="Only this team's."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """What each rule told, what readers thought of it, which never fire, which go together, which words are noise."""
    from watcher.commands.alerts import moment, opened
    from watcher.commands.wire import rules_folder
    from watcher.model import TeamId
    from watcher.wiring.rules import load_ruleset
    from watcher.wiring.statistics import figures

    now = datetime.now(UTC)
    start = moment(since, now=now)
    with opened() as store:
        ruleset = load_ruleset(rules_folder(None))
        found = figures(store, ruleset, since=start, team=TeamId(team) if team else None)
    if json:
        print_json([figures_as_json(one) for one in found])
        return
    days = [start.date() + timedelta(days=n) for n in range((now.date() - start.date()).days + 1)]
    show_figures([one for one in found if one.firing.alerts or one.firing.withheld or one.said], days)
    silent = [f"{one.team}/{one.rule}" for one in found if not (one.firing.alerts or one.firing.withheld)]
    if silent:
        sys.stdout.write(f"met nothing: {', '.join(silent)}\n")


def figures_as_json(one: RuleFigures) -> dict[str, object]:
    """The figures of a rule for programs."""
    firing = one.firing
    return {
        "team": one.team,
        "rule": one.rule,
        "alerts": firing.alerts,
        "alone": firing.alone,
        "repeats": firing.folded,
        "withheld": firing.withheld,
        "by_day": dict(sorted(firing.by_day.items())),
        "said": one.said,
        "precision": one.precision,
        "beside": firing.beside,
        "noisy": dict(one.noisy),
    }


def show_figures(found: Sequence[RuleFigures], days: Sequence[date]) -> None:
    """Tables for people: figures, then what is worth a look."""
    from watcher.model import Verdict

    rows = []
    for one in found:
        firing, said = one.firing, one.said
        verdicts = " ".join(f"{said[kind]} {kind}" for kind in Verdict if said.get(kind))
        bars = sparkline([firing.by_day[day] for day in days])
        rows.append(
            (
                f"{one.team}/{one.rule}",
                firing.alerts,
                firing.folded,
                firing.withheld,
                verdicts,
                share(one.precision),
                bars,
            )
        )
    print_table(("rule", "alerts", "repeats", "withheld", "said", "useful", "alerts by day"), rows)
    for one in found:
        if one.overlap and one.overlap[1] >= OFTEN and one.firing.alerts >= FEW:
            sys.stdout.write(f"{one.team}/{one.rule}: {one.overlap[1]:.0%} of its alerts name {one.overlap[0]} too\n")
        if one.noisy:
            words = ", ".join(f"{term} ({count})" for term, count in one.noisy)
            sys.stdout.write(f"{one.team}/{one.rule}: in what was called noise: {words}\n")


def share(precision: Precision) -> str:
    """`83 % (44–97, of 6)`: the share, its interval, and of how many."""
    if not precision.judged:
        return ""
    low, high = round(precision.low * 100), round(precision.high * 100)
    return f"{precision.good / precision.judged:.0%} ({low}–{high}, of {precision.judged})"


def wanted(given: tuple[Feedback, ...], *, useful: bool) -> list[Feedback]:
    """Verdicts that an example can be made of; of one item for one team the last."""
    from watcher.model import Verdict

    kinds = {Verdict.NOISE, Verdict.MISSED} | ({Verdict.USEFUL} if useful else set())
    last = {(one.team, one.item.title): one for one in given if one.verdict is not Verdict.REPEAT}
    return [one for one in last.values() if one.verdict in kinds]


def show(lessons: list[Lesson], given: tuple[Feedback, ...], *, written: bool) -> None:
    """Each lesson: what was said, the edit, and whether the examples pass with it."""
    from rich.text import Text

    from watcher.model import Verdict

    out = console()
    if not lessons:
        out.print(Text("nothing to learn: `watcher feedback ALERT noise` says what was wrong"))
    for lesson in lessons:
        one = lesson.feedback
        out.print(Text(f"{one.team}/{lesson.rule}: {one.verdict}: {one.item.title}", style="bold"))
        for line in lesson.diff().splitlines():
            out.print(Text(f"  {line}", style={"+": "green", "-": "red"}.get(line[:1], "")))
        out.print(Text(f"  {outcome(lesson)}\n"))
    passing = sum(lesson.passes for lesson in lessons)
    if passing and written:
        out.print(
            Text(
                f"{passing} written; a running watcher takes them over in seconds; `watcher diff HEAD` shows the effect"
            )
        )
    elif passing:
        out.print(Text(f"{passing} can be written: --write; `watcher diff HEAD` then shows the effect"))
    if repeats := sum(one.verdict is Verdict.REPEAT for one in given):
        out.print(Text(f"{repeats} repeats: no rule decides those; `watcher why` says what kept them apart"))


def outcome(lesson: Lesson) -> str:
    """What the edit comes to, in words."""
    if lesson.passes and lesson.change:
        return f"passes with {lesson.change}; every other example still passes"
    if lesson.passes:
        return "passes as the rule stands: the example keeps it so"
    if not lesson.path:
        return lesson.said
    return f"not written, as no small change makes it pass: {lesson.said}; change the rule, then learn again"


def as_json(lesson: Lesson) -> dict[str, object]:
    """A lesson for programs."""
    return {
        "team": lesson.feedback.team,
        "rule": lesson.rule,
        "verdict": lesson.feedback.verdict.value,
        "title": lesson.feedback.item.title,
        "example": lesson.kind,
        "path": lesson.path,
        "diff": lesson.diff(),
        "change": lesson.change,
        "passes": lesson.passes,
        "said": lesson.said,
    }


def replace_file(path: Path, text: str) -> None:
    """Write the text beside the file and move it there. Raises ConfigError."""
    from watcher.errors import ConfigError, Problem

    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(path.stat().st_mode & 0o777)
        os.replace(part, path)
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, 0, f"cannot be written: {error.strerror}")]) from error
    sys.stderr.write(f"wrote {path}\n")
