create or replace function wedsync_internal.visible_changes(changes jsonb, visible text[])
returns jsonb
language sql
immutable
as $$
    select pg_catalog.jsonb_object_agg(v.path, changes -> v.path) from unnest(visible) as v (path)
$$;
comment on function wedsync_internal.visible_changes(jsonb, text[]) is 'New values of the paths that may be seen.';
revoke all on function wedsync_internal.visible_changes(jsonb, text[]) from public;
