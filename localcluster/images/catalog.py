"""The images, and what each is made of.

The contracts (users, entry points, paths, ports, stop signals) are those of the production images' build files:
orthanc-server/orthanc-builder, docker-library/postgres, nginxinc/docker-nginx-unprivileged and
GoogleCloudPlatform/healthcare-dicom-dicomweb-adapter.
"""

from pathlib import Path

from localcluster.images.debian import Account, Debian
from localcluster.images.layer import Configuration, Image
from localcluster.images.python import LockedPackages, Project
from localcluster.images.tree import Entry, Tree

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parent.parent
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_ORTHANC_DEBIAN = Debian(
    name="orthanc-debian",
    suite="trixie",
    packages=(
        *("orthanc", "orthanc-dicomweb", "orthanc-postgresql", "orthanc-mysql", "orthanc-gdcm", "orthanc-webviewer"),
        *("orthanc-wsi", "orthanc-neuro", "orthanc-python", "python3", "ca-certificates", "locales", "tzdata"),
    ),
    accounts=(Account("orthanc", 999, 999, "/var/lib/orthanc"),),
    customize=_HERE / "orthanc/customize.sh",
)

_POSTGRES_DEBIAN = Debian(
    name="postgres-debian",
    suite="trixie",
    packages=("postgresql-17", "locales", "libnss-wrapper", "xz-utils", "zstd", "less"),
    accounts=(Account("postgres", 999, 999, "/var/lib/postgresql", "/bin/bash"),),
    # No cluster of Debian's own: it would only be thrown away again.
    setup='mkdir -p "$1/etc/postgresql-common"'
    ' && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
    customize=_HERE / "postgres/customize.sh",
)

_NGINX_DEBIAN = Debian(
    name="nginx-debian",
    suite="trixie",
    packages=("nginx", "libnginx-mod-stream", "gettext-base", "ca-certificates", "tzdata"),
    accounts=(Account("nginx", 101, 101, "/nonexistent"),),
    customize=_HERE / "nginx/customize.sh",
)

_PYTHON_DEBIAN = Debian(
    name="python-debian",
    suite="bookworm",
    packages=("python3", "ca-certificates", "tzdata"),
    accounts=(Account("nonroot", 65532, 65532, "/nonexistent"),),
)


def orthanc() -> Image:
    """Stands for orthancteam/orthanc."""
    files = ((_HERE / "orthanc/rootfs", "/"), (_HERE / "orthanc/startup", "/startup/orthanc_startup"))
    return Image(
        "orthanc",
        (_ORTHANC_DEBIAN, Tree("orthanc-start", files)),
        Configuration(
            entrypoint=("/docker-entrypoint.sh",),
            command=("/tmp/orthanc.json",),
            environment=(f"PATH={_PATH}", "MALLOC_ARENA_MAX=5", "SSL_CERT_DIR=/etc/ssl/certs"),
            ports=(4242, 8042),
        ),
    )


def postgres() -> Image:
    """Stands for postgres:17."""
    return Image(
        "postgres",
        (_POSTGRES_DEBIAN, Tree("postgres-start", ((_HERE / "postgres/rootfs", "/"),))),
        Configuration(
            entrypoint=("docker-entrypoint.sh",),
            command=("postgres",),
            environment=(
                f"PATH={_PATH}:/usr/lib/postgresql/17/bin",
                "PGDATA=/var/lib/postgresql/data",
                "PG_MAJOR=17",
                "LANG=en_US.utf8",
            ),
            ports=(5432,),
            stop_signal="SIGINT",
            volumes=("/var/lib/postgresql/data",),
        ),
    )


def nginx() -> Image:
    """Stands for nginxinc/nginx-unprivileged."""
    return Image(
        "nginx",
        (_NGINX_DEBIAN, Tree("nginx-start", ((_HERE / "nginx/rootfs", "/"),))),
        Configuration(
            entrypoint=("/docker-entrypoint.sh",),
            command=("nginx", "-g", "daemon off;"),
            user="101",
            environment=(f"PATH={_PATH}",),
            ports=(8080,),
            stop_signal="SIGQUIT",
        ),
    )


def adapter_import() -> Image:
    """Stands for Google's healthcare-api-dicom-dicomweb-adapter-import."""
    packages = LockedPackages(
        "adapter-packages",
        _ROOT / "requirements/dev.txt",
        ("cffi", "cryptography", "pycparser", "pydicom", "pynetdicom"),
    )
    code = Tree("adapter-code", ((_HERE / "adapter", "/opt/adapter/import_adapter"),))
    return Image(
        "adapter-import",
        (_PYTHON_DEBIAN, packages, code),
        Configuration(
            entrypoint=("/usr/bin/python3", "-m", "import_adapter"),
            environment=(f"PATH={_PATH}", "PYTHONPATH=/opt/adapter", "PYTHONUNBUFFERED=1"),
        ),
    )


def operator() -> Image:
    """The operator itself: the same start as operator/Dockerfile gives it."""
    command = Entry("opt/pacsstack/bin/pacsstack", 0o755, _HERE / "operator/pacsstack")
    return Image(
        "operator",
        (
            _PYTHON_DEBIAN,
            LockedPackages("operator-packages", _ROOT / "requirements/operator.txt"),
            Project("operator-code", _ROOT, ("pyproject.toml", "README.md", "operator/pacsstack"), commands=(command,)),
        ),
        Configuration(
            entrypoint=("/opt/pacsstack/bin/pacsstack",),
            command=("operator", "run"),
            user="65532:65532",
            environment=(f"PATH={_PATH}", "PYTHONUNBUFFERED=1"),
        ),
    )


def images() -> dict[str, Image]:
    """Every image by its name."""
    return {image.name: image for image in (orthanc(), postgres(), nginx(), adapter_import(), operator())}
