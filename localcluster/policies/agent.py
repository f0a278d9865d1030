"""Follow pods, namespaces and policies, and write the table anew whenever it would say something else."""

import subprocess
import sys
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from kubernetes import client

from localcluster.errors import ClusterError
from localcluster.policies import TABLE
from localcluster.policies.translation import translate
from localcluster.processes import Processes
from localcluster.progress import say
from localcluster.waiting import wait_for
from localcluster.watching import KubernetesObject, connect, follow

Change = Callable[["Known"], None]
Inbox = SimpleQueue[Change | Exception]
PODS, NAMESPACES, POLICIES = "pods", "namespaces", "policies"


class Known:
    """What the API server has said so far."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, KubernetesObject]] = {}

    def replace(self, kind: str, items: list[KubernetesObject]) -> None:
        """Take these for all objects of a kind."""
        self._objects[kind] = {item["metadata"]["uid"]: item for item in items}

    def change(self, kind: str, event: str, item: KubernetesObject) -> None:
        """Take one event of a watch in."""
        uid = item["metadata"]["uid"]
        if event == "DELETED":
            self._objects[kind].pop(uid, None)
        else:
            self._objects[kind][uid] = item

    def table(self) -> str | None:
        """The table that follows; nothing before all three kinds have been listed, for half of it would be wrong."""
        kinds = (PODS, NAMESPACES, POLICIES)
        if not all(kind in self._objects for kind in kinds):
            return None
        return translate(*(list(self._objects[kind].values()) for kind in kinds))


class Agent:
    """Brings the table up to date with what comes in."""

    def __init__(self, inbox: Inbox, write: Callable[[str], None]) -> None:
        self._inbox = inbox
        self._write = write
        self._known = Known()
        self._written: str | None = None

    def step(self) -> None:
        """Wait for news, take in all there is, and write the table if it has changed.

        Raises:
            Exception: whatever ended one of the watches.
        """
        self._take_in(self._inbox.get())
        while (change := self._next()) is not None:
            self._take_in(change)
        table = self._known.table()
        if table is not None and table != self._written:
            self._write(table)
            self._written = table

    def _next(self) -> Change | Exception | None:
        try:
            return self._inbox.get_nowait()
        except Empty:
            return None

    def _take_in(self, change: Change | Exception) -> None:
        if isinstance(change, Exception):
            raise change
        change(self._known)


def write_table(text: str) -> None:
    """Replace the table, in one transaction.

    Raises:
        ClusterError: nft refuses it.
    """
    outcome = subprocess.run(["nft", "-f", "-"], input=text, capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise ClusterError(f"nft refuses the table of policies: {outcome.stderr.strip()}\n{text}")
    say(f"{text.count('chain egress-')} pods isolated outwards, {text.count('chain ingress-')} inwards")


def wait_for_policies(processes: Processes) -> None:
    """Return once there is a table, which there is from the first list of policies on."""
    query = ["nft", "list", "table", "inet", TABLE]
    wait_for(
        lambda: subprocess.run(query, capture_output=True, check=False).returncode == 0,
        f"nftables has the table {TABLE}",
        60,
        lambda: processes.require("policies"),
    )


def run(kubeconfig: str) -> None:
    """Run for ever, with the rights of this kubeconfig."""
    inbox: Inbox = SimpleQueue()
    api = connect(kubeconfig, "localcluster-policies")
    core, networking = client.CoreV1Api(api), client.NetworkingV1Api(api)
    lists = {
        PODS: core.list_pod_for_all_namespaces,
        NAMESPACES: core.list_namespace,
        POLICIES: networking.list_network_policy_for_all_namespaces,
    }
    for kind, list_function in lists.items():
        threading.Thread(target=_follow, args=(inbox, api, kind, list_function), name=kind, daemon=True).start()
    agent = Agent(inbox, write_table)
    while True:
        agent.step()


def _follow(inbox: Inbox, api: client.ApiClient, kind: str, list_function: Callable[..., Any]) -> None:
    try:
        follow(
            api,
            list_function,
            lambda event, item: inbox.put(lambda known: known.change(kind, event, item)),
            lambda items: inbox.put(lambda known: known.replace(kind, items)),
        )
    except Exception as error:
        inbox.put(error)  # The main thread ends the process: without one of the watches the table would go stale.
        raise


def main() -> None:
    """Run for ever; the argument is the kubeconfig."""
    run(sys.argv[1])
