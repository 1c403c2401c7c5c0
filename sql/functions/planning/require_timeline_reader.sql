create or replace function wedsync_internal.require_timeline_reader(couple_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    perform wedsync_internal.require_caller();
    if not exists (select from wedsync_internal.caller_access as a where a.couple_id = require_timeline_reader.couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.log_timeline_read(couple_id);
end
$$;
comment on function wedsync_internal.require_timeline_reader(uuid) is
'Common start of functions that read the timeline: whoever has no access to the wedding gets not_found, and reads by suppliers are logged. What they see is up to my_timeline.';
revoke all on function wedsync_internal.require_timeline_reader(uuid) from public;
