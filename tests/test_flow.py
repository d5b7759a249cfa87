"""The loops through a real HTTP server, real SQLite, a real mail server and a webhook receiver."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.http_server import Answer
from tests.world import SECRET, World, world

MINUTES = timedelta(minutes=1)


@pytest.fixture
def gulf(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_news_reaches_the_desk_by_mail_and_signed_webhook(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")

    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    assert gulf.subjects() == ["[HIGH] Iran and US to hold third round of talks in Muscat on 18 February"]
    (body,) = gulf.hooks()
    headers = next(request.headers for request in gulf.site.requests if request.path == "/hook")
    assert headers["webhook-signature"] == Webhook(SECRET).sign(headers["webhook-id"], gulf.clock.time, body.decode())
    assert json.loads(body)["rules"][0]["id"] == "us-iran-talks"


def test_the_first_contact_tells_fresh_news_and_no_backlog(gulf: World) -> None:
    gulf.publish("US and Iran end second round of talks in Muscat", key="old", age=timedelta(days=2))
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="new")

    gulf.poll()
    gulf.deliver()

    assert len(gulf.subjects()) == 1
    assert "third round" in gulf.subjects()[0]


def test_an_item_without_a_date_alerts_after_the_first_contact(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.entries = [entry.replace("pubDate", "wrong") for entry in gulf.entries]
    gulf.publish("Local weather", key="w")

    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    assert len(gulf.subjects()) == 1


def test_a_repeat_is_folded_and_a_moved_date_is_told_in_the_same_thread(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.publish("Third round of Iran-US talks to be held on 18 February in Muscat", key="b")
    gulf.poll(after=6 * MINUTES)
    gulf.publish("Iran-US talks in Muscat brought forward to 11 February", key="c")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    first, second = gulf.mail.mails
    assert "11 Feb 2026" in str(second["Subject"]) or "brought forward" in str(second["Subject"])
    assert first["References"] == second["References"]


def test_of_two_that_one_poll_brings_the_later_looks_back_at_the_earlier(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a", age=MINUTES)
    gulf.publish("Iran-US talks in Muscat brought forward to 11 February", key="b")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    told = [json.loads(body) for body in gulf.hooks()]
    assert {body["kind"]: len(body["story"]["earlier"]) for body in told} == {"new": 0, "update": 1}


def test_a_restart_tells_nothing_again(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    gulf.start()
    gulf.publish("Iran, US to hold third round of talks in Muscat on 18 February", key="b")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    assert len(gulf.subjects()) == 1


def test_silence_is_told_once_also_when_a_restart_falls_into_it(gulf: World) -> None:
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    rules.write_text(rules.read_text() + "    count: {none_for: 24h}\n")
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()
    assert gulf.subjects() == []

    gulf.start()
    for hours in (23, 2, 24):
        gulf.poll(after=hours * 60 * MINUTES)
        gulf.deliver()

    assert [subject.partition("]")[0] for subject in gulf.subjects()] == ["[HIGH · Nothing since"]


def test_what_was_decided_before_a_crash_is_delivered_after_it(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)

    gulf.start()
    gulf.deliver()

    assert len(gulf.subjects()) == len(gulf.hooks()) == 1


def test_a_mail_server_that_is_away_delays_mail_and_not_webhooks(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.mail.answers.append("451 later")

    gulf.deliver()
    assert (len(gulf.subjects()), len(gulf.hooks())) == (0, 1)
    gulf.deliver(after=5 * MINUTES)

    assert (len(gulf.subjects()), len(gulf.hooks())) == (1, 1)


def test_a_server_that_asks_for_a_pause_gets_it_and_comes_back(gulf: World) -> None:
    gulf.poll()
    gulf.answer(Answer(429, {"retry-after": "3600"}))
    gulf.poll(after=6 * MINUTES)
    asked = len(gulf.site.requests)

    gulf.poll(after=30 * MINUTES)
    assert len(gulf.site.requests) == asked
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=60 * MINUTES)
    gulf.poll(after=10 * MINUTES)  # what an outage kept back waits until the rest of it is read
    gulf.deliver()

    assert len(gulf.subjects()) == 1


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, {"content-type": "text/html"}, b"<html>captcha</html>")])
def test_a_failure_is_no_news_and_ends_by_itself(gulf: World, answer: Answer) -> None:
    gulf.poll()
    gulf.answer(answer)
    gulf.poll(after=6 * MINUTES)
    assert gulf.desk is not None
    failing = gulf.desk.store.overview(now=gulf.clock.time).failing
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")

    gulf.poll(after=12 * MINUTES)
    gulf.deliver()

    assert [source.id for source in failing] == ["gulf-wire"]
    assert len(gulf.subjects()) == 1


def test_an_unchanged_feed_is_asked_for_with_its_validator(gulf: World) -> None:
    gulf.publish("Local weather", key="w")
    answer = gulf.site.answers["/feed"]
    assert isinstance(answer, Answer)
    gulf.answer(Answer(200, {**answer.headers, "etag": '"1"'}, answer.body), Answer(304))

    gulf.poll()
    gulf.poll(after=6 * MINUTES)

    assert gulf.site.requests[-1].headers["if-none-match"] == '"1"'


def test_a_broken_rule_file_changes_nothing_and_survives_a_restart(gulf: World) -> None:
    gulf.poll()
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    rules.write_text(rules.read_text().replace("severity: high", "severity: urgent"))

    desk = gulf.start()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    assert desk.ruleset.stale == {"gulf"}
    assert [one.team for one in desk.store.overview(now=gulf.clock.time).rejected] == ["gulf"]
    assert [subject.partition("]")[0] for subject in gulf.subjects()] == ["[WATCHER", "[HIGH"]


def test_reloading_follows_a_changed_rule_and_tells_nothing_twice(gulf: World) -> None:
    gulf.poll()
    gulf.publish("Iran and US to hold third round of talks in Muscat on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    rules = gulf.folder / "rules" / "gulf" / "talks.yaml"
    rules.write_text(rules.read_text().replace("severity: high", "severity: flash"))
    assert gulf.desk is not None

    gulf.desk.reload()
    gulf.publish("Iran and US to hold third round of talks in Muscat, on 18 February", key="a")
    gulf.poll(after=6 * MINUTES)
    gulf.publish("Iran-US talks called off", key="c")
    gulf.poll(after=6 * MINUTES)
    gulf.deliver()

    assert [subject.partition("]")[0] for subject in gulf.subjects()] == ["[HIGH", "[FLASH · Update"]


def test_the_service_runs_delivers_and_stops_cleanly(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.clock.time = datetime.now(UTC)
        made.publish("Iran and US to hold third round of talks in Muscat tomorrow", key="a")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")},
            "WATCHER_SMTP_HOST": "127.0.0.1",
            "WATCHER_SMTP_PORT": str(made.mail.port),
            "WATCHER_SMTP_SECURITY": "none",
            "WATCHER_PRIVATE_WEBHOOKS": "yes",
        }
        command = [sys.executable, "-c", "from watcher.cli import main; main()", "run"]
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            sent = 0
            for line in process.stderr:
                sent += "delivery.sent" in line
                if sent == 2:
                    break
            process.send_signal(signal.SIGTERM)
            process.stderr.read()

            assert process.wait(30) == 0
        assert len(made.mail.mails) == len(made.hooks()) == 1
