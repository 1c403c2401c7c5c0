-- proves: F004-101
-- Who hears an event is asked of each audience, whatever looked it up; and an audience ends when its rights do.
begin;
select plan(14);
select tap.wedding('emma');
select tap.supplier('chef');
create function pg_temp.audience(
    scope text, principals uuid[], couple uuid default null, is_service boolean default false
) returns wedsync_data.subscription_groups language sql
as $$
    select null::bigint, tap.node(), gen_random_uuid(), 'topic', scope, '{core_fields}'::text[], couple, principals, repeat('1', 128)::bit(128), false,
        is_service, '[]'::jsonb, 'infinity'::timestamptz
$$;
create function pg_temp.event(class text, table_name text, recipients uuid[] default null, supplier uuid default null) returns wedsync_data.events language sql
as $$
    select jsonb_populate_record(
        null::wedsync_data.events,
        jsonb_build_object('couple_id', tap.couple('emma'), 'class', class, 'table_name', table_name, 'recipients', recipients, 'supplier_id', supplier)
    )
$$;
create function pg_temp.hears(audience wedsync_data.subscription_groups, event wedsync_data.events) returns boolean language sql
as $$ select wedsync_internal.group_event_rights(audience, event) is not null $$;

-- the wedding is gone: nobody's rights can be looked up, so those of before stand in the event
select is(
    pg_temp.hears(pg_temp.audience('caller', array[tap.id('emma')]), pg_temp.event('purge', 'core_fields', array[tap.id('emma')])), true,
    'who could read hears that a wedding was deleted'
);
select is(
    pg_temp.hears(pg_temp.audience('caller', array[tap.id('stranger')]), pg_temp.event('purge', 'core_fields', array[tap.id('emma')])), false,
    'a stranger does not'
);
select is(pg_temp.hears(pg_temp.audience('caller', array[tap.id('stranger')]), pg_temp.event('purge', 'core_fields')), false, 'nor when nobody could');
select is(
    pg_temp.hears(pg_temp.audience('supplier', array[tap.firm('chef')]), pg_temp.event('purge', 'form_responses', array[tap.firm('chef')])), true,
    'a supplier hears of its own'
);
select is(
    pg_temp.hears(pg_temp.audience('supplier', array[tap.id('other firm')]), pg_temp.event('purge', 'form_responses', array[tap.firm('chef')])), false,
    'and another does not'
);
select is(pg_temp.hears(pg_temp.audience('caller', '{}', is_service => true), pg_temp.event('purge', 'core_fields')), true, 'servers hear all');
-- records of a supplier
select is(
    pg_temp.hears(pg_temp.audience('supplier', array[tap.firm('chef')]), pg_temp.event('supplier', 'journey_progress', supplier => tap.firm('chef'))), true,
    'its records'
);
select is(
    pg_temp.hears(pg_temp.audience('supplier', array[tap.id('other firm')]), pg_temp.event('supplier', 'journey_progress', supplier => tap.firm('chef'))),
    false, 'are not another''s'
);
select is(
    pg_temp.hears(
        pg_temp.audience('wedding', array[tap.id('emma')], tap.couple('emma')), pg_temp.event('supplier', 'journey_progress', supplier => tap.firm('chef'))
    ), false, 'nor the wedding''s'
);

-- the end of the rights is a part of the audience
create function pg_temp.of(valid_until timestamptz) returns bigint language sql
as $$
    select wedsync_internal.subscription_group(
        tap.node(), 'topic', 'wedding', '{core_fields}', tap.couple('emma'), array[tap.id('emma')], repeat('1', 128)::bit(128), false, false, '[]', valid_until
    )
$$;
select is(pg_temp.of('2100-01-01'), pg_temp.of('2100-01-01'), 'the same rights are one audience');
select isnt(pg_temp.of('2100-01-01'), pg_temp.of('2100-01-02'), 'those that end at another time are another');
select isnt(pg_temp.of('2100-01-01'), pg_temp.of('infinity'), 'and so are those that do not end');
select is((select g.valid_until from wedsync_data.subscription_groups as g where g.id = pg_temp.of('2100-01-01')), '2100-01-01', 'it knows its end');
select is((select g.valid_until from wedsync_data.subscription_groups as g where g.id = pg_temp.of('infinity')), 'infinity', 'or that it has none');
select * from finish();
rollback;
