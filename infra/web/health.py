"""`/livez` and `/readyz`: whether the process turns, and whether it does its work; and if not, why, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contracts.envelope import rfc3339


@dataclass
class Readiness:
    """What is wrong now, by name; how far each topic is behind (records); when a batch was last finished."""

    problems: dict[str, str] = field(default_factory=dict)
    lag: dict[str, int] = field(default_factory=dict)
    last_progress: datetime | None = None

    def problem(self, name: str, text: str) -> None:
        """Something is wrong until `clear`; `text` says what, and what to do. It names no case and no person."""
        self.problems[name] = text

    def clear(self, name: str) -> None:
        """It is right again."""
        self.problems.pop(name, None)

    def as_json(self) -> dict[str, object]:
        """What `/readyz` answers."""
        return {
            "ready": not self.problems,
            "problems": self.problems,
            "lag": self.lag,
            "last_progress": rfc3339(self.last_progress) if self.last_progress is not None else None,
        }


def health_routes(readiness: Readiness) -> list[Route]:
    """Both routes. `/readyz` answers 503 while anything is wrong."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    async def readyz(_: Request) -> Response:
        status = 503 if readiness.problems else 200
        return JSONResponse(readiness.as_json(), status, {"cache-control": "no-store"})

    return [Route("/livez", livez), Route("/readyz", readyz)]
