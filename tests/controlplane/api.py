"""A small client of an API server: enough to try documents by the hundred, faster than a process each."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
import yaml

Object = dict[str, Any]

STACKS = "/apis/pacsstack.io/v1alpha1/namespaces/{}/pacsstacks"
TIMEOUT_SECONDS = 30


class RefusedError(Exception):
    """The API server refused a request."""

    def __init__(self, status: Object) -> None:
        super().__init__(status.get("message", str(status)))
        self.code = int(status.get("code", 0))
        self.causes: list[Object] = status.get("details", {}).get("causes", [])


class ApiServer:
    """The API server that a kubeconfig with client certificates or a token names."""

    def __init__(self, kubeconfig: Path) -> None:
        self._folder = tempfile.TemporaryDirectory()
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._url = cluster["server"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = self._file(cluster, "certificate-authority", kubeconfig.parent)
        if "token" in user:
            self._session.headers["Authorization"] = f"Bearer {user['token']}"
        else:
            names = ("client-certificate", "client-key")
            certificate, key = (self._file(user, name, kubeconfig.parent) for name in names)
            self._session.cert = (certificate, key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._folder.cleanup()

    def get(self, path: str, accept: str = "application/json") -> Object:
        """Return an object, a list, or a table when `accept` asks for one."""
        return self._request("GET", path, headers={"Accept": accept})

    def create(self, path: str, body: Object, *, dry_run: bool = False) -> Object:
        """Create an object and return it as the API server keeps it; a misspelt field is an error, as with kubectl.

        Raises:
            RefusedError: with the API server's own words.
        """
        query = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        return self._request("POST", path, params=query, json=body)

    def apply(self, path: str, body: Object, manager: str = "tests") -> Object:
        """Apply an object by server-side apply and return it.

        Raises:
            RefusedError: with the API server's own words.
        """
        return self._request(
            "PATCH",
            f"{path}/{body['metadata']['name']}",
            params={"fieldManager": manager, "force": "true"},
            data=json.dumps(body),
            headers={"Content-Type": "application/apply-patch+yaml"},
        )

    def patch_status(self, path: str, status: Object) -> Object:
        """Merge a status into an object's own and return the object."""
        return self._request(
            "PATCH",
            f"{path}/status",
            data=json.dumps({"status": status}),
            headers={"Content-Type": "application/merge-patch+json"},
        )

    def delete(self, path: str) -> None:
        """Delete an object."""
        self._request("DELETE", path)

    def wait_established(self, crd: str) -> None:
        """Return when the API server serves a CustomResourceDefinition.

        Raises:
            TimeoutError: when it does not within the time limit.
        """
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        query = {"watch": "true", "fieldSelector": f"metadata.name={crd}", "timeoutSeconds": str(TIMEOUT_SECONDS)}
        with self._session.get(self._url + path, params=query, stream=True, timeout=2 * TIMEOUT_SECONDS) as events:
            for line in events.iter_lines():
                conditions = json.loads(line)["object"].get("status", {}).get("conditions") or []
                if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
                    return
        raise TimeoutError(
            f"CustomResourceDefinition {crd} is not established after {TIMEOUT_SECONDS} s: see its status"
        )

    def _request(self, method: str, path: str, **more: Any) -> Object:
        response = self._session.request(method, self._url + path, timeout=TIMEOUT_SECONDS, **more)
        body: Object = response.json()
        if not response.ok:
            raise RefusedError(body)
        return body

    def _file(self, section: Object, name: str, folder: Path) -> str:
        """Return the path of a certificate that a kubeconfig names, or holds."""
        if f"{name}-data" in section:
            path = Path(self._folder.name) / name
            path.write_bytes(base64.b64decode(section[f"{name}-data"]))
            return str(path)
        return str(folder / section[name])
