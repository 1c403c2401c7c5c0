"""Who installs: owners of a database who are no superusers, as managed PostgreSQL has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.command import Ran, wedsync
from harness.database import Database
from harness.servers import Server

from wedsync.install.install_script import install_script
from wedsync.install.sql_files import load_tree

pytestmark = pytest.mark.every_version

OURS = ("wedsync_owner", "wedsync_worker", "wedsync_admin")
OF_OTHERS = ("anon", "authenticated", "service_role")
# What an owner does next; docs/dba.md.
LOGINS = """
alter role wedsync_worker login;
create role gate login noinherit;
grant anon, authenticated, service_role to gate;
"""


def run_script(dsn: str, server: Server, home: Path) -> Ran:
    path = home / "install.sql"
    path.write_text(install_script(load_tree()), encoding="utf-8")
    ran = subprocess.run(
        [str(server.programs / "psql"), "-X", "-d", dsn, "-f", str(path)], capture_output=True, text=True, check=False
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def forget(database: Database, owner: str, *roles: str) -> None:
    """Take the pack and the roles out, as that owner: whoever made them may."""
    assert wedsync("uninstall", "--yes", dsn=database.dsn_as(owner)).code == 0
    database.query(f"revoke create on database {database.name} from wedsync_owner", user=owner)
    database.query(f"drop role {', '.join(roles)}", user=owner)


def test_an_owner_who_may_make_roles(fresh_server: Server, tmp_path: Path) -> None:
    """Who does not inherit has nothing of wedsync_owner but what is done as that role."""
    with fresh_server.database(template=None) as database:
        database.query("create role app login createrole noinherit")
        database.query(f"alter database {database.name} owner to app")
        dsn = database.dsn_as("app")
        applied = wedsync("migrate", dsn=dsn)
        assert (applied.code, applied.err) == (0, "")
        assert wedsync("migrate", "--repair", dsn=dsn).code == 0
        assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"
        assert wedsync("status", "--json", dsn=dsn).json["migrated_by"] == "app"
        database.query(LOGINS, user="app")
        assert wedsync("status", dsn=dsn).code == 0
        forget(database, "app", *OURS, *OF_OTHERS)

        ran = run_script(dsn, fresh_server, tmp_path)
        assert (ran.code, ran.err) == (0, "")
        assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"
        assert wedsync("migrate", dsn=dsn).out == "✓ nothing to do\n"


def test_a_platform_with_its_own_administrator(fresh_server: Server, tmp_path: Path) -> None:
    """As on Supabase: `postgres` is no superuser, and the roles of the API were made by somebody above it."""
    with fresh_server.database(template=None) as database:
        for statement in (
            "create role platform_admin login superuser",
            "create role tenant login createrole createdb bypassrls",
            "create role authenticator login noinherit",
            *(f"create role {role} nologin {'bypassrls' if role == 'service_role' else ''}" for role in OF_OTHERS),
        ):
            database.query(statement, **({} if "platform_admin" in statement else {"user": "platform_admin"}))
        database.query("grant anon, authenticated, service_role to authenticator, tenant", user="platform_admin")
        database.query(f"alter database {database.name} owner to tenant", user="platform_admin")
        dsn = database.dsn_as("tenant")
        ran = run_script(dsn, fresh_server, tmp_path)
        assert (ran.code, ran.err) == (0, "")
        assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"
        forget(database, "tenant", *OURS)

        applied = wedsync("migrate", dsn=dsn)
        assert (applied.code, applied.err) == (0, "")
        assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"
        couple = "0b5f6f7e-6f0a-4b52-9e0e-000000000001"
        assert database.call(couple, "select wedsync.register_couple(partner1_name => 'Emma')") is not None


def test_a_second_owner_who_did_not_make_the_roles(own_server: Server) -> None:
    """Roles belong to the cluster: in another database another owner installs, with what the administrator granted."""
    with own_server.database() as first, own_server.database(template=None) as second:
        first.query("create role other login createrole")
        first.query(f"alter database {second.name} owner to other")
        dsn = second.dsn_as("other")
        refused = wedsync("migrate", dsn=dsn)
        if own_server.major == 15:
            assert refused.code == 0, "until 16 CREATEROLE could grant every role"
            return
        assert refused.code == 14, refused.err
        assert "Ask an administrator to run: grant wedsync_owner to other;" in refused.err.replace("\n", " ")
        first.query("grant wedsync_owner to other")
        assert wedsync("migrate", dsn=dsn).code == 0
        assert wedsync("verify", dsn=dsn).code == 0
