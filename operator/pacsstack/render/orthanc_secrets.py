"""The part of Orthanc's configuration that holds credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from pacsstack.render.escaped_json import escaped_json
from pacsstack.render.layout import DATABASE_CA, POSTGRES_PORT
from pacsstack.render.names import service_host
from pacsstack.render.orthanc import private_options

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs, Login
    from pacsstack.spec import PacsStack
    from pacsstack.spec.postgres import ExternalPostgres

DATABASE = "orthanc"
"""The database on a server of the stack's own."""


def orthanc_secrets_json(stack: PacsStack, inputs: Inputs) -> str:
    """Return the file that goes to `/run/secrets/`: who may ask Orthanc, and its whole database section."""
    return escaped_json(
        {
            **private_options(stack),
            "PostgreSQL": postgres_options(stack, inputs.postgres),
            "RegisteredUsers": {inputs.internal.username: inputs.internal.password},
        }
    )


def postgres_options(stack: PacsStack, login: Login) -> dict[str, Any]:
    """Return Orthanc's `PostgreSQL` section (Orthanc Book, "PostgreSQL plugins")."""
    return {
        "ConnectionRetryInterval": 1,  # Seconds.
        "ConnectionUri": connection_uri(stack, login),
        "EnableIndex": True,
        "EnableStorage": False,  # Image files are files.
        # After a restart of the database each pooled connection fails exactly once, so the pool is small.
        "IndexConnectionsCount": 5,
        "Lock": True,  # A second Orthanc on this database is refused.
        "MaximumConnectionRetries": 60,
    }


def connection_uri(stack: PacsStack, login: Login) -> str:
    """Return where the database is and who asks (PostgreSQL manual, "Connection URIs").

    A URI because the plug-in's own `EnableSsl` cannot ask for verification of the server.
    """
    external = stack.spec.postgres.external
    user = f"{quote(login.username, safe='')}:{quote(login.password, safe='')}"
    if external is None:
        where, options = f"{service_host(stack, 'postgres')}:{POSTGRES_PORT}/{DATABASE}", {"sslmode": "disable"}
    else:
        where, options = f"{external.host}:{external.port}/{external.database}", _tls_options(external)
    return f"postgresql://{user}@{where}?{urlencode({**options, **_KEEPALIVE})}"


_KEEPALIVE = {"connect_timeout": 10, "keepalives_count": 3, "keepalives_idle": 10, "keepalives_interval": 5}
"""In seconds: how soon Orthanc notices that the database's node is gone."""


def _tls_options(external: ExternalPostgres) -> dict[str, str]:
    options = {"sslmode": external.ssl_mode.value}
    if external.ca_secret is not None:
        options["sslrootcert"] = f"{DATABASE_CA}/ca.crt"
    return options
