from pathlib import Path

from localcluster.mounts import mounts_below

MOUNTINFO = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
90 22 0:40 / /state/kubelet rw shared:2 - tmpfs tmpfs rw
91 90 0:41 / /state/kubelet/pods/a\\040b rw shared:3 - tmpfs tmpfs rw
92 22 0:42 / /statement rw shared:4 - tmpfs tmpfs rw
"""


def test_the_deepest_come_first_and_neighbours_do_not_come_at_all() -> None:
    assert mounts_below(Path("/state"), MOUNTINFO) == ["/state/kubelet/pods/a b", "/state/kubelet"]
