create or replace function wedsync_internal.record_document(record jsonb)
returns jsonb
language sql
immutable
parallel safe
return jsonb_build_object(
    'id', record -> 'id',
    'coupleId', record -> 'couple_id',
    'couple', jsonb_build_object(
        'partner1', jsonb_build_object(
            'name', record -> 'partner1_name', 'email', record -> 'partner1_email', 'phone', record -> 'partner1_phone'
        ),
        'partner2', jsonb_build_object(
            'name', record -> 'partner2_name', 'email', record -> 'partner2_email', 'phone', record -> 'partner2_phone'
        ),
        'address', record -> 'couple_address'
    ),
    'wedding', jsonb_build_object(
        'date', record -> 'wedding_date',
        'timeZone', record -> 'time_zone',
        'ceremonyVenue', record -> 'ceremony_venue',
        'receptionVenue', record -> 'reception_venue',
        'guestCount', record -> 'guest_count',
        'style', record -> 'wedding_style',
        'colors', record -> 'wedding_colors'
    ),
    'timeline', jsonb_build_object(
        'ceremonyTime', record -> 'ceremony_time', 'receptionTime', record -> 'reception_time', 'keyMoments', record -> 'key_moments'
    ),
    'people', jsonb_build_object('weddingParty', record -> 'wedding_party', 'familyVips', record -> 'family_vips'),
    'budget', jsonb_build_object('total', record -> 'budget_total', 'currency', record -> 'budget_currency'),
    'private', jsonb_build_object('notes', record -> 'private_notes'),
    'sharing', jsonb_build_object(
        'autoShareBasic', record -> 'sharing_preferences' -> 'auto_share_basic',
        'requireApproval', record -> 'sharing_preferences' -> 'require_approval'
    ),
    'connectedVendors', record -> 'connected_vendors',
    'metadata', jsonb_build_object(
        'version', record -> 'version_number',
        'lastUpdatedBy', record -> 'last_updated_by',
        'updatedAt', record -> 'updated_at',
        'createdAt', record -> 'created_at',
        'withheld', record -> 'withheld_fields'
    )
);
comment on function wedsync_internal.record_document(jsonb) is 'The nested document of a record in the shape of the view core_fields. Hides nothing: give it a record that is already masked.';
revoke all on function wedsync_internal.record_document(jsonb) from public;
