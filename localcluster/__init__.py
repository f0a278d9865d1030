"""The one-node Kubernetes that the demo and the tests run on: real parts, built on this machine from pinned sources."""

from localcluster.cluster import Cluster
from localcluster.errors import ClusterError

__all__ = ["Cluster", "ClusterError"]
