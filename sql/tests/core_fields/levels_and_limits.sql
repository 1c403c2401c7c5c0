-- proves: F000-32, F000-58, F000-60, F000-62
-- What the levels give of core fields and what the limits are, as shipped; records of rows have tests of their own.
-- A change here is a change of what suppliers may read and callers may do.
begin;
select plan(5);
select results_eq($$
    select coalesce(c.access_level, 'never to suppliers') collate "default" as level, array_agg(c.path order by c.right_no) from wedsync_data.field_catalog as c
    where tap.is_core(c.table_name) group by 1 order by 1
$$, $$ values
    (
        'basic',
        '{couple.partner1.name,couple.partner2.name,wedding.date,wedding.timeZone,wedding.ceremonyVenue.name,wedding.ceremonyVenue.address,'
        'wedding.receptionVenue.name,wedding.receptionVenue.address,wedding.guestCount.adults,wedding.guestCount.children,wedding.guestCount.total,'
        'wedding.guestCount.confirmed,wedding.guestCount.pending,wedding.style,wedding.colors,timeline.ceremonyTime,timeline.receptionTime,'
        'timeline.keyMoments.name,timeline.keyMoments.time}'::text[]
    ),
    (
        'full',
        '{couple.address.line1,couple.address.line2,couple.address.city,couple.address.region,couple.address.postcode,couple.address.country,'
        'wedding.ceremonyVenue.notes,wedding.receptionVenue.notes,people.weddingParty.contact_info,people.familyVips.special_needs,'
        'people.familyVips.contact_info}'
    ),
    ('never to suppliers', '{sharing.autoShareBasic,sharing.requireApproval,budget.total,budget.currency,private.notes}'),
    (
        'standard',
        '{couple.partner1.email,couple.partner1.phone,couple.partner2.email,couple.partner2.phone,wedding.ceremonyVenue.contact_person,'
        'wedding.ceremonyVenue.contact_phone,wedding.receptionVenue.contact_person,wedding.receptionVenue.contact_phone,timeline.keyMoments.description,'
        'timeline.keyMoments.vendor_involved,people.weddingParty.name,people.weddingParty.role,people.weddingParty.responsibilities,people.familyVips.name,'
        'people.familyVips.relationship}'
    )
$$, 'which level gives which fields');
select results_eq($$
    select c.sensitivity_class collate "default", array_agg(c.path order by c.right_no) from wedsync_data.field_catalog as c
    where tap.is_core(c.table_name) and c.sensitivity_class in ('sensitive', 'budget', 'couple_private') group by 1 order by 1
$$, $$ values
    ('budget', '{budget.total,budget.currency}'::text[]), ('couple_private', '{sharing.autoShareBasic,sharing.requireApproval,private.notes}'),
    ('sensitive', '{wedding.ceremonyVenue.notes,wedding.receptionVenue.notes,people.familyVips.special_needs}')
$$, 'and which fields are sensitive, private or of the budget');
select is_empty($$ values
    ('access-request', 20, 60), ('access-write', 120, 60), ('account-write', 120, 60), ('api-key-create', 60, 3600), ('audit-verify', 20, 60),
    ('core-fields-populate', 30, 60), ('core-fields-read', 100, 60), ('core-fields-write', 20, 60), ('forms-write', 120, 60), ('invitation-answer', 20, 60),
    ('invite', 20, 60), ('members-write', 60, 60),
    ('realtime-broadcast', 1200, 60), ('realtime-idle', 30, 60), ('realtime-presence', 300, 60), ('realtime-subscribe', 10, 60), ('registration', 20, 3600),
    ('session-join', 30, 60), ('supplier-write', 120, 60)
    except select endpoint, max_requests, per_seconds from wedsync_data.rate_limits
$$, 'limits of requests');
select is_empty($$ values
    ('api_keys_per_user', 20::bigint), ('batch_max_bytes', 4194304), ('channels_per_socket', 100), ('connections_per_supplier', 250),
    ('connections_per_user', 5), ('fields_per_form', 200),
    ('forms_per_supplier', 200), ('joins_per_second', 10), ('journey_steps_per_wedding', 200), ('journeys_per_supplier', 100),
    ('steps_per_journey', 100), ('list_max_elements', 200), ('members_per_supplier', 500),
    ('members_per_wedding', 1000), ('message_max_bytes', 3145728), ('messages_per_second', 100), ('patch_max_bytes', 65536), ('patterns_per_user', 20),
    ('presence_max_bytes', 4000), ('requests_waiting_per_supplier', 500), ('requests_waiting_per_wedding', 50), ('responses_per_form', 100),
    ('rows_per_statement', 500),
    ('sessions_per_user', 50), ('suppliers_per_user', 20),
    ('suppliers_per_wedding', 500), ('weddings_per_update', 1), ('weddings_per_user', 20)
    except select name, value::text::bigint from wedsync_data.settings where jsonb_typeof(value) = 'number'
$$, 'limits of sizes and numbers');
select cmp_ok(
    (select value::text::bigint from wedsync_data.settings where name = 'batch_max_bytes'), '>=',
    (select value::text::bigint from wedsync_data.settings where name = 'message_max_bytes'),
    'a batch has room for the largest message'
);
select * from finish();
rollback;
