"""All objects of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests import adapter, orthanc, postgres, proxy
from pacsstack.manifests.accounts import build_service_account
from pacsstack.manifests.credentials import build_authority, build_credentials
from pacsstack.manifests.files import build_config_map, build_secret
from pacsstack.manifests.network import build_network_policies
from pacsstack.manifests.volumes import build_claim
from pacsstack.render.nginx import proxy_secret_files
from pacsstack.render.postgres import postgres_files

if TYPE_CHECKING:
    from pacsstack.manifests.metadata import Manifest
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack

APPLY_ORDER = (
    "NetworkPolicy",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "PersistentVolumeClaim",
    "Service",
    "PodDisruptionBudget",
    "StatefulSet",
    "Deployment",
)
"""What a pod needs comes before the pod: nginx ends when the name of a Service is not known yet."""


def build_stack(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    """Return every object that the operator applies for a stack, in that order; the same for the same input."""
    objects = [
        *build_credentials(stack, inputs),
        *build_authority(stack, inputs),
        *_postgres(stack, inputs),
        *_orthanc(stack, inputs),
        *_proxy(stack, inputs),
        *_adapter(stack, inputs),
        *build_network_policies(stack),
    ]
    return sorted(objects, key=lambda one: APPLY_ORDER.index(one["kind"]))


def _postgres(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    managed = postgres.managed_postgres(stack)
    if managed is None:
        return []
    return [
        build_service_account(stack, postgres.COMPONENT),
        build_claim(stack, postgres.COMPONENT, managed.storage),
        build_config_map(stack, postgres.COMPONENT, postgres.COMPONENT, postgres_files(managed)),
        postgres.build_postgres_service(stack),
        postgres.build_postgres(stack, inputs, managed),
    ]


def _orthanc(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    component = orthanc.COMPONENT
    return [
        build_service_account(stack, component),
        build_claim(stack, component, stack.spec.orthanc.storage),
        build_config_map(stack, component, component, orthanc.orthanc_files(stack)),
        build_secret(stack, component, component, orthanc.orthanc_secret_files(stack, inputs)),
        orthanc.build_orthanc_service(stack),
        orthanc.build_orthanc(stack, inputs),
    ]


def _proxy(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    component = proxy.COMPONENT
    return [
        build_service_account(stack, component),
        build_config_map(stack, component, component, proxy.proxy_files(stack)),
        build_secret(stack, component, component, proxy_secret_files(inputs)),
        proxy.build_proxy_service(stack),
        *proxy.build_proxy_disruption_budget(stack),
        proxy.build_proxy(stack, inputs),
    ]


def _adapter(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    given = stack.spec.adapter.import_
    if given is None:
        return []
    return [
        build_service_account(stack, adapter.COMPONENT, given.service_account.annotations),
        adapter.build_adapter_service(stack, given),
        adapter.build_adapter(stack, inputs, given),
    ]
