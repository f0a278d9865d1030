from pathlib import Path

import pytest

from pacsstack.cli.documents import Document, UnreadableInputError, read_documents


def read(folder: Path, text: str) -> list[Document]:
    file = folder / "stack.yaml"
    file.write_text(text)
    return read_documents([str(file)])


def test_several_documents_are_numbered(tmp_path: Path) -> None:
    documents = read(tmp_path, "kind: A\n---\n---\nkind: B\n")
    assert [document.content["kind"] for document in documents] == ["A", "B"]
    assert [document.source.rpartition(" ")[2] for document in documents] == ["1", "2"]


def test_a_single_document_is_not_numbered(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "kind: A\n")
    assert document.source == str(tmp_path / "stack.yaml")


def test_a_list_counts_as_its_items(tmp_path: Path) -> None:
    documents = read(tmp_path, "kind: PacsStackList\nitems: [{kind: A}, {kind: List, items: [{kind: B}]}]\n")
    assert [document.content["kind"] for document in documents] == ["A", "B"]


def test_json_is_read_too(tmp_path: Path) -> None:
    assert read(tmp_path, '{"kind": "A", "n": 1}')[0].content == {"kind": "A", "n": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [("2026-01-31", "2026-01-31"), ("2.0", 2), ("2.5", 2.5), ("1e3", "1e3"), ("on", True), ("'on'", "on"), ("~", None)],
)
def test_values_are_those_that_kubectl_reads(tmp_path: Path, text: str, value: object) -> None:
    (document,) = read(tmp_path, f"kind: A\nvalue: {text}\n")
    assert document.content["value"] == value
    assert type(document.content["value"]) is type(value)


def test_keys_are_text(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "kind: A\nmap: {8080: a, true: b}\n")
    assert document.content["map"] == {"8080": "a", "true": "b"}


def test_anchors_are_followed(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "kind: A\na: &a {x: 1}\nb: {<<: *a, y: 2}\n")
    assert document.content["b"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: [A\n", "cannot be read as YAML"),
        ("kind: A\nkind: B\n", "`kind` is there twice"),
        ("kind: A\nn: .inf\n", "`.inf` is no number of JSON"),
        ("kind: A\nn: .nan\n", "`.nan` is no number of JSON"),
        ("- a\n- b\n", "a document must be an object"),
        ("just text\n", "a document must be an object"),
        ("kind: A\nx: !!python/object:os.system {}\n", "cannot be read as YAML"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableInputError, match=r"stack\.yaml") as raised:
        read(tmp_path, text)
    assert message in raised.value.message
    assert raised.value.exit_code == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match=r"nothing\.yaml: cannot be read"):
        read_documents([str(tmp_path / "nothing.yaml")])


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "image.dcm"
    file.write_bytes(b"\xff\xfe\x00DICM")
    with pytest.raises(UnreadableInputError, match=r"image\.dcm"):
        read_documents([str(file)])
