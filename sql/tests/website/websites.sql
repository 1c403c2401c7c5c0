-- proves: F001-03
-- The website of a wedding as a record: one for each wedding, an address of its own, who writes it, and what is refused.
begin;
select plan(26);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('chef', 'emma', '{basic}'), tap.supplier('dj', 'emma', '{guest_numbers}'), tap.supplier('baker', 'olivia', '{full}');
create function pg_temp.add(who text, partner text, site jsonb) returns jsonb language sql as $$
    select tap.error(who, format(
        'insert into wedsync.websites (couple_id, %s) select %L, %s from jsonb_to_record(%L) as v (slug text, is_published boolean, title text,
            welcome_text text, '
        'registry_links text[], hidden_fields text[])', c.names, tap.couple(partner), c.names, site
    ))
    from (select string_agg(k, ', ') as names from jsonb_object_keys(site) as k) as c
$$;
create function pg_temp.rule(site jsonb) returns text language sql as $$
    select string_agg(p.v ->> 'path' || ' ' || (p.v ->> 'rule'), ', ')
    from jsonb_array_elements(pg_temp.add('olivia', 'olivia', '{"slug": "olivia"}'::jsonb || site) #> '{detail,problems}') as p (v)
$$;
select is(pg_temp.add(w.who, 'emma', '{"slug": "emma-and-james"}') ->> 'sqlstate', w.state, w.who || ' makes none')
from (values ('fred', '42501'), ('frank', '42501'), ('chef', '42501'), ('olivia', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select is(pg_temp.add('emma', 'emma', '{"slug": "emma-and-james", "welcome_text": "Welcome"}'), null, 'a partner does');
select is(pg_temp.add('emma', 'emma', '{"slug": "another"}') ->> 'sqlstate', 'PT409', 'one');
select is(
    (select array_agg(r.r ->> 'welcome_text') from tap.rows(w.who, 'select * from wedsync.websites') as r (r)), w.seen,
        'before it is published, it is seen by ' || w.who
)
from (
    values ('emma', array['Welcome']), ('paula', array['Welcome']), ('fred', array['Welcome']), ('frank', null), ('chef', array['Welcome']), ('dj', null),
    ('baker', null), ('olivia', null), ('stranger', null)
) as w (who, seen);
select is(pg_temp.rule(r.site), r.rule, r.rule || ': ' || r.site)
from (values
    ('{"slug": "emma-and-james"}'::jsonb, 'website.slug slug_taken'), ('{"slug": "Olivia"}', 'website.slug slug'), ('{"slug": "o"}', 'website.slug slug'),
    ('{"slug": "../admin"}', 'website.slug slug'), ('{"registry_links": ["http://gifts.example"]}', 'website.registryLinks web_address'),
    ('{"registry_links": ["javascript:alert(1)"]}', 'website.registryLinks web_address'),
    ('{"hidden_fields": ["couple.partner1.email"]}', 'website.hiddenFields public_fields')
) as r (site, rule);
select is(
    pg_temp.add('olivia', 'olivia', '{"slug": "olivia", "hidden_fields": ["wedding.ceremonyVenue", "events", "wedding.date"],
        "registry_links": ["https://gifts.example/1"]}'),
    null, 'fields and groups of them can be hidden'
);
select is(
    tap.error('olivia', 'update wedsync.websites set slug = ''emma-and-james''') #>> '{detail,problems,0,rule}', 'slug_taken',
        'nor is an address taken over later'
);
select throws_ok(
    format('insert into wedsync_data.websites (couple_id, slug) values (%L, ''olivia'')', tap.couple('emma')), 'PT422', null, 'by no direct statement either'
);
select * from finish();
rollback;
