"""The Secrets that PacsStack makes by itself: taken as they are, made when new, and never replaced when lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacsstack.controller.certificate_checks import expiry, fault_of_pair
from pacsstack.controller.certificates import new_authority
from pacsstack.controller.logins import SecretData, key_missing, login_of
from pacsstack.controller.problems import Problem, credentials_problem
from pacsstack.render.inputs import Certificate, Login
from pacsstack.render.names import child
from pacsstack.spec.base import API_GROUP
from pacsstack.spec.status import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pacsstack.spec import PacsStack

REGENERATE = f"{API_GROUP}/regenerate-credentials"
"""The annotation on a PacsStack by which a person allows lost credentials to be replaced by new ones."""

RECORD = f"{API_GROUP}/generated-credentials"
"""The annotation on the internal Secret that says which credential Secrets were made beside it."""

INTERNAL_USER = "pacsstack"
DATABASE_USER = "orthanc"
FIRST_USER = "admin"


@dataclass(frozen=True)
class Circumstances:
    """What is known of the cluster and of the moment.

    `claims` are the names of the stack's living volume claims, `recorded` what `RECORD` says, `addresses` where the
    proxy's load balancer answers.
    """

    now: datetime
    new_password: Callable[[], str]
    claims: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()
    regenerate: bool = False
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """The Secrets that are there, by name, and the circumstances."""

    stack: PacsStack
    vault: Mapping[str, SecretData]
    around: Circumstances

    def own(self, part: str) -> SecretData | None:
        """Return a Secret of the stack's own, or None if it is not there."""
        return self.vault.get(child(self.stack, part))


def generated_parts(stack: PacsStack) -> tuple[str, ...]:
    """Return the suffixes of the credential Secrets that PacsStack makes for this spec."""
    proxy = stack.spec.proxy
    wanted = {
        "ca": proxy.tls.secret_name is None,
        "internal": True,
        "postgres": stack.spec.postgres.external is None,
        "users": proxy.users is None,
    }
    return tuple(part for part, is_wanted in wanted.items() if is_wanted)


def lost_credentials(lookup: Lookup) -> list[Problem]:
    """Return a problem for each Secret that was there once and whose loss must not go unnoticed."""
    if lookup.around.regenerate:
        return []
    missing = [part for part in generated_parts(lookup.stack) if lookup.own(part) is None]
    return [_lost(child(lookup.stack, part)) for part in missing if _was_there(lookup, part)]


def internal_login(lookup: Lookup) -> tuple[Login | None, list[Problem]]:
    """Return what nginx shows to Orthanc."""
    return _own_login(lookup, "internal", INTERNAL_USER)


def database_login(lookup: Lookup) -> tuple[Login | None, list[Problem]]:
    """Return Orthanc's login to the managed PostgreSQL."""
    return _own_login(lookup, "postgres", DATABASE_USER)


def first_users(lookup: Lookup) -> SecretData:
    """Return the users of the generated Secret: whoever is in it, or a new first one."""
    present = lookup.own("users")
    return {FIRST_USER: lookup.around.new_password().encode()} if present is None else present


def authority(lookup: Lookup) -> tuple[Certificate | None, list[Problem]]:
    """Return the stack's certificate authority, a new one if there never was one."""
    name, data = child(lookup.stack, "ca"), lookup.own("ca")
    if data is None:
        metadata = lookup.stack.metadata
        return new_authority(f"PacsStack {metadata.namespace}/{metadata.name}", lookup.around.now), []
    missing = [key for key in ("tls.crt", "tls.key") if key not in data]
    if missing:
        return None, [key_missing(name, key) for key in missing]
    pair = Certificate(_text(data["tls.crt"]), _text(data["tls.key"]))
    fault = fault_of_pair(pair.certificate, pair.key)
    if fault is not None:
        return None, [_unusable(name, Reason.CERTIFICATE_INVALID, fault)]
    if expiry(pair.certificate) <= lookup.around.now:
        return None, [_unusable(name, Reason.CERTIFICATE_EXPIRED, f"ended on {expiry(pair.certificate):%Y-%m-%d}")]
    return pair, []


def _own_login(lookup: Lookup, part: str, username: str) -> tuple[Login | None, list[Problem]]:
    data = lookup.own(part)
    if data is None:
        return Login(username, lookup.around.new_password()), []
    return login_of(child(lookup.stack, part), data)


def _was_there(lookup: Lookup, part: str) -> bool:
    """Judge by what was recorded; without the record itself, by the volumes that cannot be without it."""
    volumes = {"internal": ("orthanc", "postgres"), "postgres": ("postgres",)}.get(part, ())
    living = any(child(lookup.stack, volume) in lookup.around.claims for volume in volumes)
    return living or part in lookup.around.recorded


def _lost(secret: str) -> Problem:
    return credentials_problem(
        Reason.CREDENTIALS_LOST,
        f"Secret {secret!r} is gone, but what was made with it is still there: restore the Secret from a backup, or "
        f'annotate the PacsStack with `{REGENERATE}: "true"` to have it made anew',
    )


def _unusable(secret: str, reason: Reason, fault: str) -> Problem:
    return credentials_problem(
        reason,
        f"Secret {secret!r}: {fault}; restore it from a backup, or delete it and annotate the PacsStack with "
        f'`{REGENERATE}: "true"` to have a new authority made, which clients then have to trust',
    )


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
