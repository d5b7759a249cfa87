"""Webhooks to a real receiver on loopback; signatures checked by the reference library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from tests.examples import HOOK, NOON, item, message, owed, told
from tests.http_server import Answer, Site, http_server
from watcher.channels.webhook import WebhookChannel, sign
from watcher.errors import DeliveryError
from watcher.model import Change
from watcher.net import Client
from watcher.render import Renderer

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
OLD = "whsec_" + "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk"


def channel(site: Site, *secrets: str, private: bool = True) -> WebhookChannel:
    return WebhookChannel(partial(Client(resolve=site.resolve).post, private=private), lambda team, name: secrets)


def sent(site: Site) -> tuple[bytes, dict[str, str]]:
    request = site.requests[-1]
    return request.body, dict(request.headers)


def test_the_reference_library_accepts_our_signature() -> None:
    with http_server() as site:
        site.answers["/watch"] = Answer(204)
        receipt = channel(site, SECRET).send(message(), HOOK, site.url("/watch"))
        body, headers = sent(site)

    assert receipt.detail == "HTTP 204"
    # The library refuses timestamps older than five minutes; the example's is fixed, so only the signature is compared.
    right = Webhook(SECRET).sign("del1", NOON, body.decode())
    assert headers["webhook-signature"] == right
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("del1", str(int(NOON.timestamp())))
    assert headers["content-type"] == "application/json"


def test_while_a_secret_is_replaced_both_signatures_are_sent() -> None:
    signatures = sign([SECRET, OLD], "id", "1", b"{}").split()

    assert signatures == [sign([SECRET], "id", "1", b"{}"), sign([OLD], "id", "1", b"{}")]


def test_every_attempt_bears_the_same_id() -> None:
    with http_server() as site:
        site.answers["/watch"] = [Answer(500), Answer(200)]
        sender = channel(site, SECRET)
        with pytest.raises(DeliveryError):
            sender.send(message(), HOOK, site.url("/watch"))
        sender.send(message(), HOOK, site.url("/watch"))

        assert [request.headers["webhook-id"] for request in site.requests] == ["del1", "del1"]


@pytest.mark.parametrize(
    ("status", "headers", "retryable", "gone", "wait"),
    [
        pytest.param(500, {}, True, False, None, id="a fault over there"),
        pytest.param(429, {"retry-after": "120"}, True, False, timedelta(seconds=120), id="asks for a pause"),
        pytest.param(503, {}, True, False, None, id="away for a moment"),
        pytest.param(404, {}, True, False, None, id="a wrong path can be mended"),
        pytest.param(400, {}, False, False, None, id="never taken"),
        pytest.param(413, {}, False, False, None, id="too large stays too large"),
        pytest.param(410, {}, False, True, None, id="gone"),
        pytest.param(302, {"location": "http://elsewhere.example/"}, True, False, None, id="a redirect is a failure"),
    ],
)
def test_answers_are_told_apart(
    status: int, headers: Mapping[str, str], retryable: bool, gone: bool, wait: timedelta | None
) -> None:
    with http_server() as site:
        site.answers["/watch"] = Answer(status, headers)
        with pytest.raises(DeliveryError) as caught:
            channel(site).send(message(), HOOK, site.url("/watch"))

    assert (caught.value.retryable, caught.value.gone, caught.value.retry_after) == (retryable, gone, wait)
    assert len(site.requests) == 1


def test_addresses_of_private_networks_are_refused_unless_allowed() -> None:
    with http_server() as site:
        site.answers["/watch"] = Answer(200)
        with pytest.raises(DeliveryError):
            channel(site, private=False).send(message(), HOOK, site.url("/watch"))

        assert site.requests == []


def test_a_secret_that_is_no_base64_waits_for_a_person_and_is_not_shown() -> None:
    with pytest.raises(DeliveryError) as caught:
        sign(["whsec_not base64!"], "id", "1", b"{}")

    assert caught.value.retryable
    assert "not base64!" not in str(caught.value)


def test_the_payload_is_as_its_schema_says() -> None:
    schema: dict[str, Any] = json.loads((Path(__file__).parent.parent / "docs/webhook.schema.json").read_text())
    changes = (Change("date", "2026-02-18", "2026-02-11"), Change("place", None, "muscat"))
    html = {"alert.html": ""}

    payload = Renderer(html).alert(owed(channel=HOOK), told(item(), changes=changes), now=NOON).payload

    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        json.loads(json.dumps(payload))
    )
    assert payload["development"]["changed"] == {"date": ["2026-02-18", "2026-02-11"], "place": [None, "muscat"]}  # type: ignore[index]
