create or replace function wedsync_internal.notification_recipients(couple_id uuid, audience jsonb, needs bit, reaches_contacts boolean, is_urgent boolean)
returns table (supplier_id uuid, user_id uuid, contact_id uuid)
language sql
stable
as $$
    with asked as (
        select a.key as kind, v.value as name
        from pg_catalog.jsonb_each(audience) as a cross join lateral pg_catalog.jsonb_array_elements_text(a.value) as v (value)
    )
    select null::uuid, r.user_id, null::uuid
    from wedsync_data.reach as r
    where r.couple_id = $1 and r.valid_from <= now() and r.valid_until > now() and r.readable & needs = needs and r.user_id <> wedsync_internal.server_reader()
        and (
            r.user_id in (select a.name::uuid from asked as a where a.kind = 'users')
            -- nobody is told in a role of what they have done themselves
            or r.wedding_role in (select a.name from asked as a where a.kind = 'roles') and r.user_id is distinct from wedsync_internal.current_user_id()
        )
    union
    select c.supplier_id, null::uuid, null::uuid
    from wedsync_data.connections as c
    where c.couple_id = $1 and c.supplier_id in (select a.name::uuid from asked as a where a.kind = 'suppliers')
        and (c.notification_preferences -> 'updates' = 'true' or is_urgent)
        and (
            select bit_or(g.readable) & needs = needs from wedsync_data.grants as g
            where g.couple_id = $1 and g.grantee_id = c.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
        )
    union
    select null::uuid, null::uuid, k.contact_id
    from asked as a
    cross join lateral wedsync_internal.notification_contact($1, a.name::uuid) as k
    where a.kind = 'contacts' and reaches_contacts
$$;
comment on function wedsync_internal.notification_recipients(uuid, jsonb, bit, boolean, boolean) is
'Who of an audience is told: users and suppliers with access and all of the needed rights now, and known contacts. Suppliers that do not want updates are told what is urgent only. Whoever makes the call is not told in a role.';
revoke all on function wedsync_internal.notification_recipients(uuid, jsonb, bit, boolean, boolean) from public;
