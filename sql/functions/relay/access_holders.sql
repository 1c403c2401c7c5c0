create or replace function wedsync_internal.access_holders(event wedsync_data.events)
returns uuid[]
language sql
immutable
parallel safe
as $$
    select array_agg(split_part(p.path, '/', 2)::uuid) from unnest(event.paths) as p (path) where event.class = 'access' and p.path ~ '^(grants|members)/[0-9a-f-]{36}$'
$$;
comment on function wedsync_internal.access_holders(wedsync_data.events) is 'Users and suppliers whose access an event changed; null for other events.';
revoke all on function wedsync_internal.access_holders(wedsync_data.events) from public;
