"""What the full write path costs: against a bare UPDATE, and against a trigger that keeps whole rows.

Every variant changes one field of the same wedding (fifteen suppliers with grants, a dozen list elements) in the same
envelope: begin, claims, role, statement, commit. The peer `keeps_rows` does what supa_audit does, in our own words: one
row trigger that looks up the primary key in the catalogue, makes a name-based uuid of table and key for the old and the
new row, and stores both rows as jsonb under four indexes. It checks no rights, values, limits or conflicts, announces
nothing and returns nothing; the full path does all of that, and update_core_fields returns the whole document too.
"""

from __future__ import annotations

from contextlib import closing

from _load import load_weddings
from _report import Report, Target, arguments
from _rounds import Envelope, Session, interleaved
from _stage import claims, machine, make_wedding, stage

from wedsync.database import connect

PEERS = """
create schema peer;
grant usage on schema peer to authenticated;
create table peer.bare (like wedsync_data.core_fields including all);
create table peer.audited (like wedsync_data.core_fields including all);
insert into peer.bare select * from wedsync_data.core_fields;
insert into peer.audited select * from wedsync_data.core_fields;
grant select, update on peer.bare, peer.audited to authenticated;

create type peer.operation as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE');
create table peer.versions (
    id bigserial primary key,
    record_id uuid,
    old_record_id uuid,
    op peer.operation not null,
    ts timestamptz not null default now(),
    table_oid oid not null,
    table_schema name not null,
    table_name name not null,
    record jsonb,
    old_record jsonb,
    check (coalesce(record_id, old_record_id) is not null or op = 'TRUNCATE'),
    check (op in ('INSERT', 'UPDATE') = (record_id is not null)),
    check (op in ('INSERT', 'UPDATE') = (record is not null)),
    check (op in ('UPDATE', 'DELETE') = (old_record_id is not null)),
    check (op in ('UPDATE', 'DELETE') = (old_record is not null))
);
create index on peer.versions (record_id) where record_id is not null;
create index on peer.versions (old_record_id) where old_record_id is not null;
create index on peer.versions using brin (ts);
create index on peer.versions (table_oid);

create function peer.key_columns(of oid) returns text[] language sql stable security definer set search_path = '' as $$
    select array_agg(a.attname::text order by a.attnum)
    from pg_catalog.pg_index as i
    join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = $1 and i.indisprimary
$$;
-- md5 where the original asks uuid-ossp for a version-5 uuid: the server in use has no contrib, and md5 is no slower
create function peer.name_uuid(of oid, key_columns text[], record jsonb) returns uuid language sql stable as $$
    select pg_catalog.md5((
        pg_catalog.jsonb_build_array(of::bigint)
        || (select pg_catalog.jsonb_agg(record -> c.name) from unnest(key_columns) as c (name))
    )::text)::uuid
$$;
create function peer.keep_rows() returns trigger language plpgsql security definer as $$
declare
    key_columns text[] := peer.key_columns(tg_relid);
    after_row jsonb := to_jsonb(new);
    after_id uuid := peer.name_uuid(tg_relid, key_columns, after_row);
    before_row jsonb := to_jsonb(old);
    before_id uuid := peer.name_uuid(tg_relid, key_columns, before_row);
begin
    insert into peer.versions (record_id, old_record_id, op, table_oid, table_schema, table_name, record, old_record)
    select after_id, before_id, tg_op::peer.operation, tg_relid, tg_table_schema, tg_table_name, after_row, before_row;
    return coalesce(new, old);
end
$$;
create trigger keep_rows after insert or update or delete on peer.audited for each row execute function peer.keep_rows();
"""

FIELD = "partner2_name = 'James ' || $1"

TARGETS = {
    "update_core_fields / bare": Target(at_least=0.5),
    "update_core_fields / keeps_rows": Target(at_least=1.5),
    "view_update / bare": Target(at_least=0.5),
    "view_update / keeps_rows": Target(at_least=1.5),
    "table_update / bare": Target(at_least=0.5),
    "table_update / keeps_rows": Target(at_least=1.5),
}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=15, each=150)
    report = Report("write", TARGETS)
    with stage(options.settings) as dsn, closing(connect(dsn)) as connection:
        wedding = make_wedding(connection)
        connection.execute(PEERS)
        # plans are those of a database with some weddings in it
        load_weddings(connection, 2000, per_supplier=20)
        session = Session(connection)
        where = f"where couple_id = '{wedding.id}'"
        statements = {
            "envelope": ("select $1::text", "authenticated"),
            "bare": (f"update peer.bare set {FIELD} {where}", "authenticated"),
            "keeps_rows": (f"update peer.audited set {FIELD} {where}", "authenticated"),
            "table_update": (f"update wedsync_data.core_fields set {FIELD} {where}", "service_role"),
            "view_update": (f"update wedsync.core_fields set {FIELD} {where}", "authenticated"),
            "update_core_fields": (
                f"select wedsync.update_core_fields('{wedding.id}', jsonb_build_object('couple.partner2.name', 'James ' || $1))",
                "authenticated",
            ),
            "two_leaves": (
                f"select wedsync.update_core_fields('{wedding.id}', jsonb_build_object('wedding.guestCount.adults', $1::int))",
                "authenticated",
            ),
        }
        found = interleaved(
            {
                name: Envelope(session, text, role=role, claims=claims(wedding.partner))
                for name, (text, role) in statements.items()
                if not options.only or name in options.only
            },
            [session.pid],
            rounds=options.rounds,
            each=options.each,
        )
        report.add_all(found)
        for name in ("table_update", "view_update", "update_core_fields", "two_leaves"):
            for peer in ("bare", "keeps_rows"):
                report.compare(name, peer)
        report.compare("keeps_rows", "bare")
        report.machine = machine(connection, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
