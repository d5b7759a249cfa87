"""`watcher rules`: what readers said of them, and how they do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.commands.screen import console, print_json

if TYPE_CHECKING:
    from watcher.model import Feedback
    from watcher.wiring.learning import Lesson

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
        out.print(Text(f"{passing} written; a running watcher takes them over when told: `kill -HUP`, or restart"))
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
