create or replace function wedsync_internal.refresh_field_names()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before jsonb;
    changed text[];
begin
    lock table wedsync_data.field_names in share row exclusive mode;
    before := (select pg_catalog.jsonb_object_agg(n.name, n.mask) from wedsync_data.field_names as n);
    delete from wedsync_data.field_names;
    insert into wedsync_data.field_names (name, kind, path, right_no, mask)
    with fields as (
        select c.*, pg_catalog.set_bit(repeat('0', 128)::bit(128), c.right_no, 1)::bit(128) as bit, r.shape = 'rows' as is_of_rows
        from wedsync_data.field_catalog as c
        join wedsync_data.record_catalog as r on r.record_name = c.table_name
    ),
    prefixes as (
        select
            array_to_string((string_to_array(f.path, '.'))[1:depth.n], '.') as prefix,
            depth.n = cardinality(string_to_array(f.path, '.')) - 1 as is_parent,
            f.*
        from fields as f
        cross join lateral generate_series(1, cardinality(string_to_array(f.path, '.')) - 1) as depth (n)
    ),
    named as (
        select f.path as name, case when f.is_of_rows then 'row_field' else 'field' end as kind, f.path, f.right_no, f.bit as mask, 1 as precedence from fields as f
        union all
        select a.name, case when f.is_of_rows then 'row_field' else 'field' end, f.path, f.right_no, f.bit, 2 from fields as f cross join lateral unnest(f.aliases) as a (name)
        union all
        select f.column_name, 'field', f.path, f.right_no, f.bit, 2 from fields as f where f.storage = 'column' and not f.is_of_rows
        union all
        -- the parent of element fields is a list, every other inner node an object, even if it also has records of rows in it
        select p.prefix, case when bool_and(p.is_of_rows) then 'rows' when bool_or(p.storage = 'element' and p.is_parent) then 'list' else 'branch' end, p.prefix, null, bit_or(p.bit), 3
        from prefixes as p group by p.prefix
        union all
        select p.column_name, case p.storage when 'element' then 'list' else 'branch' end, p.prefix, null, bit_or(p.bit), 3
        from prefixes as p where p.is_parent and p.storage <> 'column' group by p.column_name, p.storage, p.prefix
        union all
        select f.field_group, 'group', f.field_group, null, bit_or(f.bit), 4 from fields as f group by f.field_group
        union all
        select v.level, 'level', v.level, null, bit_or(f.bit), 5
        from (values ('basic', '{basic}'::text[]), ('standard', '{basic,standard}'), ('full', '{basic,standard,full}')) as v (level, includes)
        join fields as f on f.access_level = any (v.includes) group by v.level
        union all
        select 'everything', 'level', 'everything', null, bit_or(f.bit), 5 from fields as f
        union all
        select 'class:' || f.sensitivity_class, 'class', 'class:' || f.sensitivity_class, null, bit_or(f.bit), 6
        from fields as f group by f.sensitivity_class
        union all
        -- rights that cover derived fields only
        select 'class:derived', 'class', 'class:derived', null, bit_or(f.bit), 6 from fields as f
        where not exists (select from fields as w where w.right_no = f.right_no and w.is_writable)
        union all
        select 'class:public_website', 'class', 'class:public_website', null, bit_or(f.bit), 6 from fields as f where f.is_public
    )
    select distinct on (n.name) n.name, n.kind, n.path, n.right_no, n.mask
    from named as n
    where n.mask is not null
    order by n.name, n.precedence, n.right_no;

    perform wedsync_internal.refresh_visibility_masks();
    changed := array(
        select coalesce(n.name, o.name)
        from wedsync_data.field_names as n
        full join pg_catalog.jsonb_each_text(before) as o (name, mask) on o.name = n.name
        where n.mask::text is distinct from o.mask
    );
    -- masks of other names do not change, and updating the grants of a wedding locks it until commit
    update wedsync_data.wedding_roles set readable_names = readable_names where changed <> '{}';
    update wedsync_data.grants as g set field_name = g.field_name
    where g.field_name = any (changed) or changed && '{class:budget,class:couple_private,class:derived}';
end
$$;
comment on function wedsync_internal.refresh_field_names() is
'Rebuilds field_names and all derived masks from the catalogue. Called when the catalogue changes.';
revoke all on function wedsync_internal.refresh_field_names() from public;
