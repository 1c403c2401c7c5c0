create or replace function wedsync.add_wedding_member(couple_id uuid, user_id uuid, wedding_role text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('members-write');
    perform wedsync_internal.require_given('{couple_id,user_id,wedding_role}', array[couple_id is not null, user_id is not null, wedding_role is not null]);
    -- serializes changes of membership, so that the number of partners stays correct
    perform wedsync_internal.lock_as_partner(couple_id);
    perform wedsync_internal.require_assurance('add_wedding_member', couple_id, null);
    if not exists (select from wedsync_data.wedding_roles as r where r.wedding_role = add_wedding_member.wedding_role) then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'wedding_role', 'rule', 'known role',
            'known', (select pg_catalog.jsonb_agg(r.wedding_role order by r.hierarchy_rank desc) from wedsync_data.wedding_roles as r)
        ));
    end if;
    if not wedsync_internal.is_service() and not exists (
        select from wedsync_data.wedding_members as m
        where m.couple_id = add_wedding_member.couple_id and m.user_id = add_wedding_member.user_id
    ) then
        perform wedsync_internal.fail('not_allowed', '{"rule": "people are added only after accepting an invitation"}', 'Invite the person with invite_member.');
    end if;
    perform wedsync_internal.set_wedding_member(couple_id, user_id, wedding_role);
end
$$;
comment on function wedsync.add_wedding_member(uuid, uuid, text) is
'Changes the role of a wedding member; server roles can also add members
wedding_role is partner, planner, family or friend; at most two partners. Only partners may call it. Repeating a call changes nothing. New members join through invite_member and accept_invitation.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409), rate_limited (429).';
revoke all on function wedsync.add_wedding_member(uuid, uuid, text) from public;
grant execute on function wedsync.add_wedding_member(uuid, uuid, text) to authenticated, service_role, wedsync_admin;
