"""Run the referral service: ``python -m services.referral CONFIG.json``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.routing import Route

from infra.config import ServiceConfig
from infra.hosting import Host, office, run, timer_loops

from .app import OFFICE


async def install(host: Host) -> tuple[Sequence[Route], Sequence[Callable[[], Awaitable[None]]]]:
    """The office's kernel, and nothing beside it."""
    kernel = await office(host, OFFICE)
    return [], timer_loops(kernel)


if __name__ == "__main__":
    asyncio.run(run(ServiceConfig.read(Path(sys.argv[1])), install))
