"""How our own controllers are started: as Python programs beside the cluster, each with a certificate of its own."""

import sys

from localcluster.processes import Program
from localcluster.settings import ROOT, Settings


def provisioner(settings: Settings) -> Program:
    """The provisioner of persistent volumes."""
    settings.volumes.mkdir(parents=True, exist_ok=True)
    return _program(settings, "provisioner", str(settings.volumes))


def load_balancer(settings: Settings) -> Program:
    """The controller that gives load balancers their addresses."""
    return _program(settings, "loadbalancer")


def policies(settings: Settings) -> Program:
    """The agent that enforces NetworkPolicies."""
    return _program(settings, "policies")


def _program(settings: Settings, name: str, *arguments: str) -> Program:
    kubeconfig = settings.certificates / f"{name}.kubeconfig"
    argv = (sys.executable, "-m", f"localcluster.{name}", str(kubeconfig), *arguments)
    return Program(name, argv, {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"})
