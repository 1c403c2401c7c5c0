create or replace function wedsync_internal.current_actor(
    couple_id uuid, out actor_id uuid, out actor_type text, out supplier_id uuid
)
language plpgsql
stable
as $$
begin
    actor_id := wedsync_internal.current_user_id();
    if wedsync_internal.is_service() then
        actor_type := case
            when current_setting('role') = 'service_role' then 'service'
            when current_setting('role') = 'wedsync_admin' then 'admin'
            else 'system'
        end;
        return;
    end if;
    select case m.wedding_role when 'partner' then 'couple' else m.wedding_role end into actor_type
    from wedsync_data.wedding_members as m
    where m.couple_id = current_actor.couple_id and m.user_id = actor_id;
    if actor_type is not null then
        return;
    end if;
    select 'supplier', g.grantee_id into actor_type, supplier_id
    from wedsync_data.supplier_members as s
    join wedsync_data.grants as g on g.grantee_id = s.supplier_id and g.couple_id = current_actor.couple_id
    where s.user_id = actor_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    order by g.can_write desc, g.created_at, g.id
    limit 1;
    if actor_type is not null then
        return;
    end if;
    -- a supplier that requests access has no approved grant yet
    select 'supplier', s.supplier_id into actor_type, supplier_id
    from wedsync_data.supplier_members as s
    join wedsync_data.connections as c on c.supplier_id = s.supplier_id and c.couple_id = current_actor.couple_id
    where s.user_id = actor_id
    order by c.requested_at desc
    limit 1;
    if actor_type is not null then
        return;
    end if;
    -- changes of the supplier itself
    select 'supplier', s.supplier_id into actor_type, supplier_id
    from wedsync_data.supplier_members as s
    where s.supplier_id = current_actor.couple_id and s.user_id = actor_id;
    actor_type := coalesce(actor_type, 'system');
end
$$;
comment on function wedsync_internal.current_actor(uuid) is
'Determines in what capacity the caller acts on a wedding, or on a supplier by its id: from claims, membership and grants, never from columns that a client writes.';
revoke all on function wedsync_internal.current_actor(uuid) from public;
