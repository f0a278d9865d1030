"""The only door: nginx with HTTPS, users, and DICOM in clear and over TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests import resources
from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.manifests.pods import Pod, container_ports, environment, pod_spec, pod_template, workload_spec
from pacsstack.manifests.probes import command_probe, http_probe
from pacsstack.manifests.services import build_service, outside, service_port
from pacsstack.manifests.volumes import config_volume, empty_volume, mount, secret_volume, writable
from pacsstack.render.layout import CLIENT_CA, CONFIG, HEALTH_PORT, HTTPS_PORT, REDIRECT_PORT, SECRETS, TLS, TMP
from pacsstack.render.names import child, selector, service_host
from pacsstack.render.nginx import dicom_ports, nginx_conf, proxy_secret_files
from pacsstack.render.templating import template_text

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack

COMPONENT = "proxy"

USER = 101
"""The user `nginx` of the image."""

GRACE_SECONDS = 60
"""Time for requests and associations under way; nginx's workers give up ten seconds earlier."""


def proxy_files(stack: PacsStack) -> dict[str, str]:
    """Return the files without credentials."""
    return {"liveness.sh": template_text("proxy-liveness.sh"), "nginx.conf": nginx_conf(stack)}


def build_proxy_service(stack: PacsStack) -> Manifest:
    """Return the address that people and modalities connect to."""
    service = stack.spec.proxy.service
    ports = [service_port("https", 443, HTTPS_PORT), service_port("http", 80, REDIRECT_PORT)]
    ports += [service_port(name, port) for name, port in dicom_ports(stack).items()]
    return build_service(
        stack,
        COMPONENT,
        ports,
        annotations=service.annotations,
        spec=outside(stack, service.type),
    )


def build_proxy(stack: PacsStack, inputs: Inputs) -> Manifest:
    """Return the Deployment. A new pod is ready before an old one goes."""
    template = pod_template(
        stack, COMPONENT, inputs=inputs, files=_mounted_files(stack, inputs), spec=_pod(stack, inputs)
    )
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(stack, COMPONENT),
        "spec": {
            **workload_spec(stack, COMPONENT, template, replicas=stack.spec.proxy.replicas),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        },
    }


def build_proxy_disruption_budget(stack: PacsStack) -> list[Manifest]:
    """Return what keeps one proxy through a node's maintenance. With a single one it could only block the node."""
    if stack.spec.proxy.replicas == 1:
        return []
    return [
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": metadata(stack, COMPONENT),
            "spec": {
                "minAvailable": 1,
                "selector": {"matchLabels": selector(stack, COMPONENT)},
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            },
        }
    ]


def _mounted_files(stack: PacsStack, inputs: Inputs) -> dict[str, str]:
    return {
        **proxy_files(stack),
        **proxy_secret_files(inputs),
        "tls.crt": inputs.server.certificate,
        "tls.key": inputs.server.key,
        "ca.crt": inputs.client_ca or "",
    }


def _pod(stack: PacsStack, inputs: Inputs) -> Manifest:
    client_ca = stack.spec.proxy.dicom.tls.client_ca
    certificate = {"tls.crt": "tls.crt", "tls.key": "tls.key"}
    spec = pod_spec(
        stack,
        COMPONENT,
        Pod(
            user=USER,
            container=_container(stack, inputs),
            volumes=[
                config_volume("config", child(stack, COMPONENT)),
                secret_volume("secrets", child(stack, COMPONENT)),
                secret_volume("tls", stack.spec.proxy.tls.secret_name or child(stack, "tls"), items=certificate),
                *([secret_volume("client-ca", client_ca.secret_name, items={"ca.crt": "ca.crt"})] if client_ca else []),
                empty_volume("tmp", "256Mi"),
            ],
            grace_seconds=GRACE_SECONDS,
        ),
    )
    return {**spec, "topologySpreadConstraints": [_spread(stack)]} if stack.spec.proxy.replicas > 1 else spec


def _spread(stack: PacsStack) -> Manifest:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(stack, COMPONENT)},
    }


def _container(stack: PacsStack, inputs: Inputs) -> Manifest:
    proxy = stack.spec.proxy
    return {
        "name": COMPONENT,
        "image": proxy.image or inputs.images.proxy,
        "env": environment({"NGINX_ENTRYPOINT_QUIET_LOGS": "1"}),
        "ports": container_ports(
            {"https": HTTPS_PORT, "http": REDIRECT_PORT, "health": HEALTH_PORT, **dicom_ports(stack)}
        ),
        "resources": resources.resources(proxy.resources, resources.PROXY),
        # The pod leaves the Service's endpoints a moment after it was told to stop; until then it must answer.
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "3"]}}},
        "livenessProbe": command_probe(["sh", f"{CONFIG}/liveness.sh", service_host(stack, "orthanc")]),
        "readinessProbe": http_probe("/healthz/ready", HEALTH_PORT, period=5),
        "volumeMounts": [
            mount("config", "/etc/nginx/nginx.conf", file="nginx.conf"),
            mount("config", CONFIG),
            mount("secrets", SECRETS),
            mount("tls", TLS),
            *([mount("client-ca", CLIENT_CA)] if proxy.dicom.tls.client_ca else []),
            writable("tmp", TMP),
        ],
    }
