"""What the killed cluster of another checkout left on the machine, and who may take it away."""

from dataclasses import replace
from pathlib import Path

from localcluster.errors import ClusterError
from localcluster.leftovers import end_pods, remove_traces
from localcluster.network import interface_owner, remove_network
from localcluster.processes import Processes
from localcluster.progress import say
from localcluster.settings import INTERFACE, Settings


def remove_dead_predecessor(settings: Settings) -> None:
    """Free the addresses that another checkout's cluster holds, if none of its parts lives any more.

    Raises:
        ClusterError: that cluster lives.
    """
    owner = interface_owner()
    if owner is None or owner == str(settings.state):
        return
    predecessor = replace(settings, state=Path(owner))
    processes = Processes(predecessor.records, predecessor.logs)
    living = [name for name in processes.names() if processes.is_alive(name)]
    if living:
        raise ClusterError(
            f"interface {INTERFACE} belongs to the cluster in {owner}, of which {', '.join(living)} still run: "
            "run `make cluster-down` there"
        )
    say(f"removing what the killed cluster in {owner} left")
    end_pods(predecessor)
    remove_traces(predecessor)
    remove_network(predecessor)
