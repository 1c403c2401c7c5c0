"""The pgTAP files by pg_prove, as a contributor runs them: after one command, shuffled and in parallel, in one database."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from harness.database import Database
from harness.servers import Server
from harness.versions import PGTAP_SQL
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).parents[4]
# Not all, because they run elsewhere, too: whole folders, and what registers nodes, changes limits and changes the pack itself.
FOLDERS = ("collaboration", "identity", "maintenance", "notifications", "resilience")
FILES = (
    "channels/*join*",
    "presence/presence*",
    "resume/*history*",
    "architecture/p*",
    "architecture/r*",
)


@pytest.fixture
def loaded(server15: Server) -> Database:
    """A database with the pack, in which people work already; it has no pgTAP yet."""
    if shutil.which("pg_prove") is None:
        pytest.skip("pg_prove is not installed (Debian package libtap-parser-sourcehandler-pgtap-perl)")
    if not PGTAP_SQL.exists():
        pytest.skip("pgTAP is not installed (postgresql-15-pgtap)")
    with server15.database() as database:
        person = "0b5f6f7e-6f0a-4b52-9e0e-000000000077"
        database.call(
            person, "select wedsync.register_couple(partner1_name => 'Ada', wedding_date => current_date + 9)"
        )
        yield database


def run(database: Database, *command: str | Path) -> subprocess.CompletedProcess[str]:
    where = conninfo_to_dict(database.dsn)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {
        "PATH": f"{database.server.programs}:{environment['PATH']}",
        "PGHOST": str(where["host"]),
        "PGPORT": str(where["port"]),
        "PGUSER": str(where["user"]),
        "PGDATABASE": database.name,
    }
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_any_order_and_four_at_once(loaded: Database) -> None:
    before = (
        loaded.query("select * from wedsync_data.rate_limits order by 1"),
        loaded.query("select count(*) from wedsync_data.events"),
    )
    for _ in range(2):
        prepared = run(loaded, "psql", "-X", "-f", "sql/testing/prepare.psql")
        assert (prepared.returncode, prepared.stderr) == (0, "")
    tests = ROOT / "sql/tests"
    chosen = [tests / folder for folder in FOLDERS if (tests / folder).exists()]
    chosen += [path for pattern in FILES for path in sorted(tests.glob(f"{pattern}.sql"))]
    proved = run(loaded, "pg_prove", "-r", "-j", "4", "--shuffle", *chosen)
    assert proved.returncode == 0, proved.stdout[-6000:] + proved.stderr[-3000:]
    assert "Result: PASS" in proved.stdout
    after = (
        loaded.query("select * from wedsync_data.rate_limits order by 1"),
        loaded.query("select count(*) from wedsync_data.events"),
    )
    assert after == before


def test_a_failure_is_one(loaded: Database, tmp_path: Path) -> None:
    assert run(loaded, "psql", "-X", "-f", "sql/testing/prepare.psql").returncode == 0
    wrong = tmp_path / "wrong.sql"
    wrong.write_text("begin;\nselect plan(1);\nselect is(1, 2, 'control');\nselect * from finish();\nrollback;\n")
    proved = run(loaded, "pg_prove", wrong)
    assert proved.returncode != 0
    assert "Failed 1/1 subtests" in proved.stdout
