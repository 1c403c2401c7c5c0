-- proves: F000-42, C-22
-- Names of rows in grants: the record, a field, a group of fields. Rows that fewer people see are a record of their own: moving one shows and hides it.
begin;
select plan(12);
select tap.wedding('emma'), tap.gifts();
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('fred'), 'family'), 'service_role');
select tap.supplier('whole', 'emma', '{gifts}'), tap.supplier('field', 'emma', '{gifts.giver}');
select tap.run('emma', format('insert into wedsync.gifts (couple_id, id, name, giver, price) values (%L, %L, ''Vase'', ''Ada'', 5)', tap.couple('emma'),
    tap.id('vase')));
create function pg_temp.seen(who text) returns jsonb language sql as $$
    select jsonb_agg(jsonb_strip_nulls(r.r - '{couple_id,id,version_number,created_at,updated_at,last_updated_by,withheld_fields}'::text[]))
    from tap.rows(who, 'select * from wedsync.gifts') as r (r)
$$;
select is(pg_temp.seen('whole'), '[{"name": "Vase", "letters": 4, "giver": "Ada", "details": {}, "is_thanked": false}]',
    'the record is a name: all but the budget');
select is(pg_temp.seen('field'), '[{"giver": "Ada"}]', 'a field is a name');
set local role wedsync_owner;
update wedsync_data.field_catalog set field_group = 'thanks' where table_name = 'gifts' and column_name in ('giver', 'is_thanked');
reset role;
select tap.supplier('group', 'emma', '{thanks}');
select is(pg_temp.seen('group'), '[{"giver": "Ada", "is_thanked": false}]', 'a group is a name');
select is(
    (select count(*) from wedsync_data.field_catalog as f where f.table_name = 'gifts' and f.storage <> 'column'), 0::bigint, 'each field is a column'
);
select throws_like(
    $$ update wedsync_data.field_catalog set storage = 'json', json_key = 'colour', column_name = 'details' where path = 'gifts.details' $$,
    '%fields of gifts are columns%', 'a right to a key of JSON is refused'
);

-- offers are seen by who manages the budget, gifts by the family
set local role wedsync_owner;
create table wedsync_data.offers (
    couple_id uuid not null references wedsync_data.weddings (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name text not null,
    primary key (couple_id, id)
);
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, max_rows, description)
values ('offers', 'rows', 101, 'offers', 'offers_changed', true, '{id,couple_id}', 50, 'Offers.');
insert into wedsync_data.rights (right_no, name) values (105, 'offers.name');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, field_group, access_level, sensitivity_class, description
) values ('offers', 105, 'offers.name', 'name', 'text', 40, 'offers', null, 'budget', 'Offer: name');
select wedsync_internal.build_record('offers');
reset role;
select tap.run('emma', format('insert into wedsync.offers (couple_id, id, name) values (%L, %L, ''Lamp'')', tap.couple('emma'), tap.id('lamp')));
select is_empty($$ select * from tap.rows('fred', 'select * from wedsync.offers') $$, 'who lacks the right of a record sees no row of it');
select is_empty(
    $$ select t from tap.rows('fred', format('select * from wedsync.get_audit_trail(%L, 100)',
        tap.couple('emma'))) as t (t) where t.t ->> 'field' like 'offers%' $$,
    'nor in the trail'
);
select is_empty(
    $$ select e from tap.rows('fred', format('select * from wedsync.event_history(%L, 0)',
        tap.couple('emma'))) as e (e) where e.e ->> 'table_name' = 'offers' $$,
    'nor in the history'
);
select tap.answer(tap.join(w.who, 'wedding:' || tap.couple('emma'), '{"postgres_changes": [{"event": "*", "schema": "public", "table": "*"}]}'))
from (values ('emma'), ('fred')) as w (who);
select tap.forget();
set local role wedsync_owner;
with moved as (delete from wedsync_data.offers where couple_id = tap.couple('emma') and id = tap.id('lamp') returning couple_id, id, name)
insert into wedsync_data.gifts (couple_id, id, name) select m.couple_id, m.id, m.name from moved as m;
reset role;
create function pg_temp.received(who text) returns jsonb language sql as $$
    select jsonb_agg(jsonb_build_array(r.r ->> 'table', r.r ->> 'type') order by r.r ->> 'table')
    from tap.rows_heard(who, 'wedding:' || tap.couple('emma')) as r (r) where r.r ->> 'table' in ('gifts', 'offers')
$$;
select is(pg_temp.received('fred'), '[["gifts", "INSERT"]]', 'a row that moves appears for those who may see it now');
select is(pg_temp.received('emma'), '[["gifts", "INSERT"], ["offers", "DELETE"]]', 'and goes where it was');
select is(
    (select g.name from wedsync_data.gifts as g where g.id = tap.id('lamp')), 'Lamp', 'with its id'
);
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select * from finish();
rollback;
