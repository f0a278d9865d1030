import re
from pathlib import Path

import pytest

from localcluster import build
from localcluster.build import directory
from localcluster.versions import PARTS, Part

MODULES = Path(build.__file__).parent / "go"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_version_in_the_name_is_the_one_the_module_pins(part: Part) -> None:
    module = {"kubernetes": "k8s.io/kubernetes", "etcd": "go.etcd.io/etcd/server/v3"}
    module |= {"containerd": "github.com/containerd/containerd/v2", "coredns": "github.com/coredns/coredns"}
    if part.name in module:
        text = (MODULES / part.name / "go.mod").read_text()
        pinned = re.search(rf"{re.escape(module[part.name])} (v\S+)", text)
        assert pinned is not None
        assert pinned[1] == part.version


def test_programs_are_built_again_when_their_sources_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_MODULES", tmp_path)
    part = Part("thing", "v1", {})
    source = tmp_path / "thing" / "go.mod"
    source.parent.mkdir()
    source.write_text("module a\n")
    before = directory(part)
    source.write_text("module b\n")
    assert directory(part) != before
    assert directory(Part("thing", "v1", {}, "-s")) != directory(part)
