create or replace view wedsync_internal.caller_access
with (security_barrier = true, security_invoker = false) as
select r.couple_id, r.readable, r.writable, r.by_grant, r.mask_id, r.wedding_role, r.supplier_ids
from wedsync_data.reach as r
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now();
comment on view wedsync_internal.caller_access is
'The caller''s rights, one row for each wedding that the caller can access: from the role at the wedding and grants in force, or everything for trusted server roles.';
comment on column wedsync_internal.caller_access.couple_id is 'The wedding.';
comment on column wedsync_internal.caller_access.readable is 'Readable rights.';
comment on column wedsync_internal.caller_access.writable is 'Writable rights.';
comment on column wedsync_internal.caller_access.by_grant is 'Whether the rights come from grants only, in which case reads are logged.';
comment on column wedsync_internal.caller_access.mask_id is 'The visibility for readable, in visibility_masks.';
comment on column wedsync_internal.caller_access.wedding_role is 'Role at the wedding; null for non-members.';
comment on column wedsync_internal.caller_access.supplier_ids is 'Suppliers with access for which the caller works.';
revoke all on wedsync_internal.caller_access from public;
