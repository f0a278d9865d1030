"""Where each file lies inside the containers, and on which port each process listens."""

from __future__ import annotations

ORTHANC_HTTP_PORT = 8042
ORTHANC_DICOM_PORT = 4242
POSTGRES_PORT = 5432
HTTPS_PORT = 8443
REDIRECT_PORT = 8088
HEALTH_PORT = 8080

DATA = "/var/lib/pacsstack"
"""Where a volume is mounted. No image declares this path as a volume of its own: containerd would mount an empty
directory over such a path, even inside a volume of ours, and everything written there would be gone with the pod."""

IMAGES = f"{DATA}/images"
"""Orthanc's files, below the mount, where `lost+found` of a fresh file system is not in the way."""

PGDATA = f"{DATA}/pgdata"
"""PostgreSQL's files, below the mount: it refuses a directory that it does not own or that holds `lost+found`."""

CONFIG = "/etc/pacsstack"
"""Configuration of ours that the images know nothing about."""

SECRETS = "/etc/pacsstack-secrets"
"""Credentials of ours that the images know nothing about."""

TLS = "/etc/pacsstack-tls"
"""The server certificate and its key."""

CLIENT_CA = "/etc/pacsstack-client-ca"
"""The authorities of client certificates."""

DATABASE_CA = "/etc/pacsstack-database-ca"
"""The authority of an external database."""

TMP = "/tmp"  # noqa: S108  (a volume of the pod's own)
"""Where every container may write."""

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a volume of the pod's own)
"""Where PostgreSQL's parallel queries exchange rows."""

ADAPTER_KEY = "/etc/pacsstack-adapter-key"
"""The adapter's Google service account key."""
