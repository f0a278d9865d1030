"""The cluster's certificate authority, the parts' certificates and the kubeconfigs made of them.

Which part needs which certificate, and the meaning of its name and organization: Kubernetes documentation, "PKI
certificates and requirements".
"""

import base64
import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from localcluster.settings import API_SERVICE_ADDRESS, CLUSTER_DOMAIN, NODE_NAME, Settings

_LIFETIME = datetime.timedelta(days=3650)
_ADMINISTRATORS = "system:masters"


@dataclass(frozen=True)
class Identity:
    """One certificate: `name` is the file's, `user` and `group` are what the API server takes its holder for."""

    name: str
    user: str
    group: str | None = None
    hosts: tuple[str, ...] = ()


CLIENTS = (
    Identity("admin", "admin", _ADMINISTRATORS),
    Identity("kube-controller-manager", "system:kube-controller-manager"),
    Identity("kube-scheduler", "system:kube-scheduler"),
    Identity("kubelet", f"system:node:{NODE_NAME}", "system:nodes"),
    Identity("kube-proxy", "system:kube-proxy"),
    Identity("coredns", "localcluster:coredns"),
    Identity("provisioner", "localcluster:provisioner"),
    Identity("loadbalancer", "localcluster:loadbalancer"),
    Identity("policies", "localcluster:policies"),
    Identity("kubelet-client", "kube-apiserver-kubelet-client", _ADMINISTRATORS),
)


def servers(address: str) -> tuple[Identity, ...]:
    """The certificates that the API server and the kubelet show."""
    service = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", f"kubernetes.default.svc.{CLUSTER_DOMAIN}")
    names = ("localhost", "127.0.0.1", address, API_SERVICE_ADDRESS, *service)
    return (
        Identity("kube-apiserver", "kube-apiserver", hosts=names),
        Identity("kubelet-server", f"system:node:{NODE_NAME}", "system:nodes", (NODE_NAME, address)),
    )


def ensure_certificates(settings: Settings) -> None:
    """Make a cluster's keys, certificates and kubeconfigs, unless they are there: they live as long as its state."""
    directory = settings.certificates
    complete = directory / "complete"
    if not complete.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = _make_authority(directory)
        for identity in (*CLIENTS, *servers(settings.address)):
            _issue(directory, authority, identity)
        _make_token_keys(directory)
        complete.touch()
    for identity in CLIENTS:
        _write_private(directory / f"{identity.name}.kubeconfig", _kubeconfig(settings, identity.name))
    _write_private(settings.kubeconfig, _kubeconfig(settings, "admin"))


@dataclass(frozen=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def _make_authority(directory: Path) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("pacsstack-local-cluster", None)
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    builder = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    _write_key(directory / "ca.key", key)
    (directory / "ca.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return _Authority(key, certificate)


def _issue(directory: Path, authority: _Authority, identity: Identity) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.SERVER_AUTH if identity.hosts else ExtendedKeyUsageOID.CLIENT_AUTH
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        _builder(_name(identity.user, identity.group), authority.certificate.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(issuer_key, critical=False)
    )
    if identity.hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in identity.hosts]), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    _write_key(directory / f"{identity.name}.key", key)
    (directory / f"{identity.name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_token_keys(directory: Path) -> None:
    # The keys that sign and check the tokens of service accounts.
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    _write_key(directory / "service-accounts.key", key)
    (directory / "service-accounts.pub").write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, form))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _LIFETIME)
    )


def _name(common: str, organization: str | None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    _write_private(path, pem)


def _write_private(path: Path, content: bytes) -> None:
    # The file is complete or absent: a client may read it while it is being written again.
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _kubeconfig(settings: Settings, name: str) -> bytes:
    def encoded(file: str) -> str:
        return base64.b64encode((settings.certificates / file).read_bytes()).decode()

    cluster = {"server": settings.server, "certificate-authority-data": encoded("ca.crt")}
    user = {"client-certificate-data": encoded(f"{name}.crt"), "client-key-data": encoded(f"{name}.key")}
    context = "pacsstack-local" if settings.has_node else "pacsstack-control-plane"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": name}}],
        "current-context": context,
    }
    return yaml.safe_dump(document, sort_keys=False).encode()
