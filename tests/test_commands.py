"""The commands as people run them: what they print and how they end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.http_server import Answer, http_server, ok
from tests.smtp_server import smtp_server
from watcher.ingest import Commit
from watcher.model import Item, ItemId
from watcher.store import open_store

WATCHER = [sys.executable, "-c", "from watcher.cli import main; main()"]


def run(*arguments: str, folder: Path, given: str = "", expect: int = 0) -> str:
    """Standard output of a command run in `folder`; it must end with `expect`."""
    done = subprocess.run(
        [*WATCHER, *arguments], cwd=folder, input=given, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == expect, done.stderr
    return done.stdout + done.stderr


def lines(items: Iterable[dict[str, str]]) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `init` wrote."""
    folder = tmp_path_factory.mktemp("desk")
    run("init", folder=folder)
    return folder


def test_a_starter_folder_passes_its_own_check(desk: Path) -> None:
    assert "0 errors" in run("check", folder=desk)


def test_init_leaves_files_alone_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "watcher.toml").write_text("contact = 'me'\n")

    run("init", folder=tmp_path)

    assert (tmp_path / "watcher.toml").read_text() == "contact = 'me'\n"
    assert (tmp_path / "rules" / "my-desk" / "team.yaml").exists()


def test_a_fault_is_named_with_its_place_and_ends_with_1(desk: Path, tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    rule = tmp_path / "rules" / "my-desk" / "talks.yaml"
    rule.write_text(rule.read_text().replace("severity: high\n    why", "severity: urgent\n    why"))

    said = run("check", folder=tmp_path, expect=1)

    assert "rules/my-desk/talks.yaml:9:15: " in said
    assert "urgent" in said
    assert "1 errors" in said


def test_settings_that_are_none_end_with_2(tmp_path: Path) -> None:
    (tmp_path / "watcher.toml").write_text("smtp_hots = 'x'\n")

    assert "did you mean smtp_host?" in run("status", folder=tmp_path, expect=2)


def test_explain_marks_the_rule_that_fires_and_says_why_another_does_not(desk: Path) -> None:
    said = run("explain", "Tehran and Washington to resume indirect talks in Muscat", folder=desk)

    assert "✓ US–Iran talks (my-desk)" in said
    assert "“Tehran”" in said
    assert "· Meeting moved up (my-desk): " in said


def test_explain_ends_with_1_when_nothing_fires_and_names_the_guard(desk: Path) -> None:
    said = run("explain", "Oil slips on hopes for US-Iran talks", folder=desk, expect=1)

    assert "guard market" in said


def test_explain_reads_a_file_whose_first_line_is_the_title(desk: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Delegations prepare\n\nIran and the United States will hold talks in Muscat on Wednesday.\n")

    assert "✓ US–Iran talks" in run("explain", str(page), folder=desk)


def test_match_reads_lines_and_writes_an_answer_for_each(desk: Path) -> None:
    given = lines(
        [
            {"id": "a", "title": "Iran and US hold talks in Muscat", "url": "https://x.example/a"},
            {"id": "b", "title": "Rovers sign striker", "url": "https://x.example/b"},
        ]
    )

    answers = [json.loads(line) for line in run("match", folder=desk, given=given).splitlines()]

    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert [rule["rule"] for rule in answers[0]["rules"]] == ["us-iran-talks"]
    assert answers[0]["rules"][0]["evidence"]
    assert answers[1]["rules"] == []


def test_match_passes_over_a_line_that_is_no_item_and_says_so(desk: Path) -> None:
    given = 'not json\n{"id": "a", "title": "Iran and US hold talks", "url": "https://x.example/a"}\n'

    said = run("match", folder=desk, given=given, expect=1)

    assert '"id": "a"' in said
    assert "standard input:1: not JSON" in said


def test_words_finds_a_name_in_every_language(desk: Path) -> None:
    found = json.loads(run("words", "Muscat", "--json", folder=desk))

    assert {"place", "actor"} & {row["kind"] for row in found}


def test_replay_writes_a_line_for_each_alert_and_rule(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.jsonl"
    titles = ["Iran and US to hold talks in Muscat on 18 February", "US-Iran talks moved up to 11 February"]
    archive.write_text(
        lines(
            {"id": f"i{day}", "title": title, "url": f"https://x{day}.example/", "seen": f"2026-02-0{day}T06:00:00Z"}
            for day, title in enumerate(titles, 2)
        )
    )

    run("replay", str(archive), "--alerts", "out.jsonl", folder=desk)

    told = [json.loads(line) for line in (desk / "out.jsonl").read_text().splitlines()]
    assert {line["rule"] for line in told} == {"us-iran-talks", "meeting-moved-up"}
    wanted = {"time", "team", "rule", "alert", "kind", "lane", "item_id", "title", "url", "items", "cluster", "story"}
    assert all(wanted | {"changed"} == set(line) for line in told)


def stored(folder: Path, titles: Iterable[str]) -> None:
    """Fill the database of a folder with items, an hour apart, the last one just now."""
    now = datetime.now(UTC)
    items = [
        Item(ItemId(f"i{n}"), title, f"https://x{n}.example/", "wire", now - timedelta(hours=hours), lang="en")
        for n, (title, hours) in enumerate(zip(titles, range(99, 0, -1), strict=False))
    ]
    with closing(open_store(f"sqlite:///{folder / 'watcher.db'}")) as store:
        lease = store.lease("test", now=now)
        assert lease
        store.poll_log(lease).commit((), Commit(items=tuple(items)), now=now)
        lease.release()


def test_replay_reads_what_is_stored_and_counts_by_day(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    stored(tmp_path, ["Iran and US to hold talks in Muscat", "Oil slips on hopes for US-Iran talks"])

    said = json.loads(run("replay", "--since", "30d", "--json", folder=tmp_path))
    shown = run("replay", folder=tmp_path)

    assert (said["items"], said["days"]) == (2, 1)
    assert {rule["rule"]: rule["now"] + rule["digest"] for rule in said["rules"]} == {
        "us-iran-talks": 1,
        "meeting-moved-up": 0,
    }
    assert "ms an item" in shown
    assert "never: my-desk/meeting-moved-up" in shown
    assert json.loads(run("replay", "--since", "30m", "--json", folder=tmp_path))["items"] == 0


def test_diff_shows_what_an_edit_gains_and_loses_and_ends_with_1(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    stored(tmp_path, ["Iran and US to hold talks in Muscat", "Oil slips on hopes for US-Iran talks"])
    shutil.copytree(tmp_path / "rules", tmp_path / "edited")
    rule = tmp_path / "edited" / "my-desk" / "talks.yaml"
    rule.write_text(rule.read_text().replace("unless: [sport, market, opinion]", "unless: [sport, opinion]"))

    said = run("diff", "rules", "edited", folder=tmp_path, expect=1)
    told = json.loads(run("diff", "rules", "edited", "--json", folder=tmp_path, expect=1))
    comment = run("diff", "rules", "edited", "--markdown", folder=tmp_path, expect=1)

    assert "1 → 2 alerts: 1 gained, 0 lost, 0 changed" in said
    assert "Oil slips on hopes for US-Iran talks" in said
    assert [line["rules"] for line in told["gained"]] == [["us-iran-talks"]]
    assert "| my-desk | us-iran-talks | 1 | 2 | 1 | 0 | 0 |" in comment
    assert "0 gained, 0 lost" in run("diff", "rules", folder=tmp_path)
    assert "nor a git revision" in run("diff", "nowhere", folder=tmp_path, expect=2)


def test_replay_names_items_that_go_back_in_time(desk: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.jsonl"
    days = ["2026-02-03T06:00:00Z", "2026-02-02T06:00:00Z"]
    archive.write_text(lines({"title": day, "url": f"https://x.example/{day}", "seen": day} for day in days))

    assert "sort the archive by `seen`" in run("replay", str(archive), folder=desk, expect=1)


def test_the_demo_delivers_what_it_shows(tmp_path: Path) -> None:
    shown: dict[str, Any] = json.loads(run("demo", "--json", folder=tmp_path))

    assert shown["items"] == 88
    assert shown["mails"] + shown["webhooks"] >= len(shown["alerts"]) > 10
    assert len(shown["repeats"]) > 20
    assert any("meeting-moved-up" in alert["rules"] for alert in shown["alerts"])
    assert {near["rule"] for near in shown["near_misses"]}


def test_an_alert_that_is_not_there_is_said_so(desk: Path) -> None:
    assert "no alert" in run("alerts", "show", "zzz", folder=desk, expect=1)
    assert json.loads(run("alerts", "--json", folder=desk)) == []


def test_try_channel_sends_a_marked_test_and_says_what_the_server_answered(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    team = tmp_path / "rules" / "my-desk" / "team.yaml"
    team.write_text(team.read_text().replace("# mail: {email:", "mail: {email:"))
    with smtp_server() as mail:
        settings = f'smtp_host = "127.0.0.1"\nsmtp_port = {mail.port}\nsmtp_security = "none"\n'
        (tmp_path / "watcher.toml").write_text(settings)

        said = run("try-channel", "my-desk", "mail", folder=tmp_path)

    assert "accepted by 127.0.0.1" in said
    assert [str(one["Subject"]) for one in mail.mails] == ["[TEST] watcher can reach you"]


def test_a_source_that_moved_is_proposed_as_an_edit_and_made_when_asked(tmp_path: Path) -> None:
    with http_server() as site:
        site.answers["/old"] = Answer(301, {"location": site.url("/new")})
        site.answers["/new"] = ok(b"<rss><channel><item><title>Talks</title></item></channel></rss>")
        run("init", folder=tmp_path)
        listed = f"sources:\n  # the wire\n  - {{source: wire, feed: '{site.url('/old')}', private: yes}}  # ours\n"
        (tmp_path / "sources.yaml").write_text(listed)
        run("once", folder=tmp_path)

        shown = run("sources", "list", folder=tmp_path)
        proposed = run("sources", "moved", folder=tmp_path)
        before = (tmp_path / "sources.yaml").read_text()
        run("sources", "moved", "--write", folder=tmp_path)

    assert "wire" in shown
    assert "15 min (learnt)" in shown
    assert "no gaps" in run("gaps", folder=tmp_path)
    assert "sources.yaml:3: moved" in proposed
    assert before == listed
    assert (tmp_path / "sources.yaml").read_text() == listed.replace("/old", "/new")
    assert "no source has moved" in run("sources", "moved", folder=tmp_path)


def test_a_source_is_tried_a_home_page_names_its_feeds_and_a_list_is_checked(tmp_path: Path) -> None:
    home = "<html><head><link rel=alternate type='application/rss+xml' title=News href=/rss></head></html>"
    with http_server() as site:
        site.answers["/"] = ok(home.encode(), kind="text/html")
        site.answers["/rss"] = ok(b"<rss><channel><ttl>30</ttl><item><title>Envoys meet</title></item></channel></rss>")
        run("init", folder=tmp_path)
        (tmp_path / "sources.yaml").write_text(
            f"sources:\n  - {{source: wire, feed: '{site.url('/rss')}', private: yes}}\n"
            f"  - {{source: gone, feed: '{site.url('/gone')}', private: yes}}\n"
        )

        named = run("sources", "try", site.url("/"), "--private", folder=tmp_path, expect=1)
        tried = run("sources", "try", "wire", folder=tmp_path)
        checked = run("sources", "check", folder=tmp_path, expect=1)

    assert site.url("/rss") in named
    assert "Envoys meet" in tried
    assert "every 30 min" in tried
    assert "HTTP 404" in checked
    assert "1 of 2 can be read" in checked
