create or replace function wedsync_internal.caller_connected_supplier_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct c.supplier_id), '{}')
    from wedsync_data.wedding_members as m
    join wedsync_data.connections as c on c.couple_id = m.couple_id
    where m.user_id = wedsync_internal.current_user_id()
$$;
comment on function wedsync_internal.caller_connected_supplier_ids() is 'Suppliers connected to weddings of which the caller is a member.';
revoke all on function wedsync_internal.caller_connected_supplier_ids() from public;
grant execute on function wedsync_internal.caller_connected_supplier_ids() to authenticated, service_role, wedsync_admin;
