"""nginx.conf: HTTPS with users, DICOM in clear and over TLS.

Source of every directive: nginx.org, documentation of the http and stream modules.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pacsstack.render import layout
from pacsstack.render.names import service_host
from pacsstack.render.networks import canonical_networks
from pacsstack.render.templating import fill

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs, Login
    from pacsstack.spec import PacsStack

CIPHERS = ":".join(
    (
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
)
"""For TLS 1.2: what RFC 9325 (BCP 195) recommends, as DICOM PS3.15, annex B asks. TLS 1.3 has its own."""


def nginx_conf(stack: PacsStack) -> str:
    """Return the whole of nginx.conf."""
    proxy = stack.spec.proxy
    return fill(
        "nginx.conf.j2",
        ciphers=CIPHERS,
        orthanc=service_host(stack, "orthanc"),
        orthanc_http_port=layout.ORTHANC_HTTP_PORT,
        orthanc_dicom_port=layout.ORTHANC_DICOM_PORT,
        health_port=layout.HEALTH_PORT,
        redirect_port=layout.REDIRECT_PORT,
        https_port=layout.HTTPS_PORT,
        secrets=layout.SECRETS,
        tls=layout.TLS,
        client_ca=layout.CLIENT_CA if proxy.dicom.tls.client_ca else "",
        host=proxy.host or "",
        path=proxy.path,
        allowed_sources=canonical_networks(proxy.allowed_sources),
        cors_origins=list(dict.fromkeys(origin.lower() for origin in proxy.cors.origins)),
        frame_ancestors=list(dict.fromkeys(proxy.frame_ancestors)),
        dicom_ports=dicom_ports(stack),
        clear_port=proxy.dicom.clear.port if proxy.dicom.clear.enabled else 0,
        tls_port=proxy.dicom.tls.port if proxy.dicom.tls.enabled else 0,
    )


def dicom_ports(stack: PacsStack) -> dict[str, int]:
    """Return the open DICOM ports by name: `dicom` in clear, `dicom-tls` over TLS."""
    dicom = stack.spec.proxy.dicom
    clear = {"dicom": dicom.clear.port} if dicom.clear.enabled else {}
    tls = {"dicom-tls": dicom.tls.port} if dicom.tls.enabled else {}
    return {**clear, **tls}


def upstream_conf(login: Login) -> str:
    """Return the header that replaces the client's: Orthanc knows one user, and people never learn its password."""
    token = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    return f'proxy_set_header Authorization "Basic {token}";\n'


def proxy_secret_files(inputs: Inputs) -> dict[str, str]:
    """Return the files of nginx that hold credentials."""
    return {"htpasswd": inputs.htpasswd, "upstream.conf": upstream_conf(inputs.internal)}
