create or replace function wedsync.remove_wedding_member(couple_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    present text;
begin
    perform wedsync_internal.enforce_rate_limit('members-write');
    if user_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "user_id", "rule": "required"}');
    end if;
    -- members may remove themselves; only partners may remove others
    if user_id is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.lock_as_partner(couple_id);
        perform wedsync_internal.require_assurance('remove_wedding_member', couple_id, null);
    elsif wedsync_internal.caller_wedding_role(couple_id) is null then
        -- outsiders take no lock
        perform wedsync_internal.fail('not_found');
    else
        perform wedsync_internal.lock_wedding(couple_id, true);
    end if;
    select m.wedding_role into present
    from wedsync_data.wedding_members as m
    where m.couple_id = remove_wedding_member.couple_id and m.user_id = remove_wedding_member.user_id;
    if present is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if present = 'partner' and (
        select count(*) from wedsync_data.wedding_members as m
        where m.couple_id = remove_wedding_member.couple_id and m.wedding_role = 'partner'
    ) = 1 then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the last partner cannot be removed"}', 'Add another partner first.');
    end if;
    perform wedsync_internal.lock_subscriptions(array[couple_id], array[user_id]);
    perform wedsync_internal.record_access_change(
        couple_id, 'wedding_members', 'delete', 'members/' || user_id, to_jsonb(present), null
    );
    delete from wedsync_data.wedding_members as m
    where m.couple_id = remove_wedding_member.couple_id and m.user_id = remove_wedding_member.user_id;
end
$$;
comment on function wedsync.remove_wedding_member(uuid, uuid) is
'Removes a member from a wedding and revokes the member''s own grants
Partners may remove anybody, and members themselves; the last partner cannot be removed. Takes effect at commit, also for open channels.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), state_conflict (PT409), rate_limited (429).';
revoke all on function wedsync.remove_wedding_member(uuid, uuid) from public;
grant execute on function wedsync.remove_wedding_member(uuid, uuid) to authenticated, service_role, wedsync_admin;
