"""C-STORE and C-ECHO on real associations."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from email.parser import BytesParser
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydicom import dcmread
from pynetdicom import AE, build_context
from pynetdicom.sop_class import CTImageStorage, Verification  # type: ignore[attr-defined]

from localcluster.demo.study import make_study
from tests.unit.adapter_standin.conftest import TITLE, Store, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

    from tests.unit.adapter_standin.conftest import Adapter


def associate(adapter: Adapter, called: str = TITLE, *contexts: PresentationContext) -> Association:
    entity = AE(ae_title="ANYBODY")
    entity.requested_contexts = list(contexts) or [build_context(Verification)]
    return entity.associate("127.0.0.1", adapter.port, ae_title=called)


def send(adapter: Adapter, content: bytes) -> Dataset:
    instance = dcmread(BytesIO(content))
    syntax = instance.file_meta.TransferSyntaxUID
    association = associate(adapter, TITLE, build_context(instance.SOPClassUID, syntax))
    assert association.is_established
    answer: Dataset = association.send_c_store(instance)
    association.release()
    return answer


def test_any_calling_title_may_echo(start: Callable[..., Adapter], store: Store) -> None:
    association = associate(start(store.address))
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    association.release()


def test_another_called_title_is_rejected(start: Callable[..., Adapter], store: Store) -> None:
    association = associate(start(store.address), "SOMEBODYELSE")
    assert association.is_rejected


def test_every_transfer_syntax_goes_through_bit_by_bit(start: Callable[..., Adapter], store: Store) -> None:
    adapter = start(f"{store.address}/dicomWeb")
    for series in make_study("standin", slices=1).series().values():
        instance = series[0]
        store.requests.clear()
        assert send(adapter, instance.content).Status == 0x0000
        [(method, path, headers, body)] = store.requests
        assert (method, path) == ("POST", "/dicomWeb/studies")
        part = stored_part(headers, body)
        assert dcmread(BytesIO(part)).file_meta.TransferSyntaxUID == instance.transfer_syntax
        assert part.endswith(instance.dataset)


def stored_part(headers: dict[str, str], body: bytes) -> bytes:
    message = BytesParser().parsebytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body)
    assert message.get_content_type() == "multipart/related"
    assert message.get_param("type") == "application/dicom"
    boundary = str(message.get_boundary()).encode()
    [_, part, end] = body.split(b"--" + boundary)
    assert end.strip() == b"--"
    head, _, content = part.partition(b"\r\n\r\n")
    assert head.strip() == b"Content-Type: application/dicom"
    return content.removesuffix(b"\r\n")


def test_a_private_class_is_stored_too(start: Callable[..., Adapter], store: Store) -> None:
    association = associate(start(store.address), TITLE, build_context("1.2.826.0.1.3680043.10.99.1"))
    assert association.is_established
    association.release()


GOOGLE = {
    "code": 403,
    "message": "Cloud Healthcare API has not been used in project 1 before or it is disabled.",
    "status": "PERMISSION_DENIED",
}


@pytest.mark.parametrize(
    ("status", "body", "dimse", "comment"),
    [
        (403, {"error": GOOGLE}, 0x0110, "Http_403, PERMISSION_DENIED, Cloud Healthcare API has not been u"),
        (401, {}, 0x0124, "Http_401, Unauthorized"),
        (503, {}, 0xA700, "Http_503, Service Unavailable"),
        (409, {}, 0x0110, "Http_409, Conflict"),
    ],
)
def test_a_refusal_reaches_the_sender(  # noqa: PLR0913, PLR0917
    start: Callable[..., Adapter], store: Store, status: int, body: dict[str, Any], dimse: int, comment: str
) -> None:
    store.status, store.body = status, json.dumps(body).encode()
    answer = send(start(store.address), make_study("refused", slices=1).instances[0].content)
    assert answer.Status == dimse
    assert answer.ErrorComment == comment


def test_a_store_that_is_away_is_no_success(start: Callable[..., Adapter]) -> None:
    answer = send(start("http://127.0.0.1:1"), make_study("away", slices=1).instances[0].content)
    assert answer.Status == 0x0110
    assert answer.ErrorComment


def test_without_scopes_the_key_signs_a_token_itself(
    start: Callable[..., Adapter], store: Store, account: dict[str, str]
) -> None:
    send(start(store.address), make_study("token", slices=1).instances[0].content)
    token = store.requests[0][2]["Authorization"].removeprefix("Bearer ")
    signed, _, signature = token.rpartition(".")
    claims = json.loads(decoded(signed.split(".")[1]))
    assert claims["iss"] == claims["sub"] == account["client_email"]
    assert claims["aud"] == f"{store.address}/"
    key: Any = load_pem_private_key(account["private_key"].encode(), None)
    key.public_key().verify(decoded(signature), signed.encode(), PKCS1v15(), hashes.SHA256())


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_with_scopes_a_token_is_asked_for(
    start: Callable[..., Adapter], store: Store, account: dict[str, str], tmp_path: Path
) -> None:
    tokens = Store(body=json.dumps({"access_token": "given", "expires_in": 3600}).encode())
    with serving(tokens):
        path = tmp_path / "scoped.json"
        path.write_text(json.dumps(account | {"token_uri": f"{tokens.address}/token"}))
        (tmp_path / "key.json").write_text(path.read_text())
        adapter = start(store.address, "--oauth_scopes", "scope-a,scope-b")
        study = make_study("scoped", slices=1)
        assert send(adapter, study.instances[0].content).Status == 0x0000
        assert send(adapter, study.instances[1].content).Status == 0x0000
    assert [request[2]["Authorization"] for request in store.requests] == ["Bearer given"] * 2
    assert len(tokens.requests) == 1


def test_no_token_is_a_failure_of_the_image(
    start: Callable[..., Adapter], store: Store, key_file: Path, account: dict[str, str]
) -> None:
    key_file.write_text(json.dumps(account | {"token_uri": "http://127.0.0.1:1/token"}))
    adapter = start(store.address, "--oauth_scopes=scope")
    answer = send(adapter, make_study("no-token", slices=1).instances[0].content)
    assert answer.Status == 0x0110
    assert "Error getting access token" in answer.ErrorComment
    assert not store.requests


def test_the_log_has_errors_only_unless_verbose_and_never_a_token(start: Callable[..., Adapter], store: Store) -> None:
    content = make_study("log", slices=1).instances[0].content
    quiet, loud = start(store.address), start(store.address, "--verbose")
    for adapter in (quiet, loud):
        assert send(adapter, content).Status == 0x0000
    store.status = 500
    send(quiet, content)
    said = {}
    for name, adapter in (("quiet", quiet), ("loud", loud)):
        adapter.process.terminate()
        said[name] = adapter.process.communicate()[0]
    assert "DEBUG" in said["loud"]
    assert "DEBUG" not in said["quiet"]
    assert "ERROR import_adapter.store - C-STORE request failed: Http_500" in said["quiet"]
    token = store.requests[0][2]["Authorization"].removeprefix("Bearer ")
    assert not any(part in text for text in said.values() for part in (token, "Bearer"))


def test_a_storage_class_of_the_standard_is_accepted(start: Callable[..., Adapter], store: Store) -> None:
    association = associate(start(store.address), TITLE, build_context(CTImageStorage))
    assert association.is_established
    association.release()
