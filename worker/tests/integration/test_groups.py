"""Audiences under concurrency: whoever joins has a group that stays."""

from __future__ import annotations

import json
import threading
from uuid import uuid4

import psycopg
import pytest
from harness.database import Database
from harness.weddings import Wedding

_JOIN = "select wedsync_internal.join_topic(%s, %s, %s, null)"
_LEAVE = "select wedsync_internal.leave_topics(%s)"
_TOUCH = "select wedsync_internal.touch_node(%s)"
_ORPHANS = """
select count(*) from wedsync_data.subscriptions as s
where s.active and not exists (select from wedsync_data.subscription_groups as g where g.id = s.group_id)
"""


def join(connection: psycopg.Connection, node: str, wedding: Wedding) -> int:
    claims = json.dumps({"sub": str(wedding.emma.id), "role": "authenticated"})
    row = connection.execute(_JOIN, (node, claims, wedding.topic)).fetchone()
    assert row is not None
    assert row[0]["ok"], row[0]
    subscription: int = row[0]["subscription_id"]
    return subscription


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize("join_is_first", [True, False])
def test_a_join_among_the_last_leave_of_its_group_keeps_a_group(database: Database, join_is_first: bool) -> None:
    wedding, node = Wedding.new(database), str(uuid4())
    with database.connect("wedsync_worker") as worker:
        worker.execute("select wedsync_internal.register_node(%s, 'test', 1)", (node,))
        last = join(worker, node, wedding)
    dsn = database.dsn_as("wedsync_worker")
    with psycopg.connect(dsn) as joining, psycopg.connect(dsn) as leaving:

        def leave() -> None:
            leaving.execute(_LEAVE, ([last],))
            leaving.execute(_TOUCH, (node,))
            leaving.commit()

        def enter() -> None:
            join(joining, node, wedding)
            joining.commit()

        first, second = (joining, leave) if join_is_first else (leaving, enter)
        if join_is_first:
            join(joining, node, wedding)
        else:
            leaving.execute(_LEAVE, ([last],))
            leaving.execute(_TOUCH, (node,))
        # The second may have to wait for the first to commit, or may not.
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        first.commit()
        thread.join(10)
        assert not thread.is_alive()
    assert database.value(_ORPHANS) == 0


def test_groups_that_nobody_is_in_go_with_the_lease(database: Database) -> None:
    wedding, node = Wedding.new(database), str(uuid4())
    with database.connect("wedsync_worker") as worker:
        worker.execute("select wedsync_internal.register_node(%s, 'test', 1)", (node,))
        subscription = join(worker, node, wedding)
        worker.execute(_TOUCH, (node,))
        assert database.value("select count(*) from wedsync_data.subscription_groups") == 1
        worker.execute(_LEAVE, ([subscription],))
        worker.execute(_TOUCH, (node,))
        assert database.value("select count(*) from wedsync_data.subscription_groups") == 0
