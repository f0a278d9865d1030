"""Stand-ins for credentials and certificates, so that a stack can be rendered without a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.render.inputs import Certificate, Images, Inputs, Login
from pacsstack.render.names import child

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


def placeholder_inputs(stack: PacsStack, images: Images | None = None) -> Inputs:
    """Return inputs that say where each credential will come from, in readable words, the same at every call."""
    spec = stack.spec
    users_secret = spec.proxy.users.secret_name if spec.proxy.users else child(stack, "users")
    external = spec.postgres.external
    client_ca, database_ca = spec.proxy.dicom.tls.client_ca, external.ca_secret if external else None
    tls_secret = spec.proxy.tls.secret_name
    return Inputs(
        internal=Login("pacsstack", _key(child(stack, "internal"), "password")),
        postgres=_database_login(stack),
        users={} if spec.proxy.users else {"admin": _key(users_secret, "admin")},
        htpasswd=f"<bcrypt hashes of the passwords in Secret {users_secret}>\n",
        server=_certificate(tls_secret or child(stack, "tls")),
        authority=None if tls_secret else _certificate(child(stack, "ca")),
        client_ca=_key(client_ca.secret_name, "ca.crt") if client_ca else None,
        database_ca=_key(database_ca, "ca.crt") if database_ca else None,
        images=images or Images(),
    )


def _database_login(stack: PacsStack) -> Login:
    external = stack.spec.postgres.external
    if external is None:
        return Login("orthanc", _key(child(stack, "postgres"), "password"))
    return Login(_key(external.credentials_secret, "username"), _key(external.credentials_secret, "password"))


def _certificate(secret: str) -> Certificate:
    return Certificate(_key(secret, "tls.crt"), _key(secret, "tls.key"), _key(secret, "ca.crt"))


def _key(secret: str, key: str) -> str:
    return f"<Secret {secret}, key {key}>"
