"""Which parts the cluster is made of. Their versions are pinned by the Go modules in `localcluster/go/`."""

from dataclasses import dataclass

KUBERNETES = "v1.36.3"


@dataclass(frozen=True)
class Part:
    """One Go module of `localcluster/go/` and the programs built from it."""

    name: str
    version: str
    programs: dict[str, str]
    """Program name to Go package."""
    ldflags: str = "-s -w"


def _kubernetes_ldflags(version: str) -> str:
    # Without these the API server reports v0.0.0, and clients that compare versions refuse to talk to it.
    major, minor, _ = version.removeprefix("v").split(".")
    package = "k8s.io/component-base/version"
    return f"-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"


PARTS = (
    Part("pause", "1", {"pause": "."}),
    Part("etcd", "v3.6.16", {"etcd": "go.etcd.io/etcd/server/v3"}),
    Part(
        "containerd",
        "v2.4.2",
        {
            name: f"github.com/containerd/containerd/v2/cmd/{name}"
            for name in ("containerd", "containerd-shim-runc-v2", "ctr")
        },
    ),
    Part("coredns", "v1.14.1", {"coredns": "."}),
    Part(
        "kubernetes",
        KUBERNETES,
        {
            name: f"k8s.io/kubernetes/cmd/{name}"
            for name in (
                "kube-apiserver",
                "kube-controller-manager",
                "kubectl",
                "kubelet",
                "kube-proxy",
                "kube-scheduler",
            )
        },
        _kubernetes_ldflags(KUBERNETES),
    ),
)
CONTROL_PLANE_PROGRAMS = frozenset({"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"})
