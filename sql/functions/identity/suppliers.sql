create or replace view wedsync.suppliers
with (security_barrier = true, security_invoker = false) as
select s.id, s.business_name, s.category, s.created_at
from wedsync_data.suppliers as s;
comment on view wedsync.suppliers is 'Directory of suppliers, for all signed-in users.';
comment on column wedsync.suppliers.id is 'Supplier id.';
comment on column wedsync.suppliers.business_name is 'Name.';
comment on column wedsync.suppliers.category is 'Trade.';
comment on column wedsync.suppliers.created_at is 'When registered.';
revoke all on wedsync.suppliers from public;
grant select on wedsync.suppliers to authenticated, service_role, wedsync_admin;
