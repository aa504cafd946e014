"""Reading a service over HTTP, as an agency: every request carries a token that the agency signed for that service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import httpx

from infra.cli.errors import Refused, Unreachable
from infra.web import make_token

from .credentials import Credentials, Running


class Service:
    """One service of a running network on this machine: ``async with Service(running, "audit", credentials)``.

    Every method raises `Unreachable` when the service does not answer, and `Refused` with the service's own words when
    it says no.
    """

    def __init__(self, running: Running, name: str, credentials: Credentials | None = None) -> None:
        self._name = name
        self._credentials = credentials
        port = running.services.get(name)
        if port is None:
            raise Unreachable(f"no service '{name}' runs in this network", "see what runs: safepassage status")
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)

    async def __aenter__(self) -> Service:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, **params: str) -> Any:
        """The JSON that a path answers with."""
        try:
            answer = await self._client.get(path, params=params, headers=self._headers())
        except httpx.HTTPError as error:
            raise self._silent(error) from error
        self._check(answer.status_code, answer.text)
        return answer.json()

    async def health(self) -> dict[str, Any]:
        """What ``/readyz`` says, ready or not."""
        try:
            answer = await self._client.get("/readyz", timeout=5)
            said: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise self._silent(error) from error
        return {**said, "ready": answer.status_code == 200}

    async def lines(self, path: str, **params: str) -> AsyncIterator[dict[str, Any]]:
        """The objects of a stream of JSON lines."""
        try:
            async with self._client.stream("GET", path, params=params, headers=self._headers()) as answer:
                if answer.status_code != 200:
                    self._check(answer.status_code, (await answer.aread()).decode("utf-8", "replace"))
                async for line in answer.aiter_lines():
                    if line:
                        yield json.loads(line)
        except httpx.HTTPError as error:
            raise self._silent(error) from error

    def _headers(self) -> dict[str, str]:
        if self._credentials is None:
            return {}
        token = make_token(self._credentials.signer(), self._name, datetime.now(UTC))
        return {"authorization": f"Bearer {token}"}

    def _check(self, status: int, text: str) -> None:
        if status == 200:
            return
        words = _detail(text) or f"status {status}"
        remedies = {
            401: "use this agency's own newest credentials, and set this machine's clock",
            403: "ask as an agency that may: --as AGENCY",
            404: "compare the case's code or id with the paper; its check character tells a wrong one",
        }
        remedy = remedies.get(status, "see what is wrong: safepassage status")
        kind = Unreachable if status >= 500 else Refused
        raise kind(f"the {self._name} service says no: {words}", remedy)

    def _silent(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"the {self._name} service does not answer ({type(error).__name__})", "see what runs: safepassage status"
        )


def _detail(text: str) -> str:
    """The sentence of a problem (RFC 9457), or the text where it is none."""
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return text.strip()
