create or replace function wedsync_internal.enforce_request_caps(couple_id uuid, supplier_id uuid)
returns void
language plpgsql
stable
as $$
begin
    -- requests for ids that are not weddings count in the same way, so that errors do not reveal which ids are
    perform wedsync_internal.enforce_cap('requests_waiting_per_wedding', (
        select count(distinct g.grantee_id) from wedsync_data.grants as g
        where g.couple_id = enforce_request_caps.couple_id and g.state = 'pending' and g.grantee_id <> enforce_request_caps.supplier_id
    ) + (
        select count(*) from wedsync_data.unanswered_requests as u
        where u.couple_id = enforce_request_caps.couple_id and u.supplier_id <> enforce_request_caps.supplier_id
    ));
    perform wedsync_internal.enforce_cap('requests_waiting_per_supplier', (
        select count(distinct g.couple_id) from wedsync_data.grants as g
        where g.grantee_id = enforce_request_caps.supplier_id and g.state = 'pending' and g.couple_id <> enforce_request_caps.couple_id
    ) + (
        select count(*) from wedsync_data.unanswered_requests as u
        where u.supplier_id = enforce_request_caps.supplier_id and u.couple_id <> enforce_request_caps.couple_id
    ));
end
$$;
comment on function wedsync_internal.enforce_request_caps(uuid, uuid) is
'Enforces requests_waiting_per_wedding and requests_waiting_per_supplier for pending requests: cap_reached (409). Callers hold the wedding''s lock; simultaneous requests of one supplier at several weddings may exceed its cap.';
revoke all on function wedsync_internal.enforce_request_caps(uuid, uuid) from public;
