-- Reviewed rule: what an immutable function calls or reads must not depend on time, session or tables, and a function that
-- writes is volatile. Names are searched for in the definition without its comments and its own signature.
begin;
select plan(3);
create temporary view definitions as
select
    p.oid, p.provolatile, p.oid::regprocedure::text as what,
    regexp_replace(coalesce(nullif(p.prosrc, ''), pg_catalog.pg_get_function_sqlbody(p.oid)), '--[^\n]*', '', 'g') as body
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and p.prokind = 'f';
create temporary view offenders as
select d.what, 'immutable, but depends on more than its arguments' as why
from definitions as d
where d.provolatile = 'i' and (
    d.body ~*
        '\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|current_setting|set_config|random|gen_random_uuid|pg_current_xact_id|nextval|'
        'txid_current)\s*\('
    or d.body ~* '\m(current_date|current_time|current_timestamp|localtime|localtimestamp|current_user|session_user)\M'
    or d.body ~* '\m(from|join|into|update)\s+(only\s+)?wedsync(_data)?\.'
    or exists (
        select from pg_catalog.pg_proc as called
        where called.pronamespace = 'wedsync_internal'::regnamespace and called.provolatile <> 'i'
            and d.body ~ ('wedsync_internal\.' || called.proname || '\s*\(')
    )
)
union all
select d.what, 'writes, but is not volatile'
from definitions as d
where d.provolatile <> 'v' and (
    d.body ~* '\m(insert\s+into|delete\s+from|truncate|merge\s+into)\s+wedsync' or d.body ~* '\mupdate\s+(only\s+)?wedsync'
    or d.body ~* '\m(set_config|nextval|pg_notify|pg_advisory_(xact_)?lock)\s*\('
)
order by 1, 2;

select is_empty('select * from offenders', 'immutable functions look at their arguments only, and writers are volatile');
create function wedsync_internal.today() returns date language sql immutable as 'select current_date';
create function wedsync_internal.rows() returns bigint language sql immutable as 'select count(*) from wedsync_data.weddings';
create function wedsync_internal.who() returns uuid language sql immutable begin atomic select wedsync_internal.current_user_id(); end;
create function wedsync_internal.quiet_writer() returns void language sql stable as 'select set_config(''a.b'', ''c'', true)';
select results_eq(
    'select what collate "default" from offenders order by 1',
    array['wedsync_internal.quiet_writer()', 'wedsync_internal.rows()', 'wedsync_internal.today()', 'wedsync_internal.who()'],
    'the rule finds a clock, a table, a session and a writer under the wrong label'
);
create function wedsync_internal.honest(text) returns text language sql immutable as '/* from here */ select upper($1) -- now()';
select is((select count(*) from offenders), 4::bigint, 'and leaves alone what only looks at its argument');
select * from finish();
rollback;
