"""Where things stand in the worker."""

from __future__ import annotations

import re
from pathlib import Path

import wedsync

ROOT = Path(wedsync.__file__).parent
_SQL = re.compile(r"wedsync_internal\.\w+\(|[\"']\s*(?:select|insert|update|delete)\s")
_WITH_SQL = ("database", "install", "local", "cli.py", "cli_guests.py")


def test_the_text_of_sql_stands_with_the_calls_to_the_database() -> None:
    files = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in _WITH_SQL]
    assert len(files) > 50
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if _SQL.search(line)
    ]
    assert found == []


def test_sql_is_recognised() -> None:
    assert _SQL.search('pool.execute("select 1")')
    assert _SQL.search("wedsync_internal.touch_node($1)")
