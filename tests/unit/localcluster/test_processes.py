import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localcluster.errors import ClusterError
from localcluster.processes import Processes, Program, command_line, end_process, start_time

IDLE = Program("idle", ("sleep", "86399.125"))
STUBBORN = Program(
    "stubborn",
    (
        sys.executable,
        "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
    ),
)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path / "run", tmp_path / "logs")
    yield processes
    for name in processes.names():
        processes.stop(name, 0)


def test_a_started_program_is_known_to_the_next_run(processes: Processes, tmp_path: Path) -> None:
    assert processes.ensure(IDLE)
    later = Processes(tmp_path / "run", tmp_path / "logs")
    assert later.is_alive("idle")
    assert not later.ensure(IDLE)


def test_other_arguments_start_it_again(processes: Processes) -> None:
    processes.ensure(IDLE)
    first = processes.pid("idle")
    assert processes.ensure(Program("idle", ("sleep", "86399.25")))
    assert processes.pid("idle") != first
    assert start_time(first) == -1 or not Path(f"/proc/{first}/cmdline").read_bytes()


def test_a_stopped_program_is_gone_and_forgotten(processes: Processes) -> None:
    processes.ensure(IDLE)
    processes.stop("idle")
    assert not processes.is_alive("idle")
    assert processes.names() == []


def test_a_program_that_ignores_sigterm_is_killed(processes: Processes) -> None:
    processes.ensure(STUBBORN)
    while not processes.log("stubborn").read_text():
        assert processes.is_alive("stubborn")
    processes.stop("stubborn", 0.2)
    assert not processes.is_alive("stubborn")


def _recycle(directory: Path, **changes: object) -> None:
    path = directory / "run" / "idle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_process_that_got_a_recycled_number_is_spared(processes: Processes, tmp_path: Path) -> None:
    processes.ensure(IDLE)
    record = processes.record("idle")
    assert record is not None
    _recycle(tmp_path, started=record.started - 1)
    assert not processes.is_alive("idle")
    processes.stop("idle")
    assert start_time(record.pid) == record.started
    end_process(record.pid, record.started, 0)


@contextmanager
def started_by_somebody(argv: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(argv)
    # The kernel lets the parent go on a moment before the new arguments can be read.
    while command_line(process.pid) != argv:
        assert process.poll() is None
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_end_process_spares_a_process_that_started_at_another_moment() -> None:
    with started_by_somebody(IDLE.argv) as stranger:
        end_process(stranger.pid, start_time(stranger.pid) - 1, 1)
        assert stranger.poll() is None


def test_a_process_of_a_run_that_was_killed_before_it_took_note_is_ended(processes: Processes, tmp_path: Path) -> None:
    followed = tmp_path / "followed"
    followed.touch()
    program = Program("follow", ("tail", "-f", str(followed)))
    with started_by_somebody(program.argv) as stray:
        processes.ensure(program)
        assert stray.poll() == -signal.SIGTERM
    assert processes.is_alive("follow")


def test_a_stranger_with_the_same_arguments_is_spared(processes: Processes) -> None:
    with started_by_somebody(IDLE.argv) as stranger:
        processes.ensure(IDLE)
        assert stranger.poll() is None


def test_a_record_of_an_earlier_boot_is_of_nobody(processes: Processes, tmp_path: Path) -> None:
    processes.ensure(IDLE)
    record = processes.record("idle")
    assert record is not None
    _recycle(tmp_path, boot="another")
    assert not processes.is_alive("idle")
    end_process(record.pid, record.started, 0)


def test_a_program_that_has_ended_is_told_with_the_end_of_its_log(processes: Processes) -> None:
    processes.ensure(Program("broken", ("sh", "-c", "echo the cause; exit 3")))
    while processes.is_alive("broken"):
        pass
    with pytest.raises(ClusterError, match="the cause"):
        processes.require("broken")
