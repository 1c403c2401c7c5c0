create or replace view wedsync.clients
with (security_barrier = true, security_invoker = false) as
select
    md5(a.couple_id::text || a.supplier_id::text)::uuid as id,
    a.supplier_id,
    a.couple_id,
    coalesce(p.display_name, nullif(concat_ws(' & ', f.partner1_name, f.partner2_name), '')) as name,
    f.wedding_date,
    p.status,
    c.approved_at as connected_at,
    a.can_view_guests,
    a.can_view_budget,
    a.can_edit_timeline,
    a.data_access_level
from wedsync.supplier_permissions as a
join wedsync_data.connections as c on c.couple_id = a.couple_id and c.supplier_id = a.supplier_id
join wedsync.core_fields as f on f.couple_id = a.couple_id
left join wedsync_data.client_profiles as p on p.couple_id = a.couple_id and p.supplier_id = a.supplier_id
where a.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.clients is 'The couples that have given the caller''s suppliers access. Couples use core_fields_permissions instead.';
comment on column wedsync.clients.id is 'Stable id of the pair, as in core_fields_permissions.';
comment on column wedsync.clients.supplier_id is 'The supplier.';
comment on column wedsync.clients.couple_id is 'The wedding.';
comment on column wedsync.clients.name is 'The supplier''s own name for them, otherwise the partners'' names that the caller may read.';
comment on column wedsync.clients.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync.clients.status is 'lead, booked, finished or lost, as the supplier set it.';
comment on column wedsync.clients.connected_at is 'When access was last approved.';
comment on column wedsync.clients.can_view_guests is 'As in supplier_permissions.';
comment on column wedsync.clients.can_view_budget is 'Always false.';
comment on column wedsync.clients.can_edit_timeline is 'As in supplier_permissions.';
comment on column wedsync.clients.data_access_level is 'As in supplier_permissions.';
revoke all on wedsync.clients from public;
grant select on wedsync.clients to authenticated, service_role, wedsync_admin;
