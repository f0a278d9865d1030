"""The operator against a real API server without a node: what it writes, repairs, keeps and says."""

from __future__ import annotations

import base64
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pacsstack.controller.credentials import REGENERATE
from pacsstack.controller.resources import CHILD_KINDS, ResourceKind
from pacsstack.manifests.stack import build_stack
from pacsstack.render.inputs import Images
from pacsstack.render.placeholder import placeholder_inputs
from pacsstack.spec.problems import parse_stack
from tests.controlplane.api import ApiServer, Object, RefusedError
from tests.controlplane.operator_process import AuditLog, OperatorProcess, eventually

ADAPTER = {"adapter": {"import": {"dicomwebURL": "http://store.example/dicom-web"}}}
CREDENTIALS = ("demo-ca", "demo-internal", "demo-postgres", "demo-users")
KIND_OF = {kind.kind: kind for kind in CHILD_KINDS}


class Scene:
    """One namespace with an operator in it."""

    def __init__(self, api: ApiServer, namespace: str, operator: OperatorProcess, kubeconfig: Path) -> None:
        self.api = api
        self.namespace = namespace
        self.operator = operator
        self.kubeconfig = kubeconfig

    def audit(self) -> AuditLog:
        return AuditLog(self.kubeconfig, self.namespace)

    def path(self, kind: ResourceKind) -> str:
        prefix = f"/apis/{kind.group}" if kind.group else "/api"
        return f"{prefix}/{kind.version}/namespaces/{self.namespace}/{kind.plural}"

    @property
    def stacks(self) -> str:
        return f"/apis/pacsstack.io/v1alpha1/namespaces/{self.namespace}/pacsstacks"

    def apply(self, spec: Object | None = None, annotations: dict[str, str] | None = None) -> None:
        metadata = {"name": "demo", "namespace": self.namespace, "annotations": annotations or {}}
        body = {"apiVersion": "pacsstack.io/v1alpha1", "kind": "PacsStack", "metadata": metadata, "spec": spec or {}}
        self.api.apply(self.stacks, body)

    def stack(self) -> Object:
        return self.api.get(f"{self.stacks}/demo")

    def find(self, kind: str, name: str) -> Object | None:
        try:
            return self.api.get(f"{self.path(KIND_OF[kind])}/{name}")
        except RefusedError as error:
            if error.code == 404:
                return None
            raise

    def secret(self, name: str) -> dict[str, str]:
        found = self.find("Secret", name)
        assert found is not None
        return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}

    def put_secret(self, name: str, data: dict[str, str]) -> None:
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        self.api.apply(self.path(KIND_OF["Secret"]), body)

    def delete(self, kind: str, name: str) -> None:
        self.api.delete(f"{self.path(KIND_OF[kind])}/{name}")

    def condition(self, kind: str) -> Object:
        conditions = self.stack().get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == kind), {})

    def until(self, kind: str, status: str, reason: str) -> Object:
        def look() -> Object | None:
            found = self.condition(kind)
            return found if (found.get("status"), found.get("reason")) == (status, reason) else None

        return eventually(look, f"{kind}={status} {reason}")

    def children(self) -> dict[tuple[str, str], Object]:
        found = {}
        for kind in CHILD_KINDS:
            for item in self.api.get(f"{self.path(kind)}?labelSelector=pacsstack.io/stack=demo")["items"]:
                found[kind.kind, item["metadata"]["name"]] = item
        return found

    def converged(self) -> None:
        """Wait until everything that the spec wants is there."""
        stack = parse_stack(self.stack())
        wanted = {
            (one["kind"], one["metadata"]["name"]) for one in build_stack(stack, placeholder_inputs(stack, Images()))
        }
        generation = stack.metadata.generation
        eventually(lambda: wanted <= self.children().keys(), f"all of {sorted(wanted)}")
        eventually(lambda: self.stack().get("status", {}).get("observedGeneration") == generation, "the status")


@pytest.fixture
def scene(established: ApiServer, control_plane: Path, namespace: str, tmp_path: Path) -> Iterator[Scene]:
    with OperatorProcess(control_plane, namespace, tmp_path / "operator.log") as operator:
        yield Scene(established, namespace, operator, control_plane)


@pytest.fixture
def demo(scene: Scene) -> Scene:
    scene.apply()
    scene.converged()
    return scene


