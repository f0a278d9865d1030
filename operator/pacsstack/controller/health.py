"""Answer `/healthz`: 200 while the watch delivers, 503 when it does not, so that the kubelet restarts the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

Ailment = Callable[[], str | None]
"""Returns what is wrong, or None."""


async def serve_health(ailment: Ailment, port: int) -> None:
    """Serve until cancelled. Port 0 serves nothing.

    Raises:
        OSError: the port is taken.
    """
    if port == 0:
        await asyncio.Event().wait()
    application = web.Application()
    application.router.add_get("/healthz", _answer(ailment))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, None, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _answer(ailment: Ailment) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def healthz(_: web.Request) -> web.StreamResponse:
        wrong = ailment()
        return web.Response(text="ok\n") if wrong is None else web.Response(status=503, text=f"{wrong}\n")

    return healthz
