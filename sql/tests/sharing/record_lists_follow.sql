-- proves: F000-12, F000-13, F000-14, F000-42
-- The lists that a record shows are stored ready to be shown. They say at every moment what the tables behind them say.
begin;
select plan(19);
select tap.wedding('emma');
create function pg_temp.stored() returns jsonb language sql stable as $$
    select to_jsonb(l) - '{couple_id,vendors_until,lists_changed_at,lists_changed_by}'::text[] from wedsync_data.record_lists as l
    where l.couple_id = tap.couple('emma')
$$;
create function pg_temp.computed() returns jsonb language sql stable as $$
    select jsonb_build_object(
        'key_moments', (select coalesce(jsonb_agg(to_jsonb(e) - '{couple_id,order_key,version_number}'::text[] order by e.order_key), '[]')
            from wedsync_data.key_moments as e where e.couple_id = tap.couple('emma')),
        'wedding_party', (select coalesce(jsonb_agg(to_jsonb(e) - '{couple_id,order_key,version_number}'::text[] order by e.order_key), '[]')
            from wedsync_data.wedding_party as e where e.couple_id = tap.couple('emma')),
        'family_vips', (select coalesce(jsonb_agg(to_jsonb(e) - '{couple_id,order_key,version_number}'::text[] order by e.order_key), '[]')
            from wedsync_data.family_vips as e where e.couple_id = tap.couple('emma')),
        'connected_vendors', (select coalesce(jsonb_agg(v.vendor order by v.business_name, v.supplier_id), '[]')
            from wedsync_internal.connected_vendors as v where v.couple_id = tap.couple('emma')),
        'field_permissions', (select coalesce(jsonb_object_agg(v.supplier_id, v.readable_fields), '{}')
            from wedsync_internal.connected_vendors as v where v.couple_id = tap.couple('emma'))
    )
$$;
create function pg_temp.shown(what text) returns jsonb language sql
as $$ select (tap.call('emma', format('select %I from wedsync.core_fields', what)))::jsonb $$;

select is(pg_temp.shown('key_moments'), '[]', 'a record without lists shows empty ones');
select is(pg_temp.shown('connected_vendors'), '[]', 'and no suppliers');

select tap.call('emma', format('select wedsync.add_list_element(%L, %L, %L)', tap.couple('emma'), list, element))
from (values
    ('key_moments', '{"name": "Cake", "time": "19:30"}'), ('key_moments', '{"name": "Dance"}'),
    ('wedding_party', '{"name": "Ana"}'), ('family_vips', '{"name": "Ruth"}')
) as e (list, element);
select is(pg_temp.stored(), pg_temp.computed(), 'after elements were added');
update wedsync_data.key_moments set name = upper(name);
select is(pg_temp.stored(), pg_temp.computed(), 'after an update of several elements at once');
delete from wedsync_data.wedding_party;
select is(pg_temp.stored(), pg_temp.computed(), 'after a deletion');
truncate wedsync_data.family_vips;
select is(pg_temp.stored(), pg_temp.computed(), 'after TRUNCATE');
select is(pg_temp.shown('key_moments') #>> '{0,name}', 'CAKE', 'and the record shows it');

select tap.supplier('chef', 'emma', '{basic,timeline}', '{timeline}');
select tap.supplier('baker', 'emma', '{basic}');
select is(jsonb_array_length(pg_temp.stored() -> 'connected_vendors'), 2, 'two suppliers were given access');
select is(pg_temp.stored(), pg_temp.computed(), 'after grants');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('baker')));
select is(pg_temp.stored(), pg_temp.computed(), 'after a revocation');
update wedsync_data.suppliers set business_name = 'New Name Ltd' where id = tap.firm('chef');
select is(pg_temp.stored(), pg_temp.computed(), 'after a supplier changed its name');
update wedsync_data.connections set approved_at = approved_at - interval '1 day' where couple_id = tap.couple('emma');
select is(pg_temp.stored(), pg_temp.computed(), 'after a connection was dated back');
delete from wedsync_data.grants where couple_id = tap.couple('emma') and field_name = 'timeline';
select is(pg_temp.stored(), pg_temp.computed(), 'after a grant was deleted by hand');

-- A grant that ends by itself fires no trigger: now() stands still in a test, so the end is put behind it without triggers.
update wedsync_data.grants set valid_until = now() + interval '1 hour' where couple_id = tap.couple('emma') and state = 'approved';
select is(
    (select l.vendors_until from wedsync_data.record_lists as l where l.couple_id = tap.couple('emma')), now() + interval '1 hour',
    'the list knows when it will be out of date'
);
set local session_replication_role = replica;
update wedsync_data.grants set valid_from = now() - interval '2 hours', valid_until = now() where couple_id = tap.couple('emma') and state = 'approved';
update wedsync_data.record_lists set vendors_until = now() where couple_id = tap.couple('emma');
set local session_replication_role = origin;
select isnt(pg_temp.stored(), pg_temp.computed(), 'once it is, what is stored is not what holds');
select is(pg_temp.shown('connected_vendors'), '[]', 'and the record shows what holds');
select is(tap.patch('emma', 'emma', '{"couple.partner1.name": "Em"}') #> '{data,connectedVendors}', '[]', 'also in the answer to a change');
select is(tap.error('emma', 'select count(*) from wedsync_data.record_lists') ->> 'sqlstate', '42501', 'nobody reads it directly');

delete from wedsync_data.weddings where id = tap.couple('emma');
select is((select count(*)::integer from wedsync_data.record_lists), 0, 'it goes with the wedding');
select * from finish();
rollback;
