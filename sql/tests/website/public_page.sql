-- proves: F001-03
-- The public page of a wedding: an Event of schema.org with the fields that the catalogue marks as public, all of them, and no value of any other field.
begin;
select plan(47);
select tap.matrix();
grant select on leaves to public;
create function pg_temp.page(slug text default 'emma-and-james', role_name text default 'anon', who text default null) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.wedding_website(%L)', slug), role_name)::jsonb
$$;
create function pg_temp.site(change text) returns bigint language sql as $$ select tap.run('emma', 'update wedsync.websites set ' || change) $$;
select tap.run('emma', format(
    'insert into wedsync.websites (couple_id, slug, title, welcome_text, registry_links) values (%L, ''emma-and-james'', ''Our day'', ''Welcome all'',
        ''{https://gifts.example/1}'')',
    tap.couple('emma')
));
-- readers who are told nothing learn no difference
create function pg_temp.answer(slug text) returns jsonb language plpgsql as $$
begin
    perform set_config('response.status', '', true);
    return jsonb_build_array(pg_temp.page(slug), nullif(current_setting('response.status', true), ''));
end
$$;
select is(pg_temp.answer(a.slug), '[null, "404"]', 'constant answer: ' || a.why)
from (values ('emma-and-james', 'not published'), ('nobody', 'unknown'), ('', 'empty'), (repeat('x', 100000), 'long'), (E'\u00e9''"; --',
    'hostile')) as a (slug, why);
select is(tap.error(null, 'select wedsync.wedding_website(null)', 'anon') ->> 'sqlstate', '22023', 'null is a mistake');
select pg_temp.site('is_published = true');
select is(pg_temp.answer('emma-and-james') ->> 1, null, 'published, it is found');
select is(pg_temp.answer('EMMA-AND-JAMES'), '[null, "404"]', 'under its exact address');

-- by the catalogue: every leaf has a value of its own here
create temporary view shown as
select l.path, (l.leaf).is_public, tap.shows(pg_temp.page()::text, case l.path
    when 'wedding.date' then l.value
    -- seconds, on the clocks of Chatham
    when 'timeline.ceremonyTime' then to_jsonb('T' || (l.value #>> '{}')) when 'timeline.receptionTime' then to_jsonb('T' || (l.value #>> '{}'))
    when 'wedding.timeZone' then to_jsonb('+1'::text)
    else l.value
end) as is_shown
from leaves as l;
select cmp_ok((select count(*) from shown as s where s.is_public), '>=', 12::bigint, 'control: public fields were looked at');
select cmp_ok((select count(*) from shown as s where not s.is_public), '>=', 35::bigint, 'and others');
select is_empty('select s.path from shown as s where s.is_public and not s.is_shown', 'every public field is on the page');
select is_empty(
    $$ select s.path from shown as s where not s.is_public and s.is_shown and s.path not in ('sharing.autoShareBasic', 'sharing.requireApproval') $$,
    'and no other'
);
create function pg_temp.sources() returns text[] language sql as $$
    select array_agg(k order by k) from wedsync_data.core_fields as f
    cross join lateral jsonb_object_keys(wedsync_internal.website_values('core_fields', to_jsonb(f), '{}')) as k where f.couple_id = tap.couple('emma')
$$;
select is(pg_temp.sources(), (select array_agg(l.path order by l.path) from leaves as l where (l.leaf).is_public),
    'whose values come from the public fields alone');
-- what is marked by mistake stays away
set local role wedsync_owner;
update wedsync_data.field_catalog set is_public = true where path in ('budget.total', 'private.notes', 'sharing.autoShareBasic');
reset role;
select ok(not pg_temp.sources() && '{budget.total,private.notes,sharing.autoShareBasic}', 'never budget or private fields, whatever the catalogue says');
select is(
    (select array_agg(k order by k) from jsonb_object_keys(pg_temp.page()) as k),
    array['@context', '@type', 'additionalProperty', 'description', 'eventStatus', 'identifier', 'keywords', 'location', 'name', 'organizer', 'startDate',
        'subEvent', 'subjectOf'],
    'no key but those of an event'
);
select is(
    pg_temp.page() - '{location,subEvent,startDate,keywords,additionalProperty,organizer}'::text[],
    '{"@context": "https://schema.org", "@type": "Event", "identifier": "emma-and-james", "name": "Our day", "description": "Welcome all",
    "eventStatus": "https://schema.org/EventScheduled", "subjectOf": [{"@type": "WebPage", "name": "Gift registry", "url": "https://gifts.example/1"}]}',
    'the texts of the couple'
);
select is(pg_temp.page() #> '{organizer,0}', '{"@type": "Person", "name": "leaf0text0"}', 'partners are its organisers');
select is(
    pg_temp.page() -> 'location',
    '{"@type": "Place", "name": "leaf14text0", "address": {"@type": "PostalAddress", "streetAddress": "leaf15text0"}}', 'the venue is a place with an address'
);

-- each public field, hidden by the couple, leaves the page
create temporary table hidden_now (path text, is_shown boolean) on commit drop;
do $$
declare
    leaf record;
begin
    for leaf in select l.path from leaves as l where (l.leaf).is_public loop
        perform pg_temp.site(format('hidden_fields = array[%L]', leaf.path));
        insert into hidden_now select leaf.path, s.is_shown from shown as s where s.path = leaf.path;
    end loop;
    perform pg_temp.site('hidden_fields = ''{}''');
end
$$;
select is_empty('select h.path from hidden_now as h where h.is_shown', 'what the couple hides is not shown');
select cmp_ok((select count(*) from hidden_now), '>=', 12::bigint, 'control: they were hidden one by one');
select pg_temp.site('hidden_fields = ''{wedding.ceremonyVenue,website.title}''');
select is(pg_temp.page() #>> '{location,name}', 'leaf19text0', 'groups can be hidden: then the reception is the place');
select is(pg_temp.page() ->> 'name', 'leaf0text0 & leaf3text0', 'without a title, the partners are the name');
select pg_temp.site('hidden_fields = ''{}''');

-- times, with the distance of their zone
create function pg_temp.start(day text, hour text, zone text) returns text language plpgsql as $$
begin
    perform tap.patch('emma', 'emma', jsonb_build_object('wedding.date', day, 'timeline.ceremonyTime', hour, 'wedding.timeZone', zone));
    return pg_temp.page() ->> 'startDate';
end
$$;
select is(pg_temp.start(t.day, t.hour, t.zone), t.iso, t.zone || ' ' || t.day)
from (values
    ('2035-06-12', '15:00', 'Europe/London', '2035-06-12T15:00:00+01:00'), ('2035-12-12', '15:00', 'Europe/London', '2035-12-12T15:00:00+00:00'),
    ('2035-06-12', '15:00', 'Asia/Kathmandu', '2035-06-12T15:00:00+05:45'), ('2035-12-12', '09:30', 'America/St_Johns', '2035-12-12T09:30:00-03:30'),
    ('2035-03-25', '01:30', 'Europe/London', '2035-03-25T02:30:00+01:00')
) as t (day, hour, zone, iso);
select pg_temp.site('hidden_fields = ''{wedding.timeZone}''');
select is(pg_temp.page() ->> 'startDate', '2035-03-25T01:30:00', 'without the zone, without the distance');
select pg_temp.site('hidden_fields = ''{timeline}''');
select is(pg_temp.page() ->> 'startDate', '2035-03-25', 'without a time, the day');
select pg_temp.site('hidden_fields = ''{wedding.date}''');
select is(pg_temp.page() -> 'startDate', null, 'without the day, nothing');
select pg_temp.site('hidden_fields = ''{}''');
select tap.patch('emma', 'emma', '{"wedding.date": "2035-06-12"}');

-- events
select tap.run('emma', format(
    'insert into wedsync.wedding_events (couple_id, name, kind, starts_at, ends_at, place, position, is_public) values '
    '(%1$L, ''Brunch'', ''brunch'', ''2035-06-13 10:00Z'', ''2035-06-13 12:00Z'', ''Orangery'', 747, true), '
    '(%1$L, ''Rehearsal'', ''rehearsal'', ''2035-06-10 10:00Z'', ''2035-06-20 12:00Z'', ''Crypt'', 748, false)', tap.couple('emma')
));
select is(
    pg_temp.page() #> '{subEvent,0}',
    '{"@type": "Event", "name": "Brunch", "eventStatus": "https://schema.org/EventScheduled", "startDate": "2035-06-13T11:00:00+01:00",
    "endDate": "2035-06-13T13:00:00+01:00", "location": {"@type": "Place", "name": "Orangery"}, "keywords": "brunch"}', 'public events are part of it'
);
select is(pg_temp.page() ->> 'endDate', '2035-06-13T13:00:00+01:00', 'the last of them ends it');
select ok(pg_temp.page()::text !~ 'Rehearsal|Crypt|747', 'others are not on the page, nor other fields');
select pg_temp.site('hidden_fields = ''{events}''');
select ok(pg_temp.page()::text !~ 'Brunch|Orangery' and not pg_temp.page() ? 'endDate', 'and all can be hidden');
select pg_temp.site('hidden_fields = ''{}''');

-- the catalogue decides
set local role wedsync_owner;
update wedsync_data.field_catalog set is_public = false where path <> 'website.slug';
reset role;
select is(
    pg_temp.page() - 'subEvent',
    '{"@context": "https://schema.org", "@type": "Event", "identifier": "emma-and-james", "name": "Wedding",
        "eventStatus": "https://schema.org/EventScheduled"}',
    'what is not marked as public is not shown'
);
select ok(pg_temp.page()::text !~ 'leaf|Brunch|Orangery', 'in no part');
set local role wedsync_owner;
update wedsync_data.field_catalog set is_public = true where path ~ '^(website|events)\.' or path in (select l.path from leaves as l where (l.leaf).is_public);
reset role;

-- who asks makes no difference
select is(pg_temp.page('emma-and-james', w.role_name, w.who), pg_temp.page(), format('the same for %s', coalesce(w.who, w.role_name)))
from (values ('emma', 'authenticated'), ('stranger', 'authenticated'), (null, 'service_role')) as w (who, role_name);
select is(
    (select array_agg(a.n) from (select count(*) as n from wedsync_data.access_log as l where l.action ~ 'website') as a), array[0::bigint],
        'a public page is no access of a supplier'
);
-- nothing without a value
update wedsync_data.wedding_events set is_public = true where couple_id = tap.couple('emma');
update wedsync_data.core_fields set wedding_style = '{}' where couple_id = tap.couple('emma');
select pg_temp.site('hidden_fields = ''{events}''');
select ok(not pg_temp.page() ? 'keywords', 'no empty list');
select is(
    (select count(*) from jsonb_array_elements(coalesce(pg_temp.page() -> 'subEvent', '[]')) as e (part) where not e.part ? 'name'), 0::bigint,
        'and no event of which nothing is shown'
);

-- limits
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'wedding-website';
delete from wedsync_data.rate_usage;
select is(tap.error(null, 'select wedsync.wedding_website(''someone'')', 'anon'), null, 'an unknown address is counted');
select is(tap.error(null, 'select wedsync.wedding_website(''someone'')', 'anon') #>> '{detail,status}', '429', 'and limited');
select is(tap.error(null, 'select wedsync.wedding_website(''emma-and-james'')', 'anon'), null, 'each by itself');
update wedsync_data.rate_limits set max_requests = null where endpoint = 'wedding-website';
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'wedding-websites';
select is(
    (select bool_or(tap.error(null, format('select wedsync.wedding_website(%L)', 'guess-' || n), 'anon') #>> '{detail,status}' = '429')
        from generate_series(1, 40) as n), true, 'as are guesses of many addresses'
);
update wedsync_data.rate_limits set max_requests = null where endpoint = 'wedding-websites';
select pg_temp.site('is_published = false');
select is(pg_temp.answer('emma-and-james'), '[null, "404"]', 'unpublished, it is gone');
select * from finish();
rollback;
