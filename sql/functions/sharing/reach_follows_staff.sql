create or replace function wedsync_internal.reach_follows_staff()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    suppliers uuid[];
    people uuid[];
    supplier uuid;
    couples uuid[];
    user_ids uuid[];
    couple_ids uuid[];
begin
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_op = 'INSERT' then
        select array_agg(a.supplier_id), array_agg(a.user_id) into suppliers, people from after_rows as a;
    elsif tg_op = 'DELETE' then
        select array_agg(b.supplier_id), array_agg(b.user_id) into suppliers, people from before_rows as b;
    else
        -- the role at the supplier does not affect rights at weddings
        select array_agg(i.supplier_id), array_agg(i.user_id) into suppliers, people
        from (
            select i.supplier_id, i.user_id
            from (
                select -1 as sign, b.supplier_id, b.user_id from before_rows as b union all select 1, a.supplier_id, a.user_id from after_rows as a
            ) as i
            group by i.supplier_id, i.user_id having sum(i.sign) <> 0
        ) as i;
    end if;
    if suppliers is null then
        return null;
    end if;
    for supplier in select distinct s.id from unnest(suppliers) as s (id) order by s.id loop
        -- the API's functions already hold the lock; direct statements yield, because the row of the member comes after it
        perform wedsync_internal.lock_supplier(supplier, true, true);
    end loop;
    couples := wedsync_internal.lock_supplier_weddings(suppliers);
    perform wedsync_internal.lock_subscriptions('{}', people);
    select array_agg(p.user_id), array_agg(p.couple_id) into user_ids, couple_ids
    from (
        select m.user_id, g.couple_id
        from unnest(suppliers, people) as m (supplier_id, user_id)
        join wedsync_data.grants as g on g.grantee_id = m.supplier_id and g.state = 'approved' and g.couple_id = any (couples)
        union
        -- when a supplier is deleted, its grants may be deleted before its members
        select r.user_id, r.couple_id
        from unnest(suppliers, people) as m (supplier_id, user_id)
        join wedsync_data.reach as r on r.user_id = m.user_id and m.supplier_id = any (r.supplier_ids)
    ) as p;
    perform wedsync_internal.refresh_reach(user_ids, couple_ids);
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_staff() is 'Keeps reach in sync with the members of suppliers.';
revoke all on function wedsync_internal.reach_follows_staff() from public;

create or replace trigger reach_follows_insert
after insert on wedsync_data.supplier_members
referencing new table as after_rows
for each statement execute function wedsync_internal.reach_follows_staff();
comment on trigger reach_follows_insert on wedsync_data.supplier_members is 'Keeps reach in sync with the members of suppliers.';

create or replace trigger reach_follows_update
after update on wedsync_data.supplier_members
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.reach_follows_staff();
comment on trigger reach_follows_update on wedsync_data.supplier_members is 'Keeps reach in sync with the members of suppliers.';

create or replace trigger reach_follows_delete
after delete on wedsync_data.supplier_members
referencing old table as before_rows
for each statement execute function wedsync_internal.reach_follows_staff();
comment on trigger reach_follows_delete on wedsync_data.supplier_members is 'Keeps reach in sync with the members of suppliers.';
