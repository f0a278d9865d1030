"""The start scripts, run for real with stand-ins for the programs that they start."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pacsstack.render.templating import template_text

PATIENCE = 20.0

POSTGRES = r"""#!/bin/bash
# PostgreSQL: single-user mode answers from a list of roles, the server stays until it is told to stop.
if [[ $1 == --version ]]; then echo "postgres (PostgreSQL) ${VERSION:-17.4}"; exit; fi
if [[ $1 == --single ]]; then
  cat >> "$TRACE.sql"
  [[ ${ROLE_IS_GONE-} ]] || echo "1: ?column? = pacsstack-role-ready"
  exit
fi
echo "server $*" >> "$TRACE"
trap 'exit 0' INT TERM
while :; do sleep 0.05; done
"""
INITDB = r"""#!/bin/bash
for one in "$@"; do [[ $one == --pgdata=* ]] && folder=${one#--pgdata=}; done
mkdir -p "$folder"; echo 17 > "$folder/PG_VERSION"
echo "initdb $folder" >> "$TRACE"
[[ ! ${KILLED-} ]] || kill -9 $PPID
"""
ENTRYPOINT = r"""#!/bin/bash
echo "orthanc $*" >> "$TRACE"
trap 'echo "stopped" >> "$TRACE"; exit 0' TERM
while :; do sleep 0.05; done
"""


class Sandbox:
    """A folder that plays the container: the script, its mounts, and a PATH with the stand-ins in front."""

    def __init__(self, folder: Path, script: str) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.errors = folder / "errors"
        for name in ("bin", "config", "secrets", "data"):
            (folder / name).mkdir()
        for name, text in (("postgres", POSTGRES), ("initdb", INITDB), ("entrypoint.sh", ENTRYPOINT)):
            self.program(name, text)
        text = template_text(script)
        for path, mine in (
            ("/etc/pacsstack-secrets", "secrets"),
            ("/etc/pacsstack", "config"),
            ("/var/lib/pacsstack", "data"),
            ("/docker-entrypoint.sh", "bin/entrypoint.sh"),
        ):
            text = text.replace(path, str(folder / mine))
        self.program("start.sh", text)
        (folder / "secrets/username").write_text("orthanc")
        (folder / "secrets/password").write_text("pass'word")

    def program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [self.folder / "bin/start.sh"],
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "PGDATA": str(self.folder / "data/pgdata"),
                "DATABASE": "orthanc",
                "TRACE": str(self.folder / "trace"),
                **environment,
            },
            stderr=self.errors.open("ab"),
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def trace(self, name: str = "trace") -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path, "postgres-start.sh")
    yield sandbox
    sandbox.end()


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path, "orthanc-start.sh")
    yield sandbox
    sandbox.end()


def test_a_first_start_makes_the_database_under_another_name_and_then_starts(postgres: Sandbox) -> None:
    postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    assert postgres.trace().startswith(f"initdb {postgres.folder}/data/pgdata.init")
    assert (postgres.folder / "data/pgdata").stat().st_mode & 0o777 == 0o700
    sql = postgres.trace("trace.sql")
    assert 'CREATE ROLE "orthanc" LOGIN' in sql
    assert "SUPERUSER" not in sql
    assert "CREATE EXTENSION pg_trgm" in sql
    assert "PASSWORD 'pass''word'" in sql


def test_acknowledged_images_do_not_depend_on_parameters(postgres: Sandbox) -> None:
    postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    for setting in ("fsync=on", "full_page_writes=on", "synchronous_commit=on"):
        assert f"-c {setting}" in postgres.trace()


def test_a_first_start_that_was_killed_is_begun_again(postgres: Sandbox) -> None:
    postgres.start(KILLED="1").wait(PATIENCE)
    assert not (postgres.folder / "data/pgdata").exists()
    postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    assert postgres.trace().count("initdb") == 2


def test_a_second_server_waits_for_the_first(postgres: Sandbox) -> None:
    first = postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    postgres.start()
    wait_until(lambda: "waiting for the previous server" in postgres.trace("errors"))
    assert postgres.trace().count("server -D") == 1
    first.terminate()
    wait_until(lambda: postgres.trace().count("server -D") == 2)
    assert postgres.trace().count("initdb") == 1


def test_a_waiting_server_can_be_stopped_at_once(postgres: Sandbox) -> None:
    postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    second = postgres.start()
    wait_until(lambda: "waiting" in postgres.trace("errors"))
    second.terminate()
    assert second.wait(PATIENCE) == 143


def test_an_empty_pid_file_of_a_power_cut_is_removed(postgres: Sandbox) -> None:
    pgdata = postgres.folder / "data/pgdata"
    pgdata.mkdir()
    (pgdata / "PG_VERSION").write_text("17\n")
    (pgdata / "postmaster.pid").touch()
    postgres.start()
    wait_until(lambda: "server -D" in postgres.trace())
    assert not (pgdata / "postmaster.pid").exists()
    assert "initdb" not in postgres.trace()


def test_another_major_version_is_refused_with_the_cure(postgres: Sandbox) -> None:
    pgdata = postgres.folder / "data/pgdata"
    pgdata.mkdir()
    (pgdata / "PG_VERSION").write_text("17\n")
    assert postgres.start(VERSION="18.0").wait(PATIENCE) == 1
    assert "set spec.postgres.managed.image to a 17 image" in postgres.trace("errors")


def test_a_user_that_the_database_does_not_know_is_named(postgres: Sandbox) -> None:
    assert postgres.start(ROLE_IS_GONE="1").wait(PATIENCE) == 1
    assert "could not set the password of role orthanc" in postgres.trace("errors")
    assert "pass'word" not in postgres.trace("errors")


@pytest.mark.parametrize("password", ["", "two\nlines", "back\\slash"])
def test_a_password_that_cannot_be_written_is_refused(postgres: Sandbox, password: str) -> None:
    (postgres.folder / "secrets/password").write_text(password)
    assert postgres.start().wait(PATIENCE) == 1
    assert "of the Secret must" in postgres.trace("errors")


def test_orthanc_waits_for_its_predecessor(orthanc: Sandbox) -> None:
    first = orthanc.start()
    wait_until(lambda: "orthanc /tmp/orthanc.json" in orthanc.trace())
    orthanc.start()
    wait_until(lambda: "waiting for the previous Orthanc" in orthanc.trace("errors"))
    assert orthanc.trace().count("orthanc ") == 1
    first.terminate()
    assert first.wait(PATIENCE) == 0
    wait_until(lambda: orthanc.trace().count("orthanc ") == 2)
    assert orthanc.trace().index("stopped") < orthanc.trace().rindex("orthanc ")


def test_a_waiting_orthanc_can_be_stopped_at_once(orthanc: Sandbox) -> None:
    orthanc.start()
    wait_until(lambda: "orthanc " in orthanc.trace())
    second = orthanc.start()
    wait_until(lambda: "waiting" in orthanc.trace("errors"))
    second.terminate()
    assert second.wait(PATIENCE) == 0


def test_the_end_of_orthanc_is_the_end_of_the_container(orthanc: Sandbox) -> None:
    orthanc.program("entrypoint.sh", "#!/bin/bash\nexit 7\n")
    assert orthanc.start().wait(PATIENCE) == 7
