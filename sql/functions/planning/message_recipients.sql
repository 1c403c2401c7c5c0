create or replace function wedsync_internal.message_recipients(
    couple_id uuid, audience jsonb, sender_user uuid, sender_supplier uuid, is_host boolean, replied wedsync_data.wedding_messages,
    out users uuid[], out suppliers uuid[]
)
language plpgsql
stable
as $$
declare
    asked record;
begin
    select
        array(select distinct v.value::uuid from pg_catalog.jsonb_array_elements_text(audience -> 'users') as v (value)) as users,
        array(select distinct v.value::uuid from pg_catalog.jsonb_array_elements_text(audience -> 'suppliers') as v (value)) as suppliers,
        array(select distinct v.value from pg_catalog.jsonb_array_elements_text(audience -> 'roles') as v (value)) as roles
    into asked;
    if audience is null then
        -- a reply without an audience goes to whom the message is from
        asked.users := case when replied.sender_supplier is null then array_remove(array[replied.sender_user], null) else '{}' end;
        asked.suppliers := array_remove(array[replied.sender_supplier], null);
    end if;
    users := array(
        select m.user_id from wedsync_data.wedding_members as m
        where m.couple_id = message_recipients.couple_id and (m.user_id = any (asked.users) or m.wedding_role = any (asked.roles))
            and (is_host or m.wedding_role in ('partner', 'planner') or replied.sender_supplier is null and m.user_id = replied.sender_user)
            and (m.user_id is distinct from sender_user or sender_supplier is not null)
        order by m.user_id
    );
    suppliers := array(
        select distinct g.grantee_id from wedsync_data.grants as g
        where g.couple_id = message_recipients.couple_id and g.grantee_kind = 'supplier' and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            and g.grantee_id = any (asked.suppliers) and (is_host or g.grantee_id = replied.sender_supplier) and g.grantee_id is distinct from sender_supplier
        order by g.grantee_id
    );
    -- one answer for those who are not there and those whom the caller may not write to
    if array_remove(asked.users, sender_user) <@ users is not true or array_remove(asked.suppliers, sender_supplier) <@ suppliers is not true
        or not asked.roles <@ (case when is_host then '{partner,planner,family,friend}'::text[] else '{partner,planner}' end) then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'audience', 'rule', case
            when is_host then 'members of the wedding, suppliers with access to it, and the roles partner, planner, family and friend'
            else 'partners and planners of the wedding, and whom the message that is answered is from'
        end));
    end if;
end
$$;
comment on function wedsync_internal.message_recipients(uuid, jsonb, uuid, uuid, boolean, wedsync_data.wedding_messages) is
'Users and suppliers of an audience, without the sender. Partners, planners and servers (is_host) write to everybody with access; others to partners and planners, and to whom they answer. Raises invalid_value for anybody else.';
revoke all on function wedsync_internal.message_recipients(uuid, jsonb, uuid, uuid, boolean, wedsync_data.wedding_messages) from public;
