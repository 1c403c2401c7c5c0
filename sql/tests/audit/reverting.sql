-- proves: F000-24, C-53
-- A change can be undone as a new change, as long as the field still holds what it wrote and the caller may write it.
begin;
select plan(41);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.patch('emma', 'emma', '{"wedding_style": ["boho"], "private.notes": "one", "guest_count": {"adults": 10}, "budget.total": 100}');
create function pg_temp.audit(wanted text, kind text default 'update') returns bigint language sql stable as $$
    select l.id from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path like wanted and l.change_type = kind order by l.id desc
    limit 1 $$;
create function pg_temp.revert(id bigint, who text default 'emma') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.revert_change(%L, %L)', tap.couple('emma'), id))::jsonb
$$;
create function pg_temp.fault(id bigint, who text default 'emma', db_role text default 'authenticated') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.revert_change(%L, %L)', tap.couple('emma'), id), db_role)
$$;
create function pg_temp.names() returns text language sql stable as $$
    select string_agg(e.element ->> 'name', ',' order by e.order_key) from wedsync_internal.list_elements as e
    where e.couple_id = tap.couple('emma') and e.list_name = 'key_moments' $$;

select tap.patch('emma', 'emma', '{"private.notes": "two"}');
select is(pg_temp.revert(pg_temp.audit('private.notes')) -> 'changed', '["private.notes"]', 'a value is put back');
select is(tap.state('emma') #>> '{row,private_notes}', 'one', 'to what it was');
select is(
    (select l.reason from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.id = pg_temp.audit('private.notes')),
    format(
        'Reverts change %s',
        (select l.id from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'private.notes' order by l.id desc offset 1 limit 1)
    ), 'as a new change that says so'
);
select is(pg_temp.revert(pg_temp.audit('private.notes')) -> 'changed', '["private.notes"]', 'the revert can be reverted');
select is(tap.state('emma') #>> '{row,private_notes}', 'two', 'and again');
select tap.patch('emma', 'emma', '{"guest_count": {"adults": 20}}');
select pg_temp.revert(pg_temp.audit('wedding.guestCount.adults'));
select is(
    tap.state('emma') #> '{row,guest_count}', '{"adults": 10, "children": null, "total": 10, "confirmed": 0, "pending": 0}',
    'a guest number takes its total along'
);
select tap.patch('emma', 'emma', '{"wedding_style": null}');
select pg_temp.revert(pg_temp.audit('wedding.style'));
select is(tap.state('emma') #> '{row,wedding_style}', '["boho"]', 'an emptied set comes back');

create temporary table old on commit drop as select pg_temp.audit('budget.total') as id;
select tap.patch('emma', 'emma', '{"budget.total": 200}');
create temporary table before on commit drop as select tap.state('emma') as state;
select is(pg_temp.fault(id) ->> 'sqlstate', 'PT409', 'a field changed since is not put back') from old;
select is(
    pg_temp.fault(id) #> '{detail,conflicts}', '[{"path": "budget.total", "base": 100.00, "current": 200.00, "incoming": null}]',
    'the refusal shows what it holds'
) from old;

-- list elements
create temporary table m (name text, id uuid) on commit drop;
insert into m select n,
    (
        tap.call(
            'emma',
            format(
                $$ select wedsync.add_list_element(%L, 'key_moments', %L) ->> 'id' $$, tap.couple('emma'),
                jsonb_build_object('name', n, 'time', '20:00', 'vendor_involved', jsonb_build_array('DJ'))
            )
        )
    )::uuid
from unnest('{a,b,c}'::text[]) as n;
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), id)) from m where name = 'b';
select is(pg_temp.names(), 'a,c', 'removed');
select is((pg_temp.revert(pg_temp.audit('%/name', 'delete')) ->> 'id')::uuid, id, 'a removed element comes back with its id') from m where name = 'b';
select is(pg_temp.names(), 'a,b,c', 'in its place');
select is(
    (select e.element - 'id' from wedsync_internal.list_elements as e join m on m.id = e.id where m.name = 'b'),
    '{"name": "b", "time": "20:00:00", "description": null, "vendor_involved": ["DJ"]}', 'with all its values'
);
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), id)) from m where name = 'a';
select pg_temp.revert(pg_temp.audit('%/time', 'delete'));
select is(pg_temp.names(), 'a,b,c', 'also the first one, through any of its rows');
select is(pg_temp.fault(pg_temp.audit('%/time', 'delete')) ->> 'sqlstate', 'PT409', 'not twice');
select tap.patch('emma', 'emma', jsonb_build_object('key_moments.' || id || '.name', 'B')) from m where name = 'b';
select pg_temp.revert(pg_temp.audit('%/name'));
select is(pg_temp.names(), 'a,b,c', 'a key of an element is put back');
create temporary table made on commit drop as
select l.id, m.name from wedsync_data.audit_log as l join m on m.id = l.element_id where l.change_type = 'create' and l.path like '%/time' and l.chain_no = (
    select min(x.chain_no) from wedsync_data.audit_log as x where x.element_id = m.id);
