"""Enforce NetworkPolicies: follow them in the API server, and keep one table of nftables that says the same.

The meaning of a policy: Kubernetes documentation, "Network Policies", and API reference, "NetworkPolicy". Where these
leave the choice to whoever enforces, this is what holds here:

- Addresses are compared as they are after kube-proxy's translation: a rule means the pod behind a Service and its port,
  and an `ipBlock` matches pods too.
- The node reaches every pod directly, as the kubelet does to probe. Through the address of a Service or load balancer
  the node is a source like any other, so that `ipBlock` rules hold for programs on this machine as well.
- A pod's way to the node is subject to its egress rules: the API server and the name server run there.
- What is refused is dropped, silently. Connections that were established before a policy came go on.
- A pod whose address the API server does not know yet may ask for names and reaches nothing else, for a policy counts
  from a pod's first moment.
- Pods in the node's own network are the node.
"""

TABLE = "pacsstack_policies"
"""The table of nftables' family `inet` that holds everything."""
