"""Serving HTTP inside a process that already has its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's own handlers stay in place."""
        yield


@asynccontextmanager
async def serve(app: Starlette, port: int, host: str = "127.0.0.1") -> AsyncIterator[None]:
    """Serve until the block ends. Requests are not logged: their paths name cases."""
    server = _Server(uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await task