def test_the_smallest_resource_becomes_a_whole_stack(demo: Scene) -> None:
    uid = demo.stack()["metadata"]["uid"]
    for (kind, name), item in demo.children().items():
        owners = [owner["uid"] for owner in item["metadata"].get("ownerReferences", [])]
        outlives = kind == "PersistentVolumeClaim" or (kind == "Secret" and name in CREDENTIALS)
        assert owners == ([] if outlives else [uid]), f"{kind} {name}"
    status = demo.stack()["status"]
    assert status["endpoints"]["url"] == f"https://demo-proxy.{demo.namespace}.svc/"
    assert status["versions"].keys() == {"operator", "orthanc", "postgres", "proxy"}
    conditions = {one["type"]: one for one in status["conditions"]}
    assert conditions.keys() == {
        "Ready",
        "SpecValid",
        "CredentialsReady",
        "PostgresReady",
        "OrthancReady",
        "ProxyReady",
    }
    assert conditions["SpecValid"]["status"] == conditions["CredentialsReady"]["status"] == "True"
    assert conditions["Ready"]["status"] == "False"
    assert {one["observedGeneration"] for one in conditions.values()} == {1}


def test_a_restarted_operator_writes_nothing_and_ends_cleanly(demo: Scene) -> None:
    # Without a node the pods stay as they are, so the stack is as converged as it can be.
    demo.until("OrthancReady", "False", "WaitingForPostgres")
    assert demo.operator.stop() == 0
    audit = demo.audit()
    demo.operator.start()
    eventually(lambda: audit.passes("demo") >= 2, "two passes over the stack")
    assert demo.operator.stop() == 0
    assert audit.writes() == []


def test_every_child_that_is_deleted_comes_back(demo: Scene) -> None:
    deletable = [one for one in demo.children() if one[1] not in CREDENTIALS or one[0] != "Secret"]
    for kind, name in deletable:
        before = demo.find(kind, name)
        assert before is not None
        demo.delete(kind, name)
        eventually(
            lambda kind=kind, name=name, uid=before["metadata"]["uid"]: (
                (found := demo.find(kind, name)) and found["metadata"]["uid"] != uid
            ),
            f"{kind} {name} again",
        )


def test_every_child_that_loses_its_labels_gets_them_back_and_keeps_what_is_not_ours(demo: Scene) -> None:
    for (kind, name), item in demo.children().items():
        patch = {
            "apiVersion": item.get("apiVersion", KIND_OF[kind].api_version),
            "kind": kind,
            "metadata": {"name": name, "labels": {"pacsstack.io/stack": "stolen"}, "annotations": {"theirs": "kept"}},
        }
        demo.api.apply(demo.path(KIND_OF[kind]), patch)

        def repaired(kind: str = kind, name: str = name) -> bool:
            metadata = (demo.find(kind, name) or {}).get("metadata", {})
            return metadata.get("labels", {}).get("pacsstack.io/stack") == "demo"

        eventually(repaired, f"the label of {kind} {name}")
        found = demo.find(kind, name)
        assert found is not None
        assert found["metadata"]["annotations"]["theirs"] == "kept"


def test_an_altered_field_comes_back_and_a_foreign_one_stays(demo: Scene) -> None:
    deployments = demo.path(KIND_OF["Deployment"])
    image = demo.find("Deployment", "demo-proxy")["spec"]["template"]["spec"]["containers"][0]["image"]  # type: ignore[index]
    container = {"name": "proxy", "image": "evil.example/nginx:1"}
    spec = {"progressDeadlineSeconds": 7, "template": {"spec": {"containers": [container]}}}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "demo-proxy"}, "spec": spec}
    demo.api.apply(deployments, body)

    def look() -> Object | None:
        found: Object = (demo.find("Deployment", "demo-proxy") or {})["spec"]
        return found if found["template"]["spec"]["containers"][0]["image"] == image else None

    assert eventually(look, "the image again")["progressDeadlineSeconds"] == 7


def test_what_the_spec_no_longer_wants_goes(scene: Scene) -> None:
    scene.apply(ADAPTER)
    scene.converged()
    assert scene.condition("AdapterReady")["status"] == "False"
    scene.apply()
    scene.converged()
    names = ["demo-adapter"]
    eventually(lambda: not [one for one in scene.children() if one[1] in names], "no adapter")
    eventually(lambda: not scene.condition("AdapterReady"), "no condition of the adapter")


