-- proves: F004-71, F004-110
-- Photos: handed in by anybody at the wedding, seen by others once approved.
begin;
select plan(55);
select tap.wedding('emma'), tap.wedding('zoe');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('cook', 'emma', '{basic}'), tap.supplier('granted', 'emma', '{photos}'), tap.supplier('full', 'emma', '{full}'), tap.supplier('stranger');
create function pg_temp.submit(who text, photos jsonb, more text default '') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.submit_photos(%L, %L%s)', tap.couple('emma'), photos, more))::jsonb
$$;
create function pg_temp.error(who text, call text) returns text language sql as $$
    select coalesce(tap.error(who, format('select wedsync.' || call, tap.couple('emma'))) ->> 'sqlstate', 'ok')
$$;
create function pg_temp.sees(who text, relation text) returns text[] language sql as $$
    select coalesce(array_agg(r ->> 'caption' order by r ->> 'caption'), '{}') from tap.rows(who, 'select * from wedsync.' || relation) as r
$$;
create function pg_temp.photo(caption text) returns jsonb language sql as $$
    select jsonb_build_array(jsonb_build_object('url', 'https://photos.example.org/1.jpg', 'caption', caption, 'taken_at', '2027-06-12T15:00:00Z'))
$$;
create function pg_temp.ids(caption text) returns uuid[] language sql as $$
    select array(select s.id from wedsync_data.photo_submissions as s where s.caption = $1 union all select p.id from wedsync_data.photos as p
        where p.caption = $1)
$$;
create function pg_temp.decide(who text, caption text, approve boolean) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.decide_photos(%L, %L, %L, ''note'')', tap.couple('emma'), pg_temp.ids(caption), approve))::jsonb
$$;
select tap.join('frank', 'wedding:' || tap.couple('emma'), '{"broadcast": {"self": true}}');
select tap.listen('frank', 'wedding:' || tap.couple('emma'), null, 'photos');

-- handing in
select is(pg_temp.submit(s.who, pg_temp.photo(s.who)) ->> 'status', s.status, s.who || ' hands in a photo')
from (values ('emma', 'approved'), ('paula', 'approved'), ('fred', 'waiting'), ('frank', 'waiting'), ('cook', 'waiting')) as s (who, status);
select is(
    (select array_agg(distinct n.user_id order by n.user_id) from wedsync_data.notifications as n where n.kind = 'photo_waiting'),
    (select array_agg(i order by i) from unnest(array[tap.id('emma'), tap.id('paula')]) as i), 'partners and planners are told'
);
select is((select count(*) from wedsync_data.notifications as n where n.kind = 'photo_waiting'), 2::bigint, 'once, however many photos come');
select is(pg_temp.error('stranger', $$submit_photos(%L, '[{"url": "https://a.org/"}]')$$), 'PT404', 'strangers hand in nothing');
select is(pg_temp.error('zoe', $$submit_photos(%L, '[{"url": "https://a.org/"}]')$$), 'PT404', 'nor people of other weddings');
select is(pg_temp.error('frank', format($$submit_photos(%%L, '[{"url": "https://a.org/"}]', %L)$$, tap.firm('cook'))), '22023',
    'nobody does for a supplier of others');
select is(
    tap.error('frank', format('select wedsync.submit_photos(%L, %L)', tap.couple('emma'), b.photos)) -> 'detail' -> 'problems' #> '{0,rule}', b.rule,
        b.photos::text
) from (values
    ('[{"caption": "x"}]'::jsonb, '"required"'::jsonb), ('[{"url": "http://a.org/"}]', '"https_address"'), ('[{"url": "https://a.org/<script>"}]',
        '"https_address"'),
    ('[{"url": "https://a.org/", "approved_by": "x"}]', '"unknown_field"'), ('[{"url": "https://a.org/", "taken_at": "yesterday-ish"}]', '"timestamp"'),
    ('[{"url": "https://a.org/", "taken_at": "2027-02-30T10:00:00Z"}]', '"timestamp"'),
    ('[{"url": "https://a.org/", "taken_at": "2027-06-12T10:00:00 Middle/Earth"}]', '"timestamp"'),
    ('[{"url": "https://a.org/", "taken_at": "2027-06-12T10:00:00+99:99"}]', '"timestamp"'),
    ('[{"url": "https://a.org/", "caption": 5}]', '"text"'), ('{}', null), ('[]', null), ('[1]', null), ('[[{"url": "https://a.org/"}]]', null)
) as b (photos, rule);
select is((select count(*) from wedsync_data.photo_submissions), 3::bigint, 'nothing of that was stored');

