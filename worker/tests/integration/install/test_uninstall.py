"""Taking the pack out: nobody does it by mistake, and nothing of it stays but the roles."""

from __future__ import annotations

from uuid import uuid4

import pytest
from harness.command import wedsync
from harness.database import Database


def register(database: Database, wedding_date: str = "current_date + 90") -> None:
    database.call(
        uuid4(),
        f"select wedsync.register_couple(partner1_name => 'Emma', wedding_date => {wedding_date}, time_zone => 'UTC')",
    )


def test_it_names_what_is_lost_before_and_after(database18: Database) -> None:
    register(database18)
    register(database18)
    database18.query("select wedsync_internal.register_node(gen_random_uuid(), 'test', 1)")
    loss = f"database {database18.name} at "
    asked = wedsync("uninstall", dsn=database18.dsn)
    assert asked.code == 2
    assert loss in asked.err
    assert "with 2 weddings, while 1 worker process is connected" in asked.err
    assert "pass --yes" in asked.err
    assert database18.value("select count(*) from wedsync_data.weddings") == 2
    # on Saturdays weddings are protected
    done = wedsync("uninstall", "--yes", "--allow-on-wedding-day", dsn=database18.dsn)
    assert done.code == 0
    assert "dropped schemas wedsync, wedsync_data, wedsync_internal" in done.out
    assert loss in done.out
    assert "with 2 weddings" in done.out
    assert wedsync("uninstall", "--yes", dsn=database18.dsn).code == 27


def test_for_programs(database18: Database) -> None:
    register(database18)
    answer = wedsync("uninstall", "--yes", "--json", "--allow-on-wedding-day", dsn=database18.dsn).json
    assert answer["dropped"] == ["wedsync", "wedsync_data", "wedsync_internal"]
    assert (answer["weddings"], answer["workers"]) == (1, 0)


def test_not_on_a_wedding_day(database18: Database) -> None:
    register(database18, "(now() at time zone 'UTC')::date")
    refused = wedsync("uninstall", "--yes", dsn=database18.dsn)
    assert refused.code == 26
    assert "it is a wedding day for 1 wedding; nothing was changed" in refused.err
    assert "uninstall tomorrow, or pass --allow-on-wedding-day" in refused.err
    assert database18.value("select count(*) from wedsync_data.weddings") == 1
    assert wedsync("uninstall", "--yes", "--allow-on-wedding-day", dsn=database18.dsn).code == 0


@pytest.mark.every_version
def test_nothing_stays(database: Database) -> None:
    assert wedsync("uninstall", "--yes", dsn=database.dsn).code == 0
    assert database.query("select nspname from pg_namespace where nspname like 'wedsync%'") == []
    assert database.query("select defaclrole::regrole from pg_default_acl") == []
    assert wedsync("migrate", dsn=database.dsn).code == 0
    assert wedsync("verify", dsn=database.dsn).code == 0
