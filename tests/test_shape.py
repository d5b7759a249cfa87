"""What imports cannot show: sizes, names of log events, broad excepts, no patched code, no machine paths."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "watcher").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FUNCTION_LINES, CLASS_LINES, FILE_LINES, PARAMETERS, BROAD_EXCEPTS = 40, 150, 400, 6, 3
EVENT = re.compile(r"^[a-z]+\.[a-z_]+$")
CORE = ("text", "yamlfile", "vocabulary", "facts", "stories", "matching", "policy", "render", "schedule", "ingest")
OUTSIDE = {"httpx", "sqlalchemy", "smtplib", "socket", "apscheduler", "random", "subprocess", "structlog", "time"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_lines(node: ast.AST, source: list[str]) -> int:
    """Lines of the body that hold code: no blanks, comments or docstrings."""
    body = list(getattr(node, "body", []))
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body:
        return 0
    texts = {
        line
        for inner in ast.walk(node)
        if isinstance(inner, Function | ast.ClassDef) and inner is not node
        for line in docstring_lines(inner)
    }
    lines = range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1)
    return sum(
        1 for n in lines if n not in texts and source[n - 1].strip() and not source[n - 1].strip().startswith("#")
    )


def docstring_lines(node: Function | ast.ClassDef) -> range:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return range(first.lineno, (first.end_lineno or first.lineno) + 1)
    return range(0)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_functions_classes_and_parameter_lists_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8").splitlines()
    too_large = [f"file: {len(source)} lines"] if len(source) > FILE_LINES else []
    for node in nodes(path):
        if isinstance(node, Function):
            arguments = node.args
            count = (
                len(arguments.args)
                + len(arguments.kwonlyargs)
                - (bool(arguments.args) and arguments.args[0].arg in ("self", "cls"))
            )
            if (size := code_lines(node, source)) > FUNCTION_LINES:
                too_large.append(f"{node.name}: {size} code lines")
            # Commands declare an option as a parameter: typer reads them from the signature.
            if count > PARAMETERS and "commands" not in path.parts:
                too_large.append(f"{node.name}: {count} parameters")
        if isinstance(node, ast.ClassDef) and (size := code_lines(node, source)) > CLASS_LINES:
            too_large.append(f"{node.name}: {size} code lines")

    assert not too_large


def test_at_most_three_broad_excepts() -> None:
    broad = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]

    assert len(broad) <= BROAD_EXCEPTS, broad


def test_log_events_are_nouns_with_a_past_participle() -> None:
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        and not (node.args and isinstance(node.args[0], ast.Constant) and EVENT.match(str(node.args[0].value)))
    ]

    assert not wrong


def test_the_core_reads_no_clock_and_touches_nothing_outside() -> None:
    touched = []
    for path in FILES:
        part = path.relative_to(ROOT / "watcher").parts[0].removesuffix(".py")
        if part not in CORE:
            continue
        for node in nodes(path):
            if isinstance(node, ast.Import):
                touched += [f"{name_of(path)}: {a.name}" for a in node.names if a.name.split(".")[0] in OUTSIDE]
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OUTSIDE:
                touched.append(f"{name_of(path)}: {node.module}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
                touched.append(f"{name_of(path)}:{node.lineno}: {ast.unparse(node.func)}")

    assert not touched


@pytest.mark.parametrize("path", [p for p in TESTS if p.name != "test_shape.py"], ids=name_of)
def test_tests_patch_nothing_and_never_sleep(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert "unittest.mock" not in source
    assert "monkeypatch.setattr" not in source
    assert (
        not re.search(r"\bsleep\(", source) or "servers" in path.name or "bench" in path.parts or "faults" in path.parts
    )


def test_no_tracked_file_names_a_machine_or_a_package_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    machine = re.compile(
        r"(?:^|[^A-Za-z0-9_.-])/(?:work|root|home/[a-z]+)/|in(?:)dex-url|ex(?:)tra-index|py(?:)pi\.org|py(?:)thonhosted"
    )
    wrong = [
        name
        for name in listed.split("\0")
        if name and (ROOT / name).is_file() and name != "tests/test_shape.py"
        if machine.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]

    assert not wrong
