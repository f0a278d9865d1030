"""Render a stack in one call, and find objects in what came out."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

from pacsstack.manifests.stack import build_stack
from pacsstack.render.inputs import Certificate, Inputs, Login
from pacsstack.render.placeholder import placeholder_inputs
from pacsstack.spec import PacsStack
from pacsstack.spec.problems import parse_stack

Manifest = dict[str, Any]
WORKLOADS = ("Deployment", "StatefulSet")


def stack(spec: Manifest | None = None, *, name: str = "demo", uid: str = "") -> PacsStack:
    """Return a PacsStack with this spec."""
    return parse_stack(
        {
            "apiVersion": "pacsstack.io/v1alpha1",
            "kind": "PacsStack",
            "metadata": {"name": name, "namespace": "pacs", "uid": uid},
            "spec": spec or {},
        }
    )


def secretive_inputs(of: PacsStack) -> Inputs:
    """Return inputs whose credentials can be recognised wherever they turn up."""
    external = of.spec.postgres.external
    return dataclasses.replace(
        placeholder_inputs(of),
        internal=Login("pacsstack", "PASSWORD-of-internal"),
        postgres=Login("orthanc", "PASSWORD-of-postgres"),
        users={} if of.spec.proxy.users else {"admin": "PASSWORD-of-admin"},
        htpasswd="admin:$2y$05$HASH-of-admin\n",
        server=Certificate("CERTIFICATE", "KEY-of-server", "AUTHORITY"),
        authority=None if of.spec.proxy.tls.secret_name else Certificate("AUTHORITY", "KEY-of-authority"),
        database_ca="DATABASE-AUTHORITY" if external and external.ca_secret else None,
        adapter_key="KEY-of-adapter",
    )


def render(spec: Manifest | None = None, *, name: str = "demo", uid: str = "") -> list[Manifest]:
    """Return the objects of a stack with this spec."""
    one = stack(spec, name=name, uid=uid)
    return build_stack(one, secretive_inputs(one))


def find(objects: list[Manifest], kind: str, name: str) -> Manifest:
    """Return the object of that kind and name."""
    found = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} objects {kind} {name}"
    return found[0]


def names(objects: list[Manifest], kind: str) -> set[str]:
    """Return the names of all objects of a kind."""
    return {one["metadata"]["name"] for one in objects if one["kind"] == kind}


def pods(objects: list[Manifest]) -> dict[str, Manifest]:
    """Return the pod spec of each workload by its name."""
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in objects if one["kind"] in WORKLOADS}


def container(objects: list[Manifest], name: str) -> Manifest:
    """Return the only container of a workload."""
    (only,) = pods(objects)[name]["containers"]
    return dict(only)


def config_hash(objects: list[Manifest], name: str) -> str:
    """Return the fingerprint of a workload's files."""
    (workload,) = [one for one in objects if one["kind"] in WORKLOADS and one["metadata"]["name"] == name]
    return str(workload["spec"]["template"]["metadata"]["annotations"]["pacsstack.io/config-hash"])


def decoded(secret: Manifest) -> dict[str, str]:
    """Return the files of a Secret."""
    return {name: base64.b64decode(value).decode() for name, value in secret["data"].items()}
