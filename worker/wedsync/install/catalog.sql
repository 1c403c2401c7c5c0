-- The catalogue of the pack as rows (object, aspect, value). Run with an empty search_path, so that every name is qualified.
-- Partitions change over time: of each parent's partitions, only distinct owners, grants and options count.
-- Aspects that end in "(deparsed)" are deparsed by PostgreSQL and may differ between major versions.
with
spaces as (
    select n.oid, n.nspname, n.nspowner, n.nspacl
    from pg_catalog.pg_namespace as n
    where n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal')
),
relations as (
    select
        c.*,
        c.oid::pg_catalog.regclass::text as named,
        case c.relkind
            when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'table'
        end as kind
    from pg_catalog.pg_class as c
    inner join spaces as s on c.relnamespace = s.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
),
tables as (
    select r.* from relations as r
    where not r.relispartition
),
grants (class, id, sub, acl, full_acl) as (
    select
        'pg_namespace'::text, s.oid, 0, coalesce(s.nspacl, pg_catalog.acldefault('n', s.nspowner)), pg_catalog.acldefault('n', s.nspowner)
    from spaces as s
    union all
    select 'pg_class', r.oid, 0, coalesce(r.relacl, d.acl), d.acl
    from relations as r
    cross join lateral pg_catalog.acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner) as d (acl)
    union all
    select 'pg_class', a.attrelid, a.attnum, a.attacl, null
    from pg_catalog.pg_attribute as a
    inner join tables as t on a.attrelid = t.oid
    where a.attacl is not null
    union all
    select 'pg_proc', p.oid, 0, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)), null
    from pg_catalog.pg_proc as p
    inner join spaces as s on p.pronamespace = s.oid
    union all
    select 'pg_type', t.oid, 0, coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner)), null
    from pg_catalog.pg_type as t
    inner join spaces as s on t.typnamespace = s.oid
),
-- All privileges are treated as the same in every version: 17 added MAINTAIN, which owners get on an upgrade and others
-- do not, and which is harmless for roles that may already truncate the table.
rights as (
    select
        g.class, g.id, g.sub,
        coalesce((
            select pg_catalog.string_agg(
                pg_catalog.format('%s=%s%s by %s', x.grantee, x.privileges, case when x.is_grantable then '*' else '' end, x.grantor),
                ', ' order by x.grantee, x.grantor, x.is_grantable
            )
            from (
                select
                    case e.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(e.grantee) end collate "C" as grantee,
                    pg_catalog.pg_get_userbyid(e.grantor) collate "C" as grantor,
                    e.is_grantable,
                    case
                        when pg_catalog.count(*) filter (where e.privilege_type <> 'MAINTAIN') = (
                            select pg_catalog.count(*) from pg_catalog.aclexplode(g.full_acl) as f
                            where f.grantee = f.grantor and f.privilege_type <> 'MAINTAIN'
                        ) then 'ALL'
                        else pg_catalog.string_agg(e.privilege_type, '/' order by e.privilege_type)
                    end as privileges
                from pg_catalog.aclexplode(g.acl) as e
                group by e.grantee, e.grantor, e.is_grantable
            ) as x
        ), 'none') as value
    from grants as g
),
functions as (
    select p.*, p.oid::pg_catalog.regprocedure::text as named
    from pg_catalog.pg_proc as p
    inner join spaces as s on p.pronamespace = s.oid
),
types as (
    select t.*, t.oid::pg_catalog.regtype::text as named
    from pg_catalog.pg_type as t
    inner join spaces as s on t.typnamespace = s.oid
    where t.typtype in ('e', 'd', 'r')
        or (t.typtype = 'c' and exists (select from pg_catalog.pg_class as c where c.oid = t.typrelid and c.relkind = 'c'))
),
found (object, aspect, value) as (
    select 'server'::text, 'major version'::text, (pg_catalog.current_setting('server_version_num')::integer / 10000)::text
    union all
    select 'schema ' || s.nspname, 'owner', pg_catalog.pg_get_userbyid(s.nspowner)::text from spaces as s
    union all
    select 'schema ' || s.nspname, 'grants', r.value from spaces as s inner join rights as r on r.class = 'pg_namespace' and r.id = s.oid
    union all
    select 'schema ' || s.nspname, 'comment', pg_catalog.obj_description(s.oid, 'pg_namespace') from spaces as s
    union all
    select t.kind || ' ' || t.named, 'owner', pg_catalog.pg_get_userbyid(t.relowner)::text from tables as t
    union all
    select t.kind || ' ' || t.named, 'grants', r.value
    from tables as t inner join rights as r on r.class = 'pg_class' and r.id = t.oid and r.sub = 0
    union all
    select t.kind || ' ' || t.named, 'comment', pg_catalog.obj_description(t.oid, 'pg_class') from tables as t
    union all
    select
        t.kind || ' ' || t.named, 'options',
        pg_catalog.concat_ws(
            ', ', 'persistence ' || t.relpersistence::text, case when t.relrowsecurity then 'row security' end,
            case when t.relforcerowsecurity then 'forced' end, pg_catalog.array_to_string(t.reloptions, ', '),
            case when t.relkind = 'p' then 'partition by ' || pg_catalog.pg_get_partkeydef(t.oid) end
        )
    from tables as t
    union all
    select t.kind || ' ' || t.named, 'definition (deparsed)', pg_catalog.pg_get_viewdef(t.oid) from tables as t where t.relkind in ('v', 'm')
    union all
    select distinct
        'partitions of ' || i.inhparent::pg_catalog.regclass::text,
        'distinct owners, grants and options',
        pg_catalog.string_agg(distinct pg_catalog.concat_ws(
            ', ', pg_catalog.pg_get_userbyid(p.relowner), 'persistence ' || p.relpersistence::text,
            case when p.relrowsecurity then 'row security' end, r.value
        ), ' | ')
    from relations as p
    inner join pg_catalog.pg_inherits as i on p.oid = i.inhrelid
    inner join rights as r on r.class = 'pg_class' and r.id = p.oid and r.sub = 0
    where p.relispartition
    group by i.inhparent
    union all
    select
        'column ' || t.named || '.' || a.attname, 'definition (deparsed)',
        pg_catalog.concat_ws(
            ' ', pg_catalog.format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
            nullif('identity ' || a.attidentity::text, 'identity '), nullif('generated ' || a.attgenerated::text, 'generated '),
            'default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid),
            case when a.attcollation not in (0, 100) then 'collate ' || a.attcollation::pg_catalog.regcollation::text end
        )
    from tables as t
    inner join pg_catalog.pg_attribute as a on t.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
    where t.relkind in ('r', 'p', 'f')
    union all
    select 'column ' || t.named || '.' || a.attname, 'comment', pg_catalog.col_description(t.oid, a.attnum)
    from tables as t
    inner join pg_catalog.pg_attribute as a on t.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    union all
    select 'column ' || t.named || '.' || a.attname, 'grants', r.value
    from tables as t
    inner join pg_catalog.pg_attribute as a on t.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
    inner join rights as r on r.class = 'pg_class' and r.id = t.oid and r.sub = a.attnum
    union all
    select
        'constraint ' || k.conname || ' on ' || t.named, 'definition (deparsed)',
        pg_catalog.pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' (not validated)' end
    from pg_catalog.pg_constraint as k
    inner join tables as t on k.conrelid = t.oid
    where k.contype <> 'n'
    union all
    select 'constraint ' || k.conname || ' on ' || t.named, 'comment', pg_catalog.obj_description(k.oid, 'pg_constraint')
    from pg_catalog.pg_constraint as k
    inner join tables as t on k.conrelid = t.oid
    union all
    select
        'index ' || x.indexrelid::pg_catalog.regclass::text, 'definition (deparsed)',
        pg_catalog.pg_get_indexdef(x.indexrelid) || case when x.indisvalid then '' else ' (invalid)' end
    from pg_catalog.pg_index as x
    inner join tables as t on x.indrelid = t.oid
    union all
    select
        'trigger ' || g.tgname || ' on ' || t.named, 'definition (deparsed)',
        pg_catalog.pg_get_triggerdef(g.oid) || ', enabled ' || g.tgenabled::text
    from pg_catalog.pg_trigger as g
    inner join tables as t on g.tgrelid = t.oid
    where not g.tgisinternal
    union all
    select 'trigger ' || g.tgname || ' on ' || t.named, 'comment', pg_catalog.obj_description(g.oid, 'pg_trigger')
    from pg_catalog.pg_trigger as g
    inner join tables as t on g.tgrelid = t.oid
    where not g.tgisinternal
    union all
    select
        'policy ' || y.polname || ' on ' || t.named, 'definition (deparsed)',
        pg_catalog.concat_ws(
            ' ', case when y.polpermissive then 'permissive' else 'restrictive' end, 'for ' || y.polcmd::text, 'to ' || (
                select pg_catalog.string_agg(m.name, ', ' order by m.name)
                from (
                    select case i.id when 0 then 'public' else pg_catalog.pg_get_userbyid(i.id)::text end collate "C" as name
                    from pg_catalog.unnest(y.polroles) as i (id)
                ) as m
            ),
            'using ' || pg_catalog.pg_get_expr(y.polqual, y.polrelid), 'with check ' || pg_catalog.pg_get_expr(y.polwithcheck, y.polrelid)
        )
    from pg_catalog.pg_policy as y
    inner join relations as t on y.polrelid = t.oid
    union all
    select 'policy ' || y.polname || ' on ' || t.named, 'comment', pg_catalog.obj_description(y.oid, 'pg_policy')
    from pg_catalog.pg_policy as y
    inner join relations as t on y.polrelid = t.oid
    union all
    select 'function ' || f.named, 'owner', pg_catalog.pg_get_userbyid(f.proowner)::text from functions as f
    union all
    select 'function ' || f.named, 'grants', r.value from functions as f inner join rights as r on r.class = 'pg_proc' and r.id = f.oid
    union all
    select 'function ' || f.named, 'comment', pg_catalog.obj_description(f.oid, 'pg_proc') from functions as f
    union all
    select 'function ' || f.named, 'body', f.prosrc from functions as f where f.prosqlbody is null
    union all
    select 'function ' || f.named, 'body (deparsed)', pg_catalog.pg_get_function_sqlbody(f.oid) from functions as f where f.prosqlbody is not null
    union all
    select
        'function ' || f.named, 'options',
        pg_catalog.concat_ws(
            ', ', pg_catalog.pg_get_function_arguments(f.oid), 'returns ' || pg_catalog.pg_get_function_result(f.oid), l.lanname,
            'kind ' || f.prokind::text, 'volatility ' || f.provolatile::text, 'parallel ' || f.proparallel::text,
            case when f.prosecdef then 'security definer' end, case when f.proisstrict then 'strict' end,
            case when f.proleakproof then 'leakproof' end, 'cost ' || f.procost::text, 'rows ' || f.prorows::text,
            pg_catalog.array_to_string(f.proconfig, ', ')
        )
    from functions as f inner join pg_catalog.pg_language as l on f.prolang = l.oid
    union all
    select 'type ' || t.named, 'owner', pg_catalog.pg_get_userbyid(t.typowner)::text from types as t
    union all
    select 'type ' || t.named, 'grants', r.value from types as t inner join rights as r on r.class = 'pg_type' and r.id = t.oid
    union all
    select 'type ' || t.named, 'comment', pg_catalog.obj_description(t.oid, 'pg_type') from types as t
    union all
    select
        'type ' || t.named, 'definition (deparsed)',
        case t.typtype
            when 'e' then (
                select pg_catalog.string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_catalog.pg_enum as e where e.enumtypid = t.oid
            )
            when 'd' then pg_catalog.concat_ws(
                ' ', pg_catalog.format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'not null' end, 'default ' || t.typdefault, (
                    select pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ' order by k.conname)
                    from pg_catalog.pg_constraint as k where k.contypid = t.oid and k.contype <> 'n'
                )
            )
            else (
                select pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
                from pg_catalog.pg_attribute as a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
            )
        end
    from types as t
    union all
    select
        'role ' || r.rolname, 'options',
        pg_catalog.concat_ws(
            ', ', 'kind wedsync', case when r.rolsuper then 'superuser' end, case when r.rolbypassrls then 'bypasses row security' end,
            case when r.rolcreaterole then 'creates roles' end, case when r.rolcreatedb then 'creates databases' end
        )
    from pg_catalog.pg_roles as r where r.rolname in ('wedsync_owner', 'wedsync_worker', 'wedsync_admin')
)
select f.object, f.aspect, f.value
from found as f
where f.value is not null
