-- proves: F001-20, F001-21, F001-22, C-21, C-47
-- The sources' tables clients, couples, weddings and wedding_details are views: each caller finds what it may see, and nothing else.
begin;
select plan(34);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.patch(
    'emma', 'emma',
    '{"wedding.ceremonyVenue": {"name": "Old Barn", "notes": "quiet"}, "wedding.guestCount.adults": 90, "budget.total": 31234, "wedding.date": "2027-06-12"}'
);
select tap.supplier('chef', 'emma', '{basic,guest_numbers}', '{wedding.guestCount.adults}');
select tap.supplier('dj', 'emma', '{everything}', '{timeline}');
select tap.supplier('baker', 'olivia', '{wedding.guestCount.total}');

select is(
    tap.call(p.who, 'select count(*) from wedsync.' || v.name), case v.name when 'clients' then p.clients else p.weddings end, p.who || ' finds in ' || v.name
)
from (values ('emma', '1', '0'), ('chef', '1', '1'), ('baker', '1', '1'), ('stranger', '0', '0')) as p (who, weddings, clients)
cross join (values ('couples'), ('weddings'), ('wedding_details'), ('clients')) as v (name);
select is(
    (
        select r
        from tap.rows('emma', 'select ceremony_venue_name, ceremony_venue_notes, guest_count_adults, guest_count_total from wedsync.wedding_details') as r
    ),
    '{"ceremony_venue_name": "Old Barn", "ceremony_venue_notes": "quiet", "guest_count_adults": 90, "guest_count_total": 90}',
    'the couple reads its facts as columns'
);
select is(
    (select r from tap.rows('chef', 'select ceremony_venue_name, ceremony_venue_notes, guest_count_adults from wedsync.wedding_details') as r),
    '{"ceremony_venue_name": "Old Barn", "ceremony_venue_notes": null, "guest_count_adults": 90}', 'a supplier those that it may read'
);
select is(
    tap.call('baker', 'select count(*) from wedsync.wedding_details where ceremony_venue_notes is not null or partner1_name is not null'), '0', 'and no others'
);
select is(
    (
        select r
        from tap.rows('chef', 'select name, can_view_guests, can_view_budget, can_edit_timeline, data_access_level, wedding_date from wedsync.clients') as r
    ),
    '{"name": "Emma", "can_view_guests": true, "can_view_budget": false, "can_edit_timeline": false, "data_access_level": "basic", "wedding_date": '
    '"2027-06-12"}',
    'flags and level follow from grants'
);
select is(
    (select r from tap.rows('dj', 'select can_view_guests, can_view_budget, can_edit_timeline, data_access_level from wedsync.clients') as r),
    '{"can_view_guests": true, "can_view_budget": false, "can_edit_timeline": true, "data_access_level": "full"}',
    'with everything granted the budget is still not there'
);
select is(
    (select r from tap.rows('baker', 'select name, can_view_guests, data_access_level from wedsync.clients') as r),
    '{"name": null, "can_view_guests": false, "data_access_level": null}', 'one number is neither a level nor the guests'
);
select is(tap.call('emma', 'select count(*) from wedsync.supplier_permissions'), '2', 'the couple sees the flags of its suppliers');
select is(tap.call('chef', 'select count(*) from wedsync.supplier_permissions'), '1', 'a supplier its own');
select is(tap.call('stranger', 'select count(*) from wedsync.supplier_permissions'), '0', 'a stranger none');
select is(
    (select r ->> 'wedding_role' from tap.rows('emma', 'select wedding_role from wedsync.weddings') as r), 'partner', 'weddings: a member sees the own role'
);
select is(
    (select r from tap.rows('chef', 'select wedding_role, tier from wedsync.weddings') as r), '{"wedding_role": null, "tier": null}',
    'a supplier has none, and sees no tier'
);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(
    tap.call('chef', 'select (select count(*) from wedsync.clients) + (select count(*) from wedsync.weddings)'), '0', 'after the revocation there is nothing'
);

-- embedding in PostgREST: the suppliers of a record
select is(
    tap.call(p.who, 'select count(*) from wedsync.core_fields as f cross join lateral wedsync.core_fields_permissions(f) as p'), p.n,
    'suppliers of the record seen by ' || p.who
)
from (values ('emma', '2'), ('dj', '1'), ('baker', '1')) as p (who, n);

-- a read that names no wedding
select is(tap.call('emma', 'select wedsync.get_core_fields() ->> ''coupleId''')::uuid, tap.couple('emma'), 'get_core_fields without a wedding: the only one');
select is(tap.error('chef', 'select wedsync.get_core_fields()') ->> 'sqlstate', '22023', 'a supplier has to name one');
select tap.call('emma', $$ select wedsync.register_couple('Emma', 'Second') $$);
select is(tap.error('emma', 'select wedsync.get_core_fields()') ->> 'sqlstate', '22023', 'and so has a member of two');
select * from finish();
rollback;
