create or replace function wedsync_internal.row_values(event wedsync_data.events, visible text[])
returns jsonb
language sql
immutable
as $$
    select pg_catalog.jsonb_object_agg(v.path, case event.op when 'INSERT' then event.record -> substr(v.path, length(event.path_prefix) + 1) end)
    from unnest(visible) as v (path)
$$;
comment on function wedsync_internal.row_values(wedsync_data.events, text[]) is
'What visible_changes returns, for an event of a row that was created or deleted: the values of these paths, or null for each of a deleted row.';
revoke all on function wedsync_internal.row_values(wedsync_data.events, text[]) from public;
