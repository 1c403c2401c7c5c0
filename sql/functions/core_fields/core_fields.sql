create or replace view wedsync.core_fields
with (security_barrier = true, security_invoker = false) as
select
    f.id,
    f.couple_id,
    case when m.shows[0] then f.partner1_name end as partner1_name,
    case when m.shows[1] then f.partner1_email end as partner1_email,
    case when m.shows[2] then f.partner1_phone end as partner1_phone,
    case when m.shows[3] then f.partner2_name end as partner2_name,
    case when m.shows[4] then f.partner2_email end as partner2_email,
    case when m.shows[5] then f.partner2_phone end as partner2_phone,
    f.couple_address - m.couple_address_hidden as couple_address,
    case when m.shows[12] then f.wedding_date end as wedding_date,
    f.ceremony_venue - m.ceremony_venue_hidden as ceremony_venue,
    f.reception_venue - m.reception_venue_hidden as reception_venue,
    f.guest_count - m.guest_count_hidden as guest_count,
    case when m.shows[29] then f.wedding_style end as wedding_style,
    case when m.shows[30] then f.wedding_colors end as wedding_colors,
    case when m.shows[31] then f.ceremony_time end as ceremony_time,
    case when m.shows[32] then f.reception_time end as reception_time,
    case
        when m.key_moments_hidden = '{}' then coalesce(l.key_moments, '[]')
        when m.key_moments_hidden is not null then wedsync_internal.without_keys(coalesce(l.key_moments, '[]'), m.key_moments_hidden)
    end as key_moments,
    case
        when m.wedding_party_hidden = '{}' then coalesce(l.wedding_party, '[]')
        when m.wedding_party_hidden is not null then wedsync_internal.without_keys(coalesce(l.wedding_party, '[]'), m.wedding_party_hidden)
    end as wedding_party,
    case
        when m.family_vips_hidden = '{}' then coalesce(l.family_vips, '[]')
        when m.family_vips_hidden is not null then wedsync_internal.without_keys(coalesce(l.family_vips, '[]'), m.family_vips_hidden)
    end as family_vips,
    case when m.shows[45] then
        case when l.vendors_until <= now() then (wedsync_internal.vendors_in_force(f.couple_id)).connected_vendors else coalesce(l.connected_vendors, '[]') end
    end as connected_vendors,
    f.sharing_preferences - m.sharing_preferences_hidden as sharing_preferences,
    case when m.shows[45] then
        case when l.vendors_until <= now() then (wedsync_internal.vendors_in_force(f.couple_id)).field_permissions else coalesce(l.field_permissions, '{}') end
    end as field_permissions,
    case when m.sees_all then k.version else greatest(k.right_versions[n.right_no + 1], 1) end as version_number,
    case
        when not m.sees_all then k.right_actors[n.right_no + 1] when l.lists_changed_at > f.updated_at then l.lists_changed_by else f.last_updated_by
    end as last_updated_by,
    case when not m.shows[45] then (
        select max(c.last_accessed_at) from wedsync_data.connections as c
        where c.couple_id = f.couple_id and c.supplier_id = any (r.supplier_ids)
    ) end as last_sync_at,
    f.created_at,
    case when m.sees_all then greatest(f.updated_at, l.lists_changed_at) else k.right_times[n.right_no + 1] end as updated_at,
    case when m.shows[13] then f.time_zone end as time_zone,
    case when m.shows[47] then f.budget_total end as budget_total,
    case when m.shows[48] then f.budget_currency end as budget_currency,
    case when m.shows[49] then f.private_notes end as private_notes,
    m.withheld_fields
from wedsync_data.reach as r
join wedsync_data.visibility_masks as m on m.id = r.mask_id
join wedsync_data.core_fields as f on f.couple_id = r.couple_id
join wedsync_data.wedding_clocks as k on k.couple_id = f.couple_id
left join wedsync_data.record_lists as l on l.couple_id = f.couple_id
-- the right of the newest change that can be seen; updated_at and last_updated_by tell of it
cross join lateral (
    select case
        when m.sees_all then null when m.shows[k.recent_rights[1]] then k.recent_rights[1] else wedsync_internal.newest_visible(k.recent_rights, m.shows)
    end as right_no offset 0
) as n
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now() and r.readable <> repeat('0', 128)::bit(128)
    -- functions of the pack log their reads themselves
    and case when r.by_grant and current_user <> 'wedsync_owner' then wedsync_internal.log_view_read(f.couple_id, 'core_fields') else true end;
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
