"""Serving HTTP inside a process that already has its event loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from .headers import SecurityHeaders

STOP_WITHIN = 3
"""Seconds that answers in hand may take when the server stops; a stream that goes on is cut."""

log = logging.getLogger(__name__)


class AddressTaken(RuntimeError):
    """The port cannot be listened on: end what holds it, or give the service another."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's own handlers stay in place."""
        yield


@asynccontextmanager
async def serve(app: ASGIApp, port: int, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve until the block ends; gives the port (a free one for 0). Raises `AddressTaken`.

    Connections are taken from the first line of the block on. Requests are not logged: their paths name cases. Every
    answer bears the security headers.
    """
    listening = _listen(host, port)
    config = uvicorn.Config(
        SecurityHeaders(app),
        # Uvicorn's own logging would print the text of exceptions.
        log_config=None,
        log_level=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        try:
            await task
        finally:
            listening.close()


def _listen(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        # What connects before the loop's next turn waits in the queue.
        made.listen(128)
        made.setblocking(False)
    except OSError as error:
        made.close()
        log.critical("the port cannot be listened on: end what holds it, or give another", extra={"port": port})
        raise AddressTaken(f"port {port} of {host}: {error.strerror}") from error
    return made
