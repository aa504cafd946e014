"""The service's AsyncAPI document, as JSON and as a page of plain HTML: no script, nothing from elsewhere.

FastStream's own page loads its script from another host; this one shows the same channels and operations without any.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{text-align:left;padding:.2rem 1rem .2rem 0}"
)


def asyncapi_routes(broker: KafkaBroker, service: str) -> list[Route]:
    """`/asyncapi.json` and `/asyncapi`."""

    def document() -> dict[str, Any]:
        described = AsyncAPI(broker, title=f"Safepassage: {service}").to_specification()
        made: dict[str, Any] = json.loads(described.to_json())
        return made

    async def as_json(_: Request) -> Response:
        return JSONResponse(document(), headers=HEADERS)

    async def as_page(_: Request) -> Response:
        return HTMLResponse(page(document()), headers=HEADERS)

    return [Route("/asyncapi.json", as_json), Route("/asyncapi", as_page)]


def page(document: dict[str, Any]) -> str:
    """The document's channels and operations as HTML."""
    info = document.get("info", {})
    title = escape(str(info.get("title", "AsyncAPI")))
    channels = "".join(
        f"<tr><th scope=row>{escape(str(channel.get('address', name)))}</th><td>{escape(name)}</td></tr>"
        for name, channel in sorted(document.get("channels", {}).items())
    )
    operations = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(str(operation.get('action', '')))}</td></tr>"
        for name, operation in sorted(document.get("operations", {}).items())
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><h1>{title}</h1><p>AsyncAPI {escape(str(document.get('asyncapi', '')))}. "
        f'The whole document: <a href="asyncapi.json">asyncapi.json</a></p>'
        f"<h2>Channels</h2><table><tr><th>Topic</th><th>Channel</th></tr>{channels}</table>"
        f"<h2>Operations</h2><table><tr><th>Operation</th><th>Action</th></tr>{operations}</table></body></html>"
    )
