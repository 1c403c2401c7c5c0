"""What is generated from the catalogue depends on its rows only, not on their place in the table or on the plan."""

from __future__ import annotations

import pytest
from harness.database import Database

from wedsync.install.drift import CATALOG_SQL

pytestmark = pytest.mark.every_version

REBUILD = "select wedsync_internal.rebuild_records(array(select r.record_name from wedsync_data.record_catalog as r))"


@pytest.mark.parametrize(
    "settings",
    [
        ("enable_hashjoin = off", "enable_mergejoin = off"),
        ("enable_nestloop = off", "enable_mergejoin = off"),
        ("enable_nestloop = off", "enable_hashjoin = off"),
        ("enable_seqscan = off", "enable_hashagg = off"),
    ],
    ids=lambda settings: ",".join(settings),
)
def test_whatever_the_plan(database: Database, settings: tuple[str, ...]) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute("set local search_path = ''")
        before = connection.execute(CATALOG_SQL).fetchall()
        # the last rows first
        connection.execute(
            """do $$
            declare f record;
            begin
                alter table wedsync_data.field_catalog disable trigger user;
                for f in select c.table_name, c.path from wedsync_data.field_catalog as c order by 1 desc, 2 desc loop
                    update wedsync_data.field_catalog as c set description = c.description
                    where c.table_name = f.table_name and c.path = f.path;
                end loop;
                alter table wedsync_data.field_catalog enable trigger user;
                alter table wedsync_data.record_catalog disable trigger user;
                for f in select c.record_name from wedsync_data.record_catalog as c order by c.record_name desc loop
                    update wedsync_data.record_catalog as c set description = c.description where c.record_name = f.record_name;
                end loop;
                alter table wedsync_data.record_catalog enable trigger user;
            end $$"""
        )
        for setting in settings:
            connection.execute(f"set local {setting}")
        connection.execute(REBUILD)
        after = connection.execute(CATALOG_SQL).fetchall()
        assert set(after) ^ set(before) == set()