-- who sees what
select is(pg_temp.sees(w.who, w.relation), w.captions, format('%s: %s', w.who, w.relation)) from (values
    ('emma', 'photos', '{emma,paula}'::text[]), ('emma', 'photo_submissions', '{cook,frank,fred}'), ('paula', 'photo_submissions', '{cook,frank,fred}'),
    ('frank', 'photos', '{emma,paula}'), ('frank', 'photo_submissions', '{}'), ('frank', 'my_photos', '{frank}'), ('fred', 'my_photos', '{fred}'),
    ('cook', 'photos', '{}'), ('cook', 'my_photos', '{cook}'), ('granted', 'photos', '{emma,paula}'), ('full', 'photo_submissions', '{}'), ('full',
        'my_photos', '{}'),
    ('stranger', 'photos', '{}')
) as w (who, relation, captions);

-- deciding
select is(pg_temp.error(w.who, format('decide_photos(%%L, %L, true)', pg_temp.ids('frank'))), w.state, w.who || ' does not decide')
from (values ('frank', 'PT404'), ('fred', 'PT404'), ('full', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select tap.forget();
select is(pg_temp.decide('paula', 'frank', true) -> 'ids', to_jsonb(pg_temp.ids('frank')), 'a planner approves');
select is(pg_temp.sees('fred', 'photos'), '{emma,frank,paula}', 'and others see the photo');
select is((select array_agg(r #>> '{record,caption}') from tap.rows_heard('frank', 'wedding:' || tap.couple('emma')) as r), '{frank}', 'at once');
select is(
    (select array_agg(n.changes ->> 'decision') from wedsync_data.notifications as n where n.kind = 'photos_decided' and n.user_id = tap.id('frank')),
        '{approved}',
    'whoever handed it in is told'
);
select is(pg_temp.decide('paula', 'frank', true) -> 'ids', '[]', 'to approve it again changes nothing');
select pg_temp.decide('emma', 'cook', false);
select is(
    (select array_agg(concat_ws(' ', r ->> 'status', r ->> 'note')) from tap.rows('cook', 'select * from wedsync.my_photos') as r),
        '{"rejected note"}', 'a photo is rejected'
);
select is(
    (select array_agg(n.supplier_id) from wedsync_data.notifications as n where n.kind = 'photos_decided' and n.supplier_id is not null),
        array[tap.firm('cook')],
    'of which the supplier is told'
);
select pg_temp.decide('emma', 'frank', false);
select is(pg_temp.sees('fred', 'photos'), '{emma,paula}', 'an approved photo can be taken away again');
select pg_temp.decide('emma', 'cook', true);
select is(pg_temp.sees('fred', 'photos'), '{cook,emma,paula}', 'and a rejected one approved');

-- for a supplier
select tap.hire('cook', 'paula', 'staff');
select is(
    pg_temp.submit('paula', pg_temp.photo('table'), format(', %L', tap.firm('cook'))) ->> 'status', 'waiting', 'what a planner hands in for a supplier waits'
);
select tap.call('emma', format('select wedsync.delete_photo_submissions(%L, %L)', tap.couple('emma'), pg_temp.ids('table')));

-- withdrawing, limits
select is(
    tap.call('frank', format('select wedsync.withdraw_photos(%L, %L)', tap.couple('emma'), pg_temp.ids('cook') || pg_temp.ids('frank')))::integer, 1,
    'people withdraw their own photos only'
);
select is(pg_temp.sees('emma', 'photo_submissions'), '{fred}', 'which are gone');
update wedsync_data.settings set value = '1' where name = 'waiting_photos_per_uploader';
select is(pg_temp.error('fred', $$submit_photos(%L, '[{"url": "https://a.org/"}]')$$), 'PT409', 'so many wait at most');
select isnt(
    tap.error('emma', format('insert into wedsync.photo_submissions (couple_id, caption) values (%L, ''x'')', tap.couple('emma'))), null,
    'nobody adds submissions past the function'
);
select * from finish();
rollback;
