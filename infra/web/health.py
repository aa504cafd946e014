"""`/livez` and `/readyz`: whether the process turns, and whether it does its work; and if not, why, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contracts.envelope import rfc3339

STALLED_AFTER = timedelta(seconds=60)
"""Records wait and none is finished for so long: the work stands still, though Kafka answers."""


def _wall() -> datetime:
    return datetime.now(UTC)


class Readiness:
    """What is wrong now, by name; how far each topic is behind (records); when a batch was last finished.

    Assign `lag` and `last_progress` as they are measured. A stuck consumer is found from the two, because a broker that
    answers says nothing of it.
    """

    def __init__(self, clock: Callable[[], datetime] = _wall) -> None:
        self.last_progress: datetime | None = None
        self._clock = clock
        self._problems: dict[str, str] = {}
        self._lag: dict[str, int] = {}
        self._behind_since: datetime | None = None

    @property
    def lag(self) -> dict[str, int]:
        """Records not yet handled, by topic."""
        return self._lag

    @lag.setter
    def lag(self, measured: dict[str, int]) -> None:
        self._lag = measured
        if not any(measured.values()):
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = self._clock()

    def problem(self, name: str, text: str) -> None:
        """Something is wrong until `clear`; `text` says what, and what to do. It names no case and no person."""
        self._problems[name] = text

    def clear(self, name: str) -> None:
        """It is right again."""
        self._problems.pop(name, None)

    def say(self, name: str, text: str | None) -> None:
        """What is wrong by this name now, or None when it is right."""
        if text is None:
            self.clear(name)
        else:
            self.problem(name, text)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong now, by name, each with what to do."""
        still = self._stalled_for()
        if still is None:
            return dict(self._problems)
        waiting = sum(self._lag.values())
        text = (
            f"{waiting} records wait and none was finished for {still.total_seconds():.0f} s; "
            "see this service's log for what it waits for, and restart it if the log says nothing"
        )
        return {**self._problems, "stalled": text}

    def _stalled_for(self) -> timedelta | None:
        if self._behind_since is None:
            return None
        still = self._clock() - max(self._behind_since, self.last_progress or self._behind_since)
        return still if still >= STALLED_AFTER else None

    def as_json(self) -> dict[str, object]:
        """What `/readyz` answers."""
        problems = self.problems
        return {
            "ready": not problems,
            "problems": problems,
            "lag": self._lag,
            "last_progress": rfc3339(self.last_progress) if self.last_progress is not None else None,
        }


def health_routes(readiness: Readiness) -> list[Route]:
    """Both routes. `/readyz` answers 503 while anything is wrong."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        said = readiness.as_json()
        return JSONResponse(said, 200 if said["ready"] else 503)

    return [Route("/livez", livez), Route("/readyz", readyz)]
