create or replace view wedsync.core_fields
with (security_barrier = true, security_invoker = false) as
select
    f.id,
    f.couple_id,
    case when get_bit(a.readable, 0) = 1 then f.partner1_name end as partner1_name,
    case when get_bit(a.readable, 1) = 1 then f.partner1_email end as partner1_email,
    case when get_bit(a.readable, 2) = 1 then f.partner1_phone end as partner1_phone,
    case when get_bit(a.readable, 3) = 1 then f.partner2_name end as partner2_name,
    case when get_bit(a.readable, 4) = 1 then f.partner2_email end as partner2_email,
    case when get_bit(a.readable, 5) = 1 then f.partner2_phone end as partner2_phone,
    case substring(a.readable from 7 for 6)
        when B'111111' then f.couple_address when B'000000' then null
        else wedsync_internal.visible_keys(f.couple_address, 'couple_address', a.readable)
    end as couple_address,
    case when get_bit(a.readable, 12) = 1 then f.wedding_date end as wedding_date,
    case substring(a.readable from 15 for 5)
        when B'11111' then f.ceremony_venue when B'00000' then null
        else wedsync_internal.visible_keys(f.ceremony_venue, 'ceremony_venue', a.readable)
    end as ceremony_venue,
    case substring(a.readable from 20 for 5)
        when B'11111' then f.reception_venue when B'00000' then null
        else wedsync_internal.visible_keys(f.reception_venue, 'reception_venue', a.readable)
    end as reception_venue,
    case substring(a.readable from 25 for 5)
        when B'11111' then f.guest_count when B'00000' then null
        else wedsync_internal.visible_keys(f.guest_count, 'guest_count', a.readable)
    end as guest_count,
    case when get_bit(a.readable, 29) = 1 then f.wedding_style end as wedding_style,
    case when get_bit(a.readable, 30) = 1 then f.wedding_colors end as wedding_colors,
    case when get_bit(a.readable, 31) = 1 then f.ceremony_time end as ceremony_time,
    case when get_bit(a.readable, 32) = 1 then f.reception_time end as reception_time,
    case substring(a.readable from 34 for 4)
        when B'1111' then coalesce(l.key_moments, '[]') when B'0000' then null
        else wedsync_internal.visible_element_keys(l.key_moments, 'key_moments', a.readable)
    end as key_moments,
    case substring(a.readable from 38 for 4)
        when B'1111' then coalesce(l.wedding_party, '[]') when B'0000' then null
        else wedsync_internal.visible_element_keys(l.wedding_party, 'wedding_party', a.readable)
    end as wedding_party,
    case substring(a.readable from 42 for 4)
        when B'1111' then coalesce(l.family_vips, '[]') when B'0000' then null
        else wedsync_internal.visible_element_keys(l.family_vips, 'family_vips', a.readable)
    end as family_vips,
    case when get_bit(a.readable, 45) = 1 then coalesce(x.connected_vendors, l.connected_vendors, '[]') end as connected_vendors,
    case substring(a.readable from 46 for 2)
        when B'11' then f.sharing_preferences when B'00' then null
        else wedsync_internal.visible_keys(f.sharing_preferences, 'sharing_preferences', a.readable)
    end as sharing_preferences,
    case when get_bit(a.readable, 45) = 1 then coalesce(x.field_permissions, l.field_permissions, '{}') end as field_permissions,
    case when a.sees_all then k.version else wedsync_internal.visible_version(k.right_versions, a.readable) end as version_number,
    case
        when not a.sees_all then seen.actor_id when l.lists_changed_at > f.updated_at then l.lists_changed_by else f.last_updated_by
    end as last_updated_by,
    case when get_bit(a.readable, 45) = 0 then (
        select max(c.last_accessed_at) from wedsync_data.connections as c
        where c.couple_id = f.couple_id and c.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    ) end as last_sync_at,
    f.created_at,
    case when a.sees_all then greatest(f.updated_at, l.lists_changed_at) else seen.changed_at end as updated_at,
    case when get_bit(a.readable, 13) = 1 then f.time_zone end as time_zone,
    case when get_bit(a.readable, 47) = 1 then f.budget_total end as budget_total,
    case when get_bit(a.readable, 48) = 1 then f.budget_currency end as budget_currency,
    case when get_bit(a.readable, 49) = 1 then f.private_notes end as private_notes,
    case when a.sees_all then '{}' else wedsync_internal.mask_paths(~ a.readable) end as withheld_fields
