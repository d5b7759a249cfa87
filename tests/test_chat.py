"""Chats and pagers, each against a real server on loopback that fails in every way it can."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.examples import NOON, item, message, owed, told
from tests.http_server import Answer, Site, http_server
from watcher.channels.chat import OWN, SERVICES, ChatChannel
from watcher.channels.others import DEADLINE, Others
from watcher.errors import DeliveryError
from watcher.matching.team import CHAT_SERVICES
from watcher.model import Address, Change, Kind, Message
from watcher.net import Client, Limits
from watcher.wiring.sending import renderer

HOSTILE = 'Talks <!channel> & "[x](javascript:1)" *moved* | </a><b>up</b>'


def channel(site: Site, secret: str, *, private: bool = True, deadline: timedelta = DEADLINE) -> ChatChannel:
    post = partial(Client(resolve=site.resolve, limits=Limits(timedelta(seconds=1))).post, private=private)
    others = Others(private=private, resolve=site.resolve, deadline=deadline)
    return ChatChannel(post, lambda team, name: (secret,) if secret else (), others)


def alert(title: str = "Iran-US talks brought forward to 11 February", **changed: Any) -> Message:
    one = told(item(title), changes=(Change("date", "2026-02-18", "2026-02-11"),))
    one = replace(one, alert=replace(one.alert, **changed))
    return renderer().alert(owed(), one, now=NOON)


def digest(count: int) -> Message:
    tolds = [told(item(f"Development {number}", key=f"i{number}")) for number in range(count)]
    return renderer().digest([owed(key=f"del{number}") for number in range(count)], tolds, now=NOON)


def send(service: str, secret: Callable[[Site], str], said: Message, answer: Answer | None = None) -> Any:
    """The request that reached the server."""
    with http_server() as site:
        site.answers = dict.fromkeys(PATHS, answer or Answer(200))
        channel(site, secret(site)).send(said, Address("room", "chat", (f"{service}:room",), "room"), f"{service}:room")
        return site.requests[-1]


PATHS = ("/hook", "/bot1:a/sendMessage", "/", "/hooks/tok", "/message")
SECRETS: Mapping[str, Callable[[Site], str]] = {
    "slack": lambda site: site.url("/hook"),
    "teams": lambda site: site.url("/hook"),
    "telegram": lambda site: f"{site.url('/')} 1:a -100",
    "ntfy": lambda site: site.url("/gulf").replace("//", "//:tk_1@"),
    "pagerduty": lambda site: f"{site.url('/hook')} 0123456789abcdef",
}


def body(service: str, said: Message) -> Any:
    return json.loads(send(service, SECRETS[service], said).body)


def test_slack_gets_blocks_in_which_a_title_is_no_markup() -> None:
    sent = body("slack", alert(HOSTILE))

    kinds = [block["text"]["type"] for block in sent["blocks"]]
    assert kinds == ["plain_text", "mrkdwn", "mrkdwn"]
    assert "<!channel>" not in sent["text"]
    assert "Date: 18 Feb 2026 → 11 Feb 2026" in sent["blocks"][1]["text"]["text"]
    assert sent["blocks"][-1]["text"]["text"] == "<https://gulfwire.example/i1|Read the report>"
    assert len(sent["blocks"][0]["text"]["text"]) <= 150


def test_teams_gets_a_card_of_plain_runs() -> None:
    sent = body("teams", alert(HOSTILE))

    (attachment,) = sent["attachments"]
    card = attachment["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert HOSTILE[:20] in card["body"][0]["inlines"][0]["text"]
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "Read the report", "url": "https://gulfwire.example/i1"}
    ]


def test_telegram_gets_escaped_html_to_the_chat_of_the_secret() -> None:
    sent = body("telegram", alert(HOSTILE))

    assert (sent["chat_id"], sent["parse_mode"]) == ("-100", "HTML")
    assert "&lt;/a&gt;&lt;b&gt;" in sent["text"]
    assert len(body("telegram", digest(60))["text"]) <= 4096


def test_ntfy_gets_json_with_the_token_in_a_header() -> None:
    request = send("ntfy", SECRETS["ntfy"], alert())

    sent = json.loads(request.body)
    assert (sent["topic"], sent["priority"], sent["click"]) == ("gulf", 4, "https://gulfwire.example/i1")
    assert request.headers["authorization"] == "Bearer tk_1"
    assert request.path == "/"


def test_a_pager_has_one_incident_for_a_story_and_a_retraction_resolves_it() -> None:
    first, second = (body("pagerduty", alert(title)) for title in ("Talks set", "Talks moved"))
    over = body("pagerduty", alert(kind=Kind.RETRACTED))

    assert first["dedup_key"] == second["dedup_key"] == over["dedup_key"] == "s1"
    assert [one["event_action"] for one in (first, second, over)] == ["trigger", "trigger", "resolve"]
    assert (first["payload"]["severity"], first["routing_key"]) == ("error", "0123456789abcdef")


@pytest.mark.parametrize("service", OWN)
def test_a_digest_names_each_and_counts_the_rest(service: str) -> None:
    whole = json.dumps(body(service, digest(15)))

    assert "Development 3" in whole
    assert "and 3 more" in whole


@pytest.mark.parametrize("service", OWN)
def test_a_notice_and_a_test_can_be_said_too(service: str) -> None:
    said = replace(message(), payload={"schema": "watcher.notice.v1"}, text="Line one\nLine two\n")

    assert "Line two" in json.dumps(body(service, said)) or service == "pagerduty"


@pytest.mark.parametrize(
    ("answer", "retryable", "gone", "wait"),
    [
        pytest.param(Answer(500), True, False, None, id="their fault"),
        pytest.param(Answer(404), True, False, None, id="a person may mend the address"),
        pytest.param(Answer(400), False, False, None, id="the same would be refused again"),
        pytest.param(Answer(410), False, True, None, id="gone"),
        pytest.param(Answer(429, {"retry-after": "7"}), True, False, 7, id="a wait in the header"),
        pytest.param(
            Answer(429, body=b'{"ok":false,"parameters":{"retry_after":9}}'), True, False, 9, id="a wait in the body"
        ),
        pytest.param(Answer(429, body=b"[]"), True, False, None, id="a wait that cannot be read"),
        pytest.param(Answer(302, {"location": "/hook"}), True, False, None, id="no redirect is followed"),
        pytest.param(Answer(stall=True), True, False, None, id="it says nothing"),
    ],
)
def test_what_an_answer_means(answer: Answer, retryable: bool, gone: bool, wait: int | None) -> None:
    with pytest.raises(DeliveryError) as refused:
        send("slack", SECRETS["slack"], alert(), answer)

    error = refused.value
    assert (error.retryable, error.gone) == (retryable, gone)
    assert error.retry_after == (timedelta(seconds=wait) if wait else None)


@pytest.mark.parametrize(
    ("service", "secret"),
    [
        pytest.param("slack", "", id="no secret"),
        pytest.param("slack", "xoxb-token", id="no address"),
        pytest.param("telegram", "1:a", id="no chat"),
        pytest.param("ntfy", "https://ntfy.example/", id="no topic"),
        pytest.param("pagerduty", "https://events.example", id="no key"),
        pytest.param("mattermost", "exec://rm", id="a scheme that runs programs"),
        pytest.param("mattermost", "mmost://127.0.0.1/tok?verify=no", id="options"),
        pytest.param("discord", "discord://", id="half an address"),
    ],
)
def test_a_secret_of_the_wrong_form_waits_for_a_person_and_is_not_shown(service: str, secret: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        send(service, lambda site: secret, alert())

    assert refused.value.retryable
    assert not secret or secret not in str(refused.value)


@pytest.mark.parametrize(
    ("service", "address"), [("slack", "http://127.0.0.1:1/hook"), ("mattermost", "mmost://127.0.0.1:1/tok")]
)
def test_private_networks_are_refused(service: str, address: str) -> None:
    with (
        http_server() as site,
        pytest.raises(DeliveryError, match=r"in a private network|no address that we may connect to"),
    ):
        channel(site, address, private=False).send(alert(), Address("r", "chat", ("",)), f"{service}:room")


def mattermost(site: Site) -> str:
    return f"mmost://{site.address}:{site.port}/tok"


def test_services_without_a_form_of_their_own_go_through_apprise() -> None:
    request = send("mattermost", mattermost, alert())

    assert request.path == "/hooks/tok"
    assert "Date: 18 Feb 2026 → 11 Feb 2026" in json.loads(request.body)["text"]


def test_what_apprise_could_not_send_is_tried_again() -> None:
    with pytest.raises(DeliveryError, match="mattermost did not take it") as refused:
        send("mattermost", mattermost, alert(), Answer(500))

    assert refused.value.retryable


def test_apprise_gets_a_deadline() -> None:
    with http_server() as site:
        site.answers["/hooks/tok"] = Answer(stall=True)
        sender = channel(site, mattermost(site), deadline=timedelta(seconds=0.2))

        with pytest.raises(DeliveryError, match="no answer within"):
            sender.send(alert(), Address("room", "chat", ("",)), "mattermost:room")


def test_the_services_of_team_yaml_are_those_that_can_be_sent_through() -> None:
    assert set(CHAT_SERVICES) == set(SERVICES)


def test_apprise_is_imported_when_it_is_used_and_not_before() -> None:
    code = "import sys, watcher.wiring.sending; sys.exit('apprise' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
