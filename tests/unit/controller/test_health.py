from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import aiohttp

from pacsstack.controller.health import serve_health


async def _asked(wrong: str | None) -> tuple[int, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = asyncio.create_task(serve_health(lambda: wrong, port))
    try:
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientConnectorError):
                    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        return answer.status, await answer.text()
                await asyncio.sleep(0.01)
    finally:
        server.cancel()


def test_health_is_ok_while_nothing_is_wrong() -> None:
    assert asyncio.run(_asked(None)) == (200, "ok\n")


def test_health_fails_and_says_why() -> None:
    assert asyncio.run(_asked("the watch is dead")) == (503, "the watch is dead\n")
