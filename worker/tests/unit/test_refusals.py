from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_NAME = "([A-Z][a-zA-Z]*[a-z][A-Z][a-zA-Z]+|Unauthorized)"
# A reason as one text, a code of its own, and the two ways of SQL to write it.
_IN_PYTHON = re.compile(rf'(?<!")"{_NAME}: |(?:TokenError|Refused|__init__)\(\s*"{_NAME}"')
_IN_SQL = re.compile(rf"""['"]code['"][,:] ['"]{_NAME}['"]|code := '{_NAME}'""")


def _codes(place: str, ending: str, pattern: re.Pattern[str]) -> set[str]:
    return {
        name
        for path in (ROOT / place).rglob(ending)
        for found in pattern.findall(path.read_text("utf-8"))
        for name in found
        if name
    }


@pytest.mark.proves("F000-98")
def test_every_code_of_a_refusal_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts/lib"))
    from documents.refusals import JOIN_REFUSALS, REQUEST_REFUSALS

    sent = _codes("worker/wedsync", "*.py", _IN_PYTHON) | _codes("sql/functions", "*.sql", _IN_SQL)
    assert sent == JOIN_REFUSALS.keys() | REQUEST_REFUSALS.keys()
