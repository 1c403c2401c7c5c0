create or replace function wedsync_internal.note_breaker_change(integration text, from_state text, to_state text, reason text)
returns void
language sql
volatile
begin atomic
insert into wedsync_data.breaker_changes (integration, from_state, to_state, reason, on_wedding_day)
values (note_breaker_change.integration, from_state, to_state, reason, wedsync_internal.any_wedding_day(now()));
end;
comment on function wedsync_internal.note_breaker_change(text, text, text, text) is 'Notes that a circuit breaker has changed its state, and whether it is a wedding day.';
revoke all on function wedsync_internal.note_breaker_change(text, text, text, text) from public;
