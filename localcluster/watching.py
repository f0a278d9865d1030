"""Follow the objects of one kind, as Kubernetes' own controllers do: list, watch, list again when the watch is lost."""

import time
from collections.abc import Callable
from typing import Any

import urllib3
from kubernetes import client, config, watch

from localcluster.progress import say

_RECONNECT_SECONDS = 1
_GONE = 410
_CONFLICT = 409
_NOT_FOUND = 404
Handler = Callable[[str, Any], None]
"""Called with ADDED, MODIFIED or DELETED and the object."""


def connect(kubeconfig: str, user_agent: str) -> client.ApiClient:
    """A client that the audit log knows by its user agent."""
    api = config.new_client_from_config(kubeconfig)
    api.user_agent = user_agent
    return api


def follow(list_function: Callable[..., Any], handle: Handler) -> None:
    """Hand every object to the handler, now and whenever it changes, for ever.

    The API server may restart meanwhile; any other failure ends the process, and its log says why.
    """
    while True:
        try:
            _follow_once(list_function, handle)
        except client.ApiException as error:
            if error.status in (_CONFLICT, _NOT_FOUND):
                say(f"the object changed meanwhile, looking again: {error.reason}")
            elif error.status != _GONE:
                _pause(error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            _pause(error)


def _pause(error: Exception) -> None:
    say(f"the API server does not answer, trying again in {_RECONNECT_SECONDS} s: {error}")
    time.sleep(_RECONNECT_SECONDS)


def _follow_once(list_function: Callable[..., Any], handle: Handler) -> None:
    listed = list_function()
    for item in listed.items:
        handle("ADDED", item)
    version = listed.metadata.resource_version
    for event in watch.Watch().stream(list_function, resource_version=version, timeout_seconds=300):
        handle(event["type"], event["object"])


def ignoring(status: int, call: Callable[[], Any]) -> None:
    """Make a call whose purpose is fulfilled already when the API server answers with this status."""
    try:
        call()
    except client.ApiException as error:
        if error.status != status:
            raise
