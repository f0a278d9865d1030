"""Bring together all that a rendering needs besides the spec, or say what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacsstack.controller import references as names
from pacsstack.controller.certificate_checks import covers, expiry, fault_of_bundle, fault_of_pair, start, still_good
from pacsstack.controller.certificates import new_server_certificate
from pacsstack.controller.credentials import (
    Lookup,
    authority,
    database_login,
    first_users,
    internal_login,
    lost_credentials,
)
from pacsstack.controller.logins import SecretData, key_missing, login_of, not_found, users_of
from pacsstack.controller.problems import Problem, credentials_problem
from pacsstack.controller.references import references
from pacsstack.render.htpasswd import htpasswd
from pacsstack.render.inputs import Certificate, Images, Inputs, Login
from pacsstack.render.names import child
from pacsstack.spec.proxy import SelfSigned
from pacsstack.spec.status import ConditionType, Reason

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


@dataclass(frozen=True)
class Settlement:
    """The inputs, None while something blocks them, and everything that a person has to put right."""

    inputs: Inputs | None
    problems: tuple[Problem, ...]


def settle(lookup: Lookup, images: Images) -> Settlement:
    """Take, check and where needed make what the stack's objects are made from."""
    problems = lost_credentials(lookup)
    problems += _missing_references(lookup)
    if any(problem.blocking for problem in problems):
        return Settlement(None, tuple(problems))
    inputs, found = _inputs(lookup, images)
    problems += found
    blocked = any(problem.blocking for problem in problems)
    return Settlement(None if blocked else inputs, tuple(problems))


def server_names(stack: PacsStack, addresses: tuple[str, ...]) -> list[str]:
    """Return every name under which the proxy is reached: its Service's, the given host, the load balancer's."""
    service, namespace = child(stack, "proxy"), stack.metadata.namespace
    domains = ("", f".{namespace}", f".{namespace}.svc", f".{namespace}.svc.cluster.local")
    inside = [service + domain for domain in domains]
    host = stack.spec.proxy.host
    return [*inside, *addresses, *([host] if host else [])]


def _missing_references(lookup: Lookup) -> list[Problem]:
    missing = [one for one in references(lookup.stack).values() if one.secret not in lookup.vault]
    return [_not_there(one) for one in missing]


def _not_there(reference: names.Reference) -> Problem:
    problem = not_found(reference.secret, reference.field)
    return _adapters_alone(problem) if reference.field == names.ADAPTER_KEY else problem


def _adapters_alone(problem: Problem) -> Problem:
    """Make it a problem of the adapter, for which the archive need not wait."""
    return Problem(ConditionType.ADAPTER_READY, problem.reason, problem.message, blocking=False)


def _inputs(lookup: Lookup, images: Images) -> tuple[Inputs | None, list[Problem]]:
    internal, problems = internal_login(lookup)
    database, found = _database(lookup)
    problems += found
    users, found = _users(lookup)
    problems += found
    issuer, server, found = _server(lookup)
    problems += found
    client_ca, found = _bundle(lookup, names.CLIENT_AUTHORITY)
    problems += found
    database_ca, found = _bundle(lookup, names.DATABASE_AUTHORITY)
    problems += [*found, *_adapter_key(lookup)]
    if internal is None or database is None or server is None or any(problem.blocking for problem in problems):
        return None, problems
    previous = (lookup.own("proxy") or {}).get("htpasswd", b"").decode(errors="replace")
    return Inputs(
        internal=internal,
        postgres=database,
        users=users,
        htpasswd=htpasswd(users, previous),
        server=server,
        authority=issuer,
        client_ca=client_ca,
        database_ca=database_ca,
        adapter_key=_adapter_key_of(lookup),
        images=images,
    ), problems


def _referenced(lookup: Lookup, field: str) -> tuple[str, SecretData] | None:
    reference = references(lookup.stack).get(field)
    return None if reference is None else (reference.secret, lookup.vault.get(reference.secret, {}))


def _database(lookup: Lookup) -> tuple[Login | None, list[Problem]]:
    named = _referenced(lookup, names.DATABASE_LOGIN)
    return database_login(lookup) if named is None else login_of(*named)


def _users(lookup: Lookup) -> tuple[dict[str, str], list[Problem]]:
    named = _referenced(lookup, names.USERS)
    return users_of(child(lookup.stack, "users"), first_users(lookup)) if named is None else users_of(*named)


