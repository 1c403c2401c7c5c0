"""A database that moved to a newer PostgreSQL is what it was: dumped on one version, restored on a later one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.database import Database
from harness.servers import Servers
from harness.versions import missing

from wedsync.install.database import connect
from wedsync.install.drift import Difference, find_drift

# The numbers of roles come in another order there than where the pack was installed.
_ROLES = ("service_role", "authenticated", "anon", "wedsync_worker", "wedsync_owner", "wedsync_admin")


def drift(database: Database) -> set[Difference]:
    with connect(database.dsn) as connection:
        return set(find_drift(connection))


@pytest.mark.parametrize(("old", "new"), [(15, 17), (15, 18), (16, 17), (16, 18), (17, 18)])
def test_nothing_differs_after_a_move_to_a_newer_server(servers: Servers, tmp_path: Path, old: int, new: int) -> None:
    for major in (old, new):
        if reason := missing(major):
            pytest.skip(reason)
    dump = tmp_path / "dump"
    with servers.fresh(new, with_template=False) as server, server.database(template=None) as moved:
        with servers.get(old).database() as before:
            before.query("grant all on wedsync_data.forms to service_role")
            by_hand = drift(before)
            assert {(each.object, each.aspect) for each in by_hand} == {("table wedsync_data.forms", "grants")}
            # A pg_dump of an earlier release does not know what a minor version has added to the catalogue.
            subprocess.run([before.server.programs / "pg_dump", "-Fc", "-d", before.dsn, "-f", dump], check=True)
        moved.query("; ".join(f"create role {name}" for name in _ROLES))
        subprocess.run([server.programs / "pg_restore", "-d", moved.dsn, "--exit-on-error", dump], check=True)
        assert drift(moved) == by_hand

        moved.query("grant select on wedsync_data.weddings to public")
        moved.query("revoke delete on wedsync_data.events from wedsync_owner")
        moved.query("grant trigger on wedsync_data.events to wedsync_worker")
        if new >= 17:
            moved.query("grant maintain on wedsync_data.suppliers to wedsync_worker")
        changed = {each.object.removeprefix("table wedsync_data.") for each in drift(moved) - by_hand}
        assert changed == {"weddings", "events", *(["suppliers"] if new >= 17 else [])}
