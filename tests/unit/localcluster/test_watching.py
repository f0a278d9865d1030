from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import client, watch

from localcluster import watching
from localcluster.watching import follow, ignoring


class StopError(Exception):
    """Ends the endless."""


class Server:
    """A list of one object at each revision, and watches that break as told."""

    def __init__(self, *breaks: Exception) -> None:
        self.breaks = list(breaks)
        self.lists = 0

    def list(self) -> client.V1ServiceList:
        self.lists += 1
        metadata = client.V1ListMeta(resource_version=str(self.lists))
        item = client.V1Service(metadata=client.V1ObjectMeta(name=f"listed-{self.lists}"))
        return client.V1ServiceList(metadata=metadata, items=[item])

    def stream(self, *_: object, **options: object) -> Iterator[dict[str, Any]]:
        yield {"type": "MODIFIED", "raw_object": {"metadata": {"name": f"after-{options['resource_version']}"}}}
        raise self.breaks.pop(0)


def names_seen(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(watching, "_RECONNECT_SECONDS", 0)
    monkeypatch.setattr(
        watch.Watch, "stream", lambda _self, *arguments, **options: server.stream(*arguments, **options)
    )
    seen: list[str] = []
    with pytest.raises(StopError):
        follow(client.ApiClient(), server.list, lambda _, item: seen.append(item["metadata"]["name"]))
    return seen


@pytest.mark.parametrize("lost", [client.ApiException(status=410), client.ApiException(status=403), OSError("gone")])
def test_a_lost_watch_lists_again(lost: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names_seen(Server(lost, StopError()), monkeypatch) == ["listed-1", "after-1", "listed-2", "after-2"]


def test_only_the_named_answer_is_ignored() -> None:
    def refuse() -> None:
        raise client.ApiException(status=409)

    ignoring(409, refuse)
    with pytest.raises(client.ApiException):
        ignoring(404, refuse)
