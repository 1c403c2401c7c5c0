create or replace function wedsync_internal.note_security_event(kind text, source text, address inet)
returns void
language sql
volatile
as $$
    insert into wedsync_data.security_events as e (minute, kind, source, address)
    values (date_trunc('minute', clock_timestamp()), note_security_event.kind, note_security_event.source, coalesce(note_security_event.address, '0.0.0.0'))
    on conflict on constraint security_events_pkey do update set count = e.count + 1, last_at = clock_timestamp()
$$;
comment on function wedsync_internal.note_security_event(text, text, inet) is 'Counts a refused webhook.';
revoke all on function wedsync_internal.note_security_event(text, text, inet) from public;
