"""The guarded client against a real server that behaves badly."""

from __future__ import annotations

import ssl
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest
import trustme

from tests.http_server import Answer, Site, bomb, endless, http_server, ok, packed
from watcher.errors import DeliveryError
from watcher.model import FailureReason
from watcher.net import Client, Limits, NetError, Response
from watcher.net.addresses import is_permitted

LOOPBACK = (ip_network("127.0.0.0/8"),)
BODY = b"<rss><channel><title>Wire</title></channel></rss>" * 50


@pytest.fixture
def site() -> Iterator[Site]:
    with http_server() as server:
        yield server


def client(site: Site, *, seconds: float = 5, limit: int = 1_000_000) -> Client:
    """Its names lead to the test server, whose address alone is allowed."""
    limits = Limits(deadline=timedelta(seconds=seconds), bytes=limit)
    return Client(resolve=site.resolve, limits=limits, permitted=LOOPBACK)


def failure(client: Client, url: str, *, private: bool = False) -> FailureReason:
    with pytest.raises(NetError) as caught:
        client.get(url, private=private)
    return caught.value.reason


# ── Addresses ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("10.1.2.3", id="private 10/8"),
        pytest.param("172.31.255.1", id="private 172.16/12"),
        pytest.param("192.168.0.10", id="private 192.168/16"),
        pytest.param("100.64.0.1", id="carrier NAT, first"),
        pytest.param("100.127.255.254", id="carrier NAT, last"),
        pytest.param("169.254.169.254", id="link-local: the secrets of a cloud machine"),
        pytest.param("0.0.0.0", id="unspecified means this machine"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("198.18.0.1", id="benchmark networks"),
        pytest.param("::1", id="loopback of IPv6"),
        pytest.param("::", id="unspecified of IPv6"),
        pytest.param("fe80::1", id="link-local of IPv6"),
        pytest.param("fd00::1", id="unique local"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("ff02::1", id="multicast of IPv6"),
        pytest.param("::ffff:127.0.0.1", id="IPv4 mapped into IPv6"),
        pytest.param("::127.0.0.1", id="IPv4-compatible"),
        pytest.param("64:ff9b::7f00:1", id="NAT64 of loopback"),
        pytest.param("64:ff9b:1::7f00:1", id="local NAT64"),
        pytest.param("2002:7f00:1::", id="6to4 of loopback"),
        pytest.param("2001:0:4136:e378::1", id="Teredo"),
        pytest.param("2001:db8::1", id="documentation"),
    ],
)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_permitted(ip_address(address), private=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_the_public_internet_is_allowed(address: str) -> None:
    assert is_permitted(ip_address(address), private=False)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        pytest.param("192.168.0.10", True, id="the office network"),
        pytest.param("127.0.0.1", True, id="a bridge on this machine"),
        pytest.param("fd00::1", True, id="unique local"),
        pytest.param("169.254.169.254", False, id="never the secrets of a cloud machine"),
        pytest.param("0.0.0.0", False, id="never unspecified"),
        pytest.param("fe80::1", False, id="never link-local"),
    ],
)
def test_a_private_source_reaches_private_networks_only(address: str, allowed: bool) -> None:
    assert is_permitted(ip_address(address), private=True) is allowed


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"]
)
def test_no_spelling_of_this_machine_gets_through(site: Site, host: str) -> None:
    site.answers["/"] = ok(b"secret")

    reason = failure(Client(), site.url("/", host=host))

    assert reason == FailureReason.REFUSED_ADDRESS
    assert not site.requests


def test_a_public_name_of_a_private_address_is_refused(site: Site) -> None:
    site.answers["/"] = ok(b"secret")

    reason = failure(Client(resolve=site.resolve), site.url("/", host="feeds.example"))

    assert reason == FailureReason.REFUSED_ADDRESS
    assert not site.requests


def test_a_private_source_may_read_it(site: Site) -> None:
    site.answers["/"] = ok(b"intranet")

    response = Client(resolve=site.resolve).get(site.url("/", host="feeds.example"), private=True)

    assert response.body == b"intranet"


def test_a_name_is_resolved_once_and_that_address_is_used(site: Site) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("169.254.169.254",)

    site.answers["/"] = ok(b"news")

    response = Client(resolve=rebinding, permitted=LOOPBACK).get(site.url("/", host="feeds.example"))

    assert (response.body, asked) == (b"news", ["feeds.example"])


def test_the_allowed_one_of_several_addresses_is_used(site: Site) -> None:
    site.answers["/"] = ok(b"news")

    def mixed(host: str, port: int) -> tuple[str, ...]:
        return ("10.0.0.1", "fe80::1%eth0", "127.0.0.1")

    assert Client(resolve=mixed, permitted=LOOPBACK).get(site.url("/", host="feeds.example")).body == b"news"


