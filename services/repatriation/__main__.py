"""Run the repatriation service: ``python -m services.repatriation CONFIG.json``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.routing import Route

from infra.config import ServiceConfig
from infra.hosting import Host, office, run, timer_loops

from .api import BoardApi
from .app import OFFICE


async def install(host: Host) -> tuple[Sequence[Route], Sequence[Callable[[], Awaitable[None]]]]:
    """The office's kernel, and the board of each corridor."""
    kernel = await office(host, OFFICE)
    return BoardApi(host).routes(), timer_loops(kernel)


if __name__ == "__main__":
    asyncio.run(run(ServiceConfig.read(Path(sys.argv[1])), install))
