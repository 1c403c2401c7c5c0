-- proves: F004-15, F004-76
-- Vendors that a couple considers or has booked: who sees what of them, what is refused, and who is told of a status. A supplier sees its own booking.
begin;
select plan(43);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('chef', 'emma', '{basic}'), tap.supplier('dj', 'emma', '{full}'), tap.supplier('band', 'emma', '{vendors.contact}'), tap.supplier('baker',
    'olivia', '{full}');
create function pg_temp.add(who text, id text, more jsonb default '{}') returns text language sql as $$
    select coalesce(tap.error(who, format(
        'insert into wedsync.vendor_assignments (couple_id, id, %s) select %L, %L, %s from jsonb_to_record(%L) as v (category text, company_name text,
            supplier_id uuid, '
        'status text, arrival_at timestamptz, meals_needed smallint, contract_state text, insurance text, contact_name text, email text, phone text,
            web_address text, notes text)',
        c.names, tap.couple('emma'), tap.id(add.id), c.names, c.vendor
    )) #>> '{}', 'passes')
    from (
        select v.vendor, (select string_agg(k, ', ') from jsonb_object_keys(v.vendor) as k) as names
        from (select '{"company_name": "Cook & Co", "category": "caterer"}'::jsonb || more as vendor) as v
    ) as c
