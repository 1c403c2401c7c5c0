create or replace function wedsync_internal.caller_supplier_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(m.supplier_id), '{}')
    from wedsync_data.supplier_members as m
    where m.user_id = wedsync_internal.current_user_id()
$$;
comment on function wedsync_internal.caller_supplier_ids() is 'Suppliers that the caller works for.';
revoke all on function wedsync_internal.caller_supplier_ids() from public;
grant execute on function wedsync_internal.caller_supplier_ids() to authenticated, service_role, wedsync_admin;
