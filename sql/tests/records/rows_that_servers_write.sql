-- proves: F000-42
-- A record without any writable field belongs to the servers: members read its rows, but can neither insert, change nor delete them.
begin;
select plan(10);
set local role wedsync_owner;
create table wedsync_data.offers (
    couple_id uuid not null references wedsync_data.weddings (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name text,
    primary key (couple_id, id)
);
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, max_rows, description)
values ('offers', 'rows', 101, 'offers', 'offers_changed', true, '{id,couple_id}', 50, 'Offers.');
insert into wedsync_data.rights (right_no, name) values (105, 'offers.name');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, field_group, access_level, sensitivity_class, is_writable, description
) values ('offers', 105, 'offers.name', 'name', 'text', 40, 'offers', 'basic', 'basic', false, 'Offer: name');
select wedsync_internal.build_record('offers');
reset role;
select tap.wedding('emma');
select tap.admit('emma', 'fred', 'family'), tap.supplier('caterer', 'emma', '{offers}');

create function pg_temp.refused(who text, statement text) returns text language sql as $$
    select concat_ws(' ', e.e ->> 'sqlstate', e.e #>> '{detail,unauthorized_fields}') from tap.error(who, statement) as e (e)
$$;
create function pg_temp.insertion() returns text language sql as $$
    select format('insert into wedsync.offers (couple_id, id) values (%L, %L)', tap.couple('emma'), tap.id('lamp'))
$$;
create function pg_temp.deletion() returns text language sql as $$
    select format('select wedsync.delete_offers(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('lamp'))
$$;
select is(pg_temp.refused('emma', pg_temp.insertion()), '42501 ["name"]', 'a partner inserts no row, not even an empty one');
select is(pg_temp.refused('fred', pg_temp.insertion()), '42501 ["name"]', 'nor does a member');
select is(pg_temp.refused('caterer', pg_temp.insertion()), '42501 ["name"]', 'nor a supplier');
select is(pg_temp.refused('nobody', pg_temp.insertion()), 'PT404', 'a stranger finds no wedding');
select is(
    tap.run('server', format('insert into wedsync.offers (couple_id, id, name) values (%L, %L, ''Lamp'')', tap.couple('emma'), tap.id('lamp')), 'service_role'),
    1::bigint, 'a server inserts'
);
select is((select r.r ->> 'name' from tap.rows('fred', 'select * from wedsync.offers') as r (r)), 'Lamp', 'members read');
select is(pg_temp.refused('emma', 'update wedsync.offers set name = ''Bed'''), '42501 ["name"]', 'a partner changes nothing');
select is(pg_temp.refused('emma', pg_temp.deletion()), '42501 ["name"]', 'a partner deletes nothing');
select is(pg_temp.refused('caterer', pg_temp.deletion()), '42501 ["name"]', 'nor does a supplier');
select is(tap.call('server', pg_temp.deletion(), 'service_role'), '1', 'a server deletes');
select * from finish();
rollback;
