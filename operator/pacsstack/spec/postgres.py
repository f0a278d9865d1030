"""The database that holds Orthanc's index: run by PacsStack, or somebody else's."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from pacsstack.spec.base import Rule, SpecModel, without_nulls
from pacsstack.spec.common import Resources, Storage
from pacsstack.spec.scalars import HostName, ImageReference, ObjectName, Port, Quantity

PROTECTED_PARAMETERS = (
    "config_file", "data_directory", "fsync", "full_page_writes", "hba_file", "ident_file", "listen_addresses",
    "port", "synchronous_commit", "unix_socket_directories", "zero_damaged_pages",
)  # fmt: skip
"""Parameters on which acknowledged images or PacsStack's own probes depend."""

ParameterName = Annotated[
    str,
    Field(
        max_length=63,
        pattern=r"^[a-z][a-z0-9_.]*$",
        description="a parameter's name is lower case letters, digits, underscores and dots, such as `shared_buffers`",
    ),
]
ParameterValue = Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f]*$")]


class DatabaseStorage(Storage):
    """The volume of the index. It needs far less room than the images."""

    size: Quantity = "10Gi"
    """How much room is asked for. It can be raised later, never lowered."""


class ManagedPostgres(SpecModel):
    """One PostgreSQL server of the stack's own."""

    image: ImageReference | None = None
    """The image; the operator's own default when not given. It must behave as the official postgres image."""

    storage: DatabaseStorage = DatabaseStorage()
    """The volume for the database."""

    resources: Resources = Resources()
    """Processor and memory of the PostgreSQL container."""

    parameters: Annotated[
        dict[ParameterName, ParameterValue],
        Field(max_length=64, examples=[{"shared_buffers": "1GB"}]),
        BeforeValidator(without_nulls),
    ] = {}
    """Server parameters such as `shared_buffers: 512MB` (PostgreSQL manual, "Server Configuration")."""

    rules = (
        Rule(
            cel="!has(self.parameters) || self.parameters.all(name, !(name in "
            + "[" + ", ".join(f"'{name}'" for name in PROTECTED_PARAMETERS) + "]))",
            message=f"remove from `parameters` what acknowledged images depend on: {', '.join(PROTECTED_PARAMETERS)}",
            check=lambda it: not set(it.parameters) & set(PROTECTED_PARAMETERS),
        ),
    )  # fmt: skip


class SslMode(StrEnum):
    """How far the connection to the database is protected (PostgreSQL manual, "SSL Support", sslmode)."""

    DISABLE = "disable"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


class ExternalPostgres(SpecModel):
    """A database that somebody else runs."""

    host: HostName
    """Its host name or address. It is required because it cannot be guessed."""

    port: Port = 5432
    """Its port."""

    database: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$")] = "orthanc"
    """The database; it must exist."""

    credentials_secret: ObjectName
    """A Secret with the keys `username` and `password`. It is required because PacsStack cannot make a user there."""

    ssl_mode: SslMode = SslMode.VERIFY_FULL
    """How far the connection is protected."""

    ca_secret: ObjectName | None = None
    """A Secret whose key `ca.crt` holds the certificate authority of the server."""

    rules = (
        Rule(
            cel="!(self.sslMode in ['verify-ca', 'verify-full']) || has(self.caSecret)",
            message="set `caSecret` to a Secret with the key `ca.crt`, or `sslMode: require` to go unverified",
            check=lambda it: it.ca_secret is not None or it.ssl_mode in (SslMode.DISABLE, SslMode.REQUIRE),
        ),
    )


class Postgres(SpecModel):
    """The database: `managed` unless `external` is given."""

    managed: ManagedPostgres | None = None
    """A PostgreSQL server of the stack's own. This is what you get when nothing is said."""

    external: ExternalPostgres | None = None
    """A database that somebody else runs."""

    rules = (
        Rule(
            cel="!(has(self.managed) && has(self.external))",
            message="give either `managed` or `external`, not both",
            check=lambda it: it.managed is None or it.external is None,
        ),
    )
