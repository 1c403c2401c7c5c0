create or replace view wedsync.supplier_syncs
with (security_barrier = true, security_invoker = false) as
select s.couple_id, s.supplier_id, s.syncs, s.version_number, s.seq, wedsync_internal.mask_paths(s.readable) as readable_fields, s.synced_by, s.synced_at
from wedsync_data.supplier_syncs as s
where s.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or exists (
        select from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.couple_id = s.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and wedsync_internal.sees_sharing(r.readable)
    )
    or (select wedsync_internal.is_service());
comment on view wedsync.supplier_syncs is
'The last snapshot of a wedding for each supplier, made by sync_to_supplier
The couple sees those of its suppliers, a supplier its own.';
comment on column wedsync.supplier_syncs.couple_id is 'The wedding.';
comment on column wedsync.supplier_syncs.supplier_id is 'The supplier.';
comment on column wedsync.supplier_syncs.syncs is 'How many were made.';
comment on column wedsync.supplier_syncs.version_number is 'Version of the wedding''s record in it, as the supplier sees it.';
comment on column wedsync.supplier_syncs.seq is 'Events up to this number are in it.';
comment on column wedsync.supplier_syncs.readable_fields is 'Paths that the supplier could read.';
comment on column wedsync.supplier_syncs.synced_by is 'User who asked for it; null for a server.';
comment on column wedsync.supplier_syncs.synced_at is 'When.';
revoke all on wedsync.supplier_syncs from public;
grant select on wedsync.supplier_syncs to authenticated, service_role, wedsync_admin;
