"""The one-node Kubernetes that the demo and the tests run on: real parts, built from pinned sources, on this machine."""

from localcluster.cluster import Cluster
from localcluster.errors import ClusterError

__all__ = ["Cluster", "ClusterError"]