from (
    select c.couple_id, c.readable, c.by_grant, c.readable & e.mask = e.mask as sees_all
    from wedsync_internal.caller_access as c
    cross join (select n.mask from wedsync_data.field_names as n where n.name = 'everything') as e
    where c.readable <> repeat('0', 128)::bit(128)
) as a
join wedsync_data.core_fields as f on f.couple_id = a.couple_id
join wedsync_data.wedding_clocks as k on k.couple_id = f.couple_id
left join wedsync_data.record_lists as l on l.couple_id = f.couple_id
-- the newest change that can be seen, looked for only where not all can; updated_at and last_updated_by tell of it
left join lateral (
    select h.changed_at, h.actor_id
    from wedsync_data.audit_log as h
    where not a.sees_all and h.couple_id = f.couple_id and get_bit(a.readable, h.right_no) = 1 and h.change_type <> 'rekey'
    order by h.chain_no desc, h.id desc limit 1
) as seen on true
-- strict: not called at all while the stored list holds
cross join lateral wedsync_internal.vendors_in_force(case when l.vendors_until <= now() then f.couple_id end) as x
-- functions of the pack log their reads themselves
where case when a.by_grant and current_user <> 'wedsync_owner' then wedsync_internal.log_view_read(f.couple_id, 'core_fields') else true end;
comment on view wedsync.core_fields is
'A wedding''s shared facts, one row per couple within the caller''s reach
Columns that the caller may not read are null and their paths stand in withheld_fields. UPDATE changes fields under the same rules as update_core_fields; values for last_updated_by, last_sync_at and updated_at are ignored.';
comment on column wedsync.core_fields.id is 'Record id.';
comment on column wedsync.core_fields.couple_id is 'The wedding.';
comment on column wedsync.core_fields.partner1_name is 'First partner''s name.';
comment on column wedsync.core_fields.partner1_email is 'First partner''s e-mail address.';
comment on column wedsync.core_fields.partner1_phone is 'First partner''s phone.';
comment on column wedsync.core_fields.partner2_name is 'Second partner''s name.';
comment on column wedsync.core_fields.partner2_email is 'Second partner''s e-mail address.';
comment on column wedsync.core_fields.partner2_phone is 'Second partner''s phone.';
comment on column wedsync.core_fields.couple_address is 'Object: line1, line2, city, region, postcode, country.';
comment on column wedsync.core_fields.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync.core_fields.ceremony_venue is 'Object: name, address, contact_person, contact_phone, notes.';
comment on column wedsync.core_fields.reception_venue is 'Object: name, address, contact_person, contact_phone, notes.';
comment on column wedsync.core_fields.guest_count is 'Object: adults, children, total, confirmed, pending.';
comment on column wedsync.core_fields.wedding_style is 'Style words.';
comment on column wedsync.core_fields.wedding_colors is 'Colours, #RRGGBB.';
comment on column wedsync.core_fields.ceremony_time is 'Local time in the wedding''s zone.';
comment on column wedsync.core_fields.reception_time is 'Local time in the wedding''s zone.';
comment on column wedsync.core_fields.key_moments is 'Array of objects: id, name, time, description, vendor_involved.';
comment on column wedsync.core_fields.wedding_party is 'Array of objects: id, name, role, contact_info, responsibilities.';
comment on column wedsync.core_fields.family_vips is 'Array of objects: id, name, relationship, special_needs, contact_info.';
comment on column wedsync.core_fields.connected_vendors is 'Suppliers with access; only for those who manage sharing. Derived, not writable.';
comment on column wedsync.core_fields.sharing_preferences is 'Object: auto_share_basic, require_approval; only for the couple.';
comment on column wedsync.core_fields.field_permissions is 'Supplier id to granted field names; only for those who manage sharing. Derived, not writable.';
comment on column wedsync.core_fields.version_number is 'Version of the newest change that the caller can see.';
comment on column wedsync.core_fields.last_updated_by is 'User behind the newest change that the caller can see.';
comment on column wedsync.core_fields.last_sync_at is 'Last read by the caller''s supplier; null for members.';
comment on column wedsync.core_fields.created_at is 'When the record was made.';
comment on column wedsync.core_fields.updated_at is 'Time of the newest change that the caller can see.';
comment on column wedsync.core_fields.time_zone is 'IANA time zone.';
comment on column wedsync.core_fields.budget_total is 'Total budget; never for suppliers.';
comment on column wedsync.core_fields.budget_currency is 'ISO 4217 code; never for suppliers.';
comment on column wedsync.core_fields.private_notes is 'Notes of the couple; never for suppliers.';
comment on column wedsync.core_fields.withheld_fields is 'Paths that exist but are hidden from the caller, so that hidden and empty differ.';
revoke all on wedsync.core_fields from public;
grant select on wedsync.core_fields to authenticated, service_role, wedsync_admin;
-- by column: the right to update the view as a whole would also let a database session lock it, and the table behind it, for everybody
revoke update on wedsync.core_fields from authenticated;
grant update (
    id, couple_id, partner1_name, partner1_email, partner1_phone, partner2_name, partner2_email, partner2_phone, couple_address,
    wedding_date, ceremony_venue, reception_venue, guest_count, wedding_style, wedding_colors, ceremony_time, reception_time, key_moments,
    wedding_party, family_vips, connected_vendors, sharing_preferences, field_permissions, version_number, last_updated_by, last_sync_at,
    created_at, updated_at, time_zone, budget_total, budget_currency, private_notes, withheld_fields
) on wedsync.core_fields to authenticated;
grant update on wedsync.core_fields to service_role, wedsync_admin;
