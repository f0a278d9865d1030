"""How each component is doing, read from its workload, its pods and its Service. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacsstack.controller.diagnosis import Diagnosis, diagnose
from pacsstack.render.names import child
from pacsstack.spec.status import ConditionType, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pacsstack.controller.resources import Identity, Object
    from pacsstack.spec import PacsStack

COMPONENT_LABEL = "app.kubernetes.io/component"

CONDITIONS = {
    "postgres": ConditionType.POSTGRES_READY,
    "orthanc": ConditionType.ORTHANC_READY,
    "proxy": ConditionType.PROXY_READY,
    "adapter": ConditionType.ADAPTER_READY,
}
"""The condition of each component, in the order in which they come up."""


@dataclass(frozen=True)
class Verdict:
    """What a condition says, without the time."""

    status: str
    reason: Reason
    message: str


@dataclass(frozen=True)
class Scene:
    """The stack's children and pods as they are now."""

    stack: PacsStack
    children: Mapping[Identity, Object]
    pods: Iterable[Object]
    now: datetime

    def workload(self, component: str) -> Object | None:
        """Return the StatefulSet or Deployment of a component."""
        kind = "StatefulSet" if component == "postgres" else "Deployment"
        return self.children.get((kind, child(self.stack, component)))

    def service(self, component: str) -> Object | None:
        """Return the Service of a component."""
        return self.children.get(("Service", child(self.stack, component)))


READY = Verdict("True", Reason.AS_DESIRED, "all pods run what is wanted and are ready")
EXTERNAL = Verdict(
    "True", Reason.AS_DESIRED, "the database is external; OrthancReady tells whether the archive reaches it"
)


def wanted_components(stack: PacsStack) -> list[str]:
    """Return the components that the spec asks for."""
    return [one for one in CONDITIONS if one != "adapter" or stack.spec.adapter.import_ is not None]


def component_verdicts(scene: Scene) -> dict[ConditionType, Verdict]:
    """Return a verdict for each component that the spec asks for."""
    verdicts: dict[ConditionType, Verdict] = {}
    for component in wanted_components(scene.stack):
        verdicts[CONDITIONS[component]] = _verdict(scene, component, verdicts.get(ConditionType.POSTGRES_READY))
    return verdicts


def addresses(service: Object | None) -> tuple[str, ...]:
    """Return where a Service's load balancer answers, host names and addresses."""
    ingress = (service or {}).get("status", {}).get("loadBalancer", {}).get("ingress", [])
    return tuple(one.get("hostname") or one["ip"] for one in ingress)


def rolled_out(workload: Object) -> bool:
    """Say whether all pods of a StatefulSet or Deployment are of its newest template and ready."""
    status, wanted = workload.get("status", {}), workload["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return False
    counts = [status.get(count, 0) for count in ("replicas", "updatedReplicas", "readyReplicas")]
    return counts == [wanted, wanted, wanted]


def _verdict(scene: Scene, component: str, postgres: Verdict | None) -> Verdict:
    if component == "postgres" and scene.stack.spec.postgres.external is not None:
        return EXTERNAL
    workload = scene.workload(component)
    if workload is None:
        return _waiting(component, postgres) or Verdict(
            "False", Reason.PROGRESSING, f"the {component} pods are not there yet"
        )
    if rolled_out(workload):
        return _without_address(scene.service(component)) or READY
    cause = diagnose([pod for pod in scene.pods if _is_of(pod, component)], scene.now) or _no_pods(workload)
    if cause is not None and cause.reason != Reason.NOT_READY:
        return Verdict("False", cause.reason, cause.message)
    return _waiting(component, postgres) or _unready(component, cause)


def _is_of(pod: Object, component: str) -> bool:
    return bool(pod["metadata"].get("labels", {}).get(COMPONENT_LABEL) == component)


def _unready(component: str, cause: Diagnosis | None) -> Verdict:
    if cause is not None:
        return Verdict("False", cause.reason, cause.message)
    return Verdict("False", Reason.PROGRESSING, f"the {component} pods are starting")


def _waiting(component: str, postgres: Verdict | None) -> Verdict | None:
    if component != "orthanc" or postgres is None or postgres.status == "True":
        return None
    return Verdict("False", Reason.WAITING_FOR_POSTGRES, "Orthanc waits until its database is ready; see PostgresReady")


def _without_address(service: Object | None) -> Verdict | None:
    if service is None or service["spec"].get("type") != "LoadBalancer" or addresses(service):
        return None
    name = service["metadata"]["name"]
    return Verdict(
        "False",
        Reason.LOAD_BALANCER_PENDING,
        f"Service {name!r} has no address yet; if it stays so, this cluster has no load balancer: choose another "
        f"`service.type`, or see `kubectl describe service {name}`",
    )


def _no_pods(workload: Object) -> Diagnosis | None:
    """A quota or an admission rule keeps pods from being made (the workload's condition ReplicaFailure)."""
    for condition in _conditions(workload):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            return Diagnosis(Reason.APPLY_REFUSED, f"the cluster refuses the pod: {condition.get('message', '')}")
    return None


def _conditions(workload: Object) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = workload.get("status", {}).get("conditions", [])
    return conditions
