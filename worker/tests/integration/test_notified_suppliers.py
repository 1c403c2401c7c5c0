"""Which transactions a reading of the log tells of: each one, whenever it began, and once."""

from __future__ import annotations

import psycopg
import pytest
from harness.database import Database
from harness.weddings import Wedding

_TELL = "select wedsync_internal.notify_suppliers()"
_TOLD = """
select (n.changes ->> 'wedding.guestCount.adults')::integer from wedsync_data.notifications as n
where n.changes ? 'wedding.guestCount.adults' and n.seq > %s order by n.seq
"""


def patch(connection: psycopg.Connection[tuple[object, ...]], wedding: Wedding, adults: int) -> None:
    connection.execute("select set_config('request.jwt.claims', %s, true)", (f'{{"sub": "{wedding.emma.id}"}}',))
    connection.execute("set local role authenticated")
    connection.execute(
        "select wedsync.update_core_fields(%s, jsonb_build_object('wedding.guestCount.adults', %s::integer))",
        (wedding.id, adults),
    )


@pytest.mark.proves("F000-54")
@pytest.mark.parametrize("is_newest", [True, False])
def test_a_change_that_was_under_way_is_told_of_once_it_is_committed(database: Database, is_newest: bool) -> None:
    wedding = Wedding.new(database)
    wedding.supplier("guest_numbers")
    database.value(_TELL)
    before = database.value("select coalesce(max(n.seq), 0) from wedsync_data.notifications as n")
    # the reading knows a transaction as in progress only where a newer one has ended; else as one that is still to come
    with psycopg.connect(database.dsn) as under_way:
        under_way.execute("select pg_current_xact_id()")
        if not is_newest:
            database.query("select pg_current_xact_id()")
        assert database.value(_TELL) == 0
        patch(under_way, wedding, 101)
    assert database.value(_TELL) == 1
    for adults in (102, 103):
        with psycopg.connect(database.dsn) as later:
            patch(later, wedding, adults)
    assert database.value(_TELL) == 2
    assert database.value(_TELL) == 0
    assert [row[0] for row in database.query(_TOLD, before)] == [101, 102, 103]
