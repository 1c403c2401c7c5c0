"""Bulk loading of weddings, with triggers disabled; the derived rows are written directly."""

from __future__ import annotations

from uuid import UUID

from wedsync.install.database import Connection

# The id of wedding n ends in n, so that scripts can compute it.
ID = "('00000000-0000-4000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"

_WEDDINGS = """
insert into wedsync_data.weddings (id, created_by)
    select {id}, {id} from generate_series(1, {count}) as n;
insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role)
    select {id}, {id}, 'partner' from generate_series(1, {count}) as n;
insert into wedsync_data.wedding_clocks (
    couple_id, seq, version, right_versions, right_times, right_actors, recent_rights, chain_no
)
    select
        {id}, 0, 1, array_fill(1, array[128]), array_fill(now(), array[50]), array_fill({id}, array[50]),
        array(select i::smallint from generate_series(0, 49) as i order by i), 0
    from generate_series(1, {count}) as n;
insert into wedsync_data.core_fields (
    couple_id, partner1_name, partner1_email, partner2_name, partner2_phone, wedding_date, time_zone, couple_address,
    ceremony_venue, reception_venue, guest_count,
    wedding_style, wedding_colors, ceremony_time, reception_time, budget_total, budget_currency
)
    select
        {id}, 'Emma ' || n, 'emma' || n || '@example.org', 'James ' || n, '+44 20 7946 0000',
        current_date + n % 700, 'Europe/London',
        jsonb_build_object('line1', n || ' Rose Lane', 'city', 'Bath', 'postcode', 'BA1 1AA', 'country', 'GB'),
        '{{"name": "St Mary''s Church", "address": "Church Street, Bath"}}',
        '{{"name": "Rosewood Hall", "address": "Rosewood, near Bath", "notes": "No confetti"}}',
        jsonb_build_object('adults', 80 + n % 60, 'children', 10, 'total', 90 + n % 60, 'confirmed', 0, 'pending', 0),
        '{{rustic,candlelight}}', '{{#AABBCC,#DDEEFF}}', '14:00', '17:30', 24000, 'GBP'
    from generate_series(1, {count}) as n;
"""

_GRANTS = """
insert into wedsync_data.suppliers (id, business_name, category)
    select {supplier}, 'Supplier ' || n, 'caterer' from generate_series(1, {suppliers}) as n;
insert into wedsync_data.supplier_members (supplier_id, user_id, member_role)
    select {supplier}, {supplier}, 'owner' from generate_series(1, {suppliers}) as n;
-- every supplier serves {each} weddings, two grants for each
insert into wedsync_data.connections (couple_id, supplier_id, approved_at)
    select {id}, md5('supplier ' || (1 + (n - 1) / {each}))::uuid, now() from generate_series(1, {count}) as n;
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
    select
        {id}, 'supplier', md5('supplier ' || (1 + (n - 1) / {each}))::uuid, f.name, true, false, 'approved',
        f.mask, repeat('0', 128)::bit(128)
    from generate_series(1, {count}) as n
    cross join (select name, mask from wedsync_data.field_names where name in ('basic', 'guest_numbers')) as f;
"""


def load_weddings(connection: Connection, count: int, *, per_supplier: int | None = None) -> None:
    """Weddings 1 to `count`, each with its partner (user id = wedding id); with suppliers of `per_supplier` weddings each."""
    text = _WEDDINGS.format(id=ID.format(n="n"), count=count)
    if per_supplier:
        text += _GRANTS.format(
            id=ID.format(n="n"), count=count, each=per_supplier, suppliers=-(-count // per_supplier),
            supplier="md5('supplier ' || n)::uuid",
        )  # fmt: skip
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute(text)
        connection.execute("select wedsync_internal.rebuild_reach()")
    connection.execute("vacuum analyze")


def wedding_id(number: int) -> UUID:
    """Id of a loaded wedding, and of its partner."""
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


def supplier_id(connection: Connection, number: int) -> UUID:
    """Id of a loaded supplier, and of its owner."""
    row = connection.execute("select md5('supplier ' || %s::int)::uuid", (number,)).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found
