-- proves: C-56, F000-96
-- Every function that callers may execute and that may write, and every statement on what they may write, counts itself before it does
-- anything else. Tried for real, with a caller who is over every limit.
begin;
select plan(25);
select null from tap.wedding('emma');
select tap.call('emma', 'select wedsync.register_supplier(''Cakes'', ''baker'')');
create temporary table exempt (what regprocedure primary key, why text not null) on commit drop;
insert into exempt values
('wedsync.pre_request()', 'counts reads of views, by their path; tested in resilience/pre_request.sql'),
('wedsync.receive_webhook(bytea,jsonb)', 'counts by source and by address; tested in webhooks/'),
('wedsync.receive_raw_webhook(bytea)', 'counts by source and by address; tested in webhooks/');
create temporary view callable as
select p.oid, p.oid::regprocedure::text as what, p.proname, p.proargtypes::oid[] as types
from pg_catalog.pg_proc as p
where p.pronamespace = 'wedsync'::regnamespace and p.provolatile = 'v' and p.oid not in (select e.what from exempt as e)
    and (pg_catalog.has_function_privilege('anon', p.oid, 'execute') or pg_catalog.has_function_privilege('authenticated', p.oid, 'execute'));

create function pg_temp.over_every_limit() returns void language sql as $$
    update wedsync_data.rate_limits set max_requests = 1;
    delete from wedsync_data.rate_usage;
    insert into wedsync_data.rate_usage (user_id, endpoint, bucket, counts, used)
    select tap.id('emma'), r.endpoint, floor(extract(epoch from clock_timestamp()) / (r.per_seconds / 60.0)), array_fill(0::smallint, array[59]) || 5::smallint,
        5
    from wedsync_data.rate_limits as r
$$;
create function pg_temp.answer(function oid) returns text language plpgsql as $$
declare
    call text;
