create or replace function wedsync_internal.no_such_rsvp()
returns jsonb
language plpgsql
volatile
as $$
begin
    -- PostgREST answers with this status, and commits: an error would roll back the count of the request
    perform set_config('response.status', '404', true);
    return '{"valid": false, "message": "This invitation code is not valid, or no longer. Ask the couple for a new one."}';
end
$$;
comment on function wedsync_internal.no_such_rsvp() is 'The one answer to invitation codes that are not valid.';
revoke all on function wedsync_internal.no_such_rsvp() from public;
