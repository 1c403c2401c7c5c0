-- requires: realtime/regroup_subscriptions
create or replace function wedsync_internal.rights_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed jsonb;
begin
    if tg_level = 'ROW' then
        changed := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
    end if;
    -- a change of membership concerns one person on many channels, other changes everybody of one wedding
    if tg_table_name in ('supplier_members', 'wedding_members') then
        perform wedsync_internal.regroup_subscriptions(null, (changed ->> 'user_id')::uuid);
    else
        perform wedsync_internal.regroup_subscriptions((changed ->> 'couple_id')::uuid, null);
    end if;
    return null;
end
$$;
comment on function wedsync_internal.rights_changed() is 'Re-computes the audiences of open channels when rights change.';
revoke all on function wedsync_internal.rights_changed() from public;

create or replace trigger rights_changed
after insert or update or delete on wedsync_data.grants
for each row execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.grants is 'Open channels follow the rights at once.';

create or replace trigger rights_changed
after insert or update or delete on wedsync_data.wedding_members
for each row execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.wedding_members is 'Open channels follow the rights at once.';

create or replace trigger rights_changed
after insert or update or delete on wedsync_data.supplier_members
for each row execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.supplier_members is 'Open channels follow the rights at once.';

create or replace trigger rights_changed
after update of auto_sync_enabled or delete on wedsync_data.connections
for each row execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.connections is 'Open channels follow the rights at once.';

create or replace trigger rights_changed
after update on wedsync_data.wedding_roles
for each statement execute function wedsync_internal.rights_changed();
comment on trigger rights_changed on wedsync_data.wedding_roles is 'Open channels follow the rights at once.';
