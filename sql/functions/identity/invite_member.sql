create or replace function wedsync.invite_member(couple_id uuid, wedding_role text, valid_until timestamptz default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.invitations;
    opened jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('invite');
    perform wedsync_internal.require_given('{couple_id,wedding_role}', array[couple_id is not null, wedding_role is not null]);
    perform wedsync_internal.lock_as_partner(couple_id);
    perform wedsync_internal.require_assurance('invite_member', couple_id, null);
    if not exists (select from wedsync_data.wedding_roles as r where r.wedding_role = invite_member.wedding_role) then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'wedding_role', 'rule', 'known role',
            'known', (select pg_catalog.jsonb_agg(r.wedding_role order by r.hierarchy_rank desc) from wedsync_data.wedding_roles as r)
        ));
    end if;
    invitation.kind := 'member';
    invitation.couple_id := couple_id;
    invitation.wedding_role := wedding_role;
    invitation.valid_until := valid_until;
    opened := wedsync_internal.store_invitation(invitation);
    perform wedsync_internal.record_access_change(
        couple_id, 'wedding_members', 'create', 'invitations/' || (opened ->> 'id'), null, pg_catalog.jsonb_build_object('invited_as', wedding_role)
    );
    return opened;
end
$$;
comment on function wedsync.invite_member(uuid, text, timestamptz) is
'Invites somebody to a wedding and returns {id, token, valid_until}
wedding_role is partner, planner, family or friend. Only partners may call it. Give the token to the invitee, who signs in and calls accept_invitation. The token is returned only once, can be used once, and is valid for 14 days unless valid_until is given, as long as the inviter is a partner.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409) with too many open invitations, rate_limited (429).';
revoke all on function wedsync.invite_member(uuid, text, timestamptz) from public;
grant execute on function wedsync.invite_member(uuid, text, timestamptz) to authenticated, service_role, wedsync_admin;
