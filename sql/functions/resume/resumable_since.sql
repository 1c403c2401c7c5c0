create or replace function wedsync_internal.resumable_since()
returns timestamptz
language sql
stable
as $$
    select now() - least(
        (select make_interval(mins => (s.value #>> '{}')::integer) from wedsync_data.settings as s where s.name = 'resume_minutes'),
        -- missed events must still be retained, and missed_frames reads no further back
        (select min(p.keep_for) from wedsync_data.retention_policies as p where p.table_name in ('events', 'messages')),
        interval '8 days'
    )
$$;
comment on function wedsync_internal.resumable_since() is
'Clients that disconnected before this can no longer resume without a gap: resume_minutes ago, or less if events or messages are retained for a shorter time.';
revoke all on function wedsync_internal.resumable_since() from public;