def test_an_address_that_does_not_answer_leaves_the_turn_to_the_next(site: Site) -> None:
    site.answers["/"] = ok(b"news")

    def two(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.2", "127.0.0.1")  # the server listens on the second only

    assert Client(resolve=two, permitted=LOOPBACK).get(site.url("/", host="feeds.example")).body == b"news"


def test_a_name_that_does_not_exist_is_a_refused_address() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise OSError("no such name")

    assert failure(Client(resolve=unknown), "http://nowhere.example/") == FailureReason.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://feeds.example/",
        "gopher://feeds.example/",
        "http://",
        "feeds.example/rss",
        "http://[::1/",
        "http://a b.example/",
        "http://feeds.example:99999/",
        "http://evil.example\r\nhost: x/",
        "",
        "http://feeds.example/" + "a" * 10_000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    assert failure(Client(), url) == FailureReason.REFUSED_ADDRESS


# ── Redirects ──────────────────────────────────────────────────────────────────────────────────────────────────


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status, {"location": location})


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("http://169.254.169.254/latest/meta-data/", id="the secrets of a cloud machine"),
        pytest.param("http://10.0.0.1/admin", id="the office network"),
        pytest.param("http://[::1]/", id="this machine"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("gopher://127.0.0.1:25/", id="another protocol"),
        pytest.param("http://[bad", id="no address"),
    ],
)
def test_a_redirect_to_what_we_may_not_read_is_refused(site: Site, target: str) -> None:
    site.answers["/feed"] = redirect(target)

    def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == "feeds.example" else (host,)

    reader = Client(resolve=resolve, permitted=(ip_network("127.0.0.1/32"),))

    assert failure(reader, site.url("/feed", host="feeds.example")) == FailureReason.REFUSED_ADDRESS


def test_every_hop_is_checked_again(site: Site) -> None:
    site.answers["/feed"] = redirect(site.url("/inner", host="intranet.example"))
    site.answers["/inner"] = ok(b"secret")

    def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == "feeds.example" else ("127.0.0.9",)

    reader = Client(resolve=resolve, permitted=(ip_network("127.0.0.1/32"),))

    assert failure(reader, site.url("/feed", host="feeds.example")) == FailureReason.REFUSED_ADDRESS
    assert [request.path for request in site.requests] == ["/feed"]


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        pytest.param([301], "/1", id="permanent"),
        pytest.param([308, 301], "/2", id="permanent twice"),
        pytest.param([301, 302], "/1", id="up to the first that is for now only"),
        pytest.param([302, 301], None, id="for now, then permanent: nothing to record"),
        pytest.param([303], None, id="see other"),
        pytest.param([307], None, id="temporary"),
    ],
)
def test_permanent_redirects_are_recorded(site: Site, statuses: list[int], moved: str | None) -> None:
    for index, status in enumerate(statuses):
        site.answers["/feed" if index == 0 else f"/{index}"] = redirect(f"/{index + 1}", status)
    site.answers[f"/{len(statuses)}"] = ok(b"news")

    response = client(site).get(site.url("/feed"))

    assert response.body == b"news"
    assert response.url == site.url(f"/{len(statuses)}")
    assert response.moved_to == (site.url(moved) if moved else None)


def test_endless_redirects_end(site: Site) -> None:
    site.answers["/feed"] = redirect("/feed")

    assert failure(client(site), site.url("/feed")) == FailureReason.STATUS
    assert len(site.requests) == 6


def test_all_hops_share_one_deadline(site: Site) -> None:
    site.answers["/feed"] = Answer(raw=[b"HTTP/1.1 302 Found\r\n", b"location: /feed\r\n", b"\r\n"], drip=0.25)

    started = time.monotonic()
    reason = failure(client(site, seconds=1), site.url("/feed"))

    assert reason == FailureReason.TIMEOUT
    assert time.monotonic() - started < 2


def test_a_path_outside_ascii_is_escaped(site: Site) -> None:
    site.answers["/feed"] = redirect("/новости?q=é%20x".encode().decode("latin-1"))  # as bytes go over the wire
    site.answers["/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"] = ok(b"news")

    assert client(site).get(site.url("/feed")).body == b"news"
    assert site.requests[1].path.endswith("?q=%C3%A9%20x")


