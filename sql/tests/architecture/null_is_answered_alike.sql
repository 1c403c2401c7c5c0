-- proves: F003-14
-- Every public function, from the catalogue: null for a parameter that has no default is invalid_value and names the parameter.
begin;
update wedsync_data.rate_limits set max_requests = null;
create function pg_temp.call_with(routine oid, null_at integer) returns text language sql as $$
    select format('select * from wedsync.%I(%s)', p.proname, string_agg(format('%I => %s::%s', p.proargnames[n.n], case
        when n.n = null_at then 'null'
        else case t.name
            when 'uuid' then 'gen_random_uuid()' when 'text' then quote_literal('x') when 'jsonb' then quote_literal('{}')
            when 'text[]' then quote_literal('{basic}') when 'uuid[]' then quote_literal('{}') when 'bigint[]' then quote_literal('{1}') when 'integer' then
                '1' when 'bigint' then '1'
            when 'timestamp with time zone' then 'now()' when 'date' then 'current_date' when 'interval' then quote_literal('1 hour')
            when 'boolean' then 'true' when 'bytea' then quote_literal('\x00') else 'null'
        end
    end, t.name), ', ' order by n.n))
    from pg_proc as p
    cross join lateral generate_series(1, p.pronargs - p.pronargdefaults) as n (n)
    cross join lateral format_type(p.proargtypes[n.n - 1], null) as t (name)
    where p.oid = routine
    group by p.proname
$$;
create temp table required as
select p.oid, p.proname::text as function, p.proargnames[n.n] as parameter, n.n as position
from pg_proc as p
cross join lateral generate_series(1, p.pronargs - p.pronargdefaults) as n (n)
where p.pronamespace = 'wedsync'::regnamespace and p.prokind = 'f' and p.proargnames[n.n] <> '' and has_function_privilege('authenticated', p.oid, 'execute')
    -- computed relationships take a row
    and not exists (select from unnest(p.proargtypes) as t (oid) join pg_type as k on k.oid = t.oid where k.typtype = 'c');
create temp table exempt (function text, parameter text, why text);
insert into exempt values
('grant_access', 'readable_fields', 'null means the defaults of the trade'),
('broadcast_changes', 'topic_name', 'told by send as topic'), ('broadcast_changes', 'event_name', 'told by send as event'),
('broadcast_changes', 'operation', 'told by send as payload'), ('broadcast_changes', 'table_name', 'a name for people'),
('broadcast_changes', 'table_schema', 'a name for people'), ('broadcast_changes', 'new', 'a deleted row'), ('broadcast_changes', 'old', 'an inserted row');
select plan((
    select 2 + count(*) filter (where not exists (select from exempt as x where (x.function, x.parameter) = (r.function, r.parameter))) + count(distinct r.oid)
    from required as r
)::integer);
select is(
    (select array[t.e ->> 'sqlstate', t.e #>> '{detail,parameter}'] from (select tap.error('somebody', pg_temp.call_with(r.oid, r.position)) as e) as t),
    array['22023', r.parameter], format('null for %s of %s', r.parameter, r.function)
)
from required as r
where not exists (select from exempt as x where (x.function, x.parameter) = (r.function, r.parameter)) order by r.function, r.position;
select cmp_ok((select count(*) from required), '>', 50::bigint, 'they are many');
select is_empty(
    'select x.function, x.parameter from exempt as x except select r.function, r.parameter from required as r', 'each exemption is of a parameter that is there'
);

-- ids of nobody and texts of no meaning never get as far as a constraint or a bug: PostgreSQL's own errors would name tables
select is(
    (select t.e from (select tap.error('somebody', pg_temp.call_with(r.oid, 0)) as e) as t where t.e ->> 'sqlstate' !~ '^(22023|42501|PT4..|PGRST)$'), null,
    format('%s with values of nobody', r.function)
)
from (select distinct q.oid, q.function from required as q) as r order by r.function;
select * from finish();
rollback;
