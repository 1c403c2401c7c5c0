-- requires: realtime/regroup_subscriptions
create or replace function wedsync_internal.rights_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed record;
begin
    -- a change of membership concerns one person on many channels, other changes everybody of one wedding;
    -- a row that goes to another person or wedding concerns both
    for changed in
        select distinct
            case when tg_table_name not in ('supplier_members', 'wedding_members') then (r.image ->> 'couple_id')::uuid end as couple_id,
            case when tg_table_name in ('supplier_members', 'wedding_members') then (r.image ->> 'user_id')::uuid end as user_id
        from unnest(array[to_jsonb(old), to_jsonb(new)]) as r (image)
        where (r.image is not null or tg_level = 'STATEMENT')
            -- rights that go with their wedding: its deletion was announced, and ends its channels
            and not (tg_op = 'DELETE' and r.image ? 'couple_id' and not exists (
                select from wedsync_data.weddings as w where w.id = (r.image ->> 'couple_id')::uuid
            ))
    loop
        perform wedsync_internal.regroup_subscriptions(changed.couple_id, changed.user_id);
    end loop;
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
