"""What goes wrong, with the cure in the message."""


class ClusterError(RuntimeError):
    """The local cluster cannot do what was asked; the message names the thing and the cure."""
