import base64
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from localcluster.certs import CLIENTS, ensure_certificates
from localcluster.settings import FULL, NODE_ADDRESS, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = replace(FULL, state=tmp_path / "cluster", kubeconfig=tmp_path / "kubeconfig")
    ensure_certificates(settings)
    return settings


def certificate(settings: Settings, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((settings.certificates / f"{name}.crt").read_bytes())


def test_every_certificate_is_issued_by_the_cluster_s_authority(settings: Settings) -> None:
    authority = certificate(settings, "ca")
    for name in [*(identity.name for identity in CLIENTS), "kube-apiserver", "kubelet-server"]:
        certificate(settings, name).verify_directly_issued_by(authority)


def test_the_api_server_is_known_by_every_name_it_is_called(settings: Settings) -> None:
    extension = certificate(settings, "kube-apiserver").extensions.get_extension_for_class(x509.SubjectAlternativeName)
    names = extension.value.get_values_for_type(x509.DNSName)
    addresses = map(str, extension.value.get_values_for_type(x509.IPAddress))
    assert {"localhost", "kubernetes.default.svc"} <= set(names)
    assert {"127.0.0.1", NODE_ADDRESS, "10.96.0.1"} <= set(addresses)


def test_the_kubelet_is_its_node_and_no_administrator(settings: Settings) -> None:
    subject = certificate(settings, "kubelet").subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "system:node:pacs-local"
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "system:nodes"


def test_certificates_are_kept(settings: Settings) -> None:
    before = certificate(settings, "admin").serial_number
    ensure_certificates(settings)
    assert certificate(settings, "admin").serial_number == before


def test_the_kubeconfig_is_the_administrator_s_and_nobody_else_reads_it(settings: Settings) -> None:
    document = yaml.safe_load(settings.kubeconfig.read_text())
    pem = base64.b64decode(document["users"][0]["user"]["client-certificate-data"])
    assert x509.load_pem_x509_certificate(pem).serial_number == certificate(settings, "admin").serial_number
    assert document["clusters"][0]["cluster"]["server"] == f"https://{NODE_ADDRESS}:6443"
    assert settings.kubeconfig.stat().st_mode & 0o077 == 0
