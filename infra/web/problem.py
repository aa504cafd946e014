"""Errors of the services' own pages as problem details (RFC 9457): what was asked wrongly, and what is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
            title = HTTPStatus(error.status_code).phrase
            said = {"title": title, "status": error.status_code, "detail": error.detail}
            return JSONResponse(said, error.status_code, error.headers, MEDIA_TYPE)

    return answered
