-- drop: function wedsync.approve_access(uuid, uuid, text[], text[])
create or replace function wedsync.approve_access(
    couple_id uuid, supplier_id uuid, readable_fields text[] default null, writable_fields text[] default null, request_version integer default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asked text[];
    asked_writable text[];
    version_now integer;
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given('{couple_id,supplier_id}', array[couple_id is not null, supplier_id is not null]);
    perform wedsync_internal.lock_as_partner(couple_id, supplier_id);
    perform wedsync_internal.require_assurance('approve_access', couple_id, null);
    select array_agg(g.field_name), coalesce(array_agg(g.field_name) filter (where g.can_write), '{}') into asked, asked_writable
    from wedsync_data.grants as g
    where g.couple_id = approve_access.couple_id and g.grantee_id = approve_access.supplier_id and g.state = 'pending';
    if asked is null then
        if wedsync_internal.access_status(couple_id, supplier_id) is null then
            perform wedsync_internal.fail('not_found');
        end if;
        perform wedsync_internal.fail('state_conflict', '{"rule": "there must be a pending request"}', 'Use grant_access to share without a request.');
    end if;
    select c.request_version into version_now
    from wedsync_data.connections as c
    where c.couple_id = approve_access.couple_id and c.supplier_id = approve_access.supplier_id;
    if request_version <> version_now then
        perform wedsync_internal.fail(
            'state_conflict', pg_catalog.jsonb_build_object('rule', 'the request has changed since you read it', 'request_version', version_now),
            'Read the request again in core_fields_permissions, then approve it with its request_version.'
        );
    end if;
    if readable_fields is not null or writable_fields is not null then
        -- write access is granted only if named, whatever was requested
        asked_writable := coalesce(writable_fields, '{}');
        asked := coalesce(readable_fields, '{}') || asked_writable;
        perform wedsync_internal.check_grantable(asked, true);
        if cardinality(asked) = 0 then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "readable_fields", "rule": "at least one field; to refuse, call reject_access"}');
        end if;
    elsif request_version is null then
        -- the supplier may extend the request before the approval
        perform wedsync_internal.fail(
            'invalid_value', '{"parameter": "request_version", "rule": "required when no fields are named"}',
            'Name the fields, or pass the request_version that core_fields_permissions showed with the request.'
        );
    end if;
    perform wedsync_internal.require_partner_name(couple_id);
    update wedsync_data.connections as c
    set approved_by = wedsync_internal.current_user_id(), approved_at = now(), closed_at = null, closed_by = null, closed_reason = null
    where c.couple_id = approve_access.couple_id and c.supplier_id = approve_access.supplier_id;
    update wedsync_data.grants as g
    set state = 'rejected', decided_by = wedsync_internal.current_user_id(), decided_at = now()
    where g.couple_id = approve_access.couple_id and g.grantee_id = approve_access.supplier_id
        and g.state = 'pending' and g.field_name <> all (asked);
    return wedsync_internal.set_grants(couple_id, 'supplier', supplier_id, asked, asked_writable, true, wedsync_internal.current_user_id());
end
$$;
comment on function wedsync.approve_access(uuid, uuid, text[], text[], integer) is
'Approves a supplier''s request, or only the named fields
Without names, the whole request is approved as it was when you read it, identified by request_version. With names, only those are, with write access only for writable_fields; other requested fields are rejected. Existing access is kept.
Returns {status, readable_fields, writable_fields, requested_fields}.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), state_conflict (PT409) if there is no pending request or it has changed, invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.approve_access(uuid, uuid, text[], text[], integer) from public;
grant execute on function wedsync.approve_access(uuid, uuid, text[], text[], integer) to authenticated, service_role, wedsync_admin;
