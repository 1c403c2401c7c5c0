create or replace function wedsync_internal.resumable_since()
returns timestamptz
language sql
stable
as $$
    select now() - make_interval(mins => (s.value #>> '{}')::integer) from wedsync_data.settings as s where s.name = 'resume_minutes'
$$;
comment on function wedsync_internal.resumable_since() is 'Clients that went away before this cannot go on without a gap any more.';
revoke all on function wedsync_internal.resumable_since() from public;
