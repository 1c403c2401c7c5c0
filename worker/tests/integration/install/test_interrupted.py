"""A migration whose process is killed in the middle: visible in the ledger, and the next run finishes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from harness.database import Database
from harness.trees import SmallTree

from wedsync.install.drift import find_drift
from wedsync.install.ledger import read_state
from wedsync.install.migrate import migrate

pytestmark = pytest.mark.every_version

_PROGRAM = """
import sys
from pathlib import Path
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree
migrate(sys.argv[1], load_tree(Path(sys.argv[2])))
"""


@pytest.fixture
def tree(tmp_path: Path) -> SmallTree:
    return SmallTree(tmp_path / "sql")


def kill_during(database: Database, tree: SmallTree) -> None:
    """Start a migration, kill -9 it when it is inside pg_sleep, and wait until the server has noticed."""
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, database.dsn, str(tree.root)])
    sleeping = "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
    deadline = time.monotonic() + 30
    while not (pids := database.query(sleeping)):
        assert process.poll() is None, "the migration ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    database.query("select pg_terminate_backend(%s, 5000)", pids[0][0])


@pytest.mark.parametrize("where", ["schema/0003_guests.sql", "schema/0004_alone.sql", "functions/guests/a_summary.sql"])
def test_a_killed_run_is_visible_and_the_next_one_finishes(
    empty_database: Database, tree: SmallTree, where: str
) -> None:
    original = (tree.root / where).read_text() if (tree.root / where).exists() else ""
    if where.endswith("alone.sql"):
        tree.write(where, "-- no-transaction\nselect pg_catalog.pg_sleep(60);")
    else:
        tree.append(where, "select pg_catalog.pg_sleep(60);")
    kill_during(empty_database, tree)
    with psycopg.connect(empty_database.dsn, autocommit=True) as connection:
        state = read_state(connection)
    assert where.removesuffix(".sql") in {attempt.name for attempt in state.unfinished}
    assert {attempt.outcome for attempt in state.unfinished} == {"started"}
    assert not state.finished
    tree.write(where, original or "-- no-transaction\ncreate index concurrently i on wedsync_data.guests (name);")
    migrate(empty_database.dsn, tree.load())
    with psycopg.connect(empty_database.dsn, autocommit=True) as connection:
        state = read_state(connection)
        assert state.finished
        assert state.unfinished == ()
        assert find_drift(connection) == ()


def test_killed_before_the_ledger_is_there(empty_database: Database, tree: SmallTree) -> None:
    roles = tree.root / "schema/0001_roles.sql"
    original = roles.read_text()
    tree.append("schema/0001_roles.sql", "select pg_catalog.pg_sleep(60);")
    kill_during(empty_database, tree)
    assert empty_database.query("select nspname from pg_namespace where nspname like 'wedsync%'") == []
    tree.write("schema/0001_roles.sql", original)
    assert len(migrate(empty_database.dsn, tree.load()).applied) == 6


def test_drift_from_before_is_still_drift_after_an_interrupted_upgrade(
    empty_database: Database, tree: SmallTree
) -> None:
    migrate(empty_database.dsn, tree.load())
    empty_database.query("grant insert on wedsync_data.guests to authenticated")
    tree.write("schema/0004_table.sql", "create table wedsync_data.tables (id int);")
    tree.write("schema/0005_slow.sql", "select pg_catalog.pg_sleep(60);")
    kill_during(empty_database, tree)
    tree.remove("schema/0005_slow.sql")
    migrate(empty_database.dsn, tree.load())
    with psycopg.connect(empty_database.dsn, autocommit=True) as connection:
        assert [(d.object, d.aspect) for d in find_drift(connection)] == [("table wedsync_data.guests", "grants")]
