"""Writes the generated documents, or with --check reports which differ and exits with 1.

Uses the database in --dsn (migrated with these files), otherwise starts a temporary embedded server.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree
from wedsync.local.embedded import EmbeddedServer

from .database import errors_page, fields_page, generated_page, sql_page
from .features import BadFeatures, features_page
from .program import cli_page, settings_page
from .realtime import realtime_page

ROOT = Path(__file__).parents[3]


@contextmanager
def migrated() -> Iterator[str]:
    """Connection string of a temporary database for the duration of the block."""
    with tempfile.TemporaryDirectory(prefix="wedsync-docs-") as home:
        Path(home).chmod(0o711)
        with EmbeddedServer(Path(home) / "18") as server:
            migrate(server.dsn(), load_tree())
            yield server.dsn()


def documents(dsn: str) -> dict[str, str]:
    """Path below the root to text, for every generated document."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return {
            "docs/features.md": features_page(ROOT),
            "docs/reference/sql.md": sql_page(connection, ROOT),
            "docs/reference/fields.md": fields_page(connection),
            "docs/reference/errors.md": errors_page(connection),
            "docs/reference/generated.md": generated_page(connection),
            "docs/reference/realtime.md": realtime_page(connection),
            "docs/reference/settings.md": settings_page(connection),
            "docs/reference/cli.md": cli_page(),
        }


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="./scripts/docs", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, end with 1 when a document is out of date"
    )
    parser.add_argument("--dsn", help="a migrated database")
    arguments = parser.parse_args()
    try:
        if arguments.dsn:
            wanted = documents(arguments.dsn)
        else:
            with migrated() as dsn:
                wanted = documents(dsn)
    except BadFeatures as problem:
        print(problem, file=sys.stderr)
        return 1
    stale = 0
    for name, text in wanted.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        stale += 1
        if arguments.check:
            print("".join(difflib.unified_diff(before.splitlines(True), text.splitlines(True), name, "generated", n=0)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(name)
    if arguments.check and stale:
        print(f"{stale} documents are out of date; run ./scripts/docs", file=sys.stderr)
    return 1 if arguments.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
