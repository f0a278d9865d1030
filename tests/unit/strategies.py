"""Hypothesis strategies: `documents()` gives valid PacsStack documents of every shape, as a user would write them.

They are written by hand rather than taken from the models, so that a model that got too loose or too tight is noticed.
Each optional part is there or not, so that defaults are tried as often as values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pacsstack.spec.orthanc import Plugin, Viewer
from pacsstack.spec.problems import parse_stack

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack

Document = dict[str, Any]

LOWER = "abcdefghijklmnopqrstuvwxyz"
ALNUM = LOWER + "0123456789"

labels = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
object_names = st.one_of(labels, st.builds("{}.{}".format, labels, labels))
stack_names = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
ae_titles = st.from_regex(r"[A-Za-z0-9_.-]{1,7}( [A-Za-z0-9_.-]{1,8})?", fullmatch=True)
hosts = st.one_of(
    labels,
    st.builds("{}.{}.org".format, labels, labels),
    st.ip_addresses(v=4).map(str),
    st.just("a" * 63 + "." + "b" * 63),
)
ports = st.integers(1, 65535)
quantities = st.builds(
    "{}{}".format, st.integers(1, 999), st.sampled_from(["", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi"])
)
byte_counts = st.integers(1, 999_999_999_999_999).map(str)
cpus = st.one_of(st.integers(1, 9999).map(str), st.integers(1, 999999).map("{}m".format))
images = st.builds("{}/{}:{}".format, hosts.filter(lambda host: len(host) < 99), labels, labels)
cidrs = st.ip_addresses(v=4).flatmap(lambda ip: st.integers(0, 32).map(f"{ip}/{{}}".format))
origins = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https"]),
    hosts,
    st.one_of(st.just(""), ports.map(":{}".format)),
)
base_urls = st.builds("{}{}".format, origins, st.sampled_from(["", "/dicom-web", "/a/b_c/~d.e"]))
paths = st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True), max_size=4).map(
    lambda parts: "/" + "".join(f"{part}/" for part in parts)
)
annotations = st.dictionaries(
    st.one_of(labels, st.builds("{}.example.org/{}".format, labels, labels)), st.text(max_size=40), max_size=4
)
service_types = st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"])

# Names shown to people reach configuration files, so every character that they may have is tried.
people_names = st.text(
    st.characters(min_codepoint=0x20, exclude_characters='$\\"', exclude_categories=("Cs",)), min_size=1, max_size=64
)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**31), 2**31), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
"""Values of JSON without nulls, which an API server drops, and without fractions, which it may write otherwise."""

configurations = st.dictionaries(
    st.sampled_from(["StableAge", "LimitFindResults", "UserMetadata", "Housekeeper", "OrthancExplorer2"]),
    json_values,
    max_size=3,
)
"""Options of orthanc.json that nothing of PacsStack depends on, with any value."""

amounts = st.fixed_dictionaries({}, optional={"cpu": cpus, "memory": quantities})
resources = st.one_of(
    st.fixed_dictionaries({}, optional={"requests": amounts}),
    st.fixed_dictionaries({}, optional={"limits": amounts}),
)
"""Requests or limits, not both: a request above its limit is a mistake of its own."""

storages = st.fixed_dictionaries(
    {},
    optional={
        "size": st.one_of(quantities, byte_counts),
        "storageClassName": object_names,
        "accessModes": st.sampled_from(["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]).map(lambda it: [it]),
    },
)

orthancs = st.fixed_dictionaries(
    {},
    optional={
        "image": images,
        "name": people_names,
        "aeTitle": ae_titles,
        "storage": storages,
        "resources": resources,
        "viewers": st.lists(st.sampled_from([*Viewer]).map(str), unique=True, max_size=3),
        "plugins": st.lists(st.sampled_from([*Plugin]).map(str), unique=True, max_size=3),
        "configuration": configurations,
    },
)

parameter_values = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cs",)), max_size=40)
managed_postgres = st.fixed_dictionaries(
    {},
    optional={
        "image": images,
        "storage": storages,
        "resources": resources,
        "parameters": st.dictionaries(
            st.sampled_from(
                ["shared_buffers", "work_mem", "max_connections", "log_line_prefix", "auto_explain.log_min"]
            ),
            parameter_values,
            max_size=3,
        ),
    },
)
external_postgres = st.one_of(
    st.fixed_dictionaries(
        {"host": hosts, "credentialsSecret": object_names, "caSecret": object_names},
        optional={"port": ports, "database": st.sampled_from(["orthanc", "_pacs", "Radiology-2"]),
                  "sslMode": st.sampled_from(["disable", "require", "verify-ca", "verify-full"])},
    ),
    st.fixed_dictionaries(
        {"host": hosts, "credentialsSecret": object_names, "sslMode": st.sampled_from(["disable", "require"])}
    ),
)  # fmt: skip
postgreses = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"managed": managed_postgres}),
    st.fixed_dictionaries({"external": external_postgres}),
)

resource_ids = st.from_regex(r"[A-Za-z0-9_.-]{1,40}", fullmatch=True)
dicom_stores = st.fixed_dictionaries(dict.fromkeys(["project", "location", "dataset", "store"], resource_ids))
adapter_rest: dict[str, st.SearchStrategy[Any]] = {
    "image": images,
    "aeTitle": ae_titles,
    "port": st.integers(1024, 65535),
    "credentialsSecret": object_names,
    "serviceAccount": st.fixed_dictionaries({}, optional={"annotations": annotations}),
    "resources": resources,
    "service": st.fixed_dictionaries({}, optional={"type": service_types, "annotations": annotations}),
}
import_adapters = st.one_of(
    st.fixed_dictionaries({"dicomStore": dicom_stores}, optional=adapter_rest),
    st.fixed_dictionaries({"dicomwebURL": base_urls}, optional=adapter_rest),
)
adapters = st.fixed_dictionaries({}, optional={"import": import_adapters})

dicom_ports = st.integers(1024, 65535).filter(lambda port: port not in (8080, 8088, 8443))


def _dicom(ports_of_dicom: list[int], clear: bool, client_ca: str | None) -> Document:
    """DICOM with TLS always on, so that a client CA makes sense; two ports that differ from one another."""
    tls: Document = {"port": ports_of_dicom[1]}
    if client_ca is not None:
        tls["clientCA"] = {"secretName": client_ca}
    return {"clear": {"enabled": clear, "port": ports_of_dicom[0]}, "tls": tls}


dicoms = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"tls": st.just({"enabled": False})}),
    st.builds(
        _dicom,
        st.lists(dicom_ports, min_size=2, max_size=2, unique=True),
        st.booleans(),
        st.one_of(st.none(), object_names),
    ),
)
tls_sources = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"selfSigned": st.fixed_dictionaries({}, optional={"validityDays": st.integers(1, 825)})}),
    st.fixed_dictionaries({"secretName": object_names}),
)


def _with_sources(proxy: Document) -> Document:
    """Name a network where clear DICOM would be open outside the cluster without one."""
    outside = proxy.get("service", {}).get("type", "ClusterIP") != "ClusterIP"
    clear = proxy.get("dicom", {}).get("clear", {}).get("enabled", True)
    if outside and clear and not proxy.get("allowedSources"):
        return {**proxy, "allowedSources": ["10.0.0.0/8"]}
    return proxy


proxies = st.fixed_dictionaries(
    {},
    optional={
        "image": images,
        "host": hosts,
        "path": paths.filter(lambda path: len(path) <= 64),
        "tls": tls_sources,
        "users": st.fixed_dictionaries({"secretName": object_names}),
        "dicom": dicoms,
        "allowedSources": st.lists(cidrs, max_size=4),
        "cors": st.fixed_dictionaries({}, optional={"origins": st.lists(origins, max_size=3)}),
        "frameAncestors": st.lists(origins, max_size=3),
        "replicas": st.integers(1, 16),
        "service": st.fixed_dictionaries({}, optional={"type": service_types, "annotations": annotations}),
        "resources": resources,
    },
).map(_with_sources)

modality_lists = st.lists(
    st.fixed_dictionaries(
        {"name": st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True), "aeTitle": ae_titles, "host": hosts},
        optional={"port": ports},
    ),
    max_size=5,
    unique_by=(lambda it: it["name"], lambda it: it["aeTitle"]),
)

specs = st.fixed_dictionaries(
    {},
    optional={
        "orthanc": orthancs,
        "postgres": postgreses,
        "adapter": adapters,
        "proxy": proxies,
        "modalities": modality_lists,
        "networkPolicy": st.fixed_dictionaries(
            {}, optional={"enabled": st.booleans(), "allowedDestinations": st.lists(cidrs, max_size=3)}
        ),
        "deletionPolicy": st.sampled_from(["Retain", "Delete"]),
        "paused": st.booleans(),
    },
)
"""Valid specs of every shape."""


def _document(name: str, namespace: str, spec: Document) -> Document:
    return {
        "apiVersion": "pacsstack.io/v1alpha1",
        "kind": "PacsStack",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def documents() -> st.SearchStrategy[Document]:
    """Give valid PacsStack documents, as JSON values."""
    return st.builds(_document, stack_names, labels, specs)


def stacks() -> st.SearchStrategy[PacsStack]:
    """Give valid PacsStacks, parsed."""
    return documents().map(parse_stack)
