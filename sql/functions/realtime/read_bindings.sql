create or replace function wedsync_internal.read_bindings(couple_id uuid, requested jsonb, out bindings jsonb, out reply jsonb, out problem text)
language plpgsql
stable
as $$
declare
    entry jsonb;
    event text;
    filter text;
    matches boolean;
    binding_id integer;
begin
    bindings := '[]';
    reply := '[]';
    if requested is null or requested = 'null' then
        return;
    end if;
    if pg_catalog.jsonb_typeof(requested) <> 'array' or pg_catalog.jsonb_array_length(requested) > 100 then
        problem := 'postgres_changes is a list of at most 100 entries';
        return;
    end if;
    for entry in select e.v from pg_catalog.jsonb_array_elements(requested) as e (v) where e.v <> 'null' loop
        if pg_catalog.jsonb_typeof(entry) <> 'object' then
            problem := 'every entry of postgres_changes is an object';
            return;
        end if;
        event := upper(coalesce(entry ->> 'event', '*'));
        filter := coalesce(entry ->> 'filter', '');
        if event not in ('*', 'INSERT', 'UPDATE', 'DELETE') then
            problem := 'event is *, INSERT, UPDATE or DELETE';
            return;
        end if;
        if coalesce(entry ->> 'schema', 'public') not in ('wedsync', 'public', '*') or coalesce(entry ->> 'table', '*') not in ('core_fields', '*') then
            problem := 'only table core_fields of schema wedsync is published on this topic';
            return;
        end if;
        -- a filter on a hidden column would tell its value by what arrives, so only the keys can be filtered
        if filter = '' then
            matches := true;
        elsif filter ~* '^couple_id=eq\.[0-9a-f-]{36}$' then
            matches := lower(split_part(filter, 'eq.', 2)) = couple_id::text;
        elsif filter ~* '^id=eq\.[0-9a-f-]{36}$' then
            matches := exists (
                select from wedsync_data.core_fields as f
                where f.couple_id = read_bindings.couple_id and f.id::text = lower(split_part(filter, 'eq.', 2))
            );
        else
            problem := 'filters on this topic are couple_id=eq.<uuid> or id=eq.<uuid>';
            return;
        end if;
        binding_id := greatest(1, (pg_catalog.hashtextextended(entry::text, 0) & 134217727)::integer);
        bindings := bindings || pg_catalog.jsonb_build_object('id', binding_id, 'event', event, 'matches', matches);
        reply := reply || (entry || pg_catalog.jsonb_build_object('id', binding_id));
    end loop;
    select coalesce(pg_catalog.jsonb_agg(distinct b.v), '[]') into bindings from pg_catalog.jsonb_array_elements(bindings) as b (v);
end
$$;
comment on function wedsync_internal.read_bindings(uuid, jsonb) is
'Checks the postgres_changes of a join: bindings for the group, reply to echo verbatim with an id each (the same parameters get the same non-zero id), or a problem.';
revoke all on function wedsync_internal.read_bindings(uuid, jsonb) from public;
