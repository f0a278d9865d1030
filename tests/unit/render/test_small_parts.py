"""Fingerprints, quantities, networks, the adapter's flags and PostgreSQL's settings."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacsstack.render.adapter import adapter_arguments
from pacsstack.render.fingerprint import fingerprint
from pacsstack.render.networks import canonical_network, canonical_networks, is_address
from pacsstack.render.postgres import postgres_files, postgresql_conf
from pacsstack.render.quantities import canonical_cpu, canonical_memory, cpu_amount, memory_amount
from pacsstack.spec.adapter import ImportAdapter
from pacsstack.spec.postgres import ManagedPostgres
from tests.unit.strategies import byte_counts, cidrs, cpus, parameter_values, quantities


def test_a_fingerprint_tells_files_apart_and_needs_its_key() -> None:
    base = fingerprint("key", {"a": "1", "b": "2"})
    assert re.fullmatch("[0-9a-f]{16}", base)
    assert base == fingerprint("key", {"b": "2", "a": "1"})
    assert len({base, fingerprint("key", {"a": "1", "b": "3"}), fingerprint("key", {"a": "1b", "": "2"})}) == 3
    assert fingerprint("other", {"a": "1", "b": "2"}) != base
    assert hashlib.sha256(b"1").hexdigest()[:16] != fingerprint("key", {"a": "1"})


@pytest.mark.parametrize(
    ("given_", "canonical"),
    [
        ("1024Mi", "1Gi"),
        ("1536Mi", "1536Mi"),
        ("1000M", "1G"),
        ("1024", "1024"),
        ("1000", "1k"),
        ("2048Ki", "2Mi"),
        ("20Gi", "20Gi"),
        ("1024Pi", "1Ei"),
    ],
)
def test_memory_is_written_as_the_api_server_does(given_: str, canonical: str) -> None:
    assert canonical_memory(given_) == canonical


@pytest.mark.parametrize(("given_", "canonical"), [("2000m", "2"), ("500m", "500m"), ("4", "4"), ("1000", "1k")])
def test_processors_are_written_as_the_api_server_does(given_: str, canonical: str) -> None:
    assert canonical_cpu(given_) == canonical


@given(st.one_of(quantities, byte_counts), cpus)
def test_a_canonical_quantity_is_the_same_amount(memory: str, cpu: str) -> None:
    assert memory_amount(canonical_memory(memory)) == memory_amount(memory)
    assert canonical_memory(canonical_memory(memory)) == canonical_memory(memory)
    written = canonical_cpu(cpu)
    assert written.endswith("k") or cpu_amount(written) == cpu_amount(cpu)


def test_networks_lose_host_bits_and_double_entries() -> None:
    assert canonical_network("10.20.1.7/16") == "10.20.0.0/16"
    assert canonical_networks(["10.20.1.7/16", "10.3.0.0/24", "10.20.0.0/16"]) == ["10.3.0.0/24", "10.20.0.0/16"]


@given(cidrs)
def test_a_canonical_network_stays_as_it_is(cidr: str) -> None:
    assert canonical_network(canonical_network(cidr)) == canonical_network(cidr)


@pytest.mark.parametrize(("host", "expected"), [("10.1.2.3", True), ("10.1.2.300", False), ("ct1", False)])
def test_an_address_is_told_from_a_name(host: str, *, expected: bool) -> None:
    assert is_address(host) is expected


def test_the_cloud_healthcare_api_has_one_exact_address() -> None:
    store = {"project": "p", "location": "europe-west3", "dataset": "d", "store": "s"}
    assert adapter_arguments(ImportAdapter.model_validate({"dicomStore": store, "port": 2576})) == [
        "--dimse_aet=IMPORTADAPTER",
        "--dimse_port=2576",
        "--dicomweb_address=https://healthcare.googleapis.com/v1/projects/p/locations/europe-west3/datasets/d/dicomStores/s/dicomWeb",
        "--oauth_scopes=https://www.googleapis.com/auth/cloud-healthcare",
    ]


def test_another_dicomweb_server_needs_no_token_of_googles() -> None:
    arguments = adapter_arguments(ImportAdapter.model_validate({"dicomwebURL": "http://store:8042/dicom-web"}))
    assert "--dicomweb_address=http://store:8042/dicom-web" in arguments
    assert not [one for one in arguments if one.startswith("--oauth_scopes")]


def test_booleans_of_the_adapter_are_bare() -> None:
    arguments = adapter_arguments(ImportAdapter.model_validate({"dicomwebURL": "http://store"}))
    assert not [one for one in arguments if one.endswith(("=true", "=false"))]


@given(st.dictionaries(st.sampled_from(["work_mem", "log_line_prefix", "a.b"]), parameter_values))
def test_any_value_of_a_parameter_stays_one_value(parameters: dict[str, str]) -> None:
    lines = postgresql_conf(ManagedPostgres(parameters=parameters)).split("\n")
    found = {}
    for line in lines[:-1]:
        match = re.fullmatch(r"([a-z_.]+) = '((?:[^'\\]|''|\\\\)*)'", line)
        assert match, line
        found[match[1]] = match[2].replace("''", "'").replace("\\\\", "\\")
    assert found.items() >= parameters.items()


def test_a_dead_orthancs_lock_is_free_after_about_half_a_minute() -> None:
    text = postgresql_conf(ManagedPostgres())
    numbers = {name: int(value) for name, value in re.findall(r"tcp_keepalives_(\w+) = '(\d+)'", text)}
    assert numbers["idle"] + numbers["interval"] * numbers["count"] <= 30


def test_nobody_is_trusted_without_a_password_but_the_superuser_on_the_socket() -> None:
    rules = [line.split() for line in postgres_files(ManagedPostgres())["pg_hba.conf"].splitlines() if line[:1] != "#"]
    assert ["local", "all", "postgres", "peer"] in rules
    assert {rule[-1] for rule in rules} == {"peer", "reject", "scram-sha-256"}
