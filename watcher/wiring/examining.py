"""
What `watcher doctor` looks at: settings, files, clock, names, addresses, mail, disk and database, each with a remedy.

Every look is bounded in time, changes nothing, and says what it found also when all is well.
"""

from __future__ import annotations

import shutil
import smtplib
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from watcher.channels.email import dial
from watcher.errors import ConfigError, StoreError
from watcher.model import Source
from watcher.net import Client, Limits, NetError
from watcher.settings import FILE, Settings
from watcher.store import inspect, path_of
from watcher.store.lease import alone
from watcher.wiring.rules import load_ruleset
from watcher.wiring.sending import mail_server
from watcher.wiring.watching import read_sources

LEAST_FREE = 500_000_000
MOST_SKEW = timedelta(minutes=2)
ASKED = 5
"""Sources of so many hosts are asked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that was looked at.

    Args:
        remedy: What to do; empty: nothing is wrong.
    """

    subject: str
    said: str
    remedy: str = ""


def examine(settings: Settings, folder: Path, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Look at a deployment, one finding after the other as it comes."""
    sources = _sources(settings)
    yield from _written(settings)
    yield from _rights(settings, folder)
    yield from _database(settings)
    yield from _disk(settings)
    yield from _network(settings, sources, now)
    yield from _mail(settings)


def _written(settings: Settings) -> Iterator[Finding]:
    """Rules and sources, as `check` would read them but for their examples."""
    try:
        sources, problems = read_sources(settings.sources)
        wrong = [problem for problem in problems if not problem.is_warning]
        yield Finding("sources", f"{len(sources)} on file", _first(wrong))
    except ConfigError as error:
        yield Finding("sources", "none", _first(error.problems))
    try:
        ruleset = load_ruleset(settings.rules, secrets=settings.secrets)
        wrong = [problem for problem in ruleset.all_problems if not problem.is_warning]
        yield Finding("rules", f"{len(ruleset.teams)} teams, {len(ruleset.rules)} rules", _first(wrong))
    except ConfigError as error:
        yield Finding("rules", "none", _first(error.problems))


def _first(problems: Iterable[object]) -> str:
    listed = [str(problem) for problem in problems]
    more = f" (and {len(listed) - 1} more: `watcher check`)" if len(listed) > 1 else ""
    return f"{listed[0]}{more}" if listed else ""


def _rights(settings: Settings, folder: Path) -> Iterator[Finding]:
    """Files that only we should be able to read."""
    private = [folder / ".env", *(file for file in settings.secrets.rglob("*") if file.is_file())]
    if settings.smtp_password.get_secret_value() and (folder / FILE).is_file():
        private.append(folder / FILE)
    if settings.smtp_password_file:
        private.append(settings.smtp_password_file)
    open_ones = [str(file) for file in private if file.is_file() and file.stat().st_mode & (stat.S_IRWXO)]
    shut = "secrets can be read by us only" if any(file.is_file() for file in private) else "there are no secrets"
    remedy = f"chmod o= {' '.join(open_ones)}" if open_ones else ""
    yield Finding("secrets", f"{len(open_ones)} files can be read by everybody" if open_ones else shut, remedy)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        path = path_of(settings.database)
        if not path.exists():
            yield Finding("database", f"{path}: not there yet; the first `watcher once` makes it")
            return
        found = inspect(path)
        mode = path.stat().st_mode & 0o777
        size = f"{path.stat().st_size / 1e6:.1f} MB"
        said = f"{path}: sound, schema {found.version}, {size}, {found.rows.get('items', 0)} items"
        yield Finding("database", said, f"chmod 0600 {path}" if mode & 0o077 else "")
        yield _decider(path)
    except StoreError as error:
        yield Finding("database", str(error), "stop watcher and `watcher restore` a backup")


def _decider(path: Path) -> Finding:
    try:
        with alone(path):
            return Finding("watcher", "is not running", "")
    except StoreError:
        return Finding("watcher", "is running")


def _disk(settings: Settings) -> Iterator[Finding]:
    try:
        folder = path_of(settings.database).absolute().parent
        free = shutil.disk_usage(folder).free
    except (OSError, StoreError) as error:
        yield Finding("disk", str(error), "make the folder of the database")
        return
    remedy = f"make room: at least {LEAST_FREE // 10**6} MB" if free < LEAST_FREE else ""
    yield Finding("disk", f"{free / 1e9:.1f} GB free at {folder}", remedy)


def _sources(settings: Settings) -> tuple[Source, ...]:
    try:
        sources, _ = read_sources(settings.sources)
    except ConfigError:
        return ()
    by_host = {urlsplit(source.address).netloc: source for source in sources if source.kind != "folder"}
    return tuple(by_host.values())[:ASKED]


def _network(settings: Settings, sources: Iterable[Source], now: Callable[[], datetime]) -> Iterator[Finding]:
    """Names, connections and certificates of a few sources, and our clock against theirs."""
    client = Client(settings.contact, limits=Limits(deadline=timedelta(seconds=10)))
    for source in sources:
        host = urlsplit(source.address).hostname or ""
        try:
            socket.getaddrinfo(host, None)
        except OSError as error:
            yield Finding(host, f"no address: {error.strerror}", "is the name right? /etc/resolv.conf, the firewall")
            continue
        try:
            answer = client.get(source.address, private=source.private)
        except NetError as error:
            yield Finding(host, f"{source.id}: {error}", "the firewall, a proxy, or the address: `watcher sources`")
            continue
        remedy = "" if answer.status < 400 else "look at the address in a browser"
        yield Finding(host, f"{source.id}: answers {answer.status}", remedy)
        yield from _clock(answer.headers.get("date", ""), host, now())


def _clock(said: str, host: str, now: datetime) -> Iterator[Finding]:
    try:
        skew = abs(parsedate_to_datetime(said) - now)
    except (TypeError, ValueError):
        return
    remedy = "set the clock: timedatectl set-ntp true" if skew > MOST_SKEW else ""
    yield Finding("clock", f"{skew.total_seconds():.0f} s from that of {host}", remedy)


def _mail(settings: Settings) -> Iterator[Finding]:
    """Name, connection, certificate and login of the mail server; no message is sent."""
    if not settings.smtp_host:
        yield Finding("mail", "no server is set: nobody gets mail")
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        dial(mail_server(settings)).quit()
    except ConfigError as error:
        yield Finding("mail", where, _first(error.problems))
    except smtplib.SMTPAuthenticationError as error:
        yield Finding("mail", f"{where}: login refused ({error.smtp_code})", "smtp_user, and the password or its file")
    except (smtplib.SMTPException, OSError) as error:
        said = " ".join(str(error).split())
        yield Finding("mail", f"{where}: {said}", "smtp_host, smtp_port and smtp_security; the firewall")
    else:
        yield Finding("mail", f"{where}: takes our login" if settings.smtp_user else f"{where}: answers")
