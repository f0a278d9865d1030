"""Environment substitution and comments in Orthanc's configuration files."""

from __future__ import annotations

import json

import pytest

from localcluster.images.orthanc.startup.text import substitute, without_comments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$HOST", "db"),
        ("${HOST}", "db"),
        ("${UNSET}", ""),
        ("pa$$word", "pa$"),
        ("${UNSET-other}", "other"),
        ("${UNSET:-other}", "other"),
        ("${EMPTY-other}", ""),
        ("${EMPTY:-other}", "other"),
        (r"\$HOST", r"\$HOST"),
        (r"\u0024HOST", r"\u0024HOST"),
    ],
)
def test_variables_are_replaced(text: str, expected: str) -> None:
    assert substitute(text, {"HOST": "db", "EMPTY": "", "word": ""}) == expected


def test_comments_go_and_strings_stay() -> None:
    text = '{ // one\n "url": "http://x/*y*/", /* two\n lines */ "quote": "\\"//" }'
    assert json.loads(without_comments(text)) == {"url": "http://x/*y*/", "quote": '"//'}
