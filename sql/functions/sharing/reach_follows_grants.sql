create or replace function wedsync_internal.reach_follows_grants()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    couples uuid[];
    grantees uuid[];
    grantee uuid;
    user_ids uuid[];
    couple_ids uuid[];
begin
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_op = 'INSERT' then
        select array_agg(a.couple_id), array_agg(a.grantee_id) into couples, grantees
        from (select distinct a.couple_id, a.grantee_id from after_rows as a where a.state = 'approved') as a;
    elsif tg_op = 'DELETE' then
        select array_agg(b.couple_id), array_agg(b.grantee_id) into couples, grantees
        from (select distinct b.couple_id, b.grantee_id from before_rows as b where b.state = 'approved') as b;
    else
        select array_agg(c.couple_id), array_agg(c.grantee_id) into couples, grantees
        from (
            select distinct c.couple_id, c.grantee_id
            from (
                select i.couple_id, i.grantee_id
                from (select -1 as sign, b.* from before_rows as b union all select 1, a.* from after_rows as a) as i
                where i.state = 'approved'
                group by i.couple_id, i.grantee_id, i.grantee_kind, i.valid_from, i.valid_until, i.readable, i.writable
                having sum(i.sign) <> 0
            ) as c
        ) as c;
    end if;
    if couples is null then
        return null;
    end if;
    for grantee in select distinct g.id from unnest(grantees) as g (id) order by g.id loop
        -- the API's functions already hold the lock; direct statements yield, because the wedding's comes after it
        perform wedsync_internal.lock_supplier(grantee, false, true);
    end loop;
    -- no lock is needed when the wedding is deleted
    perform wedsync_internal.lock_subscriptions(
        (select array_agg(w.id) from wedsync_data.weddings as w where w.id = any (couples)), '{}'
    );
    -- a separate statement after locking, so that it sees members added while this waited
    select array_agg(p.user_id), array_agg(p.couple_id) into user_ids, couple_ids
    from (
        select g.grantee_id as user_id, g.couple_id from unnest(grantees, couples) as g (grantee_id, couple_id)
        union
        select s.user_id, g.couple_id
        from unnest(grantees, couples) as g (grantee_id, couple_id)
        join wedsync_data.supplier_members as s on s.supplier_id = g.grantee_id
    ) as p;
    perform wedsync_internal.refresh_reach(user_ids, couple_ids);
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_grants() is 'Keeps reach in sync with the grants.';
revoke all on function wedsync_internal.reach_follows_grants() from public;

create or replace trigger reach_follows_insert
after insert on wedsync_data.grants
referencing new table as after_rows
for each statement execute function wedsync_internal.reach_follows_grants();
comment on trigger reach_follows_insert on wedsync_data.grants is 'Keeps reach in sync with the grants.';

create or replace trigger reach_follows_update
after update on wedsync_data.grants
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.reach_follows_grants();
comment on trigger reach_follows_update on wedsync_data.grants is 'Keeps reach in sync with the grants.';

create or replace trigger reach_follows_delete
after delete on wedsync_data.grants
referencing old table as before_rows
for each statement execute function wedsync_internal.reach_follows_grants();
comment on trigger reach_follows_delete on wedsync_data.grants is 'Keeps reach in sync with the grants.';
