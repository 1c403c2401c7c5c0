create or replace function wedsync_internal.caller_couple_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(m.couple_id), '{}')
    from wedsync_data.wedding_members as m
    where m.user_id = wedsync_internal.current_user_id()
$$;
comment on function wedsync_internal.caller_couple_ids() is 'Weddings of which the caller is a member.';
revoke all on function wedsync_internal.caller_couple_ids() from public;
grant execute on function wedsync_internal.caller_couple_ids() to authenticated, service_role, wedsync_admin;