select is(pg_temp.revert(id) -> 'success', 'true', 'an added element is removed') from made where name = 'c';
select is(pg_temp.names(), 'a,b', 'it is gone');
select is(pg_temp.fault(id) ->> 'sqlstate', 'PT409', 'but not one that was changed since') from made where name = 'b';

-- not to be reverted
select tap.supplier('chef', 'emma', '{basic}', '{wedding.style}');
update before set state = tap.state('emma');
select is(pg_temp.fault(pg_temp.audit('grants/%', 'create')) ->> 'sqlstate', 'PT409', 'a change of access');
select is(pg_temp.fault(pg_temp.audit('%/order_key', 'create')) ->> 'sqlstate', 'PT409', 'a place in a list');
select is(pg_temp.fault(pg_temp.audit('wedding.timeZone', 'create')) ->> 'sqlstate', 'PT422', 'what cannot be empty');
select is(pg_temp.fault(x.id) ->> 'sqlstate', case when x.id is null then '22023' else 'PT404' end, coalesce(x.id::text, 'null'))
from (values (null), (-1::bigint), (9223372036854775807)) as x (id);
select is(
    tap.error('emma', format('select wedsync.revert_change(%L, %s)', x.couple, pg_temp.audit('private.notes'))) ->> 'sqlstate', x.state,
    'its wedding: ' || coalesce(x.couple::text, 'null')
)
from (values (null, '22023'), (tap.couple('olivia'), 'PT404'), (gen_random_uuid(), 'PT404')) as x (couple, state);
select is(pg_temp.fault(pg_temp.audit('private.notes'), w.who, w.db_role) ->> 'sqlstate', w.state, coalesce(w.who, w.db_role))
from (
    values ('olivia', 'authenticated', 'PT404'), ('chef', 'authenticated', 'PT404'), (null, 'authenticated', '42501'), (null, 'anon', '42501')
) as w (who, db_role, state);
select is(tap.state('emma'), (select state from before), 'nothing was changed');
select tap.patch('emma', 'emma', '{"wedding_style": ["new"], "partner2_name": "J"}');
select is(pg_temp.fault(pg_temp.audit('couple.partner2.name'), 'chef') ->> 'sqlstate', '42501', 'a supplier reverts nothing that it may only read');
select is(pg_temp.revert(pg_temp.audit('wedding.style'), 'chef') -> 'success', 'true', 'control: it may what it may write');
select wedsync_internal.redact_audit(tap.couple('emma'), array[pg_temp.audit('private.notes')]);
select is(pg_temp.fault(pg_temp.audit('private.notes')) #>> '{detail,rule}', 'the values of this change were erased', 'an erased row');
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');

-- by tier, a change is undone with a second factor only
select tap.patch('emma', 'emma', '{"private.notes": "factor"}');
insert into wedsync_data.assurance_rules (operation, tier) values ('revert_change', 'enterprise') on conflict do nothing;
update wedsync_data.weddings set tier = 'enterprise' where id = tap.couple('emma');
select is(
    tap.error('emma', format('select wedsync.revert_change(%L, %s)', tap.couple('emma'), pg_temp.audit('private.notes'))) ->> 'sqlstate', 'PT403',
    'not with one factor'
);
select is(tap.state('emma') #>> '{row,private_notes}', 'factor', 'nothing is undone');
select is(
    tap.error('emma', format('select wedsync.revert_change(%L, %s)', tap.couple('emma'), pg_temp.audit('private.notes')), 'authenticated', '{"aal": "aal2"}'),
    null, 'but with two'
);
select isnt(tap.state('emma') #>> '{row,private_notes}', 'factor', 'then it is');
select * from finish();
rollback;
