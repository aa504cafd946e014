"""Errors of the services' own pages as problem details (RFC 9457): what was asked wrongly, and what is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"
Endpoint = Callable[[Request], Awaitable[Response]]


def explained(endpoint: Endpoint) -> Endpoint:
    """The endpoint, whose `HTTPException` is answered as a problem; `detail` is the sentence for the reader.

    The type is `about:blank`: the status says which problem it is, so the title is the status's own (RFC 9457 §4.2.1).
    """

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HTTPException as error:
            return problem(error.status_code, error.detail, error.headers)

    return answered


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to what cannot be answered."""
    said = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(said, status, headers, MEDIA_TYPE)
