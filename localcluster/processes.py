"""Start and end the cluster's processes, and never anybody else's.

A process is known by its number and the moment it started (proc(5), field `starttime`), so that a number that the
kernel has given to a newcomer is never mistaken for ours. Signals go through a pidfd (pidfd_open(2)), never recycled.
"""

import json
import os
import select
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localcluster.errors import ClusterError

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STATE_FIELD, _PARENT_FIELD, _START_FIELD = 0, 1, 19
"""Positions in /proc/PID/stat behind the command's closing bracket: fields 3, 4 and 22 of proc(5)."""


@dataclass(frozen=True)
class Program:
    """A process to run."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A process that was started."""

    pid: int
    started: int
    """Clock ticks since boot."""
    boot: str
    argv: tuple[str, ...]


class Processes:
    """The processes of one cluster, remembered in files so that the next run of the program knows them."""

    def __init__(self, records: Path, logs: Path) -> None:
        self._records = records
        self._logs = logs

    def names(self) -> list[str]:
        """Every part that was started and not ended by us, alive or not."""
        return sorted(path.stem for path in self._records.glob("*.json"))

    def record(self, name: str) -> Record | None:
        """What is remembered of a part."""
        path = self._records / f"{name}.json"
        if not path.exists():
            return None
        found = json.loads(path.read_text())
        return Record(found["pid"], found["started"], found["boot"], tuple(found["argv"]))

    def is_alive(self, name: str) -> bool:
        """Whether the very process that was started still runs."""
        record = self.record(name)
        return record is not None and _is_alive(record)

    def pid(self, name: str) -> int:
        """The number of a living part's process.

        Raises:
            ClusterError: the part does not run.
        """
        record = self.record(name)
        if record is None or not _is_alive(record):
            raise ClusterError(f"{name} does not run: `make cluster` starts it")
        return record.pid

    def log(self, name: str) -> Path:
        """The file that a part's output goes to."""
        return self._logs / f"{name}.log"

    def ensure(self, program: Program) -> bool:
        """Run the program unless it runs already with the same arguments; true when it was started now."""
        record = self.record(program.name)
        if record is not None and _is_alive(record):
            if record.argv == program.argv:
                return False
            self.stop(program.name)
        self._end_strays(program.argv)
        self._start(program)
        return True

    def _end_strays(self, argv: tuple[str, ...]) -> None:
        # A run that was killed between starting a process and taking note of it left one with these very arguments.
        # Only a path of this cluster among them proves that it is ours: anybody may run a program of the same name.
        if not any(str(self._records.parent) in argument for argument in argv):
            return
        for path in Path("/proc").glob("[0-9]*"):
            if command_line(int(path.name)) == argv:
                end_process(int(path.name), start_time(int(path.name)), 5)

    def _start(self, program: Program) -> None:
        for directory in (self._records, self._logs):
            directory.mkdir(parents=True, exist_ok=True)
        with self.log(program.name).open("ab") as log:
            process = subprocess.Popen(
                program.argv,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
            )
        record = Record(process.pid, start_time(process.pid), boot_id(), program.argv)
        path = self._records / f"{program.name}.json"
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(record.__dict__))
        unfinished.replace(path)
        # The cluster outlives this program: whether the process still runs is asked of the kernel, not of Popen.
        process.returncode = 0

    def stop(self, name: str, seconds: float = 15) -> None:
        """End a part: SIGTERM first, SIGKILL when it takes longer than that."""
        record = self.record(name)
        if record is not None and _is_alive(record):
            end_process(record.pid, record.started, seconds)
        (self._records / f"{name}.json").unlink(missing_ok=True)

    def require(self, name: str) -> None:
        """Go on only while a part runs.

        Raises:
            ClusterError: it has ended; the message holds the end of its log.
        """
        if not self.is_alive(name):
            log = self.log(name)
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise ClusterError(f"{name} has ended; the cause is at the end of {log}:\n{tail}")


def command_line(pid: int) -> tuple[str, ...]:
    """A process' arguments; none when there is no such process."""
    try:
        content = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ()
    return tuple(content.decode(errors="replace").split("\0")[:-1])


def boot_id() -> str:
    """Which boot of this machine this is."""
    return _BOOT_ID.read_text().strip()


def _stat(pid: int) -> list[str]:
    # The command in brackets may hold blanks and brackets itself, so fields count from its last bracket.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def start_time(pid: int) -> int:
    """When a process started, in clock ticks since boot; -1 when there is none."""
    try:
        return int(_stat(pid)[_START_FIELD])
    except (FileNotFoundError, ProcessLookupError):
        return -1


def parent(pid: int) -> int:
    """The number of a process' parent; -1 when there is no such process."""
    try:
        return int(_stat(pid)[_PARENT_FIELD])
    except (FileNotFoundError, ProcessLookupError):
        return -1


def _is_alive(record: Record) -> bool:
    if record.boot != boot_id():
        return False
    try:
        fields = _stat(record.pid)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(fields[_START_FIELD]) == record.started and fields[_STATE_FIELD] != "Z"


def end_process(pid: int, started: int, seconds: float) -> None:
    """End the process that has this number and started at this moment; return once it is gone.

    Raises:
        ClusterError: it is still there ten seconds after SIGKILL.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if start_time(pid) != started:
            return
        if seconds > 0 and _signal_and_wait(handle, signal.SIGTERM, seconds):
            return
        if not _signal_and_wait(handle, signal.SIGKILL, 10):
            raise ClusterError(f"process {pid} does not end: see `cat /proc/{pid}/stack` for what it waits for")
    finally:
        os.close(handle)


def _signal_and_wait(handle: int, number: signal.Signals, seconds: float) -> bool:
    try:
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return True
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    return bool(ended.poll(seconds * 1000))
