from __future__ import annotations

import ssl
from datetime import timedelta

import pytest
from cryptography import x509

from pacsstack.controller.certificate_checks import (
    covers,
    expiry,
    fault_of_bundle,
    fault_of_pair,
    still_good,
)
from pacsstack.controller.certificates import new_authority, new_server_certificate
from pacsstack.render.inputs import Certificate
from tests.unit.controller.builders import NOW

NAMES = ("demo-proxy", "demo-proxy.radiology.svc", "PACS.example.org", "192.0.2.7")


@pytest.fixture(scope="module")
def authority() -> Certificate:
    return new_authority("PacsStack radiology/demo", NOW)


@pytest.fixture(scope="module")
def server(authority: Certificate) -> Certificate:
    return new_server_certificate(authority, NAMES, 90, NOW)


def test_the_server_certificate_is_one_that_openssl_verifies(authority: Certificate, server: Certificate) -> None:
    context = ssl.create_default_context(cadata=authority.certificate)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    store = x509.verification.Store(x509.load_pem_x509_certificates(authority.certificate.encode()))
    verifier = (
        x509.verification.PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName("pacs.example.org"))
    )
    assert verifier.verify(x509.load_pem_x509_certificate(server.certificate.encode()), [])


def test_it_lasts_as_long_as_asked_and_covers_every_name(server: Certificate) -> None:
    assert expiry(server.certificate) == NOW + timedelta(days=90)
    assert all(covers(server.certificate, name) for name in NAMES)
    assert not covers(server.certificate, "other.example.org")
    assert not covers(server.certificate, "192.0.2.8")


def test_it_never_outlives_its_authority(authority: Certificate) -> None:
    late = expiry(authority.certificate) - timedelta(days=3)
    assert expiry(new_server_certificate(authority, NAMES, 90, late).certificate) == expiry(authority.certificate)


def test_the_authority_lasts_ten_years_and_signs_nothing_but_servers(authority: Certificate) -> None:
    parsed = x509.load_pem_x509_certificate(authority.certificate.encode())
    constraints = parsed.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert expiry(authority.certificate) == NOW + timedelta(days=3650)


def test_it_stays_until_a_third_of_its_life_is_left(authority: Certificate, server: Certificate) -> None:
    assert still_good(server, authority, NAMES, NOW + timedelta(days=59))
    assert not still_good(server, authority, NAMES, NOW + timedelta(days=61))


def test_it_goes_when_the_names_or_the_authority_change(authority: Certificate, server: Certificate) -> None:
    assert still_good(server, authority, reversed(NAMES), NOW)
    assert not still_good(server, authority, (*NAMES, "192.0.2.8"), NOW)
    assert not still_good(server, authority, NAMES[1:], NOW)
    assert not still_good(server, new_authority("PacsStack radiology/demo", NOW), NAMES, NOW)


def test_garbage_is_no_good_certificate(authority: Certificate) -> None:
    assert not still_good(Certificate("", ""), authority, NAMES, NOW)


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("nonsense", None, "no certificate"),
        (None, "nonsense", "no private key"),
        (None, "other", "does not belong"),
    ],
)
def test_what_nginx_could_not_use_is_named(
    authority: Certificate, server: Certificate, certificate: str | None, key: str | None, said: str
) -> None:
    given = authority.key if key == "other" else key or server.key
    fault = fault_of_pair(certificate or server.certificate, given)
    assert fault is not None
    assert said in fault


def test_a_good_pair_and_bundle_have_no_fault(authority: Certificate, server: Certificate) -> None:
    assert fault_of_pair(server.certificate + authority.certificate, server.key) is None
    assert fault_of_bundle(authority.certificate * 2) is None
    assert fault_of_bundle("nonsense") is not None


def test_a_wildcard_covers_one_level_only(authority: Certificate) -> None:
    wild = new_server_certificate(authority, ["*.example.org"], 90, NOW).certificate
    assert covers(wild, "pacs.example.org")
    assert not covers(wild, "a.pacs.example.org")
    assert not covers(wild, "example.org")
