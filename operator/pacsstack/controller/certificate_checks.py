"""Look at certificates: do they parse, match their key, cover the host, last long enough? Pure; the time is given."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from pacsstack.controller.certificates import general_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from pacsstack.render.inputs import Certificate


def fault_of_pair(certificate: str, key: str) -> str | None:
    """Return why nginx could not use this certificate chain with this key, or None."""
    try:
        chain = x509.load_pem_x509_certificates(certificate.encode())
    except ValueError:
        return "`tls.crt` holds no certificate in PEM form"
    try:
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except TypeError:
        return "`tls.key` is protected by a passphrase; store it without one"
    except (ValueError, UnsupportedAlgorithm):
        return "`tls.key` holds no private key in PEM form"
    if _public(private.public_key()) != _public(chain[0].public_key()):
        return (
            "`tls.key` does not belong to the first certificate in `tls.crt`; the server's own comes first in a chain"
        )
    return None


def fault_of_bundle(bundle: str) -> str | None:
    """Return why these certificate authorities cannot be used, or None."""
    try:
        x509.load_pem_x509_certificates(bundle.encode())
    except ValueError:
        return "holds no certificate in PEM form"
    return None


def expiry(certificate: str) -> datetime:
    """Return when the first certificate of a chain ends."""
    return x509.load_pem_x509_certificates(certificate.encode())[0].not_valid_after_utc


def start(certificate: str) -> datetime:
    """Return when the first certificate of a chain begins."""
    return x509.load_pem_x509_certificates(certificate.encode())[0].not_valid_before_utc


def covers(certificate: str, host: str) -> bool:
    """Say whether clients accept the certificate for this host name or address (RFC 6125, section 6.4)."""
    names = _names(x509.load_pem_x509_certificates(certificate.encode())[0])
    if general_name(host) in names:
        return True
    _, _, parent = host.lower().partition(".")
    return not _is_address(host) and bool(parent) and x509.DNSName(f"*.{parent}") in names


def still_good(server: Certificate, authority: Certificate, names: Iterable[str], now: datetime) -> bool:
    """Say whether a certificate of ours can stay: the same names and issuer, and a third of its life left."""
    if fault_of_pair(server.certificate, server.key) is not None:
        return False
    leaf = x509.load_pem_x509_certificate(server.certificate.encode())
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    wanted = {general_name(name) for name in names}
    return _names(leaf) == wanted and _issued_by(leaf, issuer) and _remaining(leaf, now) > _lifetime(leaf) / 3


def _remaining(leaf: x509.Certificate, now: datetime) -> timedelta:
    return leaf.not_valid_after_utc - now


def _lifetime(leaf: x509.Certificate) -> timedelta:
    return leaf.not_valid_after_utc - leaf.not_valid_before_utc


def _issued_by(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _names(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return set()
    return {x509.DNSName(one.value.lower()) if isinstance(one, x509.DNSName) else one for one in extension.value}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public(key: object) -> bytes:
    # Every public key class of `cryptography` has this method, but their common type does not say so.
    return key.public_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
