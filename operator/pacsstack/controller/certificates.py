"""Make certificates: an authority for each stack, and server certificates from it.

Source of the form: RFC 5280 (profile), RFC 6125 (names), DICOM PS3.15, annex B (BCP 195 profile for DICOM over TLS).
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pacsstack.render.inputs import Certificate

if TYPE_CHECKING:
    from collections.abc import Iterable

AUTHORITY_DAYS = 3650
"""How long an authority lasts. Clients have it in their trust stores, so it is never replaced by itself."""

CLOCK_SKEW = timedelta(hours=1)
"""How far a certificate's start lies in the past, for modalities whose clocks are slow."""

_COMMON_NAME_LIMIT = 64


def new_authority(name: str, now: datetime) -> Certificate:
    """Make a certificate authority; `name` is what people see in their trust stores."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = (
        _builder(subject, subject, key, now, timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return Certificate(_pem(builder.sign(key, hashes.SHA256())), _key_pem(key))


def new_server_certificate(authority: Certificate, names: Iterable[str], days: int, now: datetime) -> Certificate:
    """Make a server certificate for these host names and addresses, which ends no later than its authority."""
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    issuer_key = serialization.load_pem_private_key(authority.key.encode(), password=None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the key of the certificate authority is no elliptic curve key, as PacsStack makes them")
    key = ec.generate_private_key(ec.SECP256R1())
    ordered = sorted(set(names))
    lifetime = min(timedelta(days=days), issuer.not_valid_after_utc - now)
    builder = (
        _builder(_name(ordered[0]), issuer.subject, key, now, lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in ordered]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )  # fmt: skip
    return Certificate(_pem(builder.sign(issuer_key, hashes.SHA256())), _key_pem(key), authority.certificate)


def general_name(name: str) -> x509.GeneralName:
    """Return a host name or address as it stands in a certificate."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.lower())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_COMMON_NAME_LIMIT])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
