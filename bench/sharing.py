"""The cost of maintaining `reach`: changes of access, against the same statements with its triggers disabled.

Two interleaved databases of one server; in the second, the triggers that maintain `reach` are disabled. Both have 300 weddings
that share one supplier with 200 members, another supplier with three, and a friend each. Measured are: a grant to the
supplier of 200 and to that of three, a member who joins the supplier of 300 weddings and leaves it again, a change of a
wedding member's role, and a change of what a role may read, which affects the 300 friends.
"""

from __future__ import annotations

from contextlib import closing

from _load import ID, load_weddings, supplier_id, wedding_id
from _report import Report, arguments
from _rounds import Envelope, Session, interleaved
from _stage import claims, machine, stage

from wedsync.install.database import Connection, connect
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree

WEDDINGS = 300
STAFF = 200
SMALL = "md5('small supplier')::uuid"

_PEOPLE = """
insert into wedsync_data.supplier_members (supplier_id, user_id)
    select {large}, md5('member ' || n)::uuid from generate_series(2, {staff}) as n;
insert into wedsync_data.suppliers (id, business_name, category) values ({small}, 'Small', 'florist');
insert into wedsync_data.supplier_members (supplier_id, user_id, member_role)
    select {small}, md5('small member ' || n)::uuid, 'owner' from generate_series(1, 3) as n;
insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role)
    select {id}, md5('friend ' || n)::uuid, 'friend' from generate_series(1, {weddings}) as n;
"""

# Every statement alternately grants and revokes, by the number that it is called with.
_STATEMENTS = {
    "grant, 200 members": (
        "select wedsync.grant_access('{wedding}', '{large}',"
        " case $1::int % 2 when 0 then '{{basic}}' else '{{standard}}' end::text[])",
        "authenticated",
    ),
    "grant, 3 members": (
        "select wedsync.grant_access('{wedding}', {small},"
        " case $1::int % 2 when 0 then '{{basic}}' else '{{standard}}' end::text[])",
        "authenticated",
    ),
    "member of 300 weddings joins": (
        "insert into wedsync_data.supplier_members (supplier_id, user_id) values ('{large}', md5('new ' || $1)::uuid)",
        "postgres",
    ),
    "and leaves": (
        "delete from wedsync_data.supplier_members where user_id = (select user_id from wedsync_data.supplier_members"
        " where supplier_id = '{large}' and user_id <> '{large}' and $1::int > 0 limit 1)",
        "postgres",
    ),
    "member's role": (
        "select wedsync.add_wedding_member('{wedding}', md5('friend 7')::uuid,"
        " case $1::int % 2 when 0 then 'family' else 'friend' end)",
        "authenticated",
    ),
    "role of 300 members": (
        "update wedsync_data.wedding_roles"
        " set readable_names = case $1::int % 2 when 0 then '{{timeline}}' else '{{basic}}' end::text[]"
        " where wedding_role = 'friend'",
        "postgres",
    ),
}


def fill(connection: Connection) -> None:
    """The weddings, suppliers and users, with all triggers disabled; then `reach` as a whole."""
    load_weddings(connection, WEDDINGS, per_supplier=WEDDINGS)
    large = f"'{supplier_id(connection, 1)}'"
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            _PEOPLE.format(large=large, small=SMALL, staff=STAFF, weddings=WEDDINGS, id=ID.format(n="n"))
        )
        connection.execute("select wedsync_internal.rebuild_reach()")
    connection.execute("vacuum analyze")


def switch_off(connection: Connection) -> None:
    """Disable the triggers that maintain `reach`."""
    rows = connection.execute(
        "select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) from pg_trigger as t"
        " where t.tgname like 'reach_follows%'"
    ).fetchall()
    for (statement,) in rows:
        connection.execute(statement)


def variants(connection: Connection) -> tuple[Session, dict[str, Envelope]]:
    """The measured statements, in one session of that database."""
    session, partner = Session(connection), wedding_id(7)
    names = {"wedding": partner, "large": supplier_id(connection, 1), "small": SMALL}
    return session, {
        name: Envelope(session, text.format(**names), role=role, claims=claims(partner))
        for name, (text, role) in _STATEMENTS.items()
    }


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=9, each=6)
    report = Report("sharing", {})
    with stage(options.settings) as dsn, closing(connect(dsn)) as first:
        first.execute("create database without_reach")
        other = dsn.replace("/postgres?", "/without_reach?")
        migrate(other, load_tree())
        with closing(connect(other)) as second:
            second.execute("update wedsync_data.rate_limits set max_requests = 1000000000")
            found: dict[str, Envelope] = {}
            pids = []
            for name, connection in (("kept", first), ("not kept", second)):
                fill(connection)
                # measure the work, not its caps
                connection.execute("update wedsync_data.settings set value = '1000000' where name like '%per_supplier'")
                if connection is second:
                    switch_off(connection)
                session, each = variants(connection)
                pids.append(session.pid)
                found |= {f"{what}, {name}": run for what, run in each.items()}
            ordered = {name: found[name] for what in _STATEMENTS for name in found if name.startswith(what + ",")}
            report.add_all(interleaved(ordered, pids, rounds=options.rounds, each=options.each, warm_up=6))
            for what in _STATEMENTS:
                report.compare(f"{what}, kept", f"{what}, not kept", by="wall", called=f"{what}, kept / not kept")
            row = first.execute(
                "select count(*), pg_total_relation_size('wedsync_data.reach') from wedsync_data.reach"
            ).fetchone()
            assert row is not None
            report.notes.append(f"reach has {row[0]:,} rows in {row[1] / 2**20:.0f} MB with its indexes")
            drift = first.execute("select count(*) from wedsync_internal.reach_drift()").fetchone()
            report.notes.append(
                f"rows of reach that differ from what grants and roles give: {drift[0] if drift else '?'}"
            )
            report.machine = machine(first, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
