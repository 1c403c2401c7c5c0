-- proves: F000-98
begin;
select plan(2);
create temporary view offenders as
with ours as (
    select n.oid, n.nspname from pg_catalog.pg_namespace as n where n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal')
)
select 'schema ' || o.nspname as what from ours as o where pg_catalog.obj_description(o.oid, 'pg_namespace') is null
union all
select 'relation ' || c.oid::regclass
from pg_catalog.pg_class as c
where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'p', 'v', 'm', 'c')
    and pg_catalog.obj_description(
        case when c.relkind = 'c' then c.reltype else c.oid end, case when c.relkind = 'c' then 'pg_type' else 'pg_class' end
    ) is null
union all
select 'column ' || c.oid::regclass || '.' || a.attname
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
-- the columns of a partition are those of its parent
where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'p', 'v', 'm', 'c') and not c.relispartition
    and pg_catalog.col_description(c.oid, a.attnum) is null
union all
select 'function ' || p.oid::regprocedure
from pg_catalog.pg_proc as p
where p.pronamespace in (select oid from ours) and pg_catalog.obj_description(p.oid, 'pg_proc') is null
union all
select 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass
from pg_catalog.pg_trigger as t
join pg_catalog.pg_class as c on c.oid = t.tgrelid
where c.relnamespace in (select oid from ours) and not t.tgisinternal and t.tgparentid = 0
    and pg_catalog.obj_description(t.oid, 'pg_trigger') is null
union all
select 'policy ' || p.polname || ' on ' || p.polrelid::regclass
from pg_catalog.pg_policy as p
join pg_catalog.pg_class as c on c.oid = p.polrelid
where c.relnamespace in (select oid from ours) and pg_catalog.obj_description(p.oid, 'pg_policy') is null
union all
select 'type ' || t.oid::regtype
from pg_catalog.pg_type as t
where t.typnamespace in (select oid from ours) and t.typtype in ('d', 'e', 'r') and pg_catalog.obj_description(t.oid, 'pg_type') is null
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'every schema, relation, column, function, trigger, policy and type has a comment');
create schema extra;
create table wedsync_data.silent (id integer);
create function wedsync.silent() returns trigger language plpgsql as 'begin return null; end';
create trigger silent before insert on wedsync_data.silent for each row execute function wedsync.silent();
create policy silent on wedsync_data.silent to wedsync_owner using (true);
create type wedsync_data.mood as enum ('calm', 'busy');
comment on schema wedsync is null;
select results_eq(
    'select what collate "default" from offenders order by 1',
    array[
        'column wedsync_data.silent.id', 'function wedsync.silent()', 'policy silent on wedsync_data.silent', 'relation wedsync_data.silent',
        'schema wedsync', 'trigger silent on wedsync_data.silent', 'type wedsync_data.mood'
    ],
    'the rule finds each kind without one'
);
select * from finish();
rollback;
