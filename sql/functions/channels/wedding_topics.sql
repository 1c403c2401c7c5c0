create or replace function wedsync_internal.wedding_topics(couple_id uuid)
returns text[]
language sql
stable
as $$
    -- the catalogue's patterns end in a group that matches the id
    select array_agg(split_part(split_part(c.pattern, '(', 1), '^', 2) || $1) from wedsync_data.channel_catalog as c where c.scope = 'wedding'
$$;
comment on function wedsync_internal.wedding_topics(uuid) is 'Topics of the channels that belong to one wedding.';
revoke all on function wedsync_internal.wedding_topics(uuid) from public;
