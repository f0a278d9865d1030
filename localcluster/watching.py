"""Follow the objects of one kind, as Kubernetes' own controllers do: list, watch, list again when the watch is lost."""

import time
from collections.abc import Callable
from typing import Any

import urllib3
from kubernetes import client, config, watch

from localcluster.progress import say

_RECONNECT_SECONDS = 1
_WATCH_SECONDS = 300
_GONE = 410
KubernetesObject = dict[str, Any]
"""An object as it stands in YAML."""
Handler = Callable[[str, KubernetesObject], None]
"""Called with ADDED, MODIFIED or DELETED and the object."""
ListHandler = Callable[[list[KubernetesObject]], None]
"""Called with all objects there are: what is not among them was deleted while nobody watched."""


def connect(kubeconfig: str, user_agent: str) -> client.ApiClient:
    """A client that the audit log knows by its user agent."""
    api: client.ApiClient = config.new_client_from_config(kubeconfig)
    api.user_agent = user_agent
    return api


def follow(
    api: client.ApiClient, list_function: Callable[..., Any], handle: Handler, handle_list: ListHandler = lambda _: None
) -> None:
    """Hand every object to the handler, now and whenever it changes, for ever.

    The API server may restart meanwhile, and refuses what it does not know yet; what else goes wrong ends the process,
    and its log says why.
    """
    while True:
        try:
            _follow_once(api, list_function, handle, handle_list)
        except client.ApiException as error:
            if error.status != _GONE:
                _pause(f"{error.status} {error.reason}")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            _pause(str(error))


def _pause(reason: str) -> None:
    say(f"trying again in {_RECONNECT_SECONDS} s: {reason}")
    time.sleep(_RECONNECT_SECONDS)


def _follow_once(
    api: client.ApiClient, list_function: Callable[..., Any], handle: Handler, handle_list: ListHandler
) -> None:
    listed = api.sanitize_for_serialization(list_function())
    handle_list(listed["items"])
    for item in listed["items"]:
        handle("ADDED", item)
    version = listed["metadata"]["resourceVersion"]
    for event in watch.Watch().stream(list_function, resource_version=version, timeout_seconds=_WATCH_SECONDS):
        handle(event["type"], event["raw_object"])


def ignoring(status: int, call: Callable[[], object]) -> None:
    """Make a call whose purpose is fulfilled already when the API server answers with this status."""
    try:
        call()
    except client.ApiException as error:
        if error.status != status:
            raise
