from pathlib import Path

from localcluster.leftovers import is_shim_of

SOCKET = Path("/checkout/.local/cluster/containerd.sock")


def test_only_the_shims_of_our_containerd_are_ours() -> None:
    shim = "/bin/containerd-shim-runc-v2"
    assert is_shim_of([shim, "-namespace", "k8s.io", "-address", str(SOCKET)], SOCKET)
    assert not is_shim_of([shim, "-namespace", "k8s.io", "-address", "/run/containerd/containerd.sock"], SOCKET)
    assert not is_shim_of(["/usr/bin/tail", str(SOCKET)], SOCKET)
    assert not is_shim_of([], SOCKET)
