"""The files of the PostgreSQL server that a stack runs itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.render.templating import template_text

if TYPE_CHECKING:
    from pacsstack.spec.postgres import ManagedPostgres

DEFAULT_PARAMETERS = {
    "log_min_duration_statement": "-1",  # A statement's text may name a patient.
    "log_statement": "none",
    "max_connections": "50",
    "password_encryption": "scram-sha-256",
    # A dead Orthanc's advisory lock is free again after about 30 seconds.
    "tcp_keepalives_count": "4",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_user_timeout": "30000",
}


def postgres_files(managed: ManagedPostgres) -> dict[str, str]:
    """Return start script, settings and access rules."""
    return {
        "pg_hba.conf": template_text("pg_hba.conf"),
        "postgresql.conf": postgresql_conf(managed),
        "start.sh": template_text("postgres-start.sh"),
    }


def postgresql_conf(managed: ManagedPostgres) -> str:
    """Return the server's settings (PostgreSQL manual, "Setting Parameters", "The Configuration File")."""
    parameters = {**DEFAULT_PARAMETERS, **managed.parameters}
    return "".join(f"{name} = {_quoted(parameters[name])}\n" for name in sorted(parameters))


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
