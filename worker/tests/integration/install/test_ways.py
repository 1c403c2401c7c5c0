"""The real pack by every way of installing it: the same database each time."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from harness.citus import distribute
from harness.command import wedsync
from harness.database import Database, Rows
from harness.servers import Server
from harness.tokens import SECRET

from wedsync.install.drift import CATALOG_SQL, find_drift
from wedsync.install.install_script import install_script
from wedsync.install.migrate import migrate, show_plan
from wedsync.install.sql_files import default_root, load_tree

pytestmark = pytest.mark.every_version

LEDGER = (
    "select kind, number, name, checksum, breaking, outcome, tool_version from wedsync_internal.migrations order by id"
)


def catalog(database: Database) -> Rows:
    with database.connect() as connection:
        connection.execute("set search_path = ''")
        return sorted(connection.execute(CATALOG_SQL).fetchall())


def psql(database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(database.server.programs / "psql"), "-X", "-d", database.dsn, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PGOPTIONS": "-c client_min_messages=notice"},
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "install.sql"
    path.write_text(install_script(load_tree()), encoding="utf-8")
    return path


def test_psql_alone_gives_the_same_database(empty_database: Database, database: Database, script: Path) -> None:
    ran = psql(empty_database, "-f", str(script))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip().endswith("is installed")
    assert catalog(empty_database) == catalog(database)
    assert empty_database.query(LEDGER) == database.query(LEDGER)
    assert show_plan(empty_database.dsn, load_tree()).empty
    with empty_database.connect() as connection:
        assert find_drift(connection) == ()


def test_the_script_twice_changes_nothing(empty_database: Database, script: Path) -> None:
    psql(empty_database, "-f", str(script))
    before = (empty_database.query("select * from wedsync_internal.migrations order by id"), catalog(empty_database))
    ran = psql(empty_database, "-f", str(script))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (
        empty_database.query("select * from wedsync_internal.migrations order by id"),
        catalog(empty_database),
    ) == before


def test_the_script_after_migrate_changes_nothing(database: Database, script: Path) -> None:
    before = database.query("select * from wedsync_internal.migrations order by id")
    assert psql(database, "-f", str(script)).returncode == 0
    assert database.query("select * from wedsync_internal.migrations order by id") == before


def test_the_script_goes_on_after_half_of_it(empty_database: Database, tmp_path: Path, script: Path) -> None:
    text = script.read_text()
    middle = text.index("create or replace function wedsync.update_core_fields")
    half = tmp_path / "half.sql"
    half.write_text(text[:middle])
    psql(empty_database, "-f", str(half))
    assert not show_plan(empty_database.dsn, load_tree()).empty
    assert psql(empty_database, "-f", str(script)).returncode == 0
    assert show_plan(empty_database.dsn, load_tree()).empty


def test_the_script_waits_for_the_day_after_a_wedding(database18: Database, tmp_path: Path) -> None:
    database18.call(uuid4(), "select wedsync.register_couple('Ada', null, (now() at time zone 'UTC')::date, 'UTC')")
    same, changed = tmp_path / "same.sql", tmp_path / "changed.sql"
    same.write_text(install_script(load_tree()))
    assert psql(database18, "-f", str(same)).returncode == 0
    tree = tmp_path / "sql"
    shutil.copytree(default_root(), tree)
    with (tree / "functions/identity/register_couple.sql").open("a") as file:
        file.write("-- as it is tomorrow\n")
    changed.write_text(install_script(load_tree(tree)))
    refused = psql(database18, "-f", str(changed))
    assert refused.returncode == 3
    assert "it is a wedding day, weddings: 1; nothing was changed" in refused.stderr
    assert show_plan(database18.dsn, load_tree()).empty
    database18.query("comment on table wedsync_data.weddings is 'changed by hand'")
    allowed = psql(database18, "-v", "allow_on_wedding_day=1", "-f", str(changed))
    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert "it differs from what the last migration left" in allowed.stdout


def test_the_script_refuses_what_migrate_refuses(empty_database: Database, script: Path) -> None:
    empty_database.query("create schema wedsync")
    empty_database.query("create table wedsync.mine (id int)")
    foreign = psql(empty_database, "-f", str(script))
    assert foreign.returncode == 3
    assert "that WedSync did not make" in foreign.stderr
    empty_database.query("drop schema wedsync cascade")
    assert psql(empty_database, "-f", str(script)).returncode == 0
    empty_database.query("update wedsync_internal.migrations set checksum = 'x' where number = 3")
    changed = psql(empty_database, "-f", str(script))
    assert changed.returncode == 3
    assert "was changed after it was applied" in changed.stderr
    empty_database.query(
        "insert into wedsync_internal.migrations (run, kind, number, name, checksum, outcome, tool_version, finished_at)"
        " values (gen_random_uuid(), 'schema', 9999, 'schema/9999_future', 'x', 'applied', '9.9', now())"
    )
    newer = psql(empty_database, "-f", str(script))
    assert newer.returncode == 3
    assert "migrated by a newer WedSync" in newer.stderr
    distribute(empty_database, "wedsync_data.grants")
    distributed = psql(empty_database, "-f", str(script))
    assert distributed.returncode == 3
    assert "tables of the pack in Citus: wedsync_data.grants" in distributed.stderr


def test_twenty_scripts_and_migrations_at_once(empty_database: Database, script: Path) -> None:
    tree = load_tree()

    def one(number: int) -> int:
        if number % 2:
            return psql(empty_database, "-f", str(script)).returncode
        migrate(empty_database.dsn, tree)
        return 0

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(one, range(20))) == {0}
    names = [row[2] for row in empty_database.query(LEDGER)]
    assert len(names) == len(set(names))
    assert show_plan(empty_database.dsn, tree).empty


def test_an_upgrade_gives_what_a_fresh_install_gives(
    empty_database: Database, database: Database, tmp_path: Path
) -> None:
    """An earlier state of the pack: every function and view differed, and the last versioned files were not there."""
    old = tmp_path / "old"
    for path in default_root().rglob("*.sql"):
        target = old / path.relative_to(default_root())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            f"{path.read_text()}\n-- as it was before\n" if "schema" not in path.parts else path.read_text()
        )
    migrate(empty_database.dsn, load_tree(old))
    report = migrate(empty_database.dsn, load_tree())
    assert len(report.applied) == len(load_tree().repeatable)
    assert catalog(empty_database) == catalog(database)
    with empty_database.connect() as connection:
        assert find_drift(connection) == ()


def test_an_owner_without_special_rights(fresh_server: Server) -> None:
    """As on managed PostgreSQL: the database's owner is no superuser and may not make roles."""
    with fresh_server.database(template=None) as database:
        database.query("create role app login")
        database.query(f"alter database {database.name} owner to app")
        dsn = database.dsn_as("app")
        refused = wedsync("migrate", dsn=dsn)
        assert refused.code == 14, refused.err
        for role in ("wedsync_owner", "wedsync_worker", "wedsync_admin", "anon", "authenticated", "service_role"):
            assert f"create role {role} nologin;" in refused.err
        assert "grant wedsync_owner to app;" in refused.err
        assert database.query("select nspname from pg_namespace where nspname like 'wedsync%'") == []
        # Exactly what the message says, run by an administrator.
        statements = refused.err.split("Ask an administrator to run:")[1].replace("\n", " ")
        database.query(statements)
        assert wedsync("migrate", dsn=dsn).code == 0
        assert wedsync("verify", dsn=dsn).code == 0
        assert wedsync("migrate", dsn=dsn).out == "✓ nothing to do\n"
        assert wedsync("status", "--json", dsn=dsn).json["migrated_by"] == "app"
        assert wedsync("uninstall", "--yes", dsn=dsn).code == 0


