create or replace function wedsync_internal.forget_recipient()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wedsync_data.notification_addresses as a where a.owner_id = old.id;
    delete from wedsync_data.notification_preferences as p where p.owner_id = old.id;
    delete from wedsync_data.address_checks as c where c.owner_id = old.id;
    delete from wedsync_data.push_devices as d where d.user_id = old.id;
    delete from wedsync_data.deliveries as d where (d.user_id = old.id or d.supplier_id = old.id) and d.state in ('waiting', 'sending');
    delete from wedsync_data.notifications as n where n.user_id = old.id;
    delete from wedsync_data.messages as m where m.topic = 'user_' || old.id;
    return null;
end
$$;
comment on function wedsync_internal.forget_recipient() is 'When a user or supplier is deleted: deletes its addresses, choices, devices and notifications, and what waits to be sent to it.';
revoke all on function wedsync_internal.forget_recipient() from public;

create or replace trigger forget_recipient
after delete on wedsync_data.users
for each row execute function wedsync_internal.forget_recipient();
comment on trigger forget_recipient on wedsync_data.users is 'Nothing is sent to a deleted user.';

create or replace trigger forget_recipient
after delete on wedsync_data.suppliers
for each row execute function wedsync_internal.forget_recipient();
comment on trigger forget_recipient on wedsync_data.suppliers is 'Nothing is sent to a deleted supplier.';
