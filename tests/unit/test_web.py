"""The HTTP side of a service: who may ask, what it says of itself, and what its answers never bear."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from faststream.kafka import KafkaBroker
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from contracts.signing import Signer, b64, sign_compact
from infra.web import (
    AddressTaken,
    Readiness,
    SecurityHeaders,
    TokenRefused,
    asyncapi,
    asyncapi_routes,
    health_routes,
    make_token,
    serve,
    signed_by,
    verify_token,
)
from infra.web import server as web_server
from infra.web.asyncapi import page

NOW = datetime(2009, 3, 2, 8, tzinfo=UTC)
SIGNER = Signer.from_seed("kh-ngo-a/sig-1", bytes(32))
OTHER = Signer.from_seed("kh-ngo-b/sig-1", bytes([1]) * 32)
REVOKED = Signer.from_seed("kh-ngo-a/sig-0", bytes([2]) * 32)
NO_WORD = "the token is not signed by a key that the directory lists"


class Listed:
    """A directory of three keys, one of them revoked."""

    def signing_key(self, kid: str) -> bytes | None:
        return {signer.kid: signer.public for signer in (SIGNER, OTHER, REVOKED)}.get(kid)

    def key_problem(self, kid: str, actor: str, accepted: datetime) -> str | None:
        if not kid.startswith(f"{actor}/"):
            return "this key belongs to another agency"
        return "this key has been revoked" if kid == REVOKED.kid else None


verify = partial(verify_token, audience="audit", directory=Listed(), now=NOW)


def signed(signer: Signer = SIGNER, **claims: Any) -> str:
    second = int(NOW.timestamp())
    said = {"iss": "kh-ngo-a", "aud": "audit", "iat": second, "exp": second + 300} | claims
    return sign_compact(json.dumps(said).encode(), signer, "JWT")


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_names_its_agency_for_as_long_as_it_lasts() -> None:
    token = make_token(SIGNER, "audit", NOW)
    assert verify(token) == "kh-ngo-a"
    assert verify(token, now=NOW + timedelta(seconds=299)) == "kh-ngo-a"
    assert verify(token, now=NOW - timedelta(seconds=60)) == "kh-ngo-a"
    for late in (timedelta(seconds=300), timedelta(days=1), timedelta(seconds=-61)):
        with pytest.raises(TokenRefused, match="time has passed or not begun"):
            verify(token, now=NOW + late)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (signed(aud="intake"), "for another service"),
        (signed(aud=["audit"]), "for another service"),
        (signed(iss="kh-ngo-b"), "belongs to another agency"),
        (signed(iss=7), "lacks"),
        (signed(iat=True), "lacks"),
        (signed(exp=float("inf")), "lacks"),
        (signed(exp=int(NOW.timestamp()) + 301), "within five minutes"),
        (signed(exp=int(NOW.timestamp())), "within five minutes"),
        (signed(iat=10**200, exp=10**200 + 1), "time has passed or not begun"),
        (signed(REVOKED), "has been revoked"),
        (sign_compact(b"[]", SIGNER, "JWT"), "not an object"),
        (sign_compact(b"\xff", SIGNER, "JWT"), "not JSON"),
        (sign_compact(b"{}", SIGNER, "acceptance"), "header"),
        (signed() + "." + signed(), "not a compact JWS"),
        (signed(more="x" * 1024), "not a compact JWS"),
    ],
)
def test_a_token_is_refused_for(token: str, reason: str) -> None:
    with pytest.raises(TokenRefused, match=reason):
        verify(token)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": SIGNER.kid, "typ": "JWT"},
        {"alg": "HS256", "kid": SIGNER.kid, "typ": "JWT"},
        {"alg": "EdDSA", "kid": SIGNER.kid, "typ": "JWT"},
        {"alg": "Ed25519", "kid": SIGNER.kid},
        {"alg": "Ed25519", "kid": "../etc", "typ": "JWT"},
        {"alg": "Ed25519", "kid": SIGNER.kid, "typ": "JWT", "jwk": {}},
        {"alg": "Ed25519", "kid": SIGNER.kid, "typ": "JWT", "b64": False, "crit": ["b64"]},
        ["Ed25519"],
    ],
)
def test_any_other_header_is_refused(header: object) -> None:
    _, payload, signature = signed().split(".")
    with pytest.raises(TokenRefused, match="header"):
        verify(f"{b64(json.dumps(header).encode())}.{payload}.{signature}")


def test_who_holds_no_key_learns_nothing_of_which_keys_there_are() -> None:
    stranger = Signer.from_seed("kh-nobody/sig-1", bytes([9]) * 32)
    forger = Signer.from_seed(SIGNER.kid, bytes([9]) * 32)
    for token in (signed(stranger), signed(forger), sign_compact(b"\xff", stranger, "JWT"), signed()[:-8]):
        with pytest.raises(TokenRefused) as refused:
            verify(token)
        assert str(refused.value) == NO_WORD


@pytest.mark.parametrize("order", [("alg", "typ", "kid"), ("typ", "kid", "alg")])
def test_another_library_can_make_a_token(order: tuple[str, ...]) -> None:
    values = {"alg": "Ed25519", "typ": "JWT", "kid": SIGNER.kid}
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64(SIGNER.public), "d": b64(bytes(SIGNER.key))})
    second = int(NOW.timestamp())
    claims = json.dumps({"exp": second + 60, "iat": second, "aud": "audit", "iss": "kh-ngo-a"})
    token = jws.serialize_compact({name: values[name] for name in order}, claims, key, algorithms=["Ed25519"])
    assert verify(token) == "kh-ngo-a"


@given(st.text(max_size=60), st.integers(0, 2), st.binary(max_size=4))
def test_no_token_whatever_raises_anything_else(noise: str, part: int, tail: bytes) -> None:
    parts = signed().split(".")
    for token in (noise, ".".join([*parts[:part], noise, *parts[part + 1 :]]), signed() + b64(tail) + "!"):
        with pytest.raises(TokenRefused):
            verify(token)


async def test_a_request_without_a_good_token_is_answered_401() -> None:
    async def who(request: Request) -> Response:
        return PlainTextResponse(signed_by(request, "audit", Listed(), NOW))

    async with client(Starlette(routes=[Route("/", who)])) as asks:
        good = await asks.get("/", headers={"authorization": f"Bearer {signed()}"})
        assert (good.status_code, good.text) == (200, "kh-ngo-a")
        for sent in ({}, {"authorization": f"Basic {signed()}"}, {"authorization": "Bearer"}):
            answer = await asks.get("/", headers=sent)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        answer = await asks.get("/", headers={b"authorization": b"Bearer \xe9.\xe9.\xe9"})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


# -- health ----------------------------------------------------------------------------------------------------------


def client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://service")


async def test_readiness_says_what_is_wrong_and_how_far_behind_it_is() -> None:
    readiness = Readiness(lambda: NOW)
    async with client(Starlette(routes=health_routes(readiness))) as asks:
        readiness.problem("directory", "the directory has not been read; start the registrar")
        readiness.lag, readiness.last_progress = {"intake.submissions.v1": 4}, NOW
        answer = await asks.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "problems": {"directory": "the directory has not been read; start the registrar"},
            "lag": {"intake.submissions.v1": 4},
            "last_progress": "2009-03-02T08:00:00Z",
        }
        assert (await asks.get("/livez")).status_code == 200
        readiness.clear("directory")
        readiness.clear("directory")
        assert (await asks.get("/readyz")).status_code == 200


class Ticking:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def after(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


def test_a_stuck_consumer_is_not_ready_and_an_idle_or_a_busy_one_is() -> None:
    clock = Ticking()
    readiness = Readiness(clock)
    readiness.lag, readiness.last_progress = {"a": 0}, clock.now
    clock.after(3600)
    assert readiness.problems == {}  # nothing to do
    readiness.lag = {"a": 1}
    assert readiness.problems == {}  # something since now
    clock.after(59)
    readiness.lag = {"a": 90}
    readiness.last_progress = clock.now
    clock.after(59)
    readiness.lag = {"a": 200}
    assert readiness.problems == {}  # behind, but it moves
    clock.after(1)
    assert "200 records wait and none was finished for 60 s" in readiness.problems["stalled"]
    readiness.last_progress = clock.now
    assert readiness.problems == {}
    clock.after(60)
    assert "stalled" in readiness.problems
    readiness.lag = {"a": 0}
    assert readiness.problems == {}


# -- headers, AsyncAPI -----------------------------------------------------------------------------------------------


async def test_every_answer_bears_the_headers_an_error_too_and_a_page_keeps_its_own() -> None:
    async def fails(_: Request) -> Response:
        raise ValueError("a value")

    async def shows(_: Request) -> Response:
        return HTMLResponse("", headers={"content-security-policy": "default-src 'self'"})

    app = SecurityHeaders(Starlette(routes=[Route("/fails", fails), Route("/page", shows)]))
    async with client(app) as asks:
        for path, status in (("/fails", 500), ("/nowhere", 404), ("/page", 200)):
            answer = await asks.get(path)
            assert answer.status_code == status
            assert "a value" not in answer.text
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            expected = "default-src 'self'" if path == "/page" else "default-src 'none'"
            assert answer.headers["content-security-policy"].startswith(expected)


def kafka() -> KafkaBroker:
    broker = KafkaBroker("127.0.0.1:9")

    async def handle(body: Any) -> None: ...

    topics = ("intake.submissions.v1", "referral.events.v1")
    broker.subscriber(*topics, group_id="intake.kernel", batch=True, title="intake.kernel")(handle)
    return broker


class Seen(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.cells.append(data)


INTAKE_WRITES = {
    "intake.events.v1": {"event"},
    "intake.answers.v1": {"verdict"},
    "justice.events.v1": {"event"},
    "justice.answers.v1": {"verdict"},
    "mailbox.{agency}.v1": {"delivery", "answer", "notice"},
}


def resolved(document: Any, reference: dict[str, str]) -> Any:
    """What a reference stands for (RFC 6901)."""
    found = document
    for name in reference["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def operations(document: Any, action: str) -> dict[str, set[str]]:
    """By topic, the messages that a service receives or sends; every reference has to lead somewhere."""
    found = {}
    for operation in document["operations"].values():
        channel = resolved(document, operation["channel"])
        named = [resolved(document, resolved(document, reference)) for reference in operation["messages"]]
        if operation["action"] == action:
            found[channel["address"]] = {message["title"] for message in named}
        for server in channel["servers"]:
            assert resolved(document, server)["protocol"] == "kafka"
    return found


@pytest.mark.parametrize(
    ("service", "writes"),
    [
        ("intake", INTAKE_WRITES),
        (
            "audit",
            {
                "audit.events.v1": {"event"},
                "audit.answers.v1": {"verdict"},
                "mailbox.{agency}.v1": {"delivery", "answer", "notice", "receipt"},
            },
        ),
    ],
)
def test_what_a_service_writes_is_described_with_its_messages(service: str, writes: dict[str, set[str]]) -> None:
    described = asyncapi.document(kafka(), service)
    assert operations(described, "send") == writes
    mailboxes = [it for it in described["channels"].values() if "{" in it["address"]]
    assert [set(it["parameters"]) for it in mailboxes] == [{"agency"}]
    assert described["components"]["messages"]["event"]["contentType"] == "application/cloudevents+json"


async def test_the_asyncapi_page_shows_the_document_without_script_or_foreign_origin() -> None:
    async with client(SecurityHeaders(Starlette(routes=asyncapi_routes(kafka(), "intake")))) as asks:
        document = (await asks.get("/asyncapi.json")).json()
        answer = await asks.get("/asyncapi")
    assert document["asyncapi"].startswith("3.")
    assert set(operations(document, "receive")) == {"intake.submissions.v1", "referral.events.v1"}
    assert set(operations(document, "send")) == set(INTAKE_WRITES)
    seen = Seen()
    seen.feed(answer.text)
    assert not seen.tags & {"script", "link", "img", "iframe", "form", "base", "object"}
    assert seen.links == ["asyncapi.json"]
    assert 'lang="en"' in answer.text
    shown = " ".join(seen.cells)
    for name in [
        *document["operations"],
        *document["components"]["messages"],
        "referral.events.v1",
        "justice.answers.v1",
    ]:
        assert name in shown
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", policy)


def test_the_page_escapes_whatever_the_document_says() -> None:
    evil = "<script>alert(1)</script>"
    shown = page(
        {
            "info": {"title": evil},
            "channels": {evil: {"address": evil, "messages": {evil: {}}}},
            "operations": {evil: {"action": evil, "channel": {"$ref": f"#/channels/{evil}"}}},
            "components": {"messages": {evil: {"title": evil, "contentType": evil}}},
        }
    )
    assert "<script" not in shown


# -- server ----------------------------------------------------------------------------------------------------------


async def get(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as asks:
        return await asks.get(f"http://127.0.0.1:{port}{path}")


async def test_the_server_answers_from_its_first_line_on_and_is_gone_after_its_last() -> None:
    handlers = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]
    async with serve(Starlette(routes=health_routes(Readiness())), 0) as port:
        answer = await get(port, "/livez")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert "server" not in answer.headers
        assert [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)] == handlers
    with pytest.raises(httpx.ConnectError):
        await get(port, "/livez")


async def test_a_taken_port_is_an_error_that_can_be_handled() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        with pytest.raises(AddressTaken, match="in use"):
            async with serve(Starlette(), held.getsockname()[1]):
                pass


async def test_no_path_and_no_exceptions_text_is_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fails(_: Request) -> Response:
        raise ValueError("a value")

    async with serve(Starlette(routes=[Route("/v1/cases/{case}", fails)]), 0) as port:
        assert (await get(port, "/v1/cases/KH-1234")).status_code == 500
    mine = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    assert not any("KH-1234" in line or "a value" in line for line in mine)
    # Nothing goes past the process's own logging, where exceptions are told without their text.
    assert capfd.readouterr() == ("", "")


async def test_a_stream_that_goes_on_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "STOP_WITHIN", 0.2)

    async def forever() -> AsyncIterator[bytes]:
        while True:
            yield b"{}\n"
            await asyncio.sleep(0.01)

    async def streams(_: Request) -> Response:
        return StreamingResponse(forever())

    reader: Callable[[int], Any] = partial(asyncio.open_connection, "127.0.0.1")
    async with serve(Starlette(routes=[Route("/", streams)]), 0) as port:
        stream, writer = await reader(port)
        writer.write(b"GET / HTTP/1.1\r\nhost: service\r\n\r\n")
        assert await asyncio.wait_for(stream.readline(), 5) == b"HTTP/1.1 200 OK\r\n"
        began = time.monotonic()
    assert time.monotonic() - began < 2
    writer.close()
