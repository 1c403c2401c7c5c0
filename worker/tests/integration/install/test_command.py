"""The command line against real servers: what it prints, and how it ends."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import jwt
import pytest
from harness.command import wedsync
from harness.database import Database
from harness.servers import Server
from harness.tokens import SECRET
from harness.weddings import Wedding

from wedsync import __version__
from wedsync.install.sql_files import load_tree


@pytest.mark.proves("F003-44")
@pytest.mark.every_version
def test_install_status_verify_doctor_and_uninstall(empty_database: Database) -> None:
    dsn = empty_database.dsn
    absent = wedsync("status", dsn=dsn)
    assert absent.code == 27
    assert "the pack is not installed in database" in absent.err
    planned = wedsync("migrate", "--plan", "--json", dsn=dsn).json
    tree = load_tree()
    assert [action["name"] for action in planned["actions"]] == [
        file.name for file in (*tree.versioned, *tree.repeatable)
    ]
    assert wedsync("status", dsn=dsn).code == 27
    installed = wedsync("migrate", "--json", dsn=dsn)
    assert installed.code == 0
    assert len(installed.json["applied"]) == len(planned["actions"])
    again = wedsync("migrate", dsn=dsn)
    assert (again.code, again.out) == (0, "✓ nothing to do\n")
    status = wedsync("status", "--json", dsn=dsn).json
    assert status["finished"]
    assert (status["pending"], status["unfinished"], status["tool_version"]) == ([], [], __version__)
    assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"
    health = wedsync("doctor", "--json", dsn=dsn, jwt_secret=SECRET)
    assert health.code == 0, health.out
    assert {check["name"] for check in health.json["checks"] if check["status"] == "failed"} == set()
    refused = wedsync("uninstall", dsn=dsn)
    assert refused.code == 2
    assert wedsync("status", dsn=dsn).code == 0
    assert wedsync("uninstall", "--yes", dsn=dsn).code == 0
    left = "select nspname from pg_namespace where nspname like 'wedsync%'"
    assert empty_database.query(left) == []
    assert wedsync("uninstall", "--yes", dsn=dsn).code == 27


def test_plan_for_people_names_files_and_reasons(empty_database: Database) -> None:
    shown = wedsync("migrate", "--plan", dsn=empty_database.dsn)
    assert shown.code == 0
    assert any(line.split()[:2] == ["schema/0001_roles", "new"] for line in shown.out.splitlines())


def test_verify_shows_what_differs_and_ends_with_30(database18: Database) -> None:
    database18.query("grant select on wedsync_internal.migrations to anon")
    database18.query("comment on table wedsync_internal.migrations is 'WedSync ledger, mine'")
    assert (
        "! 2 differences from the installed version: see `wedsync verify`" in wedsync("migrate", dsn=database18.dsn).out
    )
    seen = wedsync("verify", dsn=database18.dsn)
    assert seen.code == 30
    assert "changed table wedsync_internal.migrations: grants" in seen.out
    assert "    is  WedSync ledger, mine" in seen.out
    assert "wedsync migrate --repair" in seen.err
    as_json = wedsync("verify", "--json", dsn=database18.dsn)
    assert as_json.code == 30
    assert {(row["object"], row["aspect"], row["change"]) for row in as_json.json["drift"]} == {
        ("table wedsync_internal.migrations", "comment", "changed"),
        ("table wedsync_internal.migrations", "grants", "changed"),
    }


def test_verify_shows_rights_that_differ_from_what_grants_them(database18: Database) -> None:
    wedding = Wedding.new(database18)
    assert wedsync("verify", dsn=database18.dsn).code == 0
    database18.query("delete from wedsync_data.reach where user_id = %s", wedding.emma.id)
    seen = wedsync("verify", dsn=database18.dsn)
    assert seen.code == 30
    assert f"removed reach of user {wedding.emma.id} at wedding {wedding.id}: rights" in seen.out
    assert "rebuild_reach" in seen.err
    database18.query("select wedsync_internal.rebuild_reach()")
    assert wedsync("verify", dsn=database18.dsn).code == 0


@pytest.mark.parametrize(
    ("dsn", "code", "message"),
    [
        ("postgresql://", 11, "cannot connect to PostgreSQL at"),
        ("postgresql://app:hunter2@127.0.0.1:1/x", 11, "cannot connect to PostgreSQL at 127.0.0.1:1"),
        ("postgresql://app:hunter2@no-such-host.invalid/x", 11, "cannot connect to PostgreSQL at no-such-host.invalid"),
        ("postgresql://app:hunter2@[::1/x", 10, "connection string is invalid"),
        ("password=hunter2 nonsense", 10, "connection string is invalid"),
    ],
)
def test_addresses_that_lead_nowhere(dsn: str, code: int, message: str) -> None:
    ran = wedsync("status", dsn=dsn, cwd=Path("/"))
    assert ran.code == code, ran.err
    assert message in ran.err
    assert "hint:" in ran.err
    assert "hunter2" not in ran.err + ran.out
    as_json = wedsync("status", "--json", dsn=dsn)
    assert (as_json.code, as_json.json["exit_code"]) == (code, code)
    assert as_json.err == ""


def test_an_address_from_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    assert "cannot connect to PostgreSQL at /nowhere:1" in wedsync("status", dsn="postgresql://").err
    assert "cannot connect to PostgreSQL at 127.0.0.1:2" in wedsync("status", dsn="postgresql://127.0.0.1:2").err


def test_a_server_that_refuses_the_user(server: Server) -> None:
    port = server.cluster.running.port
    wrong = wedsync("status", dsn=f"postgresql://postgres:hunter2@127.0.0.1:{port}/postgres")
    assert wrong.code == 12
    assert "refuses user postgres" in wrong.err
    assert "hunter2" not in wrong.err
    nobody = wedsync("status", dsn=server.dsn(user="nobody_at_all"))
    assert nobody.code == 12


def test_a_database_that_is_not_there(server: Server) -> None:
    ran = wedsync("migrate", dsn=server.dsn("not_there"))
    assert ran.code == 11
    assert 'database "not_there" does not exist' in ran.err


def test_a_server_that_is_too_old() -> None:
    with OldServer() as old:
        ran = wedsync("migrate", dsn=f"postgresql://u@127.0.0.1:{old.port}/d?sslmode=disable&gssencmode=disable")
    assert ran.code == 13
    assert "the server is PostgreSQL 14; WedSync requires 15 or newer" in ran.err


def test_no_database_named() -> None:
    ran = wedsync("migrate")
    assert ran.code == 3
    assert "no database is configured" in ran.err


def test_a_misspelt_setting() -> None:
    ran = wedsync("status", dns="x")
    assert ran.code == 3
    assert "did you mean WEDSYNC_DSN?" in ran.err


def test_unknown_commands_and_options_end_with_2() -> None:
    assert wedsync("marry").code == 2
    assert wedsync("migrate", "--fast").code == 2
    assert wedsync("migrate", "--script", "--json").code == 2


def test_a_foreign_schema_ends_with_21(empty_database: Database) -> None:
    empty_database.query("create schema wedsync")
    empty_database.query("create view wedsync.mine as select 1")
    ran = wedsync("migrate", dsn=empty_database.dsn)
    assert ran.code == 21
    assert "has a schema wedsync that WedSync did not make" in ran.err


def test_a_newer_database_ends_with_23(database18: Database) -> None:
    database18.query(
        "insert into wedsync_internal.migrations (run, kind, number, name, checksum, breaking, outcome, tool_version,"
        " finished_at) values (gen_random_uuid(), 'schema', 9999, 'schema/9999_future', 'x', true, 'applied', '9.9', now())"
    )
    ran = wedsync("migrate", dsn=database18.dsn)
    assert ran.code == 23
    assert "version 9999 is marked as breaking" in ran.err
    assert "migrated by WedSync 9.9" in ran.err


def test_a_changed_file_ends_with_22(database18: Database) -> None:
    database18.query("update wedsync_internal.migrations set checksum = 'x' where number = 2")
    ran = wedsync("migrate", dsn=database18.dsn)
    assert ran.code == 22
    assert "schema/0002_schemas.sql was changed after it was applied" in ran.err


def test_a_busy_migration_ends_with_24(database18: Database) -> None:
    database18.query("update wedsync_internal.migrations set checksum = 'x' where kind = 'policy'")
    with database18.connect() as other:
        other.execute("select pg_advisory_lock(%s)", (int.from_bytes(b"wedsync", "big"),))
        ran = wedsync("migrate", "--deadline", "0.2", dsn=database18.dsn)
    assert ran.code == 24
    assert "another migration" in ran.err


def test_a_token_is_made_for_development() -> None:
    ran = wedsync("token", "--sub", "0b5f6f7e-6f0a-4b52-9e0e-000000000001", "--json", jwt_secret=SECRET)
    assert ran.json["sub"] == "0b5f6f7e-6f0a-4b52-9e0e-000000000001"
    assert ran.json["token"].count(".") == 2
    assert wedsync("token").code == 3


def test_an_anon_key_names_nobody() -> None:
    made = wedsync("token", "--role", "anon", "--hours", "87600", "--json", jwt_secret=SECRET).json
    claims = jwt.decode(made["token"], SECRET, ["HS256"])
    assert (made["sub"], claims.pop("role")) == (None, "anon")
    assert claims.pop("exp") > time.time() + 9 * 365 * 86400
    assert claims == {}


def test_a_token_for_development_carries_what_the_worker_asks_for() -> None:
    settings = {"jwt_secret": SECRET, "jwt_audience": "weddings", "jwt_issuer": "https://id.example"}
    made = wedsync("token", "--json", **settings).json["token"]
    assert (
        jwt.decode(made, SECRET, ["HS256"], audience="weddings", issuer="https://id.example")["role"] == "authenticated"
    )


def test_maintain_makes_partitions(database18: Database) -> None:
    assert wedsync("maintain", dsn=database18.dsn).code == 0


def test_doctor_without_a_database_still_reports(tmp_path: Path) -> None:
    ran = wedsync("doctor", "--json", dsn="postgresql://127.0.0.1:1/x")
    assert ran.code == 31
    assert {check["name"]: check["status"] for check in ran.json["checks"]} == {
        "token keys": "warning",
        "origins": "ok",
        "bus": "ok",
        "channels": "ok",
        "connection": "failed",
    }


def test_version_and_help() -> None:
    assert wedsync("--version").out == f"wedsync {__version__}\n"
    assert "migrate" in wedsync("--help").out


class OldServer:
    """Answers the start-up message as PostgreSQL 14 would; there is no such server on the machine."""

    def __enter__(self) -> OldServer:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._socket.close()

    def _answer(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(4096)
            version = b"server_version\x0014.9\x00"
            encoding = b"client_encoding\x00UTF8\x00"
            answer = b"R" + (8).to_bytes(4, "big") + (0).to_bytes(4, "big")
            for parameter in (version, encoding):
                answer += b"S" + (4 + len(parameter)).to_bytes(4, "big") + parameter
            answer += b"Z" + (5).to_bytes(4, "big") + b"I"
            connection.sendall(answer)
            connection.recv(4096)
