-- proves: F001-03
-- What changes on a published page is announced once, on the channel of the wedding and to its webhooks, without what the page does not show.
begin;
select plan(19);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', 'james', 'partner');
create function pg_temp.site(change text) returns bigint language sql as $$ select tap.run('emma', 'update wedsync.websites set ' || change) $$;
-- What was announced since the last look. All events of this test are of one transaction, so the position is taken away with them.
create function pg_temp.announced() returns jsonb language plpgsql as $$
declare
    made jsonb;
begin
    update wedsync_data.event_readers set history = null where name = 'announce_websites';
    perform wedsync_internal.run_job('announce_websites');
    made := (
        select jsonb_agg(m.payload - 'seq' order by m.seq) from wedsync_data.messages as m
        where m.event = 'website_updated' and m.topic = 'wedding:' || tap.couple('emma')
    );
    delete from wedsync_data.messages;
    delete from wedsync_data.events;
    return made;
end
$$;
create function pg_temp.told(who text default 'james') returns bigint language sql as $$
    select count(*) from wedsync_data.notifications as n where n.kind = 'website_updated' and n.user_id = tap.id(who)
$$;
select tap.run('emma', format('insert into wedsync.websites (couple_id, slug) values (%L, ''emma'')', tap.couple('emma')));
select tap.patch('emma', 'emma', '{"wedding.ceremonyVenue": {"name": "Old Barn"}}');
select is(pg_temp.announced(), null, 'nothing of a page that is not published');
select is(pg_temp.told(), 0::bigint, 'to nobody');
select pg_temp.site('is_published = true');
select is(
    (select array_agg(e.event_type) from wedsync_data.events as e where e.table_name = 'websites' and e.couple_id = tap.couple('emma')),
    array['website_updated'], 'a change of the website is an event of the wedding itself'
);
select is(pg_temp.announced(), null, 'so it is not sent twice');
select is(pg_temp.told(), 1::bigint, 'but told');
select is(
    (select n.changes - 'seq' from wedsync_data.notifications as n where n.kind = 'website_updated' and n.user_id = tap.id('james')), '{"address": "emma"}',
    'with the address of the page'
);
select tap.patch('emma', 'emma', '{"wedding.ceremonyVenue": {"name": "New Barn", "notes": "quiet"}, "budget.total": 5,
    "couple.partner1.phone": "+447700900123"}');
select is(
    pg_temp.announced(), '[{"slug": "emma", "paths": ["wedding.ceremonyVenue.name"]}]',
        'a public field of the wedding is announced, other fields of the change are not'
);
select is(pg_temp.told(), 2::bigint, 'and told');
select tap.patch('emma', 'emma', '{"budget.total": 6}');
select is(pg_temp.announced(), null, 'other fields alone are not');
select is(pg_temp.told(), 2::bigint, 'nor told');
select pg_temp.site('hidden_fields = ''{wedding.date}''');
select pg_temp.announced();
select tap.patch('emma', 'emma', '{"wedding.date": "2035-06-12"}');
select is(pg_temp.announced(), null, 'hidden fields are not');
select tap.run('emma', format('insert into wedsync.wedding_events (couple_id, id, name) values (%L, %L, ''Brunch'')', tap.couple('emma'), tap.id('brunch')));
select is(pg_temp.announced(), null, 'nor events that the page does not show');
select tap.run('emma', 'update wedsync.wedding_events set is_public = true');
select is(pg_temp.announced() #>> '{0,paths}', format('["events/%s/is_public"]', tap.id('brunch')), 'an event that is shown from now on is');
select tap.run('emma', 'update wedsync.wedding_events set position = 3');
select is(pg_temp.announced(), null, 'its position is not on the page');
select tap.run('emma', 'update wedsync.wedding_events set is_public = false');
select is(jsonb_array_length(pg_temp.announced()), 1, 'one that is not shown any more is announced');
select tap.patch('olivia', 'olivia', '{"wedding.ceremonyVenue": {"name": "Castle"}}');
select is(pg_temp.announced(), null, 'another wedding is not');
create temporary table counted on commit drop as select pg_temp.told() as n;
select pg_temp.site('is_published = false');
select pg_temp.announced();
select is(pg_temp.told(), (select c.n + 1 from counted as c), 'that a page goes is told');
select tap.patch('emma', 'emma', '{"wedding.ceremonyVenue": {"name": "Barn"}}');
select is(pg_temp.announced(), null, 'nothing after');
select is(pg_temp.told('olivia'), 0::bigint, 'strangers are told nothing');
select * from finish();
rollback;