@pytest.mark.parametrize("command", ["status", "doctor", "verify", "maintain", "migrate"])
def test_the_login_of_the_worker_is_never_told_to_own_the_tables(database18: Database, command: str) -> None:
    for login in (database18.worker_dsn, database18.dsn_as("authenticator")):
        ran = wedsync(command, dsn=login, jwt_secret=SECRET)
        assert "grant wedsync_owner" not in ran.out + ran.err, ran
        if command != "doctor":
            assert ran.code == 14
            assert "use the login that installed the pack" in ran.err


def test_a_stranger_to_the_owner_role_is_told_so(database18: Database) -> None:
    database18.query("do $$ begin if to_regrole('stranger') is null then create role stranger login; end if; end $$")
    ran = wedsync("status", dsn=database18.dsn_as("stranger"))
    assert ran.code == 14
    assert 'grant wedsync_owner to "stranger"' in ran.err


def test_twenty_databases_of_one_new_cluster_at_once(fresh_server: Server) -> None:
    """Roles belong to the cluster, so installations in different databases race for them."""
    tree = load_tree()
    names = [f"wedding_{number}" for number in range(6)]
    with psycopg.connect(fresh_server.dsn(), autocommit=True) as admin:
        for name in names:
            admin.execute(f"create database {name}")
    with ThreadPoolExecutor(len(names)) as pool:
        reports = list(pool.map(lambda name: migrate(fresh_server.dsn(name), tree), names))
    assert {len(report.applied) for report in reports} == {len(tree.versioned) + len(tree.repeatable)}


def test_dump_and_restore(database: Database, tmp_path: Path) -> None:
    couple = database.call(
        "0b5f6f7e-6f0a-4b52-9e0e-000000000001", "select wedsync.register_couple('Emma', 'James', null, 'UTC')"
    )
    dump = tmp_path / "dump"
    programs = database.server.programs
    subprocess.run([str(programs / "pg_dump"), "-Fc", "-d", database.dsn, "-f", str(dump)], check=True)
    with database.server.database(template=None) as restored:
        ran = subprocess.run(
            [str(programs / "pg_restore"), "-d", restored.dsn, "--exit-on-error", str(dump)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert [row[:2] for row in catalog(restored)] == [row[:2] for row in catalog(database)]
        assert show_plan(restored.dsn, load_tree()).empty
        with restored.connect() as connection:
            assert find_drift(connection) == ()
        document = restored.call("0b5f6f7e-6f0a-4b52-9e0e-000000000001", "select wedsync.get_core_fields(%s)", couple)
        assert document["couple"]["partner1"]["name"] == "Emma"
