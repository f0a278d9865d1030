"""What is stored comes back byte for byte, whichever way it came and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localcluster.demo.dcmtk import echo, store
from localcluster.demo.study import Instance, Study, dataset_of, make_study

if TYPE_CHECKING:
    import requests

    from localcluster.demo.archive import Archive
    from tests.support.running import Running

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def study(request: pytest.FixtureRequest) -> Study:
    """A study that belongs to this test alone."""
    return make_study(request.node.name)


def ask(archive: Archive, path: str) -> requests.Response:
    return archive.get(path, headers={"Accept": "application/json"})


def assert_datasets_are_back(archive: Archive, study: Study) -> None:
    """Meta information does not travel with a C-STORE, so the data sets are compared."""
    wanted = {instance.sop_instance_uid: instance.dataset for instance in study.instances}
    assert archive.instance_uids(study.uid) == set(wanted)
    for uid, dataset in wanted.items():
        assert dataset_of(archive.file(uid)) == dataset
    retrieved = archive.retrieve(f"studies/{study.uid}")
    assert sorted(map(dataset_of, retrieved)) == sorted(wanted.values())


def path_of(instance: Instance) -> str:
    return f"studies/{instance.study_uid}/series/{instance.series_uid}/instances/{instance.sop_instance_uid}"


def test_a_modality_gets_an_echo(archive: Running) -> None:
    echo(archive.clear)
    echo(archive.tls)


def test_storescu_in_clear(archive: Running, study: Study) -> None:
    store(archive.clear, study)
    assert_datasets_are_back(archive.archive, study)


def test_storescu_over_tls(archive: Running, study: Study) -> None:
    store(archive.tls, study)
    assert_datasets_are_back(archive.archive, study)


def test_stow_and_wado_keep_every_byte(archive: Running, study: Study) -> None:
    assert sum(len(instance.content) for instance in study.instances) > 1024**2, "nginx's own limit would not be met"
    assert archive.archive.stow(study.instances).status_code == 200
    for instance in study.instances:
        assert archive.archive.retrieve(path_of(instance)) == [instance.content]
        assert archive.archive.file(instance.sop_instance_uid) == instance.content


def test_qido_finds_by_patient_and_names_urls_that_work(archive: Running, study: Study) -> None:
    archive.archive.stow(study.instances)
    found = ask(archive.archive, f"dicom-web/studies?PatientID={study.patient_id}").json()
    assert [item["0020000D"]["Value"] for item in found] == [[study.uid]]
    retrieve_url = found[0]["00081190"]["Value"][0]
    assert retrieve_url.startswith(archive.archive.url)
    assert len(archive.archive.retrieve(f"studies/{study.uid}")) == len(study.instances)
    with archive.archive.session() as session:
        answer = session.get(f"{retrieve_url}/series", headers={"Accept": "application/dicom+json"}, timeout=30)
    assert {item["0020000E"]["Value"][0] for item in answer.json()} == set(study.series())


def test_rest_upload_read_and_delete(archive: Running, study: Study) -> None:
    instance = study.instances[0]
    answer = archive.archive.request("POST", "instances", data=instance.content)
    assert answer.status_code == 200
    uploaded = answer.json()
    assert uploaded["ID"] == archive.archive.orthanc_id(instance.sop_instance_uid)
    assert archive.archive.get(f"instances/{uploaded['ID']}/file").content == instance.content
    assert archive.archive.get(f"instances/{uploaded['ID']}/preview").content.startswith(PNG)
    parents = {"patients": "ParentPatient", "studies": "ParentStudy", "series": "ParentSeries", "instances": "ID"}
    for level, key in parents.items():
        assert uploaded[key] in ask(archive.archive, level).json()
    assert archive.archive.request("DELETE", f"studies/{uploaded['ParentStudy']}").status_code == 200
    assert archive.archive.request("GET", f"instances/{uploaded['ID']}/file").status_code == 404
    assert archive.archive.instance_uids(study.uid) == set()


def test_the_system_tells_its_name(root: Running, prefixed: Running) -> None:
    names = {running.stack.name: ask(running.archive, "system").json()["Name"] for running in (root, prefixed)}
    assert names == {"root": "root", "prefixed": "prefixed"}


def test_the_viewer_is_served(archive: Running) -> None:
    """`/` leads to Orthanc's own page, below the prefix too."""
    answer = archive.archive.get("")
    assert answer.url.startswith(archive.archive.url)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_no_other_path_leads_past_the_prefix(prefixed: Running) -> None:
    with prefixed.archive.session() as session:
        outside = prefixed.archive.url.replace("/orthanc", "", 1)
        assert session.get(f"{outside.rstrip('/')}/system", timeout=30).status_code == 404
