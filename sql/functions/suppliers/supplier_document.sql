create or replace function wedsync_internal.supplier_document(couple_id uuid, readable bit)
returns jsonb
language plpgsql
stable
as $$
declare
    mask constant wedsync_data.visibility_masks := wedsync_internal.visibility(readable);
    record wedsync_data.core_fields;
    lists wedsync_data.record_lists;
    clock wedsync_data.wedding_clocks;
    newest smallint;
begin
    select f.* into record from wedsync_data.core_fields as f where f.couple_id = supplier_document.couple_id;
    select l.* into lists from wedsync_data.record_lists as l where l.couple_id = supplier_document.couple_id;
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = supplier_document.couple_id;
    newest := wedsync_internal.newest_visible(clock.recent_rights, mask.shows);
    return wedsync_internal.core_fields_nested(pg_catalog.jsonb_populate_record(null::wedsync.core_fields, wedsync_internal.mask_record(
        to_jsonb(record) || pg_catalog.jsonb_build_object(
            'key_moments', coalesce(lists.key_moments, '[]'), 'wedding_party', coalesce(lists.wedding_party, '[]'),
            'family_vips', coalesce(lists.family_vips, '[]'), 'connected_vendors', null, 'field_permissions', null, 'last_sync_at', null,
            'version_number', greatest(clock.right_versions[newest + 1], 1), 'last_updated_by', clock.right_actors[newest + 1],
            'updated_at', clock.right_times[newest + 1]
        ),
        mask.masked_columns -> 'core_fields', mask.masked_keys -> 'core_fields'
    )));
end
$$;
comment on function wedsync_internal.supplier_document(uuid, bit) is 'The record of a wedding as a supplier with these rights reads it by get_core_fields.';
revoke all on function wedsync_internal.supplier_document(uuid, bit) from public;