def test_volumes_and_credentials_outlive_the_resource_and_are_taken_over(demo: Scene) -> None:
    passwords = [demo.secret(name) for name in CREDENTIALS]
    demo.api.delete(f"{demo.stacks}/demo")
    kept = {("PersistentVolumeClaim", "demo-orthanc"), ("PersistentVolumeClaim", "demo-postgres")}
    kept |= {("Secret", name) for name in CREDENTIALS}
    eventually(lambda: demo.children().keys() == kept, f"nothing but {sorted(kept)}")
    demo.apply()
    demo.converged()
    assert [demo.secret(name) for name in CREDENTIALS] == passwords


def test_delete_leaves_nothing(demo: Scene) -> None:
    demo.apply({"deletionPolicy": "Delete"})
    eventually(lambda: all("ownerReferences" in it["metadata"] for it in demo.children().values()), "owners everywhere")
    demo.api.delete(f"{demo.stacks}/demo")
    eventually(lambda: not demo.children(), "nothing")


def test_retain_takes_owners_away_again(scene: Scene) -> None:
    scene.apply({"deletionPolicy": "Delete"})
    scene.converged()
    scene.apply({"deletionPolicy": "Retain"})

    def look() -> bool:
        children = scene.children()
        kept = [children["Secret", name] for name in CREDENTIALS] + [children["PersistentVolumeClaim", "demo-orthanc"]]
        return not any("ownerReferences" in item["metadata"] for item in kept)

    eventually(look, "credentials and volumes without an owner")


@pytest.mark.parametrize("name", CREDENTIALS)
def test_lost_credentials_are_a_condition_until_the_cure(demo: Scene, name: str) -> None:
    before = demo.secret(name)
    demo.delete("Secret", name)
    message = demo.until("CredentialsReady", "False", "CredentialsLost")["message"]
    assert repr(name) in message
    assert demo.find("Secret", name) is None
    demo.until("Ready", "False", "CredentialsLost")
    demo.apply(annotations={REGENERATE: "true"})
    demo.until("CredentialsReady", "True", "AsDesired")
    assert demo.secret(name) != before


def test_a_restored_secret_is_a_cure_too(demo: Scene) -> None:
    before = demo.secret("demo-postgres")
    demo.delete("Secret", "demo-postgres")
    demo.until("CredentialsReady", "False", "CredentialsLost")
    demo.put_secret("demo-postgres", before)
    demo.until("CredentialsReady", "True", "AsDesired")
    assert demo.secret("demo-postgres") == before


def test_a_secret_of_the_users_is_waited_for_checked_and_followed(scene: Scene) -> None:
    scene.apply({"proxy": {"users": {"secretName": "people"}}})
    scene.until("CredentialsReady", "False", "SecretNotFound")
    assert scene.children() == {}
    scene.put_secret("people", {"ann": ""})
    scene.until("CredentialsReady", "False", "SecretInvalid")
    scene.put_secret("people", {"ann": "first"})
    scene.until("CredentialsReady", "True", "AsDesired")
    scene.converged()
    before = scene.secret("demo-proxy")["htpasswd"]
    scene.put_secret("people", {"ann": "second"})
    eventually(lambda: scene.secret("demo-proxy")["htpasswd"] != before, "another hash")
    assert scene.find("Secret", "demo-users") is None
    people = scene.find("Secret", "people")
    assert people is not None
    assert not people["metadata"].keys() & {"labels", "ownerReferences"}


def test_a_generated_password_can_be_changed(demo: Scene) -> None:
    before = demo.find("Deployment", "demo-proxy")
    assert before is not None
    demo.put_secret("demo-users", {"admin": "chosen"})

    def look() -> bool:
        found = demo.find("Deployment", "demo-proxy") or {}
        return bool(found["spec"]["template"] != before["spec"]["template"])

    eventually(look, "another pod template")
    assert demo.secret("demo-users") == {"admin": "chosen"}


