"""
team.yaml → Team: name, time zone, channels, quiet hours, digest and cap.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from watcher.matching.layout import read_layout
from watcher.matching.names import Names
from watcher.matching.routes import read_escalation, read_routes
from watcher.matching.wishes import read_digest, read_rate
from watcher.model import Address, Layout, Team, TeamId
from watcher.yamlfile import (
    Faults,
    Node,
    Scalar,
    Table,
    did_you_mean,
    read_choice,
    read_clock,
    read_fields,
    read_text,
    read_texts,
    read_truth,
)

TEAM_KEYS = (
    "team",
    "timezone",
    "channels",
    "default",
    "quiet_hours",
    "digest",
    "cap",
    "routes",
    "escalation",
    "catch_up",
    "messages",
)
CATCH_UPS = ("all", "latest", "digest")
CHANNEL_KINDS = ("email", "webhook", "chat", "console")
CHAT_SERVICES = (
    *("slack", "teams", "telegram", "ntfy", "pagerduty"),
    *(
        "discord",
        "googlechat",
        "gotify",
        "matrix",
        "mattermost",
        "opsgenie",
        "pushover",
        "rocketchat",
        "webex",
        "zulip",
    ),
)
LIMIT_CHANNELS = 50
LIMIT_RECIPIENTS = 200
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_SECRET = re.compile(r"secret:([A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*)")
# Not RFC 5322: what a mail server will take and nobody mistypes. No spaces, quotes, commas or control characters.
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")


def read_team(
    node: Node, team: TeamId, faults: Faults, *, secrets: Collection[str] | None = None, names: Names | None = None
) -> Team | None:
    """
    The team of a folder.

    Args:
        team: Its id, the folder's name.
        secrets: Names of the team's own secrets that exist; None: not checked here.
        names: Knows the actors of routes; None: not checked here.

    Returns:
        None when no channel can be used; with other problems, what could be read, so that valid rules can run.
    """
    fields = read_fields(node, TEAM_KEYS, faults)
    channels = _read_channels(fields["channels"], team, faults, secrets=secrets) if "channels" in fields else {}
    if "channels" not in fields:
        faults.add(node, "channels: missing; write `desk: {email: [desk@example.org]}` under it", "missing-channel")
    default = _read_default(node, fields, channels, faults)
    quiet = _read_quiet(fields["quiet_hours"], faults) if "quiet_hours" in fields else None
    cap = read_rate(fields["cap"], faults) if "cap" in fields else None
    name = read_text(fields["team"], faults, limit=100) if "team" in fields else None
    timezone = _read_timezone(node, fields, faults)
    if default is None:
        return None
    return Team(
        id=team,
        name=name or team,
        timezone=timezone,
        channels=channels,
        default=default,
        quiet=quiet,
        digest=read_digest(fields["digest"], faults) if "digest" in fields else None,
        cap=cap[0] if cap else None,
        cap_within=cap[1] if cap else timedelta(hours=1),
        routes=read_routes(fields["routes"], channels, names, faults) if "routes" in fields else (),
        layout=read_layout(fields["messages"], faults) if "messages" in fields else Layout(),
        escalation=read_escalation(fields["escalation"], channels, faults) if "escalation" in fields else None,
        catch_up=(read_choice(fields["catch_up"], CATCH_UPS, faults, key="catch_up") if "catch_up" in fields else None)
        or "latest",
    )


def _read_timezone(node: Node, fields: Mapping[str, Node], faults: Faults) -> str:
    if "timezone" not in fields:
        faults.add(node, "timezone: missing; write the name of a city's zone, such as Europe/London", "missing-key")
        return "UTC"
    name = read_text(fields["timezone"], faults, limit=100)
    if name is None:
        return "UTC"
    known = available_timezones()
    if name in known:
        ZoneInfo(name)
        return name
    offer = did_you_mean(name, known)
    message = f"timezone: {name!r} is not a time zone{offer}; expected a name such as Europe/London"
    faults.add(fields["timezone"], message, "unknown-timezone")
    return "UTC"


def _read_default(
    node: Node, fields: Mapping[str, Node], channels: Mapping[str, Address], faults: Faults
) -> str | None:
    first = next(iter(channels), None)
    if "default" not in fields:
        if len(channels) > 1:
            names = ", ".join(channels)
            faults.add(node, f"default: missing; which channel do rules use that name none: {names}?", "missing-key")
        return first
    name = read_text(fields["default"], faults, limit=100)
    if name is None or name in channels:
        return name or first
    offer = did_you_mean(name, channels)
    faults.add(fields["default"], f"default: the team has no channel called {name!r}{offer}", "unknown-channel")
    return first


def _read_quiet(node: Node, faults: Faults) -> tuple[int, int] | None:
    fields = read_fields(node, ("from", "to"), faults)
    if fields.keys() != {"from", "to"}:
        faults.add(node, 'quiet_hours: expected {from: "22:00", to: "06:30"}', "missing-key")
        return None
    start, end = read_clock(fields["from"], faults), read_clock(fields["to"], faults)
    if start is not None and start == end:
        faults.add(
            node, "quiet_hours: from and to are the same: nothing would ever leave, or everything", "wrong-shape"
        )
        return None
    return (start, end) if start is not None and end is not None else None


# ── Channels ───────────────────────────────────────────────────────────────────────────────────────────────────


def _read_channels(node: Node, team: TeamId, faults: Faults, *, secrets: Collection[str] | None) -> dict[str, Address]:
    if not isinstance(node, Table) or not node.entries or len(node.entries) > LIMIT_CHANNELS:
        expected = f"1 to {LIMIT_CHANNELS} channels by name, such as `desk: {{email: [desk@example.org]}}`"
        faults.add(node, f"channels: expected {expected}", "missing-channel")
        return {}
    found: dict[str, Address] = {}
    for name, value in node:
        if not _NAME.fullmatch(name.text):
            faults.add(name, f"channels: {name.text!r} is not a name in small letters, such as desk", "bad-name")
        elif address := _read_address(name.text, value, team, faults, secrets=secrets):
            found[name.text] = address
    return {name: _sound_fallback(address, found, node, faults) for name, address in found.items()}


def _sound_fallback(address: Address, channels: Mapping[str, Address], node: Table, faults: Faults) -> Address:
    """The channel as it is, or without a fallback that there is not."""
    if address.fallback is None or (address.fallback in channels and address.fallback != address.name):
        return address
    offer = did_you_mean(address.fallback, [name for name in channels if name != address.name])
    place = next(value for key, value in node if key.text == address.name)
    message = f"fallback: the team has no other channel called {address.fallback!r}{offer}"
    faults.add(place, message, "unknown-channel")
    return replace(address, fallback=None)


def _read_address(
    name: str, node: Node, team: TeamId, faults: Faults, *, secrets: Collection[str] | None
) -> Address | None:
    fields = read_fields(node, (*CHANNEL_KINDS, "secret", "fallback", "fallback_after"), faults)
    kinds = [kind for kind in CHANNEL_KINDS if kind in fields]
    if len(kinds) != 1:
        if isinstance(node, Table):
            faults.add(node, f"channels: {name} needs one of {', '.join(CHANNEL_KINDS)}", "wrong-shape")
        return None
    before = len(faults)
    secret = _read_secret(fields["secret"], team, faults, known=secrets) if "secret" in fields else None
    value = fields[kinds[0]]
    recipients: tuple[str, ...] = ("console",)
    if kinds[0] == "email":
        recipients = tuple(dict.fromkeys(filter(None, (_mail(one, faults) for one in _several(value, faults)))))
    elif kinds[0] == "webhook":
        recipients = tuple(dict.fromkeys(filter(None, (_url(one, faults) for one in _several(value, faults)))))
    elif kinds[0] == "chat":
        recipients = _service(value, secret, team, faults)
    elif read_truth(value, faults) is False:
        return None
    fallback = read_text(fields["fallback"], faults, limit=100) if "fallback" in fields else None
    after = _read_after(fields["fallback_after"], faults) if "fallback_after" in fields else 3
    address = Address(name, kinds[0], recipients, secret, fallback, after)
    return address if recipients and len(faults) == before else None


def _read_after(node: Node, faults: Faults) -> int:
    text = node.text if isinstance(node, Scalar) else ""
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 20:
        return int(text)
    faults.add(node, "fallback_after: expected a number of failed attempts, 1 to 20", "wrong-shape")
    return 3


def _service(node: Node, secret: str | None, team: TeamId, faults: Faults) -> tuple[str, ...]:
    """The one recipient of a chat: the service, and the secret that says where in it."""
    service = node.text.strip().lower() if isinstance(node, Scalar) else ""
    if service not in CHAT_SERVICES:
        # The text may be an address with a token in it, so it is not repeated here.
        offer = did_you_mean(service, CHAT_SERVICES) if service.isalpha() else ""
        faults.add(node, f"chat: expected one of {', '.join(CHAT_SERVICES)}{offer}", "unknown-service")
    elif secret is None:
        message = f'chat: {service} needs secret: "secret:NAME", with its address or key in secrets/{team}/NAME'
        faults.add(node, message, "bad-secret")
    else:
        return (f"{service}:{secret}",)
    return ()


def _several(node: Node, faults: Faults) -> tuple[Scalar, ...]:
    found = read_texts(node, faults, limit=LIMIT_RECIPIENTS)
    if not found:
        faults.add(node, "channels: expected an address", "missing-channel")
    return found


def _mail(node: Scalar, faults: Faults) -> str:
    if _MAIL.fullmatch(node.text) and len(node.text) <= 254 and ".." not in node.text:
        return node.text
    faults.add(node, f"{node.text[:80]!r} is not a mail address such as desk@example.org", "bad-address")
    return ""


def _url(node: Scalar, faults: Faults) -> str:
    try:
        parts = urlsplit(node.text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f\x7f]", node.text) or len(node.text) > 2_000:
        faults.add(node, "expected an address such as https://hooks.example.org/watch", "bad-address")
        return ""
    if parts.username or parts.password:
        faults.add(node, 'a password does not belong into an address: use secret: "secret:NAME"', "bad-address")
        return ""
    return node.text


def _read_secret(node: Node, team: TeamId, faults: Faults, *, known: Collection[str] | None) -> str | None:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    found = _SECRET.fullmatch(text)
    if not found:
        # The text itself may be the secret, so it is not repeated here.
        owner = " (a team can only use its own)" if text.startswith("secret:") and "/" in text else ""
        message = f'expected "secret:NAME", the name of one of the secrets of {team}{owner}'
        faults.add(node, f"{message}; the value goes into a file secrets/{team}/NAME", "bad-secret")
        return None
    if known is not None and found[1] not in known:
        offer = did_you_mean(found[1], known)
        message = f"{team} has no secret called {found[1]!r}{offer}: put it into a file secrets/{team}/{found[1]}"
        faults.add(node, message, "bad-secret")
        return None
    return found[1]