def _server(lookup: Lookup) -> tuple[Certificate | None, Certificate | None, list[Problem]]:
    """Return the authority, if it is the stack's own, and the server certificate."""
    named = _referenced(lookup, names.SERVER_CERTIFICATE)
    if named is not None:
        server, problems = _users_certificate(lookup, *named)
        return None, server, problems
    issuer, problems = authority(lookup)
    return issuer, None if issuer is None else _own_certificate(lookup, issuer), problems


def _own_certificate(lookup: Lookup, issuer: Certificate) -> Certificate:
    data = lookup.own("tls") or {}
    wanted = server_names(lookup.stack, lookup.around.addresses)
    present = Certificate(_text(data, "tls.crt"), _text(data, "tls.key"), issuer.certificate)
    if still_good(present, issuer, wanted, lookup.around.now):
        return present
    days = (lookup.stack.spec.proxy.tls.self_signed or SelfSigned()).validity_days
    return new_server_certificate(issuer, wanted, days, lookup.around.now)


def _users_certificate(lookup: Lookup, secret: str, data: SecretData) -> tuple[Certificate | None, list[Problem]]:
    missing = [key for key in ("tls.crt", "tls.key") if not data.get(key)]
    if missing:
        return None, [key_missing(secret, key) for key in missing]
    pair = Certificate(_text(data, "tls.crt"), _text(data, "tls.key"), _text(data, "ca.crt"))
    fault = fault_of_pair(pair.certificate, pair.key)
    if fault is not None:
        return None, [credentials_problem(Reason.CERTIFICATE_INVALID, f"Secret {secret!r}: {fault}")]
    return pair, _complaints(lookup, secret, pair)


def _complaints(lookup: Lookup, secret: str, pair: Certificate) -> list[Problem]:
    """Return what clients will complain about; nginx itself works, so the rest of the stack goes on."""
    now, host = lookup.around.now, lookup.stack.spec.proxy.host
    first, last = start(pair.certificate), expiry(pair.certificate)
    faults: list[tuple[Reason, str]] = []
    if last <= now:
        faults.append((Reason.CERTIFICATE_EXPIRED, f"the certificate ended on {last:%Y-%m-%d}: put a new one into it"))
    if first > now:
        faults.append(
            (Reason.CERTIFICATE_INVALID, f"the certificate begins on {first:%Y-%m-%d}: put a valid one into it")
        )
    if host is not None and not covers(pair.certificate, host):
        fault = f"the certificate does not cover {host!r}: put one into it that does, or change spec.proxy.host"
        faults.append((Reason.CERTIFICATE_INVALID, fault))
    return [credentials_problem(reason, f"Secret {secret!r}: {fault}", blocking=False) for reason, fault in faults]


def _bundle(lookup: Lookup, field: str) -> tuple[str | None, list[Problem]]:
    named = _referenced(lookup, field)
    if named is None:
        return None, []
    secret, data = named
    if not data.get("ca.crt"):
        return None, [key_missing(secret, "ca.crt")]
    fault = fault_of_bundle(_text(data, "ca.crt"))
    if fault is not None:
        message = f"Secret {secret!r}, key 'ca.crt' {fault}: put the certificates of the authorities into it"
        return None, [credentials_problem(Reason.CERTIFICATE_INVALID, message)]
    return _text(data, "ca.crt"), []


def _adapter_key(lookup: Lookup) -> list[Problem]:
    named = _referenced(lookup, names.ADAPTER_KEY)
    if named is None or named[0] not in lookup.vault:
        return []
    secret, data = named
    if not data.get("key.json"):
        return [_adapters_alone(key_missing(secret, "key.json"))]
    try:
        json.loads(data["key.json"])
    except ValueError:
        message = f"Secret {secret!r}, key 'key.json' is no JSON: put the key file into it as it was downloaded"
        return [_adapters_alone(credentials_problem(Reason.SECRET_INVALID, message))]
    return []


def _adapter_key_of(lookup: Lookup) -> str | None:
    named = _referenced(lookup, names.ADAPTER_KEY)
    return None if named is None else _text(named[1], "key.json")


def _text(data: SecretData, key: str) -> str:
    return data.get(key, b"").decode(errors="replace")
