create or replace function wedsync_internal.cap_requests()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.state = 'pending' then
        perform wedsync_internal.enforce_request_caps(new.couple_id, new.grantee_id);
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_requests() is 'Enforces the caps on pending requests.';
revoke all on function wedsync_internal.cap_requests() from public;

create or replace trigger cap_requests
before insert on wedsync_data.grants
for each row execute function wedsync_internal.cap_requests();
comment on trigger cap_requests on wedsync_data.grants is 'Enforces the caps on pending requests.';
