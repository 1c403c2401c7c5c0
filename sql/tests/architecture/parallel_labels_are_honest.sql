-- Reviewed rule: parallel safe is only what neither writes nor raises through fail() nor calls anything of the pack that is not safe itself.
begin;
select plan(2);
create temporary view offenders as
with definitions as (
    select
        p.oid, p.proname, p.proparallel, p.provolatile, p.oid::regprocedure::text as what,
        regexp_replace(coalesce(nullif(p.prosrc, ''), pg_catalog.pg_get_function_sqlbody(p.oid)), '--[^\n]*', '', 'g') as body
    from pg_catalog.pg_proc as p
    where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
)
select d.what
from definitions as d
where d.proparallel = 's' and (
    d.provolatile = 'v'
    or d.body ~* '\m(set_config|nextval|pg_notify|pg_advisory_(xact_)?lock)\s*\('
    or exists (
        select from definitions as called
        where called.proparallel <> 's' and called.oid <> d.oid and d.body ~ ('wedsync(_internal)?\.' || called.proname || '\s*\(')
    )
)
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'parallel safe functions call only what is safe');
create function wedsync_internal.raises() returns void language sql stable parallel safe as 'select wedsync_internal.fail(''not_found'')';
create function wedsync_internal.changes() returns void language sql volatile parallel safe as 'select';
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_internal.changes()', 'wedsync_internal.raises()'],
    'the rule finds a volatile one and one that calls what is not safe'
);
select * from finish();
rollback;
