-- requires: identity/require_assurance, architecture/fail, identity/lock_as_partner, events/record_change, architecture/require_given
create or replace function wedsync.add_wedding_member(couple_id uuid, user_id uuid, wedding_role text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    present text;
begin
    perform wedsync_internal.require_given('{couple_id,user_id,wedding_role}', array[couple_id is not null, user_id is not null, wedding_role is not null]);
    -- one change of membership at a time, so that the count of partners holds
    perform wedsync_internal.lock_as_partner(couple_id);
    perform wedsync_internal.require_assurance('add_wedding_member', couple_id, null);
    if wedding_role is null or not exists (select from wedsync_data.wedding_roles as r where r.wedding_role = add_wedding_member.wedding_role) then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
            'parameter', 'wedding_role', 'rule', 'known role',
            'known', (select pg_catalog.jsonb_agg(r.wedding_role order by r.hierarchy_rank desc) from wedsync_data.wedding_roles as r)
        ));
    end if;
    select m.wedding_role into present
    from wedsync_data.wedding_members as m
    where m.couple_id = add_wedding_member.couple_id and m.user_id = add_wedding_member.user_id;
    if present = wedding_role then
        return;
    end if;
    if wedding_role = 'partner' and (
        select count(*) from wedsync_data.wedding_members as m
        where m.couple_id = add_wedding_member.couple_id and m.wedding_role = 'partner'
    ) >= 2 then
        perform wedsync_internal.fail('state_conflict', '{"rule": "at most two partners"}');
    end if;
    if present = 'partner' then
        perform wedsync_internal.fail('state_conflict', '{"rule": "a partner is removed first, then added in another role"}');
    end if;
    insert into wedsync_data.wedding_members as m (couple_id, user_id, wedding_role, added_by)
    values (add_wedding_member.couple_id, add_wedding_member.user_id, add_wedding_member.wedding_role, wedsync_internal.current_user_id())
    on conflict on constraint wedding_members_pkey do update set wedding_role = excluded.wedding_role, added_by = excluded.added_by, added_at = now();
    perform wedsync_internal.record_access_change(
        couple_id, 'wedding_members', case when present is null then 'create' else 'update' end, 'members/' || user_id,
        to_jsonb(present), to_jsonb(wedding_role)
    );
end
$$;
comment on function wedsync.add_wedding_member(uuid, uuid, text) is
'Adds a person to a wedding, or changes the person''s role
wedding_role is partner, planner, family or friend; at most two partners. Only partners may. Repeating it changes nothing.
Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_value (22023), state_conflict (PT409).';
revoke all on function wedsync.add_wedding_member(uuid, uuid, text) from public;
grant execute on function wedsync.add_wedding_member(uuid, uuid, text) to authenticated, service_role, wedsync_admin;