def test_a_bad_spec_touches_nothing_and_is_explained(demo: Scene) -> None:
    audit = demo.audit()
    demo.apply({"orthanc": {"configuration": {"HttpPort": 1}}, "proxy": {"replicas": 2}})
    message = demo.until("SpecValid", "False", "ProtectedOption")["message"]
    assert "spec.orthanc.configuration.HttpPort" in message
    demo.until("Ready", "False", "ProtectedOption")
    assert {write.split()[1] for write in audit.writes()} <= {"pacsstacks", "events"}
    demo.apply()
    demo.until("SpecValid", "True", "AsDesired")


def test_a_paused_stack_is_left_alone_until_it_goes_on(demo: Scene) -> None:
    demo.apply({"paused": True})
    demo.until("Ready", "Unknown", "Paused")
    audit = demo.audit()
    demo.delete("ConfigMap", "demo-proxy")
    eventually(lambda: audit.passes("demo") >= 1, "a pass over the paused stack")
    assert demo.find("ConfigMap", "demo-proxy") is None
    demo.apply({"paused": False})
    eventually(lambda: demo.find("ConfigMap", "demo-proxy"), "the ConfigMap again")


def test_a_change_of_both_reaches_orthanc_only_after_postgres(demo: Scene) -> None:
    before = demo.find("Deployment", "demo-orthanc")
    assert before is not None
    limits = {"resources": {"limits": {"memory": "3Gi"}}}
    demo.apply({"postgres": {"managed": limits}, "orthanc": limits})

    def limited(kind: str, name: str) -> bool:
        found = demo.find(kind, name) or {}
        limit = found["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]
        return bool(limit == "3Gi")

    eventually(lambda: limited("StatefulSet", "demo-postgres"), "PostgreSQL's new limit")
    demo.converged()
    # No node runs PostgreSQL here, so it never gets ready and Orthanc waits.
    assert demo.condition("OrthancReady")["reason"] == "WaitingForPostgres"
    assert not limited("Deployment", "demo-orthanc")


def test_a_killed_operators_successor_finishes_the_work(scene: Scene) -> None:
    scene.apply()
    eventually(lambda: scene.find("Secret", "demo-internal"), "the first Secret")
    scene.operator.stop(signal.SIGKILL)
    scene.operator.start()
    scene.converged()
    assert scene.condition("CredentialsReady")["status"] == "True"


def test_a_refused_child_is_a_condition_in_the_servers_words_and_the_rest_goes_on(scene: Scene) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small"},
        "spec": {"hard": {"requests.storage": "15Gi"}},
    }
    quotas = f"/api/v1/namespaces/{scene.namespace}/resourcequotas"
    scene.api.apply(quotas, quota)
    eventually(lambda: "hard" in scene.api.get(f"{quotas}/small").get("status", {}), "the quota's status")
    scene.apply()
    message = scene.until("OrthancReady", "False", "ApplyRefused")["message"]
    assert "exceeded quota" in message
    assert scene.find("Deployment", "demo-proxy") is not None


def test_no_credential_leaves_the_secrets(demo: Scene) -> None:
    demo.delete("Secret", "demo-users")
    demo.until("CredentialsReady", "False", "CredentialsLost")
    secrets = [demo.secret(name) for name in ("demo-internal", "demo-postgres")]
    secrets += [{"htpasswd": demo.secret("demo-proxy")["htpasswd"].split(":")[1].strip()}]
    values = [value for data in secrets for key, value in data.items() if key != "username"]
    shown = demo.operator.log() + str(demo.stack())
    shown += str([item for (kind, _), item in demo.children().items() if kind != "Secret"])
    shown += str([item["metadata"]["annotations"] for item in demo.children().values()])
    shown += str(demo.api.get(f"/apis/events.k8s.io/v1/namespaces/{demo.namespace}/events"))
    for value in values:
        assert value not in shown
        assert base64.b64encode(value.encode()).decode() not in shown


def test_transitions_are_told_in_events_once(demo: Scene) -> None:
    demo.delete("Secret", "demo-users")
    demo.until("Ready", "False", "CredentialsLost")

    def ours() -> list[Any]:
        events = demo.api.get(f"/apis/events.k8s.io/v1/namespaces/{demo.namespace}/events")["items"]
        return [one for one in events if one["reportingController"] == "pacsstack.io/operator"]

    eventually(lambda: len(ours()) >= 2, "events")
    told = [(one["type"], one["reason"], one["regarding"]["name"]) for one in ours()]
    assert told == [("Warning", "CredentialsLost", "demo")] * 2
