-- The other sides of the write benchmark. Nothing here is part of the pack.
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

-- the rows that a change leaves behind (clock, audit, event), written with ready-made values and nothing else
create table peer.changed (like wedsync_data.core_fields including all);
create table peer.clocks (like wedsync_data.wedding_clocks including all);
create table peer.log (like wedsync_data.audit_log including all);
create table peer.events (like wedsync_data.events including all);
insert into peer.changed select * from wedsync_data.core_fields;
insert into peer.clocks select * from wedsync_data.wedding_clocks;
grant select, update on peer.changed to authenticated;
create function peer.leave_rows() returns trigger language plpgsql security definer as $$
declare
    n bigint;
begin
    update peer.clocks as k set seq = k.seq + 1, version = k.version + 1 where k.couple_id = new.couple_id returning k.seq into n;
    insert into peer.log (
        couple_id, chain_no, id, table_name, change_type, path, old_value, new_value, actor_type, version_before, version_after, changed_at,
        digest, chain_hash
    ) values (new.couple_id, n, n * 1000000 + 1, 'core_fields', 'update', 'couple.partner2.name', '"a"', '"b"', 'couple', 1, 2, now(), '', '');
    insert into peer.events (couple_id, seq, topic, event_type, table_name, op, changes, record, old_record, actor_type, created_at)
    values (new.couple_id, n, 'topic', 'core_fields_updated', 'core_fields', 'UPDATE', '{}', to_jsonb(new), '{}', 'couple', now());
    return new;
end
$$;
create trigger leave_rows before update on peer.changed for each row execute function peer.leave_rows();
