"""What is sent to the adapter ends in the DICOMweb store behind it, and the sender is told the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from localcluster.demo import dicomstore
from localcluster.demo.dcmtk import DicomError, Peer, echo, send
from localcluster.demo.steps import status_summary
from localcluster.demo.study import make_study
from tests.support.images import assert_same_image

if TYPE_CHECKING:
    from tests.support.running import Running

CALLED = "IMPORTADAPTER"


@pytest.fixture
def adapter(root: Running) -> Peer:
    return Peer.at(root.stack.endpoint("adapter"), CALLED)


def test_the_adapter_is_on_a_load_balancer_that_stays_inside(root: Running, adapter: Peer) -> None:
    service = root.kubectl.require("service", f"{root.stack.name}-adapter")
    assert service["status"]["loadBalancer"]["ingress"][0]["ip"] == adapter.host
    assert service["metadata"]["annotations"]["networking.gke.io/load-balancer-type"] == "Internal"
    assert adapter.port == 2575


def test_dcmsend_ends_in_the_store(root: Running, adapter: Peer) -> None:
    study = make_study("adapter")
    summary = status_summary(send(adapter, study))
    assert f"with status SUCCESS  : {len(study.instances)}" in summary
    host = root.kubectl.require("service", dicomstore.NAME)["spec"]["clusterIP"]
    base = f"http://{host}:{dicomstore.PORT}"
    for instance in study.instances:
        found = requests.post(f"{base}/tools/lookup", data=instance.sop_instance_uid, timeout=30).json()
        stored = requests.get(f"{base}/instances/{found[0]['ID']}/file", timeout=30).content
        assert_same_image(stored, instance.content)


def test_another_called_title_is_refused(adapter: Peer) -> None:
    with pytest.raises(DicomError):
        echo(Peer(adapter.host, adapter.port, "SOMEBODYELSE"))


def test_a_store_that_is_away_is_told_to_the_sender(root: Running, adapter: Peer) -> None:
    """Nothing is acknowledged that the store does not have."""
    study = make_study("away", slices=1)
    scale = ["scale", f"deployment/{dicomstore.NAME}"]
    root.kubectl.run(*scale, "--replicas=0")
    root.kubectl.run("wait", "pods", "-l", f"app.kubernetes.io/name={dicomstore.NAME}", "--for=delete", "--timeout=60s")
    try:
        with pytest.raises(DicomError) as refused:
            send(adapter, study)
        assert "with status SUCCESS" not in str(refused.value)
    finally:
        root.kubectl.run(*scale, "--replicas=1")
        root.kubectl.wait(f"deployment/{dicomstore.NAME}", "condition=Available", 60)
