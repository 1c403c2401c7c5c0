-- proves: F000-96
-- A number of a few bytes is 131,072 characters long as text. So no function that callers may execute takes JSON past the one rule of
-- json_problem, and no column that they may write does.
begin;
select plan(12);
set local statement_timeout = '60s';

-- every argument of type json, jsonb or an array of them, of every function that callers may execute
create temporary view json_arguments as
select p.oid, a.position, coalesce(p.proargnames[a.position], '$' || a.position) as argument
from pg_catalog.pg_proc as p
cross join lateral unnest(p.proargtypes::oid[]) with ordinality as a (type, position)
where p.pronamespace = 'wedsync'::regnamespace
    and a.type in ('json'::regtype, 'jsonb'::regtype, 'json[]'::regtype, 'jsonb[]'::regtype)
    and (pg_catalog.has_function_privilege('anon', p.oid, 'execute') or pg_catalog.has_function_privilege('authenticated', p.oid, 'execute'));

create function pg_temp.refusal(function oid, argument integer, value text)
returns text language plpgsql as $$
declare
    call text;
begin
    select format('select wedsync.%I(%s)', p.proname, string_agg(case
        when a.position = argument then format('%s::%s', value, a.type::regtype)
        when a.type = 'uuid'::regtype then format('%L::uuid', tap.couple('emma'))
        when a.type = 'text'::regtype then '''x''::text'
        else format('null::%s', a.type::regtype)
    end, ', ' order by a.position)) into call
    from pg_catalog.pg_proc as p
    cross join lateral unnest(p.proargtypes::oid[]) with ordinality as a (type, position)
    where p.oid = function
    group by p.proname;
    return (select e.e #>> '{detail,parameter}' || ': ' || (e.e #>> '{detail,rule}') from tap.error('emma', call) as e (e));
end
$$;
select null from tap.wedding('emma');
update wedsync_data.rate_limits set max_requests = null;

create temporary table hostile (kind text primary key, value text not null, says text not null) on commit drop;
insert into hostile values
('numbers', $v$ '{"a": [{"b": 1e131071}]}' $v$, 'numbers from%'),
('numbers below', $v$ '{"a": -1e131071}' $v$, 'numbers from%'),
('places', $v$ '{"a": [0e-16383]}' $v$, 'numbers with at most 340 decimal places'),
('depth', $v$ ('{"a": ' || repeat('[', 32) || repeat(']', 32) || '}') $v$, 'at most 32 nested objects and arrays%'),
('text', $v$ jsonb_build_object('a', repeat(E'\\x01', 3400)) $v$, 'at most % bytes as text'),
('stored', $v$ (select jsonb_build_object('a', jsonb_agg(1)) from generate_series(1, 10000)) $v$, 'at most % bytes as stored');
-- so that 20 KB are too large for each
update wedsync_data.settings set value = '16384' where name in ('patch_max_bytes', 'message_max_bytes', 'batch_max_bytes', 'presence_max_bytes');
create temporary view offenders as
select format('%s, argument %s: %s', j.oid::regprocedure, j.argument, h.kind) as what
from json_arguments as j
cross join hostile as h
where pg_temp.refusal(j.oid, j.position::integer, h.value) like j.argument || ': ' || h.says is not true
order by 1;
select cmp_ok((select count(*) from json_arguments), '>=', 8::bigint, 'control: the functions are found');
select is_empty('select what from offenders', 'every function that takes JSON refuses what is too large, too deep or out of range, naming argument and rule');
create function wedsync.takes_anything(couple_id uuid, patch jsonb) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$ begin perform length(patch::text); end $$;
grant execute on function wedsync.takes_anything(uuid, jsonb) to authenticated;
select is(
    (select count(*) from offenders where what like '%takes_anything(uuid,jsonb), argument patch: %'), 6::bigint,
    'the rule finds a function that takes anything'
);
drop function wedsync.takes_anything(uuid, jsonb);

-- a text that becomes JSON inside goes past the rule as well
create temporary view casts as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
cross join lateral unnest(p.proargnames) as a (argument)
where p.pronamespace = 'wedsync'::regnamespace and pg_catalog.has_function_privilege('authenticated', p.oid, 'execute')
    and p.prosrc ~ ('\m' || a.argument || '\s*::\s*(pg_catalog\.)?jsonb?\M|cast\s*\(\s*' || a.argument || '\s+as\s+(pg_catalog\.)?json')
    and not p.proargtypes::oid[] && array['jsonb'::regtype, 'json'::regtype]::oid[];
select is_empty('select what from casts', 'no function takes JSON as text');
create function wedsync.takes_text(words text) returns void language plpgsql as $$ begin perform words::jsonb; end $$;
grant execute on function wedsync.takes_text(text) to authenticated;
select results_eq('select what collate "default" from casts', array['wedsync.takes_text(text)'], 'the rule finds one that does');

-- rows of callers
select is(
    tap.error(
        'emma',
        format(
            $q$ select wedsync.broadcast_changes(%L, 'e', 'INSERT', 't', 's', r, r) from (select 1e131071::numeric as n) as r $q$,
            'wedding:' || tap.couple('emma')
        )
    )
    #>> '{detail,rule}', 'numbers from -1.7976931348623157e308 to 1.7976931348623157e308', 'nor do rows that become JSON get past it'
);

-- columns of views and tables
create temporary view json_columns as
select c.oid::regclass::text as relation, a.attname::text as "column", c.oid, a.attnum
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
    and a.atttypid in ('json'::regtype, 'jsonb'::regtype, 'json[]'::regtype, 'jsonb[]'::regtype)
cross join unnest('{anon,authenticated}'::name[]) as r (role)
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p', 'v')
    and (pg_catalog.has_column_privilege(r.role, c.oid, a.attnum, 'insert') or pg_catalog.has_column_privilege(r.role, c.oid, a.attnum, 'update'))
    -- a view with the caller's rights is written through to its table, which is looked at
    and not (c.relkind = 'v' and 'security_invoker=true' = any (c.reloptions));
create temporary view unguarded as
select j.relation || '.' || j."column" as what
from json_columns as j
where not exists (
    select from pg_catalog.pg_trigger as t
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    -- as a before or instead-of row trigger on both insert and update, or update only where nothing is inserted
    where t.tgrelid = j.oid and t.tgenabled in ('O', 'A') and t.tgtype & 1 = 1 and t.tgtype & 66 > 0
        and p.prosrc ~ ('(json_problem|check_json)\(new\.' || j."column" || ',|check_json\(\s*entry\.value')
)
order by 1;
select is_empty('select what from unguarded', 'every JSON column that callers may write is looked at by a trigger');
select results_eq(
    $$ select distinct relation collate "default" from json_columns order by 1 $$,
    array['wedsync.core_fields', 'wedsync.timeline_proposals', 'wedsync.wedding_events', 'wedsync_data.core_field_mappings'],
    'control: which ones they are'
);
alter table wedsync_data.forms add column extra jsonb;
select results_eq('select what collate "default" from unguarded', array['wedsync_data.forms.extra'], 'the rule finds one that is not');

-- through the view
create function pg_temp.patching(column_name text, value text) returns text language sql as $$
    select e.e ->> 'sqlstate' || ' ' || (e.e #>> '{detail,parameter}') || ': ' || (e.e #>> '{detail,rule}')
    from tap.error('emma', format('update wedsync.core_fields set %I = %s where couple_id = %L', column_name, value, tap.couple('emma'))) as e (e)
$$;
select is(
    pg_temp.patching('guest_count', $v$ '{"adults": 1e131071}' $v$), '22023 guest_count: numbers from -1.7976931348623157e308 to 1.7976931348623157e308',
    'the view refuses a number'
);
select matches(
    pg_temp.patching('key_moments', $v$ (select jsonb_agg(jsonb_build_object('id', 1e131071)) from generate_series(1, 2000)) $v$),
    '^22023 key_moments: numbers', 'within elements too'
);
select matches(
    pg_temp.patching('key_moments', $v$ to_jsonb(repeat('x', 70000)) $v$), '^PT413 key_moments: at most 16\d\d\d bytes as text', 'and what is too large'
);
select * from finish();
rollback;
