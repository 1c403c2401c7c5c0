create or replace function wedsync_internal.reach_follows_roles()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    roles text[];
    user_ids uuid[];
    couple_ids uuid[];
begin
    select array_agg(distinct a.wedding_role) into roles
    from after_rows as a
    left join before_rows as b on b.wedding_role = a.wedding_role
    where (a.readable, a.writable) is distinct from (b.readable, b.writable);
    if roles is null then
        return null;
    end if;
    perform wedsync_internal.lock_subscriptions(null, null);
    select array_agg(m.user_id), array_agg(m.couple_id) into user_ids, couple_ids
    from wedsync_data.wedding_members as m where m.wedding_role = any (roles);
    perform wedsync_internal.refresh_reach(user_ids, couple_ids);
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_roles() is 'Keeps reach in sync with the roles at weddings.';
revoke all on function wedsync_internal.reach_follows_roles() from public;

create or replace trigger reach_follows_update
after update on wedsync_data.wedding_roles
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.reach_follows_roles();
comment on trigger reach_follows_update on wedsync_data.wedding_roles is 'Keeps reach in sync with the roles.';
