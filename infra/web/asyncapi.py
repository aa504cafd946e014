"""The service's AsyncAPI 3 document, as JSON and as a page of plain HTML: no script, nothing from elsewhere.

FastStream's own page loads its script from another host; this one shows channels, operations and messages without any.
FastStream knows what is read; what is written goes by its own way and is described by the topics that Kafka grants.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.kafka.topology import grants
from infra.kernel.records import CLOUDEVENTS_JSON, JOSE

from .headers import NOTHING, POLICY

if TYPE_CHECKING:
    from faststream.kafka import KafkaBroker

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{text-align:left;padding:.2rem 1rem .2rem 0;overflow-wrap:anywhere;vertical-align:top}"
)
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
AGENCY = "{agency}"
"""The parameter in a mailbox's address (AsyncAPI 3.0, Channel Address Expressions)."""
CONTENT = {
    "event": CLOUDEVENTS_JSON,
    "verdict": JOSE,
    "delivery": CLOUDEVENTS_JSON,
    "answer": JOSE,
    "notice": JOSE,
    "receipt": "text/plain",
}
"""What services write, and as what; what a replay adds to it is no part of the description."""
PAGE_POLICY = f"{NOTHING}; style-src 'sha256-{_STYLE_HASH}'"


def asyncapi_routes(broker: KafkaBroker, service: str) -> list[Route]:
    """`/asyncapi.json` and `/asyncapi`, as the broker's subscriptions are when one of them is first asked for.

    What the service writes is what its principal may write.
    """

    @cache
    def described() -> dict[str, Any]:
        return document(broker, service)

    async def as_json(_: Request) -> Response:
        # The first one takes some tenths of a second: not of the loop's, whose heartbeats must go on.
        return JSONResponse(await asyncio.to_thread(described))

    async def as_page(_: Request) -> Response:
        return HTMLResponse(page(await asyncio.to_thread(described)), headers={POLICY: PAGE_POLICY})

    return [Route("/asyncapi.json", as_json), Route("/asyncapi", as_page)]


def document(broker: KafkaBroker, service: str) -> dict[str, Any]:
    """FastStream's AsyncAPI 3.0 description of the broker's subscriptions, and what the service writes."""
    # An agency's client shares this package, and does without FastStream.
    from faststream.specification import AsyncAPI

    made: dict[str, Any] = json.loads(AsyncAPI(broker, title=f"Safepassage: {service}").to_specification().to_json())
    channels, operations = made.setdefault("channels", {}), made.setdefault("operations", {})
    messages = made.setdefault("components", {}).setdefault("messages", {})
    for topic in _written(service):
        said, channel = _messages(topic, service), f"{service}:{topic.replace(AGENCY, 'agency')}"
        channels[channel] = _channel(topic, said, made.get("servers", {}))
        operations[f"{channel}Send"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in said],
        }
        messages |= {name: {"title": name, "contentType": CONTENT[name]} for name in said}
    return made


def _written(service: str) -> list[str]:
    """The addresses that a service may write: its families' topics, and the mailbox of any agency."""
    granted = grants(f"svc-{service}", [AGENCY])
    return sorted(grant.name for grant in granted if (grant.kind, grant.operation) == ("topic", "WRITE"))


def _messages(topic: str, service: str) -> tuple[str, ...]:
    """The kinds of message that a service writes to a topic; the audit service alone sends receipts."""
    if topic.startswith("mailbox."):
        return ("delivery", "answer", "notice", *(("receipt",) if service == "audit" else ()))
    return ("event",) if topic.endswith(".events.v1") else ("verdict",)


def _channel(topic: str, messages: Iterable[str], servers: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "address": topic,
        "servers": [{"$ref": f"#/servers/{name}"} for name in servers],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }
    if AGENCY in topic:
        made["parameters"] = {"agency": {"description": "The agency that alone may read this mailbox."}}
    return made


def page(document: dict[str, Any]) -> str:
    """The document's channels, operations and messages as HTML."""
    info = document.get("info", {})
    title = escape(str(info.get("title", "AsyncAPI")))
    channels = document.get("channels", {})
    messages = document.get("components", {}).get("messages", {})
    tables = (
        _table(
            "Channels",
            ("Topic", "Channel", "Messages"),
            (
                (channel.get("address", name), name, ", ".join(channel.get("messages", {})))
                for name, channel in channels.items()
            ),
        ),
        _table(
            "Operations",
            ("Operation", "Action", "Topic"),
            (
                (name, operation.get("action", ""), _address(channels, operation.get("channel", {})))
                for name, operation in document.get("operations", {}).items()
            ),
        ),
        _table(
            "Messages",
            ("Message", "Content type"),
            (
                (message.get("title", name), message.get("contentType", document.get("defaultContentType", "")))
                for name, message in messages.items()
            ),
        ),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<p>AsyncAPI {escape(str(document.get('asyncapi', '')))}. "
        'The whole document: <a href="asyncapi.json">asyncapi.json</a></p>'
        f"{''.join(tables)}</main></body></html>"
    )


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in sorted(rows, key=str)
    )
    return f"<h2>{escape(caption)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _address(channels: dict[str, Any], reference: dict[str, str]) -> str:
    """The topic that an operation's reference to a channel stands for (JSON Pointer escapes, RFC 6901 §4)."""
    name = reference.get("$ref", "").removeprefix("#/channels/").replace("~1", "/").replace("~0", "~")
    return str(channels.get(name, {}).get("address", name))
