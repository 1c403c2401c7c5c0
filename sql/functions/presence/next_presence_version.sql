create or replace function wedsync_internal.next_presence_version(topic text)
returns bigint
language sql
volatile
as $$
    insert into wedsync_data.presence_topics as p (topic, version) values ($1, 1)
    on conflict on constraint presence_topics_pkey do update set version = p.version + 1
    returning p.version
$$;
comment on function wedsync_internal.next_presence_version(text) is 'Number of the next change of presence on a topic.';
revoke all on function wedsync_internal.next_presence_version(text) from public;
