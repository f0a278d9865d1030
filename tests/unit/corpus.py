"""Documents that break one rule each, with their cure: read by the pure tests and by those with a real API server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


def document(spec: object, name: str = "demo") -> Document:
    """Return a PacsStack document."""
    return {
        "apiVersion": "pacsstack.io/v1alpha1",
        "kind": "PacsStack",
        "metadata": {"name": name},
        "spec": spec,
    }


@dataclass(frozen=True)
class BrokenRule:
    """A document that breaks one rule between fields, where and how it is told, and a document that obeys."""

    id: str
    path: str
    message: str
    broken: Document
    cures: list[Document] = field(default_factory=list)


def _external(**more: object) -> Document:
    return document({"postgres": {"external": {"host": "db", "credentialsSecret": "db", **more}}})


def _parameters(**parameters: str) -> Document:
    return document({"postgres": {"managed": {"parameters": parameters}}})


def _adapter(**fields: object) -> Document:
    return document({"adapter": {"import": fields}})


def _dicom(**fields: object) -> Document:
    return document({"proxy": {"dicom": fields}})


def _proxy(**fields: object) -> Document:
    return document({"proxy": fields})


def _modality(name: str, ae_title: str) -> Document:
    return {"name": name, "aeTitle": ae_title, "host": "10.0.0.1"}


STORE = {"project": "p", "location": "l", "dataset": "d", "store": "s"}
WEB = "https://dicomweb.example.org/dicom-web"
ANNOTATION = "an annotation's key is a name of at most 63 characters"

BROKEN_RULES = [
    BrokenRule(
        "name-too-long",
        "",
        "choose a name of at most 40 lower case letters, digits and hyphens, a letter first",
        document({}, "a" * 41),
        [document({}, "a" * 40)],
    ),
    BrokenRule("name-with-a-dot", "", "choose a name of at most 40", document({}, "a.b"), [document({}, "a-b")]),
    BrokenRule("name-with-a-digit-first", "", "choose a name", document({}, "1a"), [document({}, "a1")]),
    BrokenRule(
        "two-databases",
        "spec.postgres",
        "give either `managed` or `external`, not both",
        document(
            {"postgres": {"managed": {}, "external": {"host": "h", "credentialsSecret": "s", "sslMode": "require"}}}
        ),
        [document({"postgres": {"managed": {}}}), _external(sslMode="require")],
    ),
    BrokenRule(
        "protected-parameter",
        "spec.postgres.managed",
        "remove from `parameters` what acknowledged images depend on: ",
        _parameters(fsync="off"),
        [_parameters(work_mem="64MB"), _parameters(fsyncs="off")],
    ),
    BrokenRule(
        "parameter-name",
        "spec.postgres.managed.parameters",
        "a parameter's name is lower case letters, digits, underscores and dots",
        _parameters(FSYNC="off"),
        [_parameters(**{"auto_explain.log_min_duration": "1s"})],
    ),
    BrokenRule(
        "unverified-database",
        "spec.postgres.external",
        "set `caSecret` to a Secret with the key `ca.crt`, or `sslMode: require`",
        _external(),
        [_external(caSecret="ca"), _external(sslMode="require"), _external(sslMode="disable")],
    ),
    BrokenRule(
        "adapter-without-target",
        "spec.adapter.import",
        "give either `dicomStore` (Cloud Healthcare API) or `dicomwebURL`",
        _adapter(),
        [_adapter(dicomStore=STORE), _adapter(dicomwebURL=WEB)],
    ),
    BrokenRule(
        "adapter-with-two-targets",
        "spec.adapter.import",
        "give either `dicomStore` (Cloud Healthcare API) or `dicomwebURL`",
        _adapter(dicomStore=STORE, dicomwebURL=WEB),
        [_adapter(dicomStore=STORE)],
    ),
    BrokenRule(
        "two-certificates",
        "spec.proxy.tls",
        "give either `selfSigned` or `secretName`, not both",
        _proxy(tls={"selfSigned": {}, "secretName": "tls"}),
        [_proxy(tls={"selfSigned": {}}), _proxy(tls={"secretName": "tls"}), _proxy(tls={})],
    ),
    BrokenRule(
        "one-port-twice",
        "spec.proxy.dicom",
        "give `clear.port` and `tls.port` different numbers",
        _dicom(clear={"port": 2762}),
        [
            _dicom(clear={"port": 2762}, tls={"port": 2763}),
            _dicom(clear={"port": 2762, "enabled": False}),
            _dicom(clear={"port": 2762}, tls={"enabled": False}),
        ],
    ),
    BrokenRule(
        "client-certificates-without-tls",
        "spec.proxy.dicom",
        "set `tls.enabled: true`, or remove `tls.clientCA`",
        _dicom(tls={"enabled": False, "clientCA": {"secretName": "ca"}}),
        [_dicom(tls={"clientCA": {"secretName": "ca"}}), _dicom(tls={"enabled": False})],
    ),
    BrokenRule(
        "clear-port-taken",
        "spec.proxy",
        "8080, 8088 and 8443 are the proxy's own",
        _dicom(clear={"port": 8443}),
        [_dicom(clear={"port": 8444})],
    ),
    BrokenRule(
        "tls-port-taken",
        "spec.proxy",
        "8080, 8088 and 8443 are the proxy's own",
        _dicom(tls={"port": 8080}),
        [_dicom(tls={"port": 8081})],
    ),
    BrokenRule(
        "open-clear-dicom",
        "spec.proxy",
        "DICOM in clear would be open outside the cluster: list the modalities' networks in `allowedSources`",
        _proxy(service={"type": "LoadBalancer"}),
        [
            _proxy(service={"type": "LoadBalancer"}, allowedSources=["10.0.0.0/8"]),
            _proxy(service={"type": "NodePort"}, dicom={"clear": {"enabled": False}}),
            _proxy(service={"type": "ClusterIP"}),
        ],
    ),
    BrokenRule(
        "annotation-of-the-proxy",
        "spec.proxy.service.annotations",
        ANNOTATION,
        _proxy(service={"annotations": {"two words": "x"}}),
        [_proxy(service={"annotations": {"two-words": "x", "a.b-c.org/D_e.f": ""}})],
    ),
    BrokenRule(
        "annotation-of-the-adapter",
        "spec.adapter.import.service.annotations",
        ANNOTATION,
        _adapter(dicomwebURL=WEB, service={"annotations": {"a/b/c": "x"}}),
        [_adapter(dicomwebURL=WEB, service={"annotations": {"a/b": "x"}})],
    ),
    BrokenRule(
        "annotation-of-the-account",
        "spec.adapter.import.serviceAccount.annotations",
        ANNOTATION,
        _adapter(dicomwebURL=WEB, serviceAccount={"annotations": {"": "x"}}),
        [_adapter(dicomwebURL=WEB, serviceAccount={"annotations": {"x": ""}})],
    ),
    BrokenRule(
        "one-title-twice",
        "spec",
        "give each modality an `aeTitle` of its own",
        document({"modalities": [_modality("a", "CT"), _modality("b", "CT")]}),
        [document({"modalities": [_modality("a", "CT"), _modality("b", "MR")]})],
    ),
]
"""Every rule of the CustomResourceDefinition, broken at least once."""

REFUSED = {
    "null in a list": document({"proxy": {"allowedSources": [None]}}),
    "spec is text": document("{}"),
    "port as text": _dicom(clear={"port": "11112"}),
    "port with a fraction": _dicom(clear={"port": 11112.5}),
    "privileged port": _dicom(clear={"port": 104}),
    "port out of range": _dicom(clear={"port": 65536}),
    "yes for true": document({"paused": "yes"}),
    "one for true": document({"paused": 1}),
    "unknown policy": document({"deletionPolicy": "retain"}),
    "AE title too long": document({"orthanc": {"aeTitle": "A" * 17}}),
    "AE title empty": document({"orthanc": {"aeTitle": ""}}),
    "AE title with a space at its end": document({"orthanc": {"aeTitle": "CT "}}),
    "AE title with a backslash": document({"orthanc": {"aeTitle": "C\\T"}}),
    "AE title with a line end": document({"orthanc": {"aeTitle": "CT\n"}}),
    "AE title with an accent": document({"orthanc": {"aeTitle": "SÉOUL"}}),
    "name with a dollar": document({"orthanc": {"name": "${SECRET}"}}),
    "name with a quote": document({"orthanc": {"name": 'a"b'}}),
    "name with a tab": document({"orthanc": {"name": "a\tb"}}),
    "name too long": document({"orthanc": {"name": "병" * 65}}),
    "two access modes": document({"orthanc": {"storage": {"accessModes": ["ReadWriteOnce", "ReadWriteMany"]}}}),
    "no access mode": document({"orthanc": {"storage": {"accessModes": []}}}),
    "fraction of a gibibyte": document({"orthanc": {"storage": {"size": "1.5Gi"}}}),
    "number for a quantity": document({"orthanc": {"storage": {"size": 10}}}),
    "quantity of nothing": document({"orthanc": {"storage": {"size": "0"}}}),
    "quantity over 63 bits": document({"orthanc": {"storage": {"size": "9999Pi"}}}),
    "unknown viewer": document({"orthanc": {"viewers": ["Weasis"]}}),
    "configuration is a list": document({"orthanc": {"configuration": []}}),
    "host ends with a hyphen": _external(host="db-", sslMode="require"),
    "host with an underscore": _external(host="my_db", sslMode="require"),
    "host with a port": _external(host="db:5432", sslMode="require"),
    "host missing": document({"postgres": {"external": {"credentialsSecret": "s", "sslMode": "require"}}}),
    "parameter with a line end": _parameters(work_mem="1\nfsync=off"),
    "parameter is a number": document({"postgres": {"managed": {"parameters": {"work_mem": 64}}}}),
    "network without a mask": _proxy(allowedSources=["10.0.0.0"]),
    "network out of range": _proxy(allowedSources=["10.0.0.0/33"]),
    "network with a zero in front": _proxy(allowedSources=["010.0.0.0/8"]),
    "network of IPv6": _proxy(allowedSources=["fd00::/8"]),
    "origin with a path": _proxy(cors={"origins": ["https://emr.example.org/"]}),
    "origin without a scheme": _proxy(cors={"origins": ["emr.example.org"]}),
    "origin with a port out of range": _proxy(cors={"origins": ["https://emr.example.org:65536"]}),
    "any origin": _proxy(frameAncestors=["*"]),
    "path without a slash": _proxy(path="orthanc"),
    "path going up": _proxy(path="/../"),
    "path with a semicolon": _proxy(path="/a;b/"),
    "secret in capitals": _proxy(users={"secretName": "Users"}),
    "no replica": _proxy(replicas=0),
    "certificate for ten years": _proxy(tls={"selfSigned": {"validityDays": 3650}}),
    "image with a space": _proxy(image="nginx latest"),
    "URL with a slash at its end": _adapter(dicomwebURL=WEB + "/"),
    "URL with a user": _adapter(dicomwebURL="https://me:secret@example.org"),
    "store without a dataset": _adapter(dicomStore={"project": "p", "location": "l", "store": "s"}),
    "modality without a title": document({"modalities": [{"name": "a", "host": "h"}]}),
    "one name twice": document({"modalities": [_modality("a", "CT"), _modality("a", "MR")]}),
    "modality on port 0": document({"modalities": [{**_modality("a", "CT"), "port": 0}]}),
}
"""Documents with one value that no field takes."""

ACCEPTED = {
    "nothing": document({}),
    "no spec": {key: value for key, value in document({}).items() if key != "spec"},
    "null spec": document(None),
    "nulls are absent": document({"proxy": None, "orthanc": {"image": None, "storage": None}, "modalities": None}),
    "null in a map": document({"proxy": {"service": {"annotations": {"a": None}}}}),
    "titles that are parts of others": document({"modalities": [_modality(each, each) for each in ("A", "AA", "AAA")]}),
    "empty objects": document({"orthanc": {}, "postgres": {}, "adapter": {}, "proxy": {}, "networkPolicy": {}}),
    "AE title with a space inside": document({"orthanc": {"aeTitle": "CT 1"}}),
    "name in Korean": document({"orthanc": {"name": "병" * 64}}),
    "bytes": document({"orthanc": {"storage": {"size": "1073741824"}}}),
    "all of the internet": _proxy(allowedSources=["0.0.0.0/0"]),
    "deep path": _proxy(path="/a/b-c/d_e/"),
    "any configuration": document({"orthanc": {"configuration": {"A": [1, "x", {"b": True}], "c": {"d": {}}}}}),
    "most modalities": document({"modalities": [_modality(f"m{n}", f"AE{n}") for n in range(512)]}),
}
"""Documents at the edge of what is right."""
