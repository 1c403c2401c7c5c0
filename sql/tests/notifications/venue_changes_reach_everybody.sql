-- proves: F004-80
-- Another venue is told at once to everybody who may read it, inside the application and outside, and to nobody else.
begin;
select plan(21);
select tap.wedding('emma'), tap.wedding('zoe');
select tap.admit('emma', m.name, m.role) from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('florist', 'emma', '{basic}'), tap.supplier('chef', 'emma', '{guest_numbers}'), tap.supplier('band', 'emma', '{ceremony_venue_name}'),
    tap.supplier('hall', 'emma', '{basic,reception}', '{reception}'), tap.supplier('gone', 'emma', '{basic}'), tap.supplier('other', 'zoe', '{basic}');
select tap.patch('emma', 'emma', '{"ceremony_venue_name": "Old Barn", "ceremony_venue_address": "Mill Lane", "reception_venue_name": "Manor", '
    '"wedding_date": null}');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('gone')));
update wedsync_data.users as u set email = 'x@example.org';
update wedsync_data.connections set auto_sync_enabled = false where supplier_id = tap.firm('florist');
create temporary table names on commit drop as
select n.name, tap.id(n.name) as id from unnest('{emma,james,paula,fred,frank,zoe}'::text[]) as n (name)
union all select n.name, tap.firm(n.name) from unnest('{florist,chef,band,hall,gone,other}'::text[]) as n (name);
create function pg_temp.told(kind text) returns text[] language sql as $$
    select coalesce(array_agg(distinct s.name order by s.name), '{}')
    from wedsync_data.notifications as n join names as s on s.id = n.recipient_id where n.kind = $1
$$;
select is(pg_temp.told('ceremony_venue_changed') || pg_temp.told('reception_venue_changed'), '{}', 'the first venue is no change');
select tap.join('florist', 'supplier_' || tap.firm('florist')), tap.join('chef', 'supplier_' || tap.firm('chef')), tap.join('fred', 'user_' || tap.id('fred'));
select tap.forget();
delete from wedsync_data.deliveries;
select tap.patch('emma', 'emma', '{"ceremony_venue_name": "Glass House", "ceremony_venue_address": "Park Road", "ceremony_venue_contact_person": "Ann"}');
select is(pg_temp.told('ceremony_venue_changed'), '{florist,fred,hall,james,paula}',
    'members and suppliers who may read name and address; nobody who may not, or left, or did it, or is of another wedding');
select is(pg_temp.told('reception_venue_changed'), '{}', 'the other venue is as it was');
select is(
    (select array_agg(distinct n.title || ': ' || n.message) from wedsync_data.notifications as n where n.kind = 'ceremony_venue_changed'),
    '{"The ceremony has a new venue: New venue of the ceremony: Glass House, Park Road. Previously planned: Old Barn, Mill Lane"}',
    'in these words'
);
select is((select count(*) from wedsync_data.notifications as n where n.kind = 'ceremony_venue_changed' and n::text like '%Ann%'), 0::bigint,
    'the contact is not told');
select is((select count(*) from tap.heard(h.who, h.topic) as f where f.payload #>> '{payload,type}' = 'ceremony_venue_changed'), h.n, h.who || ' hears it')
from (values
    ('florist', 'supplier_' || tap.firm('florist'), 1::bigint), ('fred', 'user_' || tap.id('fred'), 1), ('chef', 'supplier_' || tap.firm('chef'), 0)
) as h (who, topic, n);
select is(
    (select array_agg(s.name || ' ' || d.channel order by s.name)
        from wedsync_data.deliveries as d join names as s on s.id = coalesce(d.supplier_id, d.user_id)),
    '{"florist email","fred email","hall email","james email","paula email"}', 'and e-mail is on its way'
);
select is((select array_agg(distinct d.priority) from wedsync_data.deliveries as d), '{normal}', 'without hurry');

-- what is no other venue
delete from wedsync_data.notifications;
create function pg_temp.told_after(patch jsonb) returns text[] language plpgsql as $$
begin
    perform tap.patch('emma', 'emma', patch);
    return pg_temp.told('ceremony_venue_changed') || pg_temp.told('reception_venue_changed');
end
$$;
select is(pg_temp.told_after(p.patch::jsonb), '{}', p.what) from (values
    ('{"ceremony_venue_contact_person": "Bob"}', 'another contact is no other venue'), ('{"ceremony_venue_notes": "quiet"}', 'nor are notes'),
    ('{"ceremony_venue_name": "Glass House"}', 'nor the same name'), ('{"guest_count": {"adults": 3}}', 'nor guests')
) as p (patch, what);

-- a supplier that moves
select tap.patch('hall', 'emma', '{"reception_venue_name": "Manor, east wing"}');
select is(pg_temp.told('reception_venue_changed'), '{emma,florist,fred,james,paula}', 'a supplier''s change is told to the couple and the other suppliers');
select tap.run('emma', format('update wedsync.core_fields set reception_venue = null where couple_id = %L', tap.couple('emma')));
select is((select array_agg(distinct n.changes ->> 'venue') from wedsync_data.notifications as n where n.recipient_id = tap.firm('hall')), '{–}',
    'a venue that is given up, through the view, too');

-- shortly before the wedding
update wedsync_data.core_fields set wedding_date = current_date + 3 where couple_id = tap.couple('emma');
delete from wedsync_data.notifications;
delete from wedsync_data.deliveries;
update wedsync_data.connections set notification_preferences = notification_preferences || '{"updates": false}' where supplier_id = tap.firm('florist');
update wedsync_data.core_fields set ceremony_venue = jsonb_build_object('name', 'Town Hall', 'address', 'Market Place') where couple_id = tap.couple('emma');
select is(pg_temp.told('ceremony_venue_changed'), '{emma,florist,fred,hall,james,paula}',
    'a statement of an administrator is told to everybody, and in the last week to suppliers without updates');
select is((select array_agg(distinct d.priority) from wedsync_data.deliveries as d), '{high}', 'as urgent');
select is((select count(*) from tap.rows('florist', 'select * from wedsync.notifications where kind = ''ceremony_venue_changed''')), 1::bigint, 'it is read');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('florist')));
select is((select count(*) from tap.rows('florist', 'select * from wedsync.notifications where kind = ''ceremony_venue_changed''')), 0::bigint,
    'until the right is lost');
select is((select array_agg(s.name order by s.name) from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 20) as c
    join wedsync_data.deliveries as d on d.id = c.id join names as s on s.id = coalesce(d.supplier_id, d.user_id)),
    '{emma,fred,hall,james,paula}', 'nor is it sent then');
select * from finish();
rollback;
