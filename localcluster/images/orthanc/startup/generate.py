"""The configuration that Orthanc is started with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import LEGACY_VARIABLE, NO_USER, StartError
from .install import has_libraries, install
from .merging import underlay
from .plugins import PLUGINS, Plugin
from .sources import Gathered, gather

_DEFAULTS = {
    "StorageDirectory": "/var/lib/orthanc/db",
    "RemoteAccessAllowed": True,
    "AuthenticationEnabled": True,
    "HttpsCACertificates": "/etc/ssl/certs/ca-certificates.crt",
    "Plugins": ["/run/orthanc/plugins", "/usr/share/orthanc/plugins"],
}


def generate(root: Path, environment: Mapping[str, str]) -> Gathered:
    """Gather the configuration, install the plug-ins it asks for, and add the image's defaults.

    Args:
        root: `/`, or the directory that stands for it in a test.
        environment: the process's environment.

    Raises:
        StartError: the real image would end here too; the error carries its exit code.
    """
    gathered = gather(root, environment)
    underlay(gathered.configuration, _DEFAULTS)
    for plugin in _enabled(gathered, root, environment):
        underlay(
            gathered.configuration, {plugin.configuration_section: dict(plugin.defaults)} if plugin.defaults else {}
        )
        install(plugin, root)
    if gathered.legacy:
        raise StartError(_legacy_message(gathered.legacy), LEGACY_VARIABLE)
    _add_user(gathered.configuration, environment.get("ORTHANC_PASSWORD", ""))
    _require_user(gathered.configuration)
    return gathered


def _enabled(gathered: Gathered, root: Path, environment: Mapping[str, str]) -> Iterator[Plugin]:
    for plugin in PLUGINS:
        if not plugin.enabled(gathered.configuration, environment):
            continue
        if plugin.on_by_default and plugin.variable not in environment and not has_libraries(plugin, root):
            gathered.warnings.append(f"{plugin.name} is on by default in the real image; Debian has no such plug-in")
            continue
        yield plugin


def _legacy_message(names: list[str]) -> str:
    return (
        f"these variables or secrets bear names of before April 2020: {', '.join(sorted(names))}; "
        "rename them to ORTHANC__…, or set enableServiceLinks: false if a Kubernetes Service made them"
    )


def _add_user(configuration: dict[str, Any], password: str) -> None:
    if password:
        configuration["RegisteredUsers"] = {**configuration.get("RegisteredUsers", {}), "orthanc": password}


def _require_user(configuration: Mapping[str, Any]) -> None:
    protected = configuration["RemoteAccessAllowed"] and configuration["AuthenticationEnabled"]
    if protected and not configuration.get("RegisteredUsers"):
        raise StartError(
            "authentication is on and remote access allowed, but no user is declared: give RegisteredUsers, "
            "ORTHANC_PASSWORD, or ORTHANC__AUTHENTICATION_ENABLED=false",
            NO_USER,
        )
