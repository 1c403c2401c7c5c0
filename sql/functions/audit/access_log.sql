create or replace view wedsync.access_log
with (security_barrier = true, security_invoker = false) as
select
    l.id, l.accessed_at, l.couple_id, l.supplier_id, s.business_name as supplier_name, l.user_id, l.action,
    wedsync_internal.mask_paths(l.readable) as fields
from wedsync_data.access_log as l
join wedsync_data.suppliers as s on s.id = l.supplier_id
join wedsync_internal.caller_access as a on a.couple_id = l.couple_id
where wedsync_internal.sees_sharing(a.readable);
comment on view wedsync.access_log is 'Log of the suppliers'' reads of a wedding
Visible to those who manage its sharing.';
comment on column wedsync.access_log.id is 'Order of writing.';
comment on column wedsync.access_log.accessed_at is 'When.';
comment on column wedsync.access_log.couple_id is 'The wedding.';
comment on column wedsync.access_log.supplier_id is 'The supplier.';
comment on column wedsync.access_log.supplier_name is 'Its name.';
comment on column wedsync.access_log.user_id is 'The user.';
comment on column wedsync.access_log.action is 'Function used.';
comment on column wedsync.access_log.fields is 'Paths that could be seen.';
revoke all on wedsync.access_log from public;
grant select on wedsync.access_log to authenticated, service_role, wedsync_admin;
