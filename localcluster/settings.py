"""Names, addresses, ports and places of the two local clusters: the full one, and the one without a node."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
BIN = LOCAL / "bin"
MANIFESTS = Path(__file__).resolve().parent / "manifests"
IMAGES_ROOT = LOCAL / "containerd"
"""containerd's content and unpacked layers. They outlive the cluster, so that images are imported once."""

NODE_NAME = "pacs-local"
INTERFACE = "pacsstack0"
NODE_ADDRESS = "10.245.0.1"
POD_CIDR = "10.244.0.0/24"
SERVICE_CIDR = "10.96.0.0/16"
LOAD_BALANCER_CIDR = "10.246.0.0/24"
API_SERVICE_ADDRESS = "10.96.0.1"
DNS_SERVICE_ADDRESS = "10.96.0.10"
DNS_PORT = 53
DNS_READY_PORT = 8181
CLUSTER_DOMAIN = "cluster.local"
KUBELET_PORT = 10250
KUBELET_HEALTH_PORT = 10248
KUBE_PROXY_HEALTH_PORT = 10256
KUBE_PROXY_METRICS_PORT = 10249
SCHEDULER_PORT = 10259
CNI_BINARIES = Path("/usr/lib/cni")
CNI_NETWORK = "pacsstack-local"
STORAGE_CLASS = "local-path"
VOLUME_PROVISIONER = "pacsstack.io/local-path"
LONGEST_SOCKET_PATH = 107
"""Bytes that a unix socket's path may have (unix(7): sun_path holds 108 with its final zero)."""


@dataclass(frozen=True)
class Settings:
    """One local cluster: where its state lives and where its control plane listens."""

    state: Path
    kubeconfig: Path
    address: str
    apiserver_port: int
    etcd_port: int
    etcd_peer_port: int
    controller_manager_port: int
    has_node: bool

    @property
    def certificates(self) -> Path:
        """Keys, certificates and the kubeconfigs made of them."""
        return self.state / "pki"

    @property
    def configuration(self) -> Path:
        """The parts' configuration files."""
        return self.state / "etc"

    @property
    def logs(self) -> Path:
        """One log file a part."""
        return self.state / "logs"

    @property
    def records(self) -> Path:
        """Which process is which part."""
        return self.state / "run"

    @property
    def audit_log(self) -> Path:
        """The API server's audit log: one JSON object a line, level Metadata."""
        return self.state / "audit.log"

    @property
    def volumes(self) -> Path:
        """The directories behind persistent volumes."""
        return self.state / "volumes"

    @property
    def hosts(self) -> Path:
        """What pods can resolve besides the cluster's own names, as in /etc/hosts; read again within seconds."""
        return self.state / "hosts"

    @property
    def containerd_socket(self) -> Path:
        """Where containerd answers."""
        return self.state / "containerd.sock"

    @property
    def server(self) -> str:
        """The API server's URL."""
        return f"https://{self.address}:{self.apiserver_port}"


FULL = Settings(
    state=LOCAL / "cluster",
    kubeconfig=LOCAL / "kubeconfig",
    address=NODE_ADDRESS,
    apiserver_port=6443,
    etcd_port=2379,
    etcd_peer_port=2380,
    controller_manager_port=10257,
    has_node=True,
)
CONTROL_PLANE = Settings(
    state=LOCAL / "control-plane",
    kubeconfig=LOCAL / "control-plane" / "kubeconfig",
    address="127.0.0.1",
    apiserver_port=16443,
    etcd_port=12379,
    etcd_peer_port=12380,
    controller_manager_port=20257,
    has_node=False,
)
