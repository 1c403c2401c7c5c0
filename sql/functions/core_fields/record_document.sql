create or replace function wedsync_internal.record_document(record wedsync.core_fields)
returns jsonb
language plpgsql
stable
parallel safe
as $$
begin
    return pg_catalog.jsonb_build_object(
        'id', record.id,
        'coupleId', record.couple_id,
        'couple', pg_catalog.jsonb_build_object(
            'partner1', pg_catalog.jsonb_build_object(
                'name', record.partner1_name, 'email', record.partner1_email, 'phone', record.partner1_phone
            ),
            'partner2', pg_catalog.jsonb_build_object(
                'name', record.partner2_name, 'email', record.partner2_email, 'phone', record.partner2_phone
            ),
            'address', record.couple_address
        ),
        'wedding', pg_catalog.jsonb_build_object(
            'date', record.wedding_date,
            'timeZone', record.time_zone,
            'ceremonyVenue', record.ceremony_venue,
            'receptionVenue', record.reception_venue,
            'guestCount', record.guest_count,
            'style', record.wedding_style,
            'colors', record.wedding_colors
        ),
        'timeline', pg_catalog.jsonb_build_object(
            'ceremonyTime', record.ceremony_time, 'receptionTime', record.reception_time, 'keyMoments', record.key_moments
        ),
        'people', pg_catalog.jsonb_build_object('weddingParty', record.wedding_party, 'familyVips', record.family_vips),
        'budget', pg_catalog.jsonb_build_object('total', record.budget_total, 'currency', record.budget_currency),
        'private', pg_catalog.jsonb_build_object('notes', record.private_notes),
        'sharing', pg_catalog.jsonb_build_object(
            'autoShareBasic', record.sharing_preferences -> 'auto_share_basic',
            'requireApproval', record.sharing_preferences -> 'require_approval'
        ),
        'connectedVendors', record.connected_vendors,
        'metadata', pg_catalog.jsonb_build_object(
            'version', record.version_number,
            'lastUpdatedBy', record.last_updated_by,
            'updatedAt', record.updated_at,
            'createdAt', record.created_at,
            'withheld', record.withheld_fields
        )
    );
end
$$;
comment on function wedsync_internal.record_document(wedsync.core_fields) is 'The nested document of a record in the shape of the view core_fields. Hides nothing: give it a record that is already masked.';
revoke all on function wedsync_internal.record_document(wedsync.core_fields) from public;
