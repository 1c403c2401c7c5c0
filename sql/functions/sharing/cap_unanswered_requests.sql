create or replace function wedsync_internal.cap_unanswered_requests()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_request_caps(new.couple_id, new.supplier_id);
    return new;
end
$$;
comment on function wedsync_internal.cap_unanswered_requests() is 'Enforces the caps on pending requests, in the same way for ids that are not weddings.';
revoke all on function wedsync_internal.cap_unanswered_requests() from public;

create or replace trigger cap_unanswered_requests
before insert on wedsync_data.unanswered_requests
for each row execute function wedsync_internal.cap_unanswered_requests();
comment on trigger cap_unanswered_requests on wedsync_data.unanswered_requests is 'Enforces the caps on pending requests.';
