-- requires: resilience/enforce_cap
create or replace function wedsync_internal.cap_requests()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.state = 'pending' then
        perform wedsync_internal.enforce_cap('requests_waiting_per_wedding', (
            select count(distinct g.grantee_id) from wedsync_data.grants as g
            where g.couple_id = new.couple_id and g.state = 'pending' and g.grantee_id <> new.grantee_id
        ));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_requests() is 'Keeps the number of suppliers who wait for an answer within requests_waiting_per_wedding: cap_reached (409). Whoever asks holds the wedding''s lock.';
revoke all on function wedsync_internal.cap_requests() from public;

create or replace trigger cap_requests
before insert on wedsync_data.grants
for each row execute function wedsync_internal.cap_requests();
comment on trigger cap_requests on wedsync_data.grants is 'Keeps the number of waiting suppliers within the cap.';
