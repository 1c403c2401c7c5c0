-- proves: F002-04, F002-13, C-30
-- Whoever reads an answer to a form in the view hears of it, on every channel that carries answers, and nobody else does.
begin;
select plan(27);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend'), ('florist friend', 'friend')) as m (name, role);
-- a family member who may read everything that can be granted, and sees who shares what
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{everything}'')', tap.couple('emma'), tap.id('fred')));
select tap.supplier(s.name, 'emma', '{everything}') from (values ('chef'), ('baker'), ('florist friend')) as s (name);
select tap.supplier('band', 'olivia', '{everything}');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
insert into wedsync_data.forms (id, supplier_id, name)
select tap.id('form of ' || s.name), tap.firm(s.name), 'Form' from (values ('chef'), ('baker'), ('florist friend'), ('band')) as s (name);
insert into wedsync_data.form_fields (form_id, name) select f.id, 'soup' from wedsync_data.forms as f;
select ok(get_bit((wedsync_internal.user_access(tap.id('fred'), tap.couple('emma'))).readable, 45) = 1, 'control: fred sees who shares what');

create temporary table people (who text, role text) on commit drop;
insert into people select w.who, 'authenticated'
from unnest(array['emma', 'james', 'paula', 'fred', 'frank', 'olivia', 'chef', 'sam', 'baker', 'florist friend', 'band', 'stranger']) as w (who);
insert into people values ('server', 'service_role');
create temporary table ears on commit drop as
select p.who, t.name,
    tap.join(p.who, t.topic, '{"postgres_changes": [{"event": "*", "schema": "wedsync", "table": "form_responses"}]}', role_name => p.role) as joined
from people as p, (values ('wedding', 'wedding:' || tap.couple('emma')), ('form-responses', 'form-responses')) as t (name, topic);
select results_eq(
    $$ select e.who, e.name from ears as e where tap.answer(e.joined) <> 'ok' order by 1, 2 $$,
    $$
        values ('band', 'wedding'), ('frank', 'form-responses'), ('fred', 'form-responses'), ('olivia', 'wedding'), ('stranger', 'form-responses'),
            ('stranger', 'wedding')
    $$,
    'refused are those who could read no answer there'
);

-- "who: response" as the view has it
create function pg_temp.readers() returns setof text language sql as $$
    select p.who || ' ' || (r ->> 'id') from people as p, lateral tap.rows(p.who, 'select id, couple_id from wedsync.form_responses', p.role) as r
$$;
-- The same for what is heard on a channel: broadcast and row change, each naming the response.
create function pg_temp.recipients(channel text, kind text) returns setof text language sql as $$
    select e.who || ' ' || case f.kind
        when 'broadcast' then f.payload::jsonb #>> '{payload,data,id}'
        else coalesce(f.payload::jsonb #>> '{data,record,id}', f.payload::jsonb #>> '{data,old_record,id}')
    end
    from wedsync_internal.next_frames(tap.node(), tap.start()) as f join ears as e on e.joined -> 'group_id' = to_jsonb(f.group_id)
    where e.name = $1 and f.kind = $2
$$;
create function pg_temp.missers(channel text) returns setof text language sql as $$
    select e.who || ' ' || (f.payload::jsonb #>> '{payload,data,id}')
    from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), tap.start()) as f
    where e.name = $1 and f.kind = 'broadcast'
$$;
create temporary table answered on commit drop as
select a.who, a.supplier,
    tap.call(
        a.who, format('select wedsync.submit_form_response(%L, %L, ''{"soup": "leek"}'')', tap.id('form of ' || a.supplier), tap.couple(a.partner))
    )::uuid as id
from (
    values ('emma', 'emma', 'chef'), ('paula', 'emma', 'baker'), ('james', 'emma', 'florist friend'), ('olivia', 'olivia', 'band')
) as a (who, partner, supplier);
create temporary table reading on commit drop as select pg_temp.readers() as line;
select is((select count(*) from reading as r where r.line like 'paula %'), 3::bigint, 'control: the planner reads three');
select is(
    (select string_agg(r.line, ',' order by r.line) from reading as r where r.line ~ '^(chef|sam) '),
    (select 'chef ' || a.id || ',sam ' || a.id from answered as a where a.supplier = 'chef'), 'control: a supplier reads its own'
);

-- on a channel of the wedding: what they read of the wedding
create temporary table expected on commit drop as
select 'wedding' as name, r.line from reading as r where r.line !~ (select a.id::text from answered as a where a.supplier = 'band')
union all select 'form-responses', r.line from reading as r;
create function pg_temp.same(what text) returns setof text language sql as $$
    select bag_eq(
        format('select pg_temp.%s', format(h.call, c.name)), format('select line from expected where name = %L', c.name), format(what, c.name, h.what)
    )
    from (values ('wedding'), ('form-responses')) as c (name),
        (
            values ('recipients(%L, ''broadcast'')', 'broadcasts'), ('recipients(%L, ''postgres_changes'')', 'row changes'), ('missers(%L)', 'missed')
        ) as h (call, what)
$$;
select pg_temp.same('new answers are heard by who reads them, on %s as %s');
select tap.forget();
update wedsync_data.form_responses set data = '{"soup": "pea"}';
select pg_temp.same('changed ones too, on %s as %s');
select is_empty($$
    select p.who || ' ' || (h #>> '{record,id}')
    from people as p, lateral tap.rows(p.who, case when p.who in ('olivia', 'band', 'stranger') then 'select 1 where false'
        else format('select record from wedsync.event_history(%L, 0) where table_name = ''form_responses''', tap.couple('emma')) end, p.role) as h
    except select line from reading
$$, 'the history shows no more');
select is_empty($$
    select e.line from expected as e where e.name = 'wedding'
    except
    select p.who || ' ' || (h #>> '{record,id}')
    from people as p, lateral tap.rows(p.who, case when p.who in ('olivia', 'band', 'stranger') then 'select 1 where false'
        else format('select record from wedsync.event_history(%L, 0) where table_name = ''form_responses''', tap.couple('emma')) end, p.role) as h
$$, 'and no less');
select tap.forget();
delete from wedsync_data.form_responses;
select pg_temp.same('and removed ones, on %s as %s');

-- hearing follows the role and the supplier at once
select tap.forget();
update wedsync_data.wedding_members set wedding_role = 'family' where user_id = tap.id('paula');
select tap.call('chef', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('sam')));
select tap.call('emma', format('select wedsync.submit_form_response(%L, %L, ''{"soup": "miso"}'')', tap.id('form of chef'), tap.couple('emma')));
select bag_eq(
    $$ select s.topic, p.who from wedsync_data.subscriptions as s join people as p on tap.id(p.who) = s.user_id
        join wedsync_internal.next_frames(tap.node(), tap.start()) as f on f.group_id = s.group_id and f.kind = 'broadcast' and f.payload ~ 'miso'
        where not s.is_service $$,
    $$
        select t.topic, w.who
        from (values ('emma'), ('james'), ('chef')) as w (who), (values ('wedding:' || tap.couple('emma')), ('form-responses')) as t (topic)
    $$,
    'who is no longer the planner, or no longer works there, no longer hears'
);
select is(
    (select s.group_id from wedsync_data.subscriptions as s where s.user_id = tap.id('paula') and s.topic = 'form-responses'), null,
    'whose channel carries nothing more is told so'
);
select is(
    (select count(distinct s.group_id) from wedsync_data.subscriptions as s where s.topic ~ '^wedding:' and s.user_id in (tap.id('emma'), tap.id('james'))),
    1::bigint, 'partners are one audience'
);
select * from finish();
rollback;