begin
    select format('select wedsync.%I(%s)', c.proname, string_agg(case
        when a.type = 'uuid'::regtype then format('%L::uuid', tap.couple('emma'))
        when a.type = 'jsonb'::regtype then '''{}''::jsonb'
        when a.type = 'record'::regtype then 'row(1)'
        when a.type = 'text'::regtype then '''x'''
        when a.type in ('timestamptz'::regtype, 'date'::regtype) then format('now()::%s', a.type::regtype)
        when a.type = any (array['integer', 'smallint', 'bigint', 'boolean']::regtype[]) then format('''1''::%s', a.type::regtype)
        when a.type in ('text[]'::regtype, 'bigint[]'::regtype, 'uuid[]'::regtype) then format('''{}''::%s', a.type::regtype)
        else format('null::%s', a.type::regtype)
    end, ', ' order by a.position)) into call
    from callable as c
    left join lateral unnest(c.types) with ordinality as a (type, position) on true
    where c.oid = function
    group by c.proname;
    return (select coalesce(e.e #>> '{detail,status}', e.e ->> 'sqlstate', 'passes') from tap.error('emma', call) as e (e));
end
$$;
create temporary view uncounted as
select c.what, pg_temp.answer(c.oid) as answer from callable as c where pg_temp.answer(c.oid) <> '429' order by 1;
select pg_temp.over_every_limit();
select cmp_ok((select count(*) from callable), '>=', 40::bigint, 'control: the functions are found');
select is_empty('select what, answer from uncounted', 'whoever is over the limits is told so by every function, before anything else');
create function wedsync.writes_at_will(couple_id uuid) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$ begin update wedsync_data.weddings as w set id = w.id where w.id = writes_at_will.couple_id; end $$;
grant execute on function wedsync.writes_at_will(uuid) to authenticated;
select results_eq(
    'select what collate "default", answer from uncounted', $$ values ('wedsync.writes_at_will(uuid)', 'passes') $$, 'the rule finds one that does not count'
);
drop function wedsync.writes_at_will(uuid);
create temporary view unsaid as
select c.what from callable as c where coalesce(pg_catalog.obj_description(c.oid, 'pg_proc'), '') !~ 'rate_limited \(429\)' order by 1;
select is_empty('select what from unsaid', 'and its comment says so');
create function wedsync.says_nothing() returns void language sql as 'select';
comment on function wedsync.says_nothing() is 'Does nothing. Errors: not_found (PT404).';
grant execute on function wedsync.says_nothing() to authenticated;
select results_eq('select what collate "default" from unsaid', $$ values ('wedsync.says_nothing()') $$, 'the rule finds one that does not');
drop function wedsync.says_nothing();

-- a limiter that has lost its rows says what an administrator must do
delete from wedsync_data.rate_limits;
create temporary view silent as
select c.what, e.e from callable as c cross join lateral (select pg_temp.answer(c.oid)) as e (e)
where e.e <> '503' and c.what !~ '\.(get_core_fields|get_audit_trail|core_fields_as_of|event_history)\(';
select is_empty('select what, e from silent', 'without its row every function but those that read is closed');
select is(
    (select (x.e ->> 'message')::jsonb - 'code' from tap.error('emma', 'select wedsync.register_supplier(''More'', ''baker'')') as x (e)),
    '{"message": "A rate limit or setting is missing", "details": "{\"endpoint\": \"registration\"}", "hint": "An administrator must insert the row of '
    'rate_limits or settings that the detail names."}',
    'and names it'
);

-- views and tables that callers write themselves
insert into wedsync_data.rate_limits values ('forms-write', 1, 60, ''), ('core-fields-write', 1, 60, '');
create temporary view writable as
select c.oid, c.oid::regclass::text as relation, w.bit, w.privilege
from pg_catalog.pg_class as c
cross join (values ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16)) as w (privilege, bit)
cross join unnest('{anon,authenticated}'::name[]) as r (role)
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p', 'v')
    and (
        pg_catalog.has_table_privilege(r.role, c.oid, w.privilege) or w.privilege <> 'DELETE'
            and pg_catalog.has_any_column_privilege(r.role, c.oid, w.privilege)
    )
    -- a view with the caller's rights is written through to its table
    and not (c.relkind = 'v' and 'security_invoker=true' = any (c.reloptions));
create temporary view unlimited as
select w.relation, w.privilege from writable as w
where not exists (
    select from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where t.tgrelid = w.oid and t.tgenabled in ('O', 'A') and t.tgtype & w.bit > 0 and p.prosrc ~ 'enforce_rate_limit\('
        -- before each statement, or instead of each row of a view
        and (t.tgtype & 3 = 2 or t.tgtype & 65 = 65)
)
order by 1, 2;
select is_empty('select relation, privilege from unlimited', 'every kind of statement that callers may send is counted');
select is(
    (select count(*) from writable), 10 + 2 * (select count(*) from wedsync_data.record_catalog as r where r.shape = 'rows'),
    'control: three tables in three ways, one view, and the views of rows in two ways'
);
grant insert on wedsync_data.supplier_categories to authenticated;
select results_eq(
    'select relation collate "default", privilege from unlimited', $$ values ('wedsync_data.supplier_categories', 'INSERT') $$, 'the rule finds one that is not'
);
create temporary table shop on commit drop as select s.id from wedsync_data.suppliers as s where s.created_by = tap.id('emma');
grant select on shop to public;
delete from wedsync_data.rate_usage;
select is(
    tap.run('emma', 'insert into wedsync.forms (supplier_id, name) select s.id, ''Cake '' || i from shop as s, generate_series(1, 3) as i'), 3::bigint,
    'three forms in one statement count once'
);
select is((select sum(c) from wedsync_data.rate_usage as u, unnest(u.counts) as c where u.endpoint = 'forms-write'), 1::bigint, 'as one');
create temporary table made on commit drop as select f.id from wedsync_data.forms as f where f.supplier_id in (select s.id from shop as s);
grant select on made to public;
select pg_temp.over_every_limit();
select is(tap.error('emma', q.query) #>> '{detail,status}', '429', q.query) from (values
    ('insert into wedsync.forms (supplier_id, name) select s.id, ''More'' from shop as s'), ('update wedsync.forms set name = ''x'''),
    ('delete from wedsync.forms'),
    ('insert into wedsync.form_fields (form_id, name) select id, ''x'' from made'), ('update wedsync.form_fields set label = ''x'''),
    ('delete from wedsync.form_fields'),
    ('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) select id, ''x'', ''wedding.date'' from made'),
    ('update wedsync.core_field_mappings set auto_populate = false'), ('delete from wedsync.core_field_mappings'),
    ('update wedsync.core_fields set partner2_name = ''x''')
) as q (query);
-- what follows by foreign keys is not counted again
update wedsync_data.rate_limits set max_requests = 2 where endpoint = 'forms-write';
delete from wedsync_data.rate_usage;
select is(tap.run('emma', 'insert into wedsync.form_fields (form_id, name) select id, ''x'' from made'), 3::bigint, 'fields');
select is(tap.run('emma', 'delete from wedsync.forms'), 3::bigint, 'forms go with their fields in one request');
-- servers are not limited
select is(
    tap.run(null, 'insert into wedsync.forms (supplier_id, name) select s.id, ''Served'' from shop as s, generate_series(1, 5)', 'service_role'), 5::bigint,
    'a server may write as often as it likes'
) from (select tap.back()) as b;
select * from finish();
rollback;
