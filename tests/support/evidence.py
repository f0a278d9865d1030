"""What is shown when a test fails: resources, events, logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcluster.demo.install import OPERATOR_NAMESPACE

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Kubectl

LOG_LINES = 40


def tell_state(kubectl: Kubectl) -> None:
    """Print the stacks, pods, events and logs of a namespace, and the operator's log."""
    _print(kubectl, "get", "pacs", "-o", "yaml")
    _print(kubectl, "get", "pods,pvc,services,deployments,statefulsets", "-o", "wide")
    _print(kubectl, "get", "events.events.k8s.io", "--sort-by=.metadata.creationTimestamp")
    for pod in kubectl.list("pods"):
        tell_logs(kubectl, pod["metadata"]["name"])
    tell_operator_log(kubectl)


def tell_operator_log(kubectl: Kubectl) -> None:
    inside = kubectl.within(OPERATOR_NAMESPACE)
    _print(inside, "get", "pods", "-o", "wide")
    for pod in inside.list("pods"):
        tell_logs(inside, pod["metadata"]["name"])


def tell_logs(kubectl: Kubectl, pod: str) -> None:
    _print(kubectl, "logs", pod, "--all-containers", f"--tail={LOG_LINES}")
    _print(kubectl, "logs", pod, "--all-containers", "--previous", f"--tail={LOG_LINES}")


def _print(kubectl: Kubectl, *arguments: str) -> None:
    done = kubectl.process(*arguments)
    if done.returncode == 0 and done.stdout.strip():
        print(f"\n--- kubectl -n {kubectl.namespace} {' '.join(arguments)}\n{done.stdout}")
