"""A reverse proxy in front of an API server that misbehaves when it is told to, and writes down what it was asked.

Operators talk plain HTTP to it; it talks to the API server as the user of a kubeconfig. It runs in a thread of its own,
so that tests can be plain functions.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar
from urllib.parse import unquote

import aiohttp
import yaml
from aiohttp import web

WRITE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
START_SECONDS = 10.0
_NOT_FORWARDED = frozenset({"host", "connection", "transfer-encoding", "content-length", "keep-alive"})

Result = TypeVar("Result")


@dataclass
class Exchange:
    """One request, and what became of it."""

    method: str
    path: str
    """With its query, decoded."""
    agent: str
    body: bytes
    moment: float
    """Of its arrival, in seconds of the monotonic clock."""
    acted: bool = False
    """Whether it reached the API server and was answered there."""
    status: int = 0
    """What the client was told; 0 for nothing."""

    @property
    def is_write(self) -> bool:
        return self.method in WRITE_METHODS

    @property
    def is_watch(self) -> bool:
        return "watch=true" in self.path

    @property
    def place(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]


@dataclass(frozen=True)
class Answer:
    """An error instead of what the API server would say; it is not asked."""

    status: int
    retry_after: int | None = None


@dataclass(frozen=True)
class Drop:
    """The connection ends without an answer, before the API server has heard of the request or after it has acted.

    `then` is called in that very moment, such as to kill the client.
    """

    acted: bool = False
    then: Callable[[], None] | None = None


@dataclass(frozen=True)
class Hang:
    """Nothing comes, for as long as the client cares to wait."""


Fault = Answer | Drop | Hang
Rule = Callable[[Exchange], Fault | None]


def well(_: Exchange) -> Fault | None:
    """Nothing goes wrong."""
    return None


@dataclass
class FaultyApi:
    """The proxy. `rule` says what goes wrong; writes go through one at a time, in the order of their arrival."""

    upstream: Path
    """The kubeconfig of the API server."""
    rule: Rule = well
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faulty API server", daemon=True)
        self._folder = TemporaryDirectory()
        self._server, context = _server_of(self.upstream, Path(self._folder.name))
        self._tls: ssl.SSLContext | bool = context if context is not None else False
        self._gone = False
        self._port = 0
        self._muted: set[int] = set()
        self._transports: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._await(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.close()
        self._folder.cleanup()

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig by which clients come to the proxy."""
        path = Path(self._folder.name) / "kubeconfig"
        named = {
            "clusters": [{"name": "faulty", "cluster": {"server": f"http://127.0.0.1:{self._port}"}}],
            "users": [{"name": "nobody", "user": {}}],
            "contexts": [{"name": "faulty", "context": {"cluster": "faulty", "user": "nobody"}}],
        }
        config = {"apiVersion": "v1", "kind": "Config", **named, "current-context": "faulty"}
        path.write_text(yaml.safe_dump(config))
        return path

    def writes(self) -> list[Exchange]:
        """Return the writes that the API server acted on."""
        return [one for one in list(self.exchanges) if one.is_write and one.acted]

    def cut(self) -> None:
        """End all connections and answer none, as a server that is gone."""
        self._await(self._cut())

    def restore(self) -> None:
        """Answer again, at the same address."""
        self._await(self._listen())

    def mute(self, part: str) -> int:
        """Deliver nothing more on the open watches whose path has this part; new ones work. Return how many."""
        open_ones = [one for one in self.exchanges if one.is_watch and part in one.path and one.status == 0]
        self._muted |= {id(one) for one in open_ones}
        return len(open_ones)

    async def _start(self) -> None:
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        self._client = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        self._one_write = asyncio.Lock()
        self._runner = web.ServerRunner(web.Server(self._handle, handler_cancellation=True), shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()

    async def _listen(self) -> None:
        self._gone = False
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        if not self._port:
            self._port = self._runner.addresses[0][1]

    async def _cut(self) -> None:
        self._gone = True
        await self._site.stop()
        for transport in list(self._transports):
            _abort(transport)

    async def _end(self) -> None:
        await self._cut()
        await self._runner.cleanup()
        await self._client.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _await(self, work: Coroutine[Any, Any, Result]) -> Result:
        future: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(START_SECONDS)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        self._transports.add(transport)
        body = await request.read()
        exchange = Exchange(
            request.method, unquote(request.path_qs), request.headers.get("User-Agent", ""), body, time.monotonic()
        )
        self.exchanges.append(exchange)
        try:
            if exchange.is_write:
                async with self._one_write:
                    return await self._treat(request, exchange)
            return await self._treat(request, exchange)
        finally:
            self._transports.discard(transport)

    async def _treat(self, request: web.BaseRequest, exchange: Exchange) -> web.StreamResponse:
        if self._gone or request.transport is None or request.transport.is_closing():
            # Its client was killed, or the server cut off, while it waited for its turn.
            return _dropped(request)
        fault = self.rule(exchange)
        if isinstance(fault, Hang):
            await asyncio.Event().wait()
        if isinstance(fault, Answer):
            exchange.status = fault.status
            return _error(fault)
        if isinstance(fault, Drop) and not fault.acted:
            return self._drop(request, fault)
        response = await self._forward(request, exchange)
        return self._drop(request, fault) if isinstance(fault, Drop) else response

    def _drop(self, request: web.BaseRequest, fault: Drop) -> web.StreamResponse:
        if fault.then is not None:
            fault.then()
        return _dropped(request)

    async def _forward(self, request: web.BaseRequest, exchange: Exchange) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
        url = f"{self._server}{request.path_qs}"
        async with self._client.request(
            request.method, _verbatim(url), headers=headers, data=exchange.body or None
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_FORWARDED}
            if exchange.is_watch:
                return await self._stream(request, exchange, answer, kept)
            content = await answer.read()
            exchange.acted, exchange.status = True, answer.status
            return web.Response(status=answer.status, headers=kept, body=content)

    async def _stream(
        self, request: web.BaseRequest, exchange: Exchange, answer: aiohttp.ClientResponse, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(request)
        try:
            async for chunk in answer.content.iter_any():
                if id(exchange) not in self._muted:
                    await response.write(chunk)
        except (ConnectionError, aiohttp.ClientError):
            # Either side went away in the middle of a watch.
            return _dropped(request)
        finally:
            exchange.status = answer.status
        if id(exchange) in self._muted:
            await asyncio.Event().wait()
        await response.write_eof()
        return response


def _verbatim(url: str) -> Any:
    """Return a URL that is passed on as it came."""
    from yarl import URL  # noqa: PLC0415

    return URL(url, encoded=True)


def _error(fault: Answer) -> web.Response:
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": fault.status, "message": "on purpose"}
    headers = {"Content-Type": "application/json"}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    return web.Response(status=fault.status, body=json.dumps(status).encode(), headers=headers)


def _dropped(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        _abort(request.transport)
    return web.Response(status=500)


def _abort(transport: asyncio.BaseTransport) -> None:
    assert isinstance(transport, asyncio.WriteTransport)
    transport.abort()


def _server_of(kubeconfig: Path, folder: Path) -> tuple[str, ssl.SSLContext | None]:
    """Return a kubeconfig's server and how to talk to it; with a client certificate, as local clusters have it."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    server: str = cluster["server"]
    if server.startswith("http://"):
        return server, None
    files = {
        name: _file(section, name, kubeconfig.parent, folder)
        for section, name in (
            (cluster, "certificate-authority"),
            (user, "client-certificate"),
            (user, "client-key"),
        )
    }
    context = ssl.create_default_context(cafile=str(files["certificate-authority"]))
    context.load_cert_chain(files["client-certificate"], files["client-key"])
    return server, context


def _file(section: dict[str, str], name: str, home: Path, folder: Path) -> Path:
    if f"{name}-data" not in section:
        return home / section[name]
    path = folder / name
    path.write_bytes(base64.b64decode(section[f"{name}-data"]))
    return path