$$;
create function pg_temp.rule(more jsonb) returns text language sql as $$
    select string_agg(p.v ->> 'path' || ' ' || (p.v ->> 'rule'), ', ')
    from jsonb_array_elements(pg_temp.add('emma', 'bad', more)::jsonb #> '{detail,problems}') as p (v)
$$;
create function pg_temp.told(who text) returns text[] language sql as $$
    select coalesce(array_agg(n.message order by n.created_at, n.message), '{}')
    from wedsync_data.notifications as n where n.kind = 'vendor_status' and n.user_id = tap.id(who)
$$;

select is(pg_temp.add('emma', 'chef', jsonb_build_object(
    'supplier_id', tap.firm('chef'), 'arrival_at', '2027-06-12 10:00+01', 'meals_needed', 3, 'contract_state', 'requested', 'insurance', '2 million',
    'contact_name', 'Carla', 'email', 'carla@example.org', 'phone', '+447700900123', 'web_address', 'https://cook.example/menu?a=b#c', 'notes', 'Too dear?'
)), 'passes', 'a partner adds a vendor');
create function pg_temp.seen(who text, role_name text default 'authenticated') returns jsonb language sql as $$
    select jsonb_strip_nulls(r.r -
        '{couple_id,id,version_number,created_at,updated_at,last_updated_by,withheld_fields,signed_on,insured_until,supplier_id}'::text[])
    from tap.rows(who, format('select * from wedsync.vendor_assignments where id = %L', tap.id('chef')), role_name) as r (r)
$$;
create temporary table parts (name text, part jsonb) on commit drop;
insert into parts values
('vendors', '{"category": "caterer", "company_name": "Cook & Co", "status": "idea", "arrival_at": "2027-06-12T09:00:00+00:00", "meals_needed": 3}'),
('contract', '{"contract_state": "requested", "insurance": "2 million"}'),
('contact', '{"contact_name": "Carla", "email": "carla@example.org", "phone": "+447700900123", "web_address": "https://cook.example/menu?a=b#c"}'),
('notes', '{"notes": "Too dear?"}');
select is(
    jsonb_set(pg_temp.seen(w.who, w.role_name), '{arrival_at}', coalesce(to_jsonb((pg_temp.seen(w.who,
        w.role_name) ->> 'arrival_at')::timestamptz at time zone 'UTC'), 'null')) - case when pg_temp.seen(w.who,
        w.role_name) ? 'arrival_at' then '' else 'arrival_at' end,
    (select jsonb_object_agg(e.key, case e.key when 'arrival_at' then to_jsonb((e.value #>> '{}')::timestamptz at time zone 'UTC') else e.value end)
    from parts as p cross join lateral jsonb_each(p.part) as e where p.name = any (w.parts)),
    format('%s sees %s', w.who, array_to_string(w.parts, ', '))
)
from (values
    ('emma', 'authenticated', '{vendors,contract,contact,notes}'::text[]), ('james', 'authenticated', '{vendors,contract,contact,notes}'),
    ('paula', 'authenticated', '{vendors,contract,contact}'), ('dj', 'authenticated', '{vendors,contract,contact}'), ('band', 'authenticated', '{contact}'),
    ('fred', 'authenticated', '{}'), ('frank', 'authenticated', '{}'), ('chef', 'authenticated', '{}'), ('baker', 'authenticated', '{}'),
    ('olivia', 'authenticated', '{}'), ('stranger', 'authenticated', '{}'), (null, 'service_role', '{vendors,contract,contact,notes}')
) as w (who, role_name, parts);
select is(tap.error(null, 'select * from wedsync.vendor_assignments', 'anon') ->> 'sqlstate', '42501', 'nobody unknown');
select is(
    left(pg_temp.add(w.who, 'mine ' || w.who), 6), w.state, w.who || ' adds one'
)
from (values ('paula', 'passes'), ('fred', '{"hint'), ('chef', '{"hint'), ('dj', '{"hint'), ('olivia', '{"hint'), ('stranger', '{"hint')) as w (who, state);
select is(
    tap.error('paula', format('update wedsync.vendor_assignments set notes = ''x'' where id = %L', tap.id('chef'))) #>> '{detail,unauthorized_fields}',
        '["notes"]',
    'a planner does not write the couple''s notes'
);

-- what is refused
select is(pg_temp.rule(r.vendor), r.rule, r.rule)
from (values
    ('{"company_name": "  "}'::jsonb, 'vendors.companyName not_blank'), ('{"category": "wizard"}', 'vendors.category unknown_reference'),
    ('{"status": "loved"}', 'vendors.status one_of_idea_shortlisted_contacted_quoted_booked_declined_cancelled'),
    ('{"meals_needed": 1001}', 'vendors.mealsNeeded between_0_and_1000'), ('{"web_address": "javascript:alert(1)"}', 'vendors.contact.webAddress web_address'),
    ('{"web_address": "https://u:p@cook.example/"}', 'vendors.contact.webAddress web_address'),
    ('{"web_address": "https://cook.example/\"onclick=x"}', 'vendors.contact.webAddress web_address'),
    ('{"contract_state": "burnt"}', 'vendors.contract.contractState one_of_none_requested_received_signed_ended')
) as r (vendor, rule);
select is(
    pg_temp.rule(jsonb_build_object('supplier_id', tap.firm('baker'))), 'vendors.supplierId suppliers_of_the_wedding',
        'a supplier that is not connected is no vendor'
);

-- statuses
select is(pg_temp.told(w.who), '{}', 'of an idea nobody is told: ' || w.who) from (values ('james'), ('paula')) as w (who);
select tap.run('emma', format('update wedsync.vendor_assignments set status = ''shortlisted'' where id = %L', tap.id('chef')));
select is(pg_temp.told('james'), array['The status of Cook & Co is now: shortlisted'], 'shortlisting tells the partner');
select is(
    (select n.changes - 'vendor_id' from wedsync_data.notifications as n where n.kind = 'vendor_status' and n.user_id = tap.id('james')),
    jsonb_build_object('vendor', 'Cook & Co', 'status', 'shortlisted', 'category', 'caterer', 'supplier_id', tap.firm('chef')), 'with details'
);
select is(
    (select count(*) from wedsync_data.notifications as n where n.kind = 'vendor_status' and (n.user_id is null or n.user_id <> all (array[tap.id('james'),
        tap.id('paula')]))),
    0::bigint, 'and nobody who may not read vendors, nor who did it'
);
select tap.run('emma', format('update wedsync.vendor_assignments set meals_needed = 4 where id = %L', tap.id('chef')));
select is(cardinality(pg_temp.told('james')), 1, 'other changes do not');

-- the supplier's own booking
create function pg_temp.booking(who text) returns text language sql as $$
    select string_agg(r.r ->> 'meals_needed' || ' ' || (r.r ->> 'contract_state'), ', ') from tap.rows(who, 'select * from wedsync.my_bookings') as r (r)
$$;
select is(pg_temp.booking('chef'), null, 'before it is booked, a supplier does not know that it is considered');
select tap.run('emma', format('update wedsync.vendor_assignments set status = ''booked'' where id = %L', tap.id('chef')));
select is(pg_temp.booking('chef'), '4 requested', 'what is booked, the supplier reads');
select ok((select not r.r ? 'notes' from tap.rows('chef', 'select * from wedsync.my_bookings') as r (r)), 'without the couple''s notes');
select is(pg_temp.booking(w.who), null, 'nobody else does: ' || w.who) from (values ('dj'), ('baker'), ('stranger')) as w (who);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.booking('chef'), null, 'nor the supplier without access');
select * from finish();
rollback;
