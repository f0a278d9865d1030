"""The pages lead where they say, and what they show of a PacsStack can be applied."""

import re
from pathlib import Path

import pytest

from pacsstack.cli.documents import Document, read_documents
from pacsstack.cli.validate import problems_of
from pacsstack.spec.status import ConditionType, Reason

ROOT = Path(__file__).parents[3]
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)
_ELSEWHERE = re.compile(r"^[a-z]+:")
"""A scheme, such as https."""


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def blocks(page: Path, language: str) -> list[str]:
    return [found["text"] for found in _FENCE.finditer(page.read_text()) if found["language"] == language]


def prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text())


def links(page: Path) -> list[str]:
    targets = [found["target"] for found in _LINK.finditer(prose(page))]
    return [target for target in targets if not _ELSEWHERE.match(target)]


def anchors(page: Path) -> set[str]:
    """The names that a page's headings get when it is shown: lower case, hyphens, no punctuation."""
    titles = [found["title"].lower() for found in _HEADING.finditer(prose(page))]
    return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}


def is_dead(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or (bool(anchor) and anchor not in anchors(target))


def documents(page: Path, directory: Path) -> list[Document]:
    found = []
    for number, text in enumerate(blocks(page, "yaml")):
        file = directory / f"{page.stem}-{number}.yaml"
        file.write_text(text)
        found += read_documents([str(file)])
    return found


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if is_dead(page, link)] == []


@each_page
def test_every_pacsstack_on_a_page_is_valid(page: Path, tmp_path: Path) -> None:
    ours = [document for document in documents(page, tmp_path) if document.is_ours]
    assert {document.source: problems_of(document) for document in ours if problems_of(document)} == {}


def test_pages_show_many_a_pacsstack(tmp_path: Path) -> None:
    """Else the test above would pass because nothing was found."""
    found = [document for page in HOW_TO for document in documents(page, tmp_path) if document.is_ours]
    assert len(found) >= len(HOW_TO)


@pytest.mark.parametrize("page", HOW_TO, ids=name_of)
def test_every_block_says_its_language(page: Path) -> None:
    """A block of YAML without the word would not be looked at."""
    assert blocks(page, "") == []


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in links(index)}
    pages = {page for page in PAGES if page.parent.parent == index.parent}
    assert pages - listed == set()


@pytest.mark.parametrize("page", HOW_TO, ids=name_of)
def test_a_condition_or_reason_that_a_page_names_is_one(page: Path) -> None:
    named = set(re.findall(r"(?:^\| |reason )`([A-Z][a-z]+[A-Z]\w+)`", prose(page), re.MULTILINE))
    assert named - {*Reason, *ConditionType} == set()
