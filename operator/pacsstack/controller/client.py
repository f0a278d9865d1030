"""The only door to the API server: a small typed layer over `kubernetes.aio.dynamic`.

No model class of the client library is imported: they cost over 100 MiB, and they can fail on an answer after the
server has already acted. Objects are plain JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.config import load_incluster_config, load_kube_config
from kubernetes.aio.dynamic import DynamicClient, Resource

from pacsstack.controller.answers import error_of
from pacsstack.controller.errors import NotFoundError, TransientError
from pacsstack.controller.resources import Object, ResourceKind, kind_of
from pacsstack.controller.version import OPERATOR_VERSION
from pacsstack.render.names import FIELD_MANAGER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pacsstack.controller.periods import Periods

WATCH_TIMEOUT = 300
"""Seconds after which the server ends a watch, so that none lives forever."""

PAGE = 500
"""Objects in one answer to a list, as kubectl does it."""

_METADATA_ITEM = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Cluster:
    """Reads and writes objects. Every method raises one of `controller.errors`."""

    def __init__(self, api: ApiClient, periods: Periods) -> None:
        """Use a configured client of the library."""
        self._api = api
        self._periods = periods
        self._client = DynamicClient(api)

    @classmethod
    async def connect(cls, kubeconfig: str | None, periods: Periods) -> Self:
        """Use a kubeconfig, or the pod's own ServiceAccount when it is None."""
        settings = Configuration()
        if kubeconfig is None:
            load_incluster_config(client_configuration=settings)
        else:
            await load_kube_config(config_file=kubeconfig, client_configuration=settings)
        # Each connection has a buffer of 256 KiB; one pass reads eleven lists at once.
        settings.connection_pool_maxsize = 24
        api = ApiClient(settings)
        api.user_agent = f"pacsstack-operator/{OPERATOR_VERSION}"
        return cls(api, periods)

    async def close(self) -> None:
        """End all connections."""
        await self._api.close()

    async def get(self, kind: ResourceKind, namespace: str, name: str) -> Object | None:
        """Return an object, or None if there is none."""
        try:
            return await self._ask("get", self._path(kind, namespace, name))
        except NotFoundError:
            return None

    async def children(self, kind: ResourceKind, namespace: str, selector: str) -> list[Object]:
        """Return the objects of one kind with these labels, each with its kind, which lists leave out."""
        items: list[Object] = []
        page = ""
        while True:
            answer = await self._ask(
                "get",
                self._path(kind, namespace),
                label_selector=selector,
                limit=PAGE,
                **({"_continue": page} if page else {}),
            )
            items += [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in answer["items"] or []]
            page = answer["metadata"].get("continue", "")
            if not page:
                return items

    async def metadata(self, kind: ResourceKind, namespace: str | None, selector: str = "") -> tuple[list[Object], str]:
        """Return the metadata alone of all objects of a kind, and the version of the list to watch from."""
        items: list[Object] = []
        page = ""
        while True:
            more = {"_continue": page} if page else {}
            answer = await self._ask(
                "get",
                self._path(kind, namespace),
                label_selector=selector,
                limit=PAGE,
                header_params={"Accept": _METADATA_LIST},
                **more,
            )
            items += [item["metadata"] for item in answer["items"] or []]
            page = answer["metadata"].get("continue", "")
            if not page:
                return items, answer["metadata"]["resourceVersion"]

    async def create(self, item: Object) -> Object:
        """Create an object.

        Raises:
            AlreadyExistsError: there is one of that name; it is left as it is.
        """
        namespace = item["metadata"]["namespace"]
        return await self._ask("post", self._path(kind_of(item), namespace), body=item, field_manager=FIELD_MANAGER)

    async def apply(self, item: Object, subresource: str = "") -> Object:
        """Make the object be as given where it says something, by server-side apply, and return it as it then is."""
        path = self._path(kind_of(item), item["metadata"]["namespace"], item["metadata"]["name"])
        return await self._ask(
            "patch",
            f"{path}/{subresource}" if subresource else path,
            body=item,
            content_type="application/apply-patch+yaml",
            field_manager=FIELD_MANAGER,
            force_conflicts="true",
        )

    async def delete(self, item: Object) -> None:
        """Delete exactly this object, not a successor of the same name; gone already is fine."""
        metadata = item["metadata"]
        body = {"preconditions": {"uid": metadata["uid"]}, "propagationPolicy": "Background"}
        try:
            await self._ask("delete", self._path(kind_of(item), metadata["namespace"], metadata["name"]), body=body)
        except NotFoundError:
            return

    async def watch_metadata(
        self, kind: ResourceKind, namespace: str | None, selector: str, version: str
    ) -> AsyncIterator[tuple[str, Object]]:
        """Yield each event's type and metadata from that version on, until the server ends the watch.

        Raises:
            ExpiredError: the server does not know the version any more.
            TransientError: the connection broke or went silent.
        """
        response = await self._send(
            "get",
            self._path(kind, namespace),
            label_selector=selector,
            resource_version=version,
            timeout_seconds=WATCH_TIMEOUT,
            query_params=[("watch", "true"), ("allowWatchBookmarks", "true")],
            header_params={"Accept": _METADATA_ITEM},
            _request_timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._periods.request, sock_read=self._periods.silence
            ),
        )
        try:
            async for line in response.content:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise error_of(event["object"].get("code", 500), event["object"].get("message", ""), {})
                yield event["type"], event["object"]["metadata"]
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransientError(f"the watch of {kind.plural} broke: {error!r}") from error
        finally:
            response.close()

    def _path(self, kind: ResourceKind, namespace: str | None, name: str | None = None) -> str:
        resource = Resource(
            prefix="apis" if kind.group else "api",
            group=kind.group,
            api_version=kind.version,
            kind=kind.kind,
            name=kind.plural,
            namespaced=True,
        )
        return str(resource.path(name=name, namespace=namespace))

    async def _ask(self, method: str, path: str, **options: Any) -> Object:  # noqa: ANN401
        response = await self._send(method, path, **{"_request_timeout": self._periods.request, **options})
        try:
            answer: Object = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransientError(f"{method} {path}: the answer broke off: {error!r}") from error
        return answer

    async def _send(self, method: str, path: str, **options: Any) -> aiohttp.ClientResponse:  # noqa: ANN401
        try:
            response: aiohttp.ClientResponse = await self._client.request(method, path, serialize=False, **options)
        except ApiException as error:
            raise error_of(error.status, error.body, error.headers or {}) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransientError(f"{method} {path}: {error!r}; is the API server reachable?") from error
        return response
