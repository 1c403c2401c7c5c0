create or replace function wedsync_internal.plan_patch(patch jsonb, prefix text default null, depth integer default 1)
returns table (given text, right_no smallint, path text, element_id uuid, value jsonb, rule text)
language plpgsql
stable
as $$
declare
    entry record;
    name record;
    element jsonb;
    element_key text;
    parts text[];
begin
    for entry in select p.key, p.value as val from pg_catalog.jsonb_each(patch) as p loop
        given := case when prefix is null then entry.key else prefix || '.' || entry.key end;
        right_no := null;
        path := null;
        element_id := null;
        value := entry.val;
        rule := null;
        select n.kind, n.path, n.right_no, c.storage = 'element' as of_element into name
        from wedsync_data.field_names as n
        left join wedsync_data.field_catalog as c on c.path = n.path
        where n.name = plan_patch.given and n.kind in ('field', 'branch', 'list');
        if name.kind = 'field' then
            right_no := name.right_no;
            path := name.path;
            rule := case when name.of_element then 'element_id_needed' end;
            return next;
        elsif name.kind = 'branch' then
            if pg_catalog.jsonb_typeof(entry.val) = 'object' and depth < 6 then
                return query select p.* from wedsync_internal.plan_patch(entry.val, name.path, depth + 1) as p;
            elsif entry.val = 'null' and depth < 6 and exists (
                select from wedsync_data.field_catalog as c where c.column_name = plan_patch.given and c.storage = 'json'
            ) then
                -- setting a whole json column to null clears all of its keys
                return query select plan_patch.given, c.right_no, c.path, null::uuid, 'null'::jsonb, null::text
                    from wedsync_data.field_catalog as c
                    where c.column_name = plan_patch.given and c.is_writable;
            else
                rule := 'object';
                return next;
            end if;
        elsif name.kind = 'list' then
            if pg_catalog.jsonb_typeof(entry.val) <> 'array' then
                rule := 'array_of_elements';
                return next;
                continue;
            end if;
            for element in select e.v from pg_catalog.jsonb_array_elements(entry.val) as e (v) loop
                element_id := null;
                rule := null;
                value := null;
                right_no := null;
                if pg_catalog.jsonb_typeof(element) <> 'object' then
                    rule := 'object';
                    return next;
                    continue;
                end if;
                if pg_catalog.jsonb_typeof(element -> 'id') is distinct from 'string' or element ->> 'id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
                    rule := 'known_element_id';
                    return next;
                    continue;
                end if;
                element_id := (element ->> 'id')::uuid;
                if element - 'id' = '{}' then
                    rule := 'only_id';
                    path := name.path;
                    return next;
                    continue;
                end if;
                for element_key, value in select e.key, e.value from pg_catalog.jsonb_each(element - 'id') as e loop
                    given := name.path || '.' || element_id || '.' || element_key;
                    select n.right_no, n.path into right_no, path
                    from wedsync_data.field_names as n where n.name = name.path || '.' || element_key and n.kind = 'field';
                    rule := case when right_no is null then 'unknown_path' end;
                    return next;
                end loop;
            end loop;
        else
            -- list.<element id>.field, as one dotted path
            parts := regexp_match(given, '^(.+)[./]([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})[./]([^./]+)$');
            if parts is not null then
                select l.right_no, l.path, parts[2]::uuid into right_no, path, element_id
                from wedsync_data.field_names as n
                join wedsync_data.field_names as l on l.name = n.path || '.' || parts[3] and l.kind = 'field'
                where n.name = parts[1] and n.kind = 'list';
            end if;
            if right_no is null then
                rule := case
                    when given in (
                        'id', 'coupleId', 'couple_id', 'connectedVendors', 'connected_vendors', 'field_permissions', 'withheld_fields', 'metadata',
                        'version_number', 'last_updated_by', 'last_sync_at', 'created_at', 'updated_at'
                    ) then 'read_only'
                    else 'unknown_path'
                end;
            end if;
            return next;
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.plan_patch(jsonb, text, integer) is
'Resolves a patch into fields, from dotted paths, aliases, column names, nested objects and list elements. Rows with a rule could not be resolved.';
revoke all on function wedsync_internal.plan_patch(jsonb, text, integer) from public;
