create or replace function wedsync_internal.lock_subscriptions(couple_ids uuid[], user_ids uuid[])
returns void
language plpgsql
volatile
as $$
declare
    id uuid;
begin
    if couple_ids is null and user_ids is null then
        perform wedsync_internal.access_lock(null, null, false);
    end if;
    for id in select distinct c.id from unnest(couple_ids) as c (id) where c.id is not null order by c.id loop
        perform wedsync_internal.access_lock(id, null, false);
    end loop;
    for id in select distinct u.id from unnest(user_ids) as u (id) where u.id is not null order by u.id loop
        perform wedsync_internal.access_lock(null, id, false);
    end loop;
    perform from wedsync_data.subscriptions as s
    where s.active and ((couple_ids is null and user_ids is null) or s.couple_id = any (couple_ids) or s.user_id = any (user_ids))
    order by s.id
    for no key update;
end
$$;
comment on function wedsync_internal.lock_subscriptions(uuid[], uuid[]) is
'Takes the locks for a change of access of these weddings and users, in the common order: weddings, users, then their open channels by id. Null for both means everybody.';
revoke all on function wedsync_internal.lock_subscriptions(uuid[], uuid[]) from public;
