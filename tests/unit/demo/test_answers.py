from __future__ import annotations

from pathlib import Path

import pytest
import requests

from localcluster.demo.archive import parts_of
from localcluster.demo.cluster import find_ground
from localcluster.demo.images import DEFAULT_IMAGES, named_images
from localcluster.demo.steps import status_summary

DCMSEND = """I: sending SOP instances ...
I:
I: Status Summary
I: --------------
I: Number of associations   : 1
I: Number of SOP instances  : 2
I: - sent to the peer       : 2
I:   * with status SUCCESS  : 2
"""


def answer(kind: str, body: bytes) -> requests.Response:
    made = requests.Response()
    made.headers["Content-Type"] = kind
    made._content = body
    return made


def test_parts_are_taken_apart_byte_for_byte() -> None:
    bodies = [b"DICM\r\n--almost\r\n\r\n", b"\x00--b\x00"]
    body = b"".join(b"--b\r\nContent-Type: application/dicom\r\n\r\n" + it + b"\r\n" for it in bodies) + b"--b--\r\n"
    assert parts_of(answer('multipart/related; type="application/dicom"; boundary=b', body)) == bodies


def test_an_answer_that_is_not_multipart_is_named_so() -> None:
    with pytest.raises(ValueError, match="expected multipart/related"):
        parts_of(answer("text/html", b"<html>"))


def test_the_status_summary_is_what_follows_its_heading() -> None:
    assert "with status SUCCESS  : 2" in status_summary(DCMSEND)
    assert "sending" not in status_summary(DCMSEND)
    with pytest.raises(ValueError, match="no status summary"):
        status_summary("E: Peer aborted Association (or never connected)")


def test_a_cluster_of_ones_own_needs_an_operator_image() -> None:
    with pytest.raises(ValueError, match="PACSSTACK_IMAGE_OPERATOR"):
        named_images({})
    with pytest.raises(ValueError, match="choose from"):
        named_images({"operator": "o", "orthnac": "x"})
    assert named_images({"operator": "o", "orthanc": "mine"}) == {
        **DEFAULT_IMAGES, "operator": "o", "orthanc": "mine", "dicomstore": "mine",
    }  # fmt: skip


def test_a_kubeconfig_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nothing"))
    with pytest.raises(ValueError, match="names no file"):
        find_ground({"operator": "o"})
