create or replace function wedsync_internal.rights_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    images jsonb[];
    couples uuid[];
    users uuid[];
begin
    if tg_table_name = 'wedding_roles' then
        perform wedsync_internal.regroup_subscriptions(null, null);
        return null;
    end if;
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_level = 'ROW' then
        images := array[to_jsonb(old), to_jsonb(new)];
    elsif tg_op = 'INSERT' then
        images := array(select to_jsonb(a) from after_rows as a);
    elsif tg_op = 'DELETE' then
        images := array(select to_jsonb(b) from before_rows as b);
    else
        images := array(select to_jsonb(b) from before_rows as b union all select to_jsonb(a) from after_rows as a);
    end if;
    -- A change of membership affects one user on many channels, other changes everybody of one wedding;
    -- a row that moves to another user or wedding affects both. A statement is processed as a whole, so that locks are taken in order.
    select
        array_agg((r.image ->> 'couple_id')::uuid) filter (where tg_table_name in ('grants', 'connections')),
        array_agg((r.image ->> 'user_id')::uuid) filter (where tg_table_name in ('supplier_members', 'wedding_members'))
    into couples, users
    from unnest(images) as r (image)
    where r.image is not null
        -- pending and rejected grants give no access
        and (tg_table_name <> 'grants' or r.image ->> 'state' = 'approved')
        -- when a wedding is deleted: the deletion was announced and closes its channels
        and not (tg_op = 'DELETE' and r.image ? 'couple_id' and not exists (
            select from wedsync_data.weddings as w where w.id = (r.image ->> 'couple_id')::uuid
        ));
    if coalesce(couples, users) is not null then
        perform wedsync_internal.regroup_subscriptions(coalesce(couples, '{}'), coalesce(users, '{}'));
    end if;
    return null;
end
$$;
comment on function wedsync_internal.rights_changed() is 'Recomputes the groups of open channels when rights change.';
revoke all on function wedsync_internal.rights_changed() from public;

drop trigger if exists rights_changed on wedsync_data.grants;
create or replace trigger rights_changed_by_insert
after insert on wedsync_data.grants
referencing new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_insert on wedsync_data.grants is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_update
after update on wedsync_data.grants
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_update on wedsync_data.grants is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_delete
after delete on wedsync_data.grants
referencing old table as before_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_delete on wedsync_data.grants is 'Applies changes of access to open channels immediately.';

drop trigger if exists rights_changed on wedsync_data.wedding_members;
create or replace trigger rights_changed_by_insert
after insert on wedsync_data.wedding_members
referencing new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_insert on wedsync_data.wedding_members is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_update
after update on wedsync_data.wedding_members
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_update on wedsync_data.wedding_members is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_delete
after delete on wedsync_data.wedding_members
referencing old table as before_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_delete on wedsync_data.wedding_members is 'Applies changes of access to open channels immediately.';

drop trigger if exists rights_changed on wedsync_data.supplier_members;
create or replace trigger rights_changed_by_insert
after insert on wedsync_data.supplier_members
referencing new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_insert on wedsync_data.supplier_members is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_update
after update on wedsync_data.supplier_members
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_update on wedsync_data.supplier_members is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_delete
after delete on wedsync_data.supplier_members
referencing old table as before_rows
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_delete on wedsync_data.supplier_members is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed
after delete on wedsync_data.connections
for each row execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.connections is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed_by_update
after update of auto_sync_enabled on wedsync_data.connections
for each row when (old.auto_sync_enabled is distinct from new.auto_sync_enabled) execute function wedsync_internal.rights_changed();
comment on trigger rights_changed_by_update on wedsync_data.connections is 'Applies changes of access to open channels immediately.';

create or replace trigger rights_changed
after update on wedsync_data.wedding_roles
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.wedding_roles is 'Applies changes of access to open channels immediately.';
