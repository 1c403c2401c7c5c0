-- proves: F001-20, F001-21, F001-22
-- Access by a level and flags: they come back as they were set, and mean what they say.
begin;
select plan(40);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', 'paula', 'planner');
select tap.supplier('chef');
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 90, "budget.total": 31234, "couple.address.city": "Bath",
    "couple.partner1.phone": "+447700900123"}');
select tap.run('emma', format('insert into wedsync.guests (couple_id, first_name, email, dietary_note) values (%L, ''Ada'', ''ada@example.org'', ''vegan'')',
    tap.couple('emma')));
select tap.run('emma', format('insert into wedsync.timeline_items (couple_id, title, starts_at) values (%L, ''Cake'', now())', tap.couple('emma')));
create function pg_temp.set(who text, level text, guests boolean, timeline boolean, budget boolean default false) returns text language sql as $$
    select coalesce(tap.error(who, format(
        'select wedsync.set_supplier_permissions(%L, %L, %L, %L, %L, %L)', tap.couple('emma'), tap.firm('chef'), level, guests, timeline, budget
    )) ->> 'sqlstate', 'passes')
$$;
create function pg_temp.flags(who text) returns jsonb language sql as $$
    select r.r from tap.rows(who, 'select can_view_guests, can_view_budget, can_edit_timeline, data_access_level from wedsync.supplier_permissions') as r (r)
$$;
create function pg_temp.sees(what text) returns boolean language sql as $$
    select case what
        when 'number' then tap.call('chef', 'select guest_count ->> ''adults'' from wedsync.core_fields') is not null
        when 'name' then tap.call('chef', 'select first_name from wedsync.guests') is not null
        when 'contact' then tap.call('chef', 'select email from wedsync.guests') is not null
        when 'city' then tap.call('chef', 'select couple_address ->> ''city'' from wedsync.core_fields') is not null
        when 'phone' then tap.call('chef', 'select partner1_phone from wedsync.core_fields') is not null
        when 'budget' then tap.call('chef', 'select budget_total from wedsync.core_fields') is not null
        when 'timeline' then tap.call('chef', 'select title from wedsync.timeline_items') is not null
    end
$$;
create temporary table tried (
    level text, guests boolean, timeline boolean, outcome text, couple_sees jsonb, supplier_sees jsonb, edits boolean, sees text[] not null default '{}'
) on commit drop;
do $$
declare
    t record;
    what text;
begin
    for t in
        select l.level, g.guests, e.timeline
        from unnest('{basic,standard,full}'::text[]) as l (level), unnest('{true,false}'::boolean[]) as g (guests),
            unnest('{true,false}'::boolean[]) as e (timeline)
    loop
        insert into tried select t.level, t.guests, t.timeline, pg_temp.set('emma', t.level, t.guests, t.timeline);
        update tried set couple_sees = pg_temp.flags('emma'), supplier_sees = pg_temp.flags('chef'),
            edits = tap.outcome(
                'chef', 'update wedsync.timeline_items set title = ''Cut it''', probe => 'select i.title from wedsync_data.timeline_items as i'
            ) = 'Cut it'
        where (level, guests, timeline) = (t.level, t.guests, t.timeline);
        foreach what in array '{number,name,contact,city,phone,budget,timeline}'::text[] loop
            if pg_temp.sees(what) then
                update tried set sees = sees || what where (level, guests, timeline) = (t.level, t.guests, t.timeline);
            end if;
        end loop;
    end loop;
end
$$;
select is(
    jsonb_build_array(t.outcome, t.couple_sees, t.supplier_sees),
    jsonb_build_array('passes', f.flags, f.flags), format('%s, guests %s, timeline %s: come back as they were set', t.level, t.guests, t.timeline)
)
from tried as t cross join lateral (
    select jsonb_build_object('can_view_guests', t.guests, 'can_view_budget', false, 'can_edit_timeline', t.timeline, 'data_access_level', t.level) as flags
) as f;
select is(
    t.sees,
    array_remove(array[
        case when t.guests then 'number' end, case when t.guests then 'name' end, case when t.guests and t.level = 'full' then 'contact' end,
        case when t.level = 'full' then 'city' end, case when t.level in ('standard', 'full') then 'phone' end,
        case when t.timeline or t.level in ('standard', 'full') then 'timeline' end
    ], null),
    format('%s, guests %s, timeline %s: what is seen', t.level, t.guests, t.timeline)
) from tried as t;
select is(t.edits, t.timeline, format('%s, guests %s, timeline %s: edits', t.level, t.guests, t.timeline)) from tried as t where t.guests;
select is(pg_temp.set('emma', 'full', true, true, true), '22023', 'the budget cannot be shown');
select is(pg_temp.set('emma', 'everything', true, true), '22023', 'nor is there another level');
select is(pg_temp.set('emma', null, true, true), '22023', 'or none');
select is(pg_temp.set(w.who, 'full', true, true), w.state, 'not by ' || w.who) from (values ('paula', '42501'), ('chef', 'PT404'), ('olivia', 'PT404'),
    ('stranger', 'PT404')) as w (who, state);
select is(
    tap.error('emma', format('select wedsync.set_supplier_permissions(%L, gen_random_uuid(), ''basic'')', tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'an unknown supplier is given nothing'
);
update wedsync_data.connections set auto_sync_enabled = false where supplier_id = tap.firm('chef');
select pg_temp.set('emma', 'basic', false, false);
select is((select c.auto_sync_enabled from wedsync_data.connections as c where c.supplier_id = tap.firm('chef')), false,
    'whether it is told of changes stays as it was');
select ok(
    exists (select from wedsync_data.audit_log as l where l.path = 'grants/' || tap.firm('chef') and l.actor_id = tap.id('emma')), 'what was given is audited'
);
select * from finish();
rollback;
