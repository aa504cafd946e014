"""What a service says no with reaches the one who asked as words."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from infra.cli.errors import Refused, Unreachable
from infra.client.http import Service
from infra.web import explained, serve


async def says_no(_: Request) -> Response:
    raise HTTPException(403, "only an auditor may read")


async def is_away(_: Request) -> Response:
    return PlainTextResponse("Kafka does not answer\n", 503)


async def says_json(_: Request) -> Response:
    return PlainTextResponse('["detail"]', 404)


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/no", Refused, "says no: only an auditor may read"),
        ("/away", Unreachable, "says no: Kafka does not answer"),
        ("/json", Refused, 'says no: ["detail"]'),
        ("/nowhere", Refused, "says no: Not Found"),
    ],
)
async def test_a_refusal_is_told_in_the_services_words(
    path: str, kind: type[Refused | Unreachable], words: str
) -> None:
    app = Starlette(
        routes=[Route("/no", explained(says_no)), Route("/away", is_away), Route("/json", says_json)],
    )
    async with serve(app, 0) as port:
        running: Any = type("Running", (), {"services": {"audit": port}})
        async with Service(running, "audit") as service:
            with pytest.raises(kind) as refused:
                await service.get(path)
            assert refused.value.message.endswith(words)
            with pytest.raises(kind) as refused:
                _ = [line async for line in service.lines(path)]
            assert refused.value.message.endswith(words)
