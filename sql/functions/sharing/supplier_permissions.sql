create or replace view wedsync.supplier_permissions
with (security_barrier = true, security_invoker = false) as
select
    g.couple_id,
    g.supplier_id,
    g.readable & n.guests = n.guests as can_view_guests,
    -- denied by class, whatever is granted
    false as can_view_budget,
    g.writable & n.timeline <> repeat('0', 128)::bit(128) as can_edit_timeline,
    case
        when (g.readable | n.guest_fields) & n.level_full = n.level_full then 'full'
        when (g.readable | n.guest_fields) & n.level_standard = n.level_standard then 'standard'
        when (g.readable | n.guest_fields) & n.level_basic = n.level_basic then 'basic'
    end as data_access_level
from (
    select r.couple_id, r.grantee_id as supplier_id, bit_or(r.readable)::bit(128) as readable, bit_or(r.writable)::bit(128) as writable
    from wedsync_data.grants as r
    where r.grantee_kind = 'supplier' and r.state = 'approved' and r.valid_from <= now() and r.valid_until > now()
    group by r.couple_id, r.grantee_id
) as g
cross join (
    select
        max(f.mask::text) filter (where f.name = 'guest_numbers')::bit(128) as guests,
        max(f.mask::text) filter (where f.name = 'timeline')::bit(128) as timeline,
        bit_or(f.mask) filter (where f.name in ('guest_numbers', 'guests', 'seating')) as guest_fields,
        max(f.mask::text) filter (where f.name = 'basic')::bit(128) as level_basic,
        max(f.mask::text) filter (where f.name = 'standard')::bit(128) as level_standard,
        max(f.mask::text) filter (where f.name = 'full')::bit(128) as level_full
    from wedsync_data.field_names as f
    where f.name in ('guest_numbers', 'guests', 'seating', 'timeline', 'basic', 'standard', 'full')
) as n
where g.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or exists (
        select from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.couple_id = g.couple_id and m.user_id = (select wedsync_internal.current_user_id()) and wedsync_internal.sees_sharing(r.readable)
    )
    or (select wedsync_internal.is_service());
comment on view wedsync.supplier_permissions is
'Permissions of suppliers with access in force, as flags and a level; derived from grants
The couple sees its suppliers, a supplier sees itself.';
comment on column wedsync.supplier_permissions.couple_id is 'The wedding.';
comment on column wedsync.supplier_permissions.supplier_id is 'The supplier.';
comment on column wedsync.supplier_permissions.can_view_guests is 'Reads all fields of the group guest_numbers.';
comment on column wedsync.supplier_permissions.can_view_budget is 'Always false: suppliers can never see budget fields.';
comment on column wedsync.supplier_permissions.can_edit_timeline is 'Writes a field of the group timeline.';
comment on column wedsync.supplier_permissions.data_access_level is 'Highest of basic, standard and full of which all fields but those of guests are readable; null if not even basic.';
revoke all on wedsync.supplier_permissions from public;
grant select on wedsync.supplier_permissions to authenticated, service_role, wedsync_admin;
