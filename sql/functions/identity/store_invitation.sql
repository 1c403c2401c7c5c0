create or replace function wedsync_internal.store_invitation(invitation wedsync_data.invitations)
returns jsonb
language plpgsql
volatile
as $$
declare
    secret constant text := wedsync_internal.new_token('wsi_');
    most constant integer := (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'invitations_open');
    ends constant timestamptz := coalesce(invitation.valid_until, now() + make_interval(
        days => (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'invitation_days')
    ));
    made uuid;
begin
    if ends <= now() or ends > now() + interval '90 days' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "valid_until", "rule": "in the future, at most 90 days ahead"}');
    end if;
    if (
        select count(*) from wedsync_data.invitations as i
        where i.state = 'open' and i.valid_until > now() and case
            when invitation.kind = 'supplier_member' then i.supplier_id = invitation.supplier_id and i.kind = 'supplier_member'
            else i.couple_id = invitation.couple_id
        end
    ) >= most then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'too many open invitations', 'invitations_open', most), 'Revoke invitations that are no longer needed with revoke_invitation.');
    end if;
    insert into wedsync_data.invitations (
        couple_id, supplier_id, kind, wedding_role, member_role, category, business_name, readable_fields, writable_fields,
        token_hash, invited_by, by_server, valid_until
    ) values (
        invitation.couple_id, invitation.supplier_id, invitation.kind, invitation.wedding_role, invitation.member_role, invitation.category,
        btrim(invitation.business_name), coalesce(invitation.readable_fields, '{}'), coalesce(invitation.writable_fields, '{}'),
        pg_catalog.sha256(convert_to(secret, 'UTF8')), wedsync_internal.current_user_id(), wedsync_internal.is_service(), ends
    )
    returning id into made;
    return pg_catalog.jsonb_build_object('id', made, 'token', secret, 'valid_until', ends);
end
$$;
comment on function wedsync_internal.store_invitation(wedsync_data.invitations) is
'Shared by the functions that invite: stores the invitation and returns {id, token, valid_until}. Call it with the lock of the inviting wedding or supplier held, so that the number of open invitations stays correct.';
revoke all on function wedsync_internal.store_invitation(wedsync_data.invitations) from public;
