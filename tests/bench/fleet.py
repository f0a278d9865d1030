"""Figures of the operator among many stacks, against an API server without a node: only the operator's own work."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import median, quantiles

from localcluster.demo.install import pacsstack
from localcluster.demo.kubectl import Kubectl, Object
from tests.bench.figure import figure
from tests.bench.operator import Audit, control_plane, quiet, resident_mib, running

STACKS = 200
FIRST = 20
ROUNDS = 5
REPAIRS = 100
IDLE_SECONDS = 60


def stack(name: str) -> Object:
    """Return the smallest stack."""
    return {"apiVersion": "pacsstack.io/v1alpha1", "kind": "PacsStack", "metadata": {"name": name}, "spec": {}}


@dataclass(frozen=True)
class FleetRun:
    """What one run with a growing fleet showed; times in seconds, memory in MiB."""

    first_seconds_per_stack: float
    all_seconds_per_stack: float
    memory_one: float
    memory_all: float
    idle_writes: int
    restart_writes: int
    repairs: list[float]


@contextmanager
def _namespace(kubectl: Kubectl, name: str) -> Iterator[Kubectl]:
    kubectl.run("create", "namespace", name)
    try:
        yield kubectl.within(name)
    finally:
        kubectl.run("delete", "namespace", name, "--wait=false")


def _moment(entry: Object, field: str) -> datetime:
    return datetime.fromisoformat(entry[field])


@figure("apply_ratio", "ratio", "<= 1.0")
def apply_ratio() -> float:
    """From creating a stack to all its children applied, over applying the same objects by kubectl; median of pairs."""
    with (
        control_plane() as kubectl,
        tempfile.TemporaryDirectory() as directory,
        running(kubectl.kubeconfig, Path(directory) / "log"),
        _namespace(kubectl, "bench-warm") as warm,
    ):
        audit = Audit()
        warm.apply([stack("warm")])
        quiet(audit)
        return median(_pair(kubectl, number) for number in range(ROUNDS))


def _pair(kubectl: Kubectl, number: int) -> float:
    name = f"bench-apply-{number}"
    with _namespace(kubectl, name) as ours:
        audit = Audit()
        ours.apply([stack("archive")])
        quiet(audit)
        by_operator = _creation_seconds(audit, name)
    with _namespace(kubectl, f"{name}-hand") as ours:
        rendered = _rendered(ours.namespace)
        started = time.monotonic()
        ours.run("apply", "--server-side", "-f", "-", stdin=rendered)
        by_hand = time.monotonic() - started
    return by_operator / by_hand


def _creation_seconds(audit: Audit, namespace: str) -> float:
    entries = [entry for entry in audit.entries() if entry["objectRef"].get("namespace") == namespace]
    ours = (entry for entry in entries if entry["objectRef"]["resource"] == "pacsstacks")
    creation = next(entry for entry in ours if entry["verb"] in ("create", "patch"))
    children = [e for e in audit.writes() if e["objectRef"]["resource"] not in ("pacsstacks", "events")]
    last = max(_moment(e, "stageTimestamp") for e in children if e["objectRef"].get("namespace") == namespace)
    return (last - _moment(creation, "requestReceivedTimestamp")).total_seconds()


def _rendered(namespace: str) -> str:
    text = "apiVersion: pacsstack.io/v1alpha1\nkind: PacsStack\nmetadata: {name: archive}\nspec: {}\n"
    return pacsstack("render", "-f", "-", "-n", namespace, stdin=text)


@cache
def fleet() -> FleetRun:
    """Grow a fleet from 1 to all stacks under one operator, restart it, and repair; measured once for all figures."""
    with control_plane() as kubectl, tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "log"
        with _namespace(kubectl, "bench-fleet") as ours:
            with running(kubectl.kubeconfig, log) as process:
                first, everything, one, full = _grow(ours, process)
                audit = Audit()
                time.sleep(IDLE_SECONDS)
                idle = len(audit.writes())
            audit = Audit()
            with running(kubectl.kubeconfig, log):
                time.sleep(IDLE_SECONDS)
                restart = len(audit.writes())
                repairs = [_repair(ours, number) for number in range(REPAIRS)]
            return FleetRun(first, everything, one, full, idle, restart, repairs)


def _grow(kubectl: Kubectl, process: subprocess.Popen[bytes]) -> tuple[float, float, float, float]:
    _create(kubectl, 0, 1)
    one = resident_mib(process)
    first = _create(kubectl, 1, 1 + FIRST) / FIRST
    everything = _create(kubectl, 1 + FIRST, STACKS) / (STACKS - FIRST - 1)
    return first, everything, one, resident_mib(process)


def _create(kubectl: Kubectl, start: int, end: int) -> float:
    """Create stacks and return the seconds from the first creation to the operator's last write."""
    audit = Audit()
    kubectl.apply([stack(f"stack-{number:03d}") for number in range(start, end)])
    quiet(audit)
    writes = audit.writes()
    stacks = [entry for entry in audit.entries() if entry["objectRef"]["resource"] == "pacsstacks"]
    begun = min(_moment(entry, "requestReceivedTimestamp") for entry in stacks)
    return (max(_moment(e, "stageTimestamp") for e in writes) - begun).total_seconds()


def _repair(kubectl: Kubectl, number: int) -> float:
    """Delete a child and return the seconds until it is there again."""
    name = f"stack-{number % STACKS:03d}-proxy"
    before = kubectl.require("service", name)["metadata"]["uid"]
    kubectl.run("delete", "service", name)
    deleted = time.monotonic()
    kubectl.wait(f"service/{name}", "create", 30)
    seconds = time.monotonic() - deleted
    if kubectl.require("service", name)["metadata"]["uid"] == before:
        raise RuntimeError(f"service/{name} was not deleted")
    return seconds


@figure("repair_p99", "s", "<= 2.0")
def repair_p99() -> float:
    """The slowest but one in a hundred repairs of a deleted child, among all stacks."""
    return quantiles(fleet().repairs, n=100)[98]


@figure("idle_writes", "writes", "== 0")
def idle_writes() -> float:
    """Writes by the operator in a minute among converged stacks."""
    return fleet().idle_writes


@figure("restart_writes", "writes", "== 0")
def restart_writes() -> float:
    """Writes by an operator that starts among converged stacks."""
    return fleet().restart_writes


@figure("memory_base", "MiB", "<= 120")
def memory_base() -> float:
    """Resident memory with one stack."""
    return fleet().memory_one


@figure("memory_per_stack", "MiB", "<= 0.3")
def memory_per_stack() -> float:
    """Resident memory added by each further stack."""
    run = fleet()
    return (run.memory_all - run.memory_one) / (STACKS - 1)


@figure("scaling", "ratio", "<= 1.1")
def scaling() -> float:
    """Seconds a stack for the many, over seconds a stack for the first few."""
    run = fleet()
    return run.all_seconds_per_stack / run.first_seconds_per_stack
