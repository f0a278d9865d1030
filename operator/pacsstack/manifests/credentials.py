"""Credentials and certificates of a stack, as Secrets, and the authority for clients, as a ConfigMap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests.files import build_config_map, build_secret

if TYPE_CHECKING:
    from pacsstack.manifests.metadata import Manifest
    from pacsstack.render.inputs import Certificate, Inputs, Login
    from pacsstack.spec import PacsStack


def build_credentials(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    """Return the Secrets that PacsStack makes itself; those that the user names are the user's."""
    secrets = [_login(stack, "internal", inputs.internal)]
    if stack.spec.postgres.external is None:
        secrets.append(_login(stack, "postgres", inputs.postgres))
    if stack.spec.proxy.users is None:
        secrets.append(build_secret(stack, "credentials", "users", inputs.users, outlives=True))
    if inputs.authority is not None:
        secrets += _certificates(stack, inputs.authority, inputs.server)
    return secrets


def build_authority(stack: PacsStack, inputs: Inputs) -> list[Manifest]:
    """Return what clients need to trust the server: the authority's certificate, without its key."""
    if inputs.authority is None:
        return []
    return [build_config_map(stack, "credentials", "ca", {"ca.crt": inputs.authority.certificate})]


def _login(stack: PacsStack, suffix: str, login: Login) -> Manifest:
    files = {"username": login.username, "password": login.password}
    return build_secret(stack, "credentials", suffix, files, outlives=True)


def _certificates(stack: PacsStack, authority: Certificate, server: Certificate) -> list[Manifest]:
    pair = {"tls.crt": authority.certificate, "tls.key": authority.key}
    leaf = {"tls.crt": server.certificate, "tls.key": server.key, "ca.crt": authority.certificate}
    return [
        # The authority is kept: clients were told to trust it.
        build_secret(stack, "credentials", "ca", pair, outlives=True),
        build_secret(stack, "credentials", "tls", leaf),
    ]