# ── Time and size ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(200, stall=True), id="nothing after the headers"),
        pytest.param(Answer(200, body=endless(b"x"), drip=0.05), id="a body that drips"),
        pytest.param(Answer(raw=endless(b"x"), drip=0.05), id="a status line that drips"),
        pytest.param(Answer(raw=[b"HTTP/1.1 200 OK\r\n", *[b"a: b\r\n"] * 500], drip=0.05), id="headers that drip"),
        pytest.param(Answer(raw=[b"HTTP/1.1 100 Continue\r\n\r\n"] * 500, drip=0.05), id="continues without end"),
        pytest.param(
            Answer(200, {"transfer-encoding": "chunked"}, endless(b"1\r\nx\r\n"), drip=0.05), id="chunks that drip"
        ),
    ],
)
def test_the_deadline_is_for_the_whole_answer(site: Site, answer: Answer) -> None:
    site.answers["/feed"] = answer

    started = time.monotonic()
    reason = failure(client(site, seconds=0.5), site.url("/feed"))

    assert reason == FailureReason.TIMEOUT
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(200, {"content-length": str(10**10)}, endless()), id="10 GB as announced"),
        pytest.param(Answer(200, body=endless()), id="without a length"),
        pytest.param(Answer(200, {"transfer-encoding": "chunked"}, endless(b"1\r\nx\r\n" * 9000)), id="tiny chunks"),
        pytest.param(Answer(raw=[b"HTTP/1.1 103 Early\r\n\r\n" * 9000] * 500), id="interim answers without end"),
    ],
)
def test_no_more_than_the_limit_is_received(site: Site, answer: Answer) -> None:
    site.answers["/feed"] = answer

    assert failure(client(site), site.url("/feed")) == FailureReason.TOO_LARGE


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(5000)], id="many"),
        pytest.param([b"x: ", *[b"y" * 10_000] * 500], id="one without end"),
    ],
)
def test_a_flood_of_headers_is_cut_off(site: Site, headers: list[bytes]) -> None:
    site.answers["/feed"] = Answer(raw=[b"HTTP/1.1 200 OK\r\n", *headers])

    assert failure(client(site, limit=10_000_000), site.url("/feed")) == FailureReason.CONNECTION


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff\x00garbage\r\n\r\n", id="rubbish"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", id="shorter than announced"),
        pytest.param(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n", id="a chunk without a size"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", id="a length below zero"),
    ],
)
def test_a_broken_answer_is_a_failed_connection(site: Site, raw: bytes) -> None:
    site.answers["/feed"] = Answer(raw=raw)

    assert failure(client(site), site.url("/feed")) == FailureReason.CONNECTION


def test_nobody_listening_is_a_failed_connection() -> None:
    with http_server() as site:
        url, reader = site.url("/"), client(site)

    assert failure(reader, url) == FailureReason.CONNECTION


# ── Packed bodies ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "bare", "br", "zstd"])
@pytest.mark.parametrize("body", [BODY, b"", bytes(400_000)], ids=["short", "empty", "larger than a piece"])
def test_packed_bodies_are_unpacked(site: Site, encoding: str, body: bytes) -> None:
    name = "deflate" if encoding == "bare" else encoding
    site.answers["/feed"] = ok(packed(body, encoding), content_encoding=name)

    assert client(site).get(site.url("/feed")).body == body
    assert name in site.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_stopped_at_the_limit(site: Site, encoding: str) -> None:
    site.answers["/feed"] = ok(bomb(encoding), content_encoding=encoding)

    tracemalloc.start()
    reason = failure(client(site), site.url("/feed"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert reason == FailureReason.TOO_LARGE
    assert peak < 20_000_000


def test_a_bomb_within_a_bomb_is_stopped_too(site: Site) -> None:
    site.answers["/feed"] = ok(packed(bomb("gzip"), "gzip"), content_encoding="gzip, gzip")

    assert failure(client(site), site.url("/feed")) == FailureReason.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(BODY, "gzip", id="not packed at all"),
        pytest.param(packed(BODY, "gzip")[:-20], "gzip", id="gzip cut off"),
        pytest.param(packed(BODY, "br")[:-5], "br", id="brotli cut off"),
        pytest.param(packed(BODY, "deflate")[:-9], "deflate", id="deflate cut off"),
        pytest.param(b"\x28\xb5\x2f\xfd\xff\xff", "zstd", id="damaged zstd"),
        pytest.param(BODY, "compress", id="an encoding nobody asked for"),
        pytest.param(BODY, "gzip, gzip, gzip", id="too many layers"),
    ],
)
def test_a_damaged_body_is_unreadable(site: Site, body: bytes, encoding: str) -> None:
    site.answers["/feed"] = ok(body, content_encoding=encoding)

    assert failure(client(site), site.url("/feed")) == FailureReason.UNREADABLE


def test_gzip_in_several_members_with_rubbish_behind_is_read(site: Site) -> None:
    body = packed(b"one ", "gzip") + packed(b"two", "gzip") + b"\x00\x00rubbish"
    site.answers["/feed"] = ok(body, content_encoding="GZip")

    assert client(site).get(site.url("/feed")).body == b"one two"


# ── What is sent and what is said ──────────────────────────────────────────────────────────────────────────────


