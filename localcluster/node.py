"""The kubelet and kube-proxy: how each is started, and when it is ready.

The fields: Kubernetes documentation, "Kubelet Configuration (v1beta1)" and "kube-proxy Configuration (v1alpha1)".
"""

from pathlib import Path

import yaml

from localcluster.build import program
from localcluster.processes import Processes, Program
from localcluster.settings import (
    CLUSTER_DOMAIN,
    DNS_SERVICE_ADDRESS,
    KUBE_PROXY_HEALTH_PORT,
    KUBE_PROXY_METRICS_PORT,
    KUBELET_HEALTH_PORT,
    KUBELET_PORT,
    NODE_ADDRESS,
    NODE_NAME,
    POD_CIDR,
    Settings,
)
from localcluster.waiting import answers, wait_for


def kubelet(settings: Settings) -> Program:
    """The node's agent."""
    configuration = _write(settings, "kubelet.yaml", kubelet_configuration(settings))
    options = {
        "config": str(configuration),
        "kubeconfig": str(settings.certificates / "kubelet.kubeconfig"),
        "hostname-override": NODE_NAME,
        "node-ip": NODE_ADDRESS,
        "root-dir": str(settings.state / "kubelet"),
    }
    return Program("kubelet", (str(program("kubelet")), *(f"--{name}={value}" for name, value in options.items())))


def kubelet_configuration(settings: Settings) -> dict[str, object]:
    """A node on a machine that it shares: it evicts late, never deletes an image, and takes cgroup v1 as v2."""
    resolver = settings.configuration / "resolv.conf"
    resolver.parent.mkdir(parents=True, exist_ok=True)
    # What pods with dnsPolicy Default get: our own server, since nothing outside this machine is to be asked.
    resolver.write_text(f"nameserver {DNS_SERVICE_ADDRESS}\n")
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_ADDRESS,
        "port": KUBELET_PORT,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": KUBELET_HEALTH_PORT,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(settings.certificates / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(settings.certificates / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(settings.certificates / "kubelet-server.key"),
        "containerRuntimeEndpoint": f"unix://{settings.containerd_socket}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [DNS_SERVICE_ADDRESS],
        "clusterDomain": CLUSTER_DOMAIN,
        "resolvConf": str(resolver),
        "podLogsDir": str(settings.state / "pods"),
        "volumePluginDir": str(settings.state / "kubelet" / "volume-plugins"),
        "makeIPTablesUtilChains": False,
        "maxPods": 200,
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "1%",
            "imagefs.inodesFree": "1%",
        },
        # 100 per cent switches the collection of images off: nothing could pull them again.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    }


def kube_proxy(settings: Settings) -> Program:
    """What turns the addresses of Services and load balancers into those of pods, with nftables."""
    configuration = _write(settings, "kube-proxy.yaml", kube_proxy_configuration(settings))
    return Program("kube-proxy", (str(program("kube-proxy")), f"--config={configuration}"))


def kube_proxy_configuration(settings: Settings) -> dict[str, object]:
    """Connection tracking limits are the machine's own, not ours to change."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": NODE_ADDRESS,
        "healthzBindAddress": f"127.0.0.1:{KUBE_PROXY_HEALTH_PORT}",
        "metricsBindAddress": f"127.0.0.1:{KUBE_PROXY_METRICS_PORT}",
        "hostnameOverride": NODE_NAME,
        "clientConnection": {"kubeconfig": str(settings.certificates / "kube-proxy.kubeconfig")},
        "mode": "nftables",
        "clusterCIDR": POD_CIDR,
        "detectLocalMode": "ClusterCIDR",
        "conntrack": {"maxPerCore": 0},
    }


def wait_for_kube_proxy(processes: Processes) -> None:
    """Return once kube-proxy has written its rules and calls itself healthy."""
    url = f"http://127.0.0.1:{KUBE_PROXY_HEALTH_PORT}/healthz"
    wait_for(lambda: answers(url), f"kube-proxy answers {url}", 60, lambda: processes.require("kube-proxy"))


def _write(settings: Settings, name: str, document: dict[str, object]) -> Path:
    path = settings.configuration / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(document, sort_keys=False)
    if not path.exists() or path.read_text() != text:  # kube-proxy ends whenever its file is written.
        path.write_text(text)
    return path
