"""What a receiver checks: our signatures by the reference library, its signatures by us, and the published vector."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from watcher.channels.webhook import sign, verify

# The vector that the libraries of Standard Webhooks are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
OTHER = "whsec_" + base64.b64encode(b"another secret of 24 byte").decode()
FOREIGN = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "


def test_the_published_vector_is_ours_too() -> None:
    signed = sign([SECRET], HEADERS["webhook-id"], HEADERS["webhook-timestamp"], BODY)

    assert signed == HEADERS["webhook-signature"]


def test_what_the_reference_library_signs_we_take_and_the_other_way() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    theirs = Webhook(SECRET).sign("id-1", now, BODY.decode())
    stamp = str(int(now.timestamp()))
    ours = sign([OTHER, SECRET], "id-1", stamp, BODY)
    headers = {"webhook-id": "id-1", "webhook-timestamp": stamp}

    assert verify([SECRET], {**headers, "webhook-signature": theirs}, BODY, now=now) == ""
    assert Webhook(SECRET).verify(BODY, {**headers, "webhook-signature": ours}) == {"test": 2432232314}


@pytest.mark.parametrize(
    ("changed", "body", "age", "said"),
    [
        pytest.param({}, BODY, timedelta(), "", id="genuine"),
        pytest.param(
            {"webhook-signature": FOREIGN + HEADERS["webhook-signature"]}, BODY, timedelta(), "", id="several"
        ),
        pytest.param({}, BODY, timedelta(minutes=5), "", id="five minutes old"),
        pytest.param({}, BODY, timedelta(minutes=5, seconds=1), "0:05:01 ago: outside 0:05:00", id="older"),
        pytest.param({}, BODY, -timedelta(minutes=6), "0:06:00 ahead: outside 0:05:00", id="of the future"),
        pytest.param({}, BODY + b" ", timedelta(), "no signature is of any", id="a changed body"),
        pytest.param({"webhook-id": "msg_1"}, BODY, timedelta(), "no signature is of any", id="another id"),
        pytest.param({"webhook-signature": ""}, BODY, timedelta(), "missing: webhook-signature", id="unsigned"),
        pytest.param({"webhook-signature": "v1,é"}, BODY, timedelta(), "no signature is of any", id="no ASCII"),
        pytest.param({"webhook-timestamp": "soon"}, BODY, timedelta(), "no number of seconds", id="no time"),
        pytest.param({"webhook-timestamp": "9" * 40}, BODY, timedelta(), "no number of seconds", id="no possible time"),
    ],
)
def test_what_is_not_genuine_is_told(changed: dict[str, str], body: bytes, age: timedelta, said: str) -> None:
    wrong = verify([OTHER, SECRET], {**HEADERS, **changed}, body, now=AT + age)

    assert said in wrong
    assert bool(wrong) is bool(said)


@pytest.mark.parametrize(
    ("at", "expect", "said"),
    [
        pytest.param("2021-02-25T15:02:10", 0, "genuine: msg_p5jXN8AQM9LWM0D4loKWxJek", id="genuine"),
        pytest.param("2021-02-25T16:02:10", 1, "perhaps replayed", id="an hour later"),
    ],
)
def test_the_command_says_whether_it_is_genuine(at: str, expect: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "gulf").mkdir(parents=True)
    (tmp_path / "secrets" / "gulf" / "hook").write_text(f"{OTHER}\n{SECRET}\n")
    (tmp_path / "body").write_bytes(BODY)
    given = [part for name, value in HEADERS.items() for part in ("--header", f"{name}: {value}")]
    command = [sys.executable, "-c", "from watcher.cli import main; main()", "webhook", "verify", *given]
    options = ["--body", "body", "--team", "gulf", "--secret", "hook", "--at", at]

    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == expect, done.stderr
    assert said in done.stdout + done.stderr


def test_the_receiver_of_the_documentation_takes_what_we_sign() -> None:
    text = (Path(__file__).parent.parent / "docs/webhooks.md").read_text()
    code = text.partition("## A receiver")[2].partition("```python\n")[2].partition("```")[0]
    place: dict[str, object] = {}
    exec(code, place)  # it is ours
    stamp = str(int(datetime.now(UTC).timestamp()))
    headers = {
        "webhook-id": "x",
        "webhook-timestamp": stamp,
        "webhook-signature": sign([OTHER, SECRET], "x", stamp, BODY),
    }
    receiver = place["verify"]
    assert callable(receiver)

    assert receiver(SECRET, headers, BODY)
    assert not receiver(SECRET, headers, BODY + b"!")
