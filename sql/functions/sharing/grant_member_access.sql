create or replace function wedsync.grant_member_access(
    couple_id uuid, user_id uuid, readable_fields text[], writable_fields text[] default '{}'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given('{couple_id,user_id,readable_fields}', array[couple_id is not null, user_id is not null, readable_fields is not null]);
    perform wedsync_internal.lock_as_partner(couple_id);
    perform wedsync_internal.require_assurance('grant_member_access', couple_id, null);
    if not exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = grant_member_access.couple_id and m.user_id = grant_member_access.user_id
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.check_grantable(coalesce(readable_fields, '{}') || coalesce(writable_fields, '{}'), false);
    return wedsync_internal.set_grants(
        couple_id, 'member', user_id, coalesce(readable_fields, '{}'), coalesce(writable_fields, '{}'), false, wedsync_internal.current_user_id()
    );
end
$$;
comment on function wedsync.grant_member_access(uuid, uuid, text[], text[]) is
'Grants a planner, relative or friend more access than the role, such as the budget to a planner
Replaces previous grants; empty lists revoke them all. Returns {status, readable_fields, writable_fields, requested_fields}.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_fields (PT422), rate_limited (429).';
revoke all on function wedsync.grant_member_access(uuid, uuid, text[], text[]) from public;
grant execute on function wedsync.grant_member_access(uuid, uuid, text[], text[]) to authenticated, service_role, wedsync_admin;
