-- proves: F002-04, F002-05, F002-07, F002-13, F000-54, F001-02, C-30
-- What a supplier keeps for itself is heard by its people and by no other supplier of the same wedding; answers to a form also by the couple.
begin;
select plan(19);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier(s.name, 'emma', '{everything}') from (values ('chef'), ('baker')) as s (name);
select tap.supplier('florist', 'olivia', '{everything}');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
-- somebody who works for two of them
select tap.call('baker', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('baker'), tap.id('both'), 'staff'), 'service_role');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('both'), 'staff'), 'service_role');
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('menu'), tap.firm('chef'), 'Menu');
insert into wedsync_data.form_fields (form_id, name) values (tap.id('menu'), 'soup');

create temporary table ears on commit drop as
select w.who, w.role, t.topic,
    tap.join(
        w.who, t.topic, jsonb_build_object('postgres_changes', jsonb_build_array(jsonb_build_object('event', '*', 'schema', 'public', 'table', '*'))),
        role_name => w.role
    ) as joined
from (values ('emma', 'authenticated'), ('james', 'authenticated'), ('fred', 'authenticated'), ('frank', 'authenticated'), ('olivia', 'authenticated'),
    ('chef', 'authenticated'), ('sam', 'authenticated'),
    ('both', 'authenticated'), ('baker', 'authenticated'), ('florist', 'authenticated'), ('server', 'service_role')) as w (who, role),
    (
        values ('wedding:' || tap.couple('emma')), ('core_fields_' || tap.couple('emma')), ('core-fields'), ('form-responses'), ('journey-progress'),
            ('client-profiles'), ('presence_' || tap.couple('emma')), ('supplier_' || tap.firm('chef')), ('supplier_' || tap.firm('baker')), ('system')
    ) as t (topic);
-- who heard what, since tap.forget: "who topic kinds"
create function pg_temp.told() returns setof text language sql
as $$
    select format('%s %s: %s', e.who, replace(e.topic, tap.couple('emma')::text, ''), string_agg(distinct f.kind, ' '))
    from wedsync_internal.next_frames(tap.node(), tap.start()) as f join ears as e on (e.joined -> 'group_id') = to_jsonb(f.group_id)
    group by e.who, e.topic order by 1
$$;
create function pg_temp.expected(topic text) returns setof text language sql
as $$ select format('%s %s: broadcast postgres_changes', w.who, topic) from (values ('both'), ('chef'), ('sam'), ('server')) as w (who) $$;

select tap.forget();
select tap.call(
    'chef', format('select wedsync.set_journey_progress(%L, %L, ''contract'', ''active'', ''{"fee": 900}'')', tap.firm('chef'), tap.couple('emma'))
);
select results_eq('select pg_temp.told()', $$ select pg_temp.expected('journey-progress') $$, 'a step of a journey');
create temporary table heard on commit drop as select h.* from tap.heard('sam', 'journey-progress') as h;
select is((select h.payload ->> 'event' from heard as h where h.kind = 'broadcast'), 'journey_progress_changed', 'its event');
select is((select h.payload #> '{payload,data,details}' from heard as h where h.kind = 'broadcast'), '{"fee": 900}', 'with the record');
select is(
    (
        select h.payload #>> '{data,type}' || ' ' || (h.payload #>> '{data,table}') || ' ' || (h.payload #>> '{data,record,status}') from heard as h
        where h.kind = 'postgres_changes'
    ), 'INSERT journey_progress active', 'and as a row'
);
select is(
    (select h.payload #> '{data,columns}' from heard as h where h.kind = 'postgres_changes'), wedsync_internal.published_columns('journey_progress'),
    'of that table'
);
select tap.forget();
select tap.call('sam', format('select wedsync.set_journey_progress(%L, %L, ''contract'', ''done'')', tap.firm('chef'), tap.couple('emma')));
select results_eq('select pg_temp.told()', $$ select pg_temp.expected('journey-progress') $$, 'the next state of it');
select is(
    (select h.payload #>> '{data,old_record,status}' from tap.heard('chef', 'journey-progress') as h where h.kind = 'postgres_changes'), 'active',
    'with the state before'
);
select tap.forget();
select tap.call('chef', format('select wedsync.set_client_profile(%L, %L, ''Emmas'', ''lead'', ''rich'')', tap.firm('chef'), tap.couple('emma')));
select results_eq('select pg_temp.told()', $$ select pg_temp.expected('client-profiles') $$, 'a profile');
select tap.forget();
delete from wedsync_data.client_profiles where supplier_id = tap.firm('chef');
select results_eq('select pg_temp.told()', $$ select pg_temp.expected('client-profiles') $$, 'a profile that is deleted');
select is(
    (select h.payload #>> '{data,old_record,notes}' from tap.heard('both', 'client-profiles') as h where h.kind = 'postgres_changes'), 'rich',
    'with what it was'
);
select tap.forget();
select tap.call('emma', format('select wedsync.submit_form_response(%L, %L, ''{"soup": "leek"}'')', tap.id('menu'), tap.couple('emma')));
select results_eq(
    'select pg_temp.told()',
    $$ select pg_temp.expected(t.name) from (values ('form-responses'), ('wedding:')) as t (name)
        union all select format('%s %s: broadcast postgres_changes', w.who, t.name)
        from (values ('emma'), ('james')) as w (who), (values ('form-responses'), ('wedding:')) as t (name) order by 1 $$,
    'an answer to a form: the supplier''s people and the couple'
);
select is(
    (select h.payload #>> '{data,record,data,soup}' from tap.heard('james', 'wedding:' || tap.couple('emma')) as h where h.kind = 'postgres_changes'), 'leek',
    'the couple sees what it answered'
);
select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "Jim"}');
select is_empty(
    $$ select t from pg_temp.told() as t where t ~ '(form-responses|journey-progress|client-profiles|supplier_|presence_|system)' $$,
    'a field of the couple comes over none of these channels'
);

-- what is missed meanwhile, and the history, follow the same rule
select is_empty($$
    select e.who, e.topic, m.payload from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), '3:3:') as m
    where e.who not in ('chef', 'sam', 'both', 'server') and m.payload ~ '(journey|profile|contract|rich|"fee")'
$$, 'none of it for anybody else afterwards');
select is(
    (
        select count(*) from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), '3:3:') as m
        where e.who = 'sam' and m.payload ~ '(journey|profile)'
    ), 8::bigint, 'control: all of it for its own people'
);
select is_empty($$
    select w.who, h from (values ('emma'), ('fred'), ('baker'), ('florist'), ('chef')) as w (who),
        lateral (select tap.error(w.who, format('select wedsync.event_history(%L, 0)', tap.couple('emma'))) as e) as x,
        lateral tap.rows(
            w.who, case when x.e is null then format('select * from wedsync.event_history(%L, 0)', tap.couple('emma')) else 'select 1 where false' end
        ) as h
    where h ->> 'table_name' in ('journey_progress', 'client_profiles') or (h ->> 'table_name' = 'form_responses' and w.who not in ('emma', 'chef'))
$$, 'nor in the history of the wedding');

-- changing sides
select tap.call('chef', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('sam')));
select is(
    (select s.group_id from wedsync_data.subscriptions as s where s.user_id = tap.id('sam') and s.topic = 'journey-progress'), null,
    'who leaves the supplier stops hearing'
);
select is(tap.answer(tap.join('sam', 'journey-progress')), 'Unauthorized', 'and cannot join again');
select isnt(
    (select s.group_id from wedsync_data.subscriptions as s where s.user_id = tap.id('both') and s.topic = 'journey-progress'), null, 'control: others stay'
);
select * from finish();
rollback;
