"""What the demo ends with: where things are, how to get in, what was counted, what to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcluster.demo.stack import CLEAR, TLS, Stack
from localcluster.demo.steps import NAMESPACE, Counts

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[str, str]


def closing_table(stack: Stack, authority: Path, counts: Counts, kubectl: str) -> str:
    """Return the table; `kubectl` is how to call it for this cluster."""
    width = 18
    rows = [
        *_endpoints(stack),
        *_ways_in(stack, authority, kubectl),
        *_counted(counts),
        *_next(stack, authority, kubectl),
    ]
    return "\n".join(f"  {name:<{width}}{value}".rstrip() for name, value in rows)


def _endpoints(stack: Stack) -> list[Row]:
    return [
        ("web and REST", stack.endpoint("url")),
        ("DICOMweb", stack.endpoint("url").rstrip("/") + "/dicom-web/"),
        ("DICOM", f"{stack.endpoint(CLEAR)}  (AE title ORTHANC)"),
        ("DICOM over TLS", f"{stack.endpoint(TLS)}  (AE title ORTHANC)"),
        ("adapter", f"{stack.endpoint('adapter')}  (AE title IMPORTADAPTER)"),
        ("", ""),
    ]


def _ways_in(stack: Stack, authority: Path, kubectl: str) -> list[Row]:
    secret = f"{kubectl} -n {NAMESPACE} get secret {stack.name}-users"
    return [
        ("user", "admin"),
        ("password", secret + " -o jsonpath='{.data.admin}' | base64 -d"),
        ("authority", str(authority)),
        ("", ""),
    ]


def _counted(counts: Counts) -> list[Row]:
    return [
        ("images sent", f"{counts.sent}  by storescu, over DICOM TLS"),
        ("found", f"{counts.found}  by QIDO-RS, over HTTPS"),
        ("forwarded", f"{counts.forwarded}  by dcmsend to the adapter, found in the store behind it"),
        ("", ""),
    ]


def _next(stack: Stack, authority: Path, kubectl: str) -> list[Row]:
    host, _, port = stack.endpoint(TLS).rpartition(":")
    return [
        ("try next", f"{kubectl} -n {NAMESPACE} get pacs {stack.name}"),
        ("", f"{kubectl} -n {NAMESPACE} delete deployment {stack.name}-orthanc   # and see it come back"),
        ("", f"curl --cacert {authority} -u admin {stack.endpoint('url').rstrip('/')}/system"),
        ("", f"storescu +tla +cf {authority} -aec ORTHANC {host} {port} FILE.dcm"),
    ]
