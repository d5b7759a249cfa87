"""
Outlets as they were: the successive snapshots of real feeds, served in order by real servers, each a host of its own,
and a desk that watches them with the rules that come with watcher, a mail server and a webhook receiver.

The snapshots are data of others; tests take them from `WATCHER_TEST_DATA`.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.http_server import Answer, Request, Site, http_server, packed
from tests.smtp_server import Sink, smtp_server
from watcher.wiring.folders import shipped

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
FIRST, HOUR = datetime(2026, 8, 13, 4, tzinfo=UTC), timedelta(hours=1)
TEAM = """
team: {name}
timezone: UTC
channels:
  desk: {{email: [{name}-one@example.org, {name}-two@example.org]}}
  planning: {{email: [{name}-three@example.org]}}
  ops: {{webhook: "{hook}", secret: "secret:ops-hook"}}
  copy: {{webhook: "{hook}/copy", secret: "secret:ops-hook"}}
default: desk
"""
# So that there is something to deliver on a quiet day.
LOUD = """
rules:
  - rule: Anything diplomatic
    what: [talks, visit, agreement, sanctions, summit, statement]
    severity: flash
    updates: each
    notify: [desk, ops, copy]
    why: It is about an event between states.
"""
SETTINGS = """
private_webhooks = true
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
log_format = "json"
"""


@dataclass
class Outlet:
    """
    One feed. Each snapshot is served to who asks next; every third answer is that nothing changed.

    Args:
        validator: `etag`, `date` (Last-Modified) or empty: none, so what is unchanged comes as the same body.
        troubles: Answers by number of the request, from 0, instead of what is due.
    """

    name: str
    site: Site
    snapshots: tuple[bytes, ...]
    validator: str
    encoding: str = ""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    troubles: dict[int, Answer] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    served: list[bytes] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        number = len(self.times)
        self.times.append(self.clock())
        found = self.troubles.get(number) or self._answer(request)
        self.answers.append(found)
        return found

    def _answer(self, request: Request) -> Answer:
        stays = bool(self.served) and (len(self.answers) % 3 == 2 or len(self.fresh()) == 0)
        body = self.served[-1] if stays else self.fresh()[0]
        headers = {"content-type": "application/rss+xml", **self._validators(body)}
        asked = request.headers.get("if-none-match") or request.headers.get("if-modified-since")
        if asked and asked in headers.values():
            return Answer(304, headers)
        self.served.append(body)
        if self.encoding:
            headers["content-encoding"] = self.encoding
            body = packed(body, self.encoding)
        return Answer(200, headers, body)

    def fresh(self) -> tuple[bytes, ...]:
        """What nobody was served yet."""
        return self.snapshots[len(dict.fromkeys(self.served)) :]

    def _validators(self, body: bytes) -> dict[str, str]:
        if self.validator == "etag":
            return {"etag": f'"{sha256(body).hexdigest()[:20]}"'}
        if self.validator == "date":
            return {"last-modified": format_datetime(FIRST + self.snapshots.index(body) * HOUR, usegmt=True)}
        return {}


@dataclass
class Newsroom:
    """
    Args:
        hooked: How often each delivery was posted, by path and `webhook-id`.
        forged: What the receiver found wrong with signatures.
    """

    folder: Path
    outlets: tuple[Outlet, ...]
    mail: Sink
    receiver: Site
    hooked: Counter[tuple[str, str]] = field(default_factory=Counter)
    forged: list[str] = field(default_factory=list)

    def hook(self, request: Request) -> Answer:
        """Takes what is signed by the secret, as a receiver with the reference library does."""
        headers = request.headers
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        if Webhook(SECRET).sign(headers["webhook-id"], moment, request.body.decode()) != headers["webhook-signature"]:
            self.forged.append(headers["webhook-id"])
            return Answer(401)
        self.hooked[request.path, headers["webhook-id"]] += 1
        return Answer(204)

    def mailed(self) -> Counter[tuple[str, str]]:
        """How often each message came, by recipient and Message-ID."""
        return Counter((mail["To"], mail["Message-ID"].strip("<>").partition("@")[0]) for mail in self.mail.mails)


def snapshots() -> Mapping[str, tuple[bytes, ...]]:
    """The bodies of each outlet, each once, in the order in which they were served. Skips without the data."""
    folder = os.environ.get("WATCHER_TEST_DATA")
    if not folder:
        pytest.skip("WATCHER_TEST_DATA names no folder with the snapshots of feeds")
    found: defaultdict[str, list[tuple[str, bytes]]] = defaultdict(list)
    with tarfile.open(Path(folder) / "feeds_raw_outlets.tar.xz") as archive:
        for member in archive:
            named = re.fullmatch(r"(?:.*/)?([a-z0-9_]+)_(\d{4}-.*)\.xml", member.name)
            if named and (file := archive.extractfile(member)):
                found[named[1]].append((named[2], file.read()))
    return {name: tuple(dict.fromkeys(body for _, body in sorted(some))) for name, some in sorted(found.items())}


@contextmanager
def newsroom(folder: Path) -> Iterator[Newsroom]:
    """Everything is up; nothing watches yet."""
    bodies = snapshots()
    with ExitStack() as stack:
        mail, receiver = stack.enter_context(smtp_server()), stack.enter_context(http_server())
        outlets = []
        for number, (name, some) in enumerate(bodies.items()):
            site = stack.enter_context(http_server(address=f"127.0.0.{10 + number}"))
            validator = ("etag", "date", "")[number % 3]
            outlet = Outlet(name, site, some, validator, encoding=("gzip", "", "br", "")[number % 4])
            site.answers["/feed"] = outlet.answer
            outlets.append(outlet)
        made = Newsroom(folder, tuple(outlets), mail, receiver)
        receiver.answers = {"/hook": made.hook, "/hook/copy": made.hook}
        write(made)
        yield made


def write(newsroom: Newsroom) -> None:
    """Rules, sources and settings of a deployment."""
    folder = newsroom.folder
    shutil.copytree(shipped("rules"), folder / "rules")
    (folder / "rules" / "everything").mkdir()
    (folder / "rules" / "everything" / "loud.yaml").write_text(LOUD)
    teams = [path.name for path in (folder / "rules").iterdir() if not path.name.startswith(("_", "."))]
    for name in teams:
        team = TEAM.format(name=name, hook=newsroom.receiver.url("/hook"))
        (folder / "rules" / name / "team.yaml").write_text(team)
        (folder / "secrets" / name).mkdir(parents=True)
        (folder / "secrets" / name / "ops-hook").write_text(SECRET)
    lines = [
        f"  - {{source: {one.name.replace('_', '-')}, feed: '{one.site.url('/feed')}', every: 1m, private: yes,"
        " patience: 1m, baseline_age: 52w}\n"
        for one in newsroom.outlets
    ]
    (folder / "sources.yaml").write_text("sources:\n" + "".join(lines))
    (folder / "watcher.toml").write_text(SETTINGS.format(port=newsroom.mail.port))