def test_we_say_who_we_are(site: Site) -> None:
    site.answers["/"] = ok(b"")

    reader = Client("desk@example.org", resolve=site.resolve, permitted=LOOPBACK)
    reader.get(site.url("/", host="feeds.example"), headers={"If-None-Match": '"é"'})

    sent = site.requests[0].headers
    assert sent["user-agent"].startswith("watcher/")
    assert sent["user-agent"].endswith("(+desk@example.org)")
    assert sent["host"] == f"feeds.example:{site.port}"
    assert sent["if-none-match"] == '"é"'


DATED = {"date": "Wed, 04 Feb 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "120"}, 120, id="seconds"),
        pytest.param({"retry-after": "Wed, 04 Feb 2026 12:05:00 GMT", **DATED}, 300, id="a date"),
        pytest.param({"retry-after": "Wed, 04 Feb 2026 11:00:00 GMT", **DATED}, None, id="a date gone by"),
        pytest.param({"retry-after": "-5"}, None, id="below zero"),
        pytest.param({"retry-after": "soon"}, None, id="no number"),
        pytest.param({"retry-after": "9" * 4000}, 10**9, id="absurd"),
        pytest.param({}, None, id="absent"),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: int | None) -> None:
    asked = Response(429, "http://feeds.example/", headers, b"").retry_after

    assert asked == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"cache-control": "public, max-age=600"}, 600, id="max-age"),
        pytest.param({"cache-control": "s-maxage=900"}, None, id="for shared caches only"),
        pytest.param({"cache-control": "max-age=600", "age": "500"}, 100, id="less its age"),
        pytest.param({"cache-control": "max-age=600", "age": "700"}, None, id="stale already"),
        pytest.param({"cache-control": "no-cache, max-age=600"}, None, id="no-cache wins"),
        pytest.param(
            {"cache-control": "max-age=60", "expires": "Thu, 05 Feb 2026 12:00:00 GMT"}, 60, id="over Expires"
        ),
        pytest.param({"expires": "Wed, 04 Feb 2026 12:10:00 GMT", **DATED}, 600, id="Expires"),
        pytest.param({"expires": "0"}, None, id="Expires: 0"),
        pytest.param({"expires": "-1"}, None, id="Expires: -1"),
        pytest.param({}, None, id="absent"),
    ],
)
def test_max_age(headers: dict[str, str], seconds: int | None) -> None:
    fresh = Response(200, "http://feeds.example/", headers, b"").max_age

    assert fresh == (None if seconds is None else timedelta(seconds=seconds))


def test_a_post_carries_its_body_and_follows_no_redirect(site: Site) -> None:
    site.answers["/hook"] = redirect("/elsewhere", 307)

    response = client(site).post(site.url("/hook"), headers={"content-type": "application/json"}, body=b"{}")

    assert response.status == 307
    assert [(request.method, request.path, request.body) for request in site.requests] == [("POST", "/hook", b"{}")]


def test_a_post_to_a_private_address_is_a_delivery_that_may_be_tried_again(site: Site) -> None:
    with pytest.raises(DeliveryError) as caught:
        Client().post(site.url("/hook"), headers={}, body=b"{}")

    assert caught.value.retryable
    assert not site.requests


def test_a_failure_names_the_host_and_never_the_query(site: Site) -> None:
    site.answers["/feed"] = Answer(raw=b"")

    with pytest.raises(NetError) as caught:
        client(site).get(site.url("/feed?key=s3cret", host="feeds.example"))

    assert "feeds.example" in str(caught.value)
    assert "s3cret" not in str(caught.value)


# ── TLS ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_certificate_is_checked_against_the_name() -> None:
    authority = trustme.CA()
    served, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("feeds.example").configure_cert(served)
    authority.configure_trust(trusting)
    with http_server(tls=served) as site:
        site.answers["/"] = ok(b"news")
        trusted = Client(resolve=site.resolve, permitted=LOOPBACK, tls=trusting)
        stranger = Client(resolve=site.resolve, permitted=LOOPBACK)

        assert trusted.get(site.url("/", host="feeds.example")).body == b"news"
        assert failure(trusted, site.url("/", host="other.example")) == FailureReason.CONNECTION
        assert failure(stranger, site.url("/", host="feeds.example")) == FailureReason.CONNECTION


def test_a_handshake_that_stalls_is_beaten_by_the_deadline(site: Site) -> None:
    with http_server() as plain:
        plain.answers["/"] = Answer(raw=[b""] * 1000, drip=0.05)
        started = time.monotonic()
        reader = Client(resolve=plain.resolve, limits=Limits(timedelta(seconds=0.5)), permitted=LOOPBACK)

        reason = failure(reader, f"https://feeds.example:{plain.port}/")

    assert reason in (FailureReason.TIMEOUT, FailureReason.CONNECTION)
    assert time.monotonic() - started < 2
