"""Which Secrets of the user's a stack names, and which stacks have to be looked at when one of them changes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pacsstack.controller.credentials import generated_parts
from pacsstack.render.names import child

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacsstack.controller.queue import Key
    from pacsstack.spec import PacsStack


class Reference(NamedTuple):
    """A Secret that the spec names."""

    field: str
    """Where the spec names it."""

    secret: str
    """Its name."""


USERS = "spec.proxy.users.secretName"
SERVER_CERTIFICATE = "spec.proxy.tls.secretName"
CLIENT_AUTHORITY = "spec.proxy.dicom.tls.clientCA.secretName"
DATABASE_LOGIN = "spec.postgres.external.credentialsSecret"
DATABASE_AUTHORITY = "spec.postgres.external.caSecret"
ADAPTER_KEY = "spec.adapter.import.credentialsSecret"


def references(stack: PacsStack) -> dict[str, Reference]:
    """Return the Secrets that the spec names, by the field that names them."""
    proxy, external, adapter = stack.spec.proxy, stack.spec.postgres.external, stack.spec.adapter.import_
    named = {
        USERS: proxy.users and proxy.users.secret_name,
        SERVER_CERTIFICATE: proxy.tls.secret_name,
        CLIENT_AUTHORITY: proxy.dicom.tls.client_ca and proxy.dicom.tls.client_ca.secret_name,
        DATABASE_LOGIN: external and external.credentials_secret,
        DATABASE_AUTHORITY: external and external.ca_secret,
        ADAPTER_KEY: adapter and adapter.credentials_secret,
    }
    return {field: Reference(field, secret) for field, secret in named.items() if secret}


def used_secrets(stack: PacsStack) -> frozenset[str]:
    """Return the Secrets that may lack our label: the user's, and credentials restored from a backup."""
    named = {reference.secret for reference in references(stack).values()}
    return frozenset(named | {child(stack, part) for part in generated_parts(stack)})


class ReferenceIndex:
    """Remembers for each Secret which stacks use it."""

    def __init__(self) -> None:
        """Start without any stack."""
        self._stacks: defaultdict[tuple[str, str], set[Key]] = defaultdict(set)
        self._secrets: dict[Key, frozenset[tuple[str, str]]] = {}

    def set(self, key: Key, secrets: Iterable[str]) -> None:
        """Replace what is known of one stack."""
        wanted = frozenset((key.namespace, secret) for secret in secrets)
        for gone in self._secrets.get(key, frozenset()) - wanted:
            self._stacks[gone].discard(key)
            if not self._stacks[gone]:
                del self._stacks[gone]
        for secret in wanted:
            self._stacks[secret].add(key)
        self._secrets[key] = wanted

    def forget(self, key: Key) -> None:
        """Drop a stack that is gone."""
        self.set(key, ())
        del self._secrets[key]

    def stacks(self, namespace: str, secret: str) -> frozenset[Key]:
        """Return the stacks that use this Secret."""
        return frozenset(self._stacks.get((namespace, secret), ()))

    def everyone(self) -> frozenset[Key]:
        """Return the stacks that use any Secret."""
        return frozenset(key for key, secrets in self._secrets.items() if secrets)
