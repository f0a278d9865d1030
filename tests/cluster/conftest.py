"""One cluster, one operator, two archives for all tests that read and store; others bring up their own."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localcluster.demo import dicomstore
from localcluster.demo.accountkey import account_key_secret
from localcluster.demo.cluster import Ground, find_ground
from localcluster.demo.dcmtk import Tls
from localcluster.demo.install import install_operator
from localcluster.demo.stack import Stack
from tests.support.audit import LOG
from tests.support.certificates import Identity, make_identity
from tests.support.evidence import tell_operator_log
from tests.support.receiver import free_port
from tests.support.running import Running, reach, wait_ready
from tests.support.specs import prefixed_spec, put, resource, restricted_namespace, root_spec, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcluster.demo.kubectl import Kubectl

READER = "reader"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def ground(pytestconfig: pytest.Config) -> Ground:
    """The cluster of KUBECONFIG, or the local one, which is brought up when it is down; with all images.

    From nothing this takes minutes, so its progress is shown in spite of pytest's capturing.
    """
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    try:
        with capture.global_and_fixture_disabled():
            print()
            return find_ground()
    except subprocess.CalledProcessError as error:
        pytest.exit(f"{' '.join(map(str, error.cmd))} failed, see above: no test here can run", returncode=1)


@pytest.fixture(scope="session")
def kubeconfig(ground: Ground) -> str:
    return str(ground.kubectl.kubeconfig)


@pytest.fixture(scope="session")
def kubectl(ground: Ground) -> Kubectl:
    return ground.kubectl


@pytest.fixture(scope="session")
def operator(ground: Ground) -> Iterator[Ground]:
    """The cluster with the operator running in it. Its log is shown at the end, for when a test has failed."""
    install_operator(ground)
    yield ground
    tell_operator_log(ground.kubectl)


@pytest.fixture(scope="session")
def audit_log(ground: Ground) -> Path:
    if not ground.local:
        pytest.skip("the audit log is read on the local cluster only: run without KUBECONFIG")
    return LOG


def _namespace(kubectl: Kubectl, prefix: str) -> Iterator[Kubectl]:
    namespace = restricted_namespace(prefix)
    kubectl.apply([namespace])
    name = namespace["metadata"]["name"]
    yield kubectl.within(name)
    kubectl.run("delete", "namespace", name, "--wait=false")


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[Kubectl]:
    """kubectl in a namespace of this test's own, which enforces Pod Security "restricted"."""
    yield from _namespace(kubectl, "test")


@pytest.fixture(scope="session")
def shared(kubectl: Kubectl) -> Iterator[Kubectl]:
    """kubectl in the namespace of the archives that the tests share."""
    yield from _namespace(kubectl, "shared")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def identity(files: Path) -> Identity:
    """Key and certificate of the modality that the prefixed archive lets in."""
    return make_identity(files, "modality")


@pytest.fixture(scope="session")
def modality_address(kubectl: Kubectl) -> tuple[str, int]:
    """Where pods reach the modality that tests run on this machine."""
    addresses = kubectl.list("nodes")[0]["status"]["addresses"]
    return next(str(item["address"]) for item in addresses if item["type"] == "InternalIP"), free_port()


@pytest.fixture(scope="session")
def reader_password() -> str:
    return secrets.token_urlsafe(18)


@pytest.fixture(scope="session")
def shared_stacks(
    operator: Ground, shared: Kubectl, identity: Identity, modality_address: tuple[str, int], reader_password: str
) -> dict[str, Stack]:
    """The two shared stacks, both Ready; they are applied together, so that their starts overlap."""
    specs = {
        "root": root_spec(shared.namespace, *modality_address),
        "prefixed": prefixed_spec("modality-ca", "people"),
    }
    shared.apply(dicomstore.objects(operator.images["dicomstore"]))
    shared.apply([account_key_secret("adapter-key"), secret("modality-ca", {"ca.crt": identity.authority})])
    shared.apply([secret("people", {READER: reader_password})])
    shared.apply([resource(name, spec) for name, spec in specs.items()])
    stacks = {name: Stack(shared, name) for name in specs}
    for stack in stacks.values():
        wait_ready(stack)
    shared.wait(f"deployment/{dicomstore.NAME}", "condition=Available", 120)
    return stacks


@pytest.fixture(scope="session")
def root(shared_stacks: dict[str, Stack], files: Path) -> Running:
    """The archive under `/`: load balancer, adapter, CORS, generated user `admin`."""
    return reach(shared_stacks["root"], files)


@pytest.fixture(scope="session")
def prefixed(shared_stacks: dict[str, Stack], files: Path, identity: Identity, reader_password: str) -> Running:
    """The archive under `/orthanc/`: mutual TLS, users of its own."""
    stack = shared_stacks["prefixed"]
    own = Tls(stack.authority(files), identity.key, identity.certificate)
    return reach(stack, files, READER, reader_password, own)


@pytest.fixture(params=["root", "prefixed"])
def archive(request: pytest.FixtureRequest) -> Running:
    """Each of the shared archives in turn."""
    found: Running = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def shaken_namespace(operator: Ground) -> Iterator[Kubectl]:
    """kubectl in the namespace of the archive that tests alter, break and delete."""
    yield from _namespace(operator.kubectl, "shaken")


@pytest.fixture(scope="session")
def staff_password() -> str:
    return secrets.token_urlsafe(18)


@pytest.fixture
def shaken(shaken_namespace: Kubectl, files: Path, staff_password: str) -> Running:
    """An archive that may be shaken: each test gets it Ready and as specified, with the images of the tests before."""
    shaken_namespace.apply([secret("staff", {READER: staff_password})])
    put(shaken_namespace, resource("shaken", {"proxy": {"users": {"secretName": "staff"}}}))
    stack = Stack(shaken_namespace, "shaken")
    wait_ready(stack)
    running = reach(stack, files, READER, staff_password)
    running.wait_answers()
    running.settle()
    return running
