-- What became visible since a position is read in pages of so many bytes of text; none is left out, none comes twice.
begin;
select plan(20);
select tap.wedding('emma');
insert into wedsync_data.free_topics (pattern, description) values ('^talk$', 'for tests');
select tap.join('emma', 'core_fields_' || tap.couple('emma'));
select tap.join('emma', 'talk', '{"private": true}');
select tap.forget();
select tap.call('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('wedding.guestCount.adults', g)))
from generate_series(1, 4) as g;
select tap.call('emma', format('select wedsync.broadcast(%L, %L, %L)', 'talk', 'n', jsonb_build_object('n', g))) from generate_series(1, 3) as g;
-- the position of the next page names a snapshot, which here has to include the test's own transaction
create function pg_temp.page(cursor text, max_bytes integer) returns table (kind text, what text, next text) language sql as $$
    select f.kind,
        case f.kind when 'broadcast' then coalesce(f.payload::jsonb #>> '{payload,n}', f.payload::jsonb #>> '{payload,data,wedding.guestCount.adults}') end,
        case f.kind when 'more' then regexp_replace(f.payload, '^([^/]*)/[^/]*/', format('\1/%1$s:%1$s:/', pg_current_xact_id()::text::bigint + 1)) end
    from wedsync_internal.next_frames(tap.node(), cursor, max_bytes) as f where f.kind not in ('cursor', 'moved')
$$;
create function pg_temp.pages(max_bytes integer) returns setof text[] language plpgsql as $$
declare
    cursor text := tap.start();
    page text[];
begin
    loop
        select array_agg(coalesce(p.what, p.kind)), max(p.next) into page, cursor from pg_temp.page(cursor, max_bytes) as p;
        return next page;
        exit when cursor is null;
    end loop;
end $$;
select is((select array_agg(p.what) from pg_temp.page(tap.start(), 1000000) as p), '{1,2,3,4,1,2,3}'::text[], 'all on one page');
select is(
    array(select p::text from pg_temp.pages(1) as p), '{"{1,more}","{2,more}","{3,more}","{4,more}","{1,more}","{2,more}","{3,more}",NULL}',
        'or one on each, in the same order'
);
select is((select count(*) from pg_temp.pages(700)) between 3 and 6, true, 'or as many as fit');
select is((select array_agg(x) from pg_temp.pages(700) as p, unnest(p) as x where x <> 'more'), '{1,2,3,4,1,2,3}'::text[], 'none is left out');
select is(
    (select f.payload from wedsync_internal.next_frames(tap.node(), tap.start(), 1) as f where f.kind = 'more') like tap.start() || '/%/e/%', true,
    'the next page knows where the first began'
);
-- what a returning client missed comes in pages, too
create function pg_temp.missed(topic_name text, cursor text, max_bytes integer) returns table (kind text, what text, next text) language sql as $$
    select f.kind, coalesce(f.payload::jsonb #>> '{payload,n}', f.payload::jsonb #>> '{payload,data,wedding.guestCount.adults}'), null
    from wedsync_data.subscriptions as s, lateral wedsync_internal.missed_frames(s.id, cursor, max_bytes) as f where s.topic = topic_name and f.kind <> 'more'
    union all
    select f.kind, null, regexp_replace(f.payload, '^([^/]*)/[^/]*/', format('\1/%1$s:%1$s:/', pg_current_xact_id()::text::bigint + 1))
    from wedsync_data.subscriptions as s, lateral wedsync_internal.missed_frames(s.id, cursor, max_bytes) as f where s.topic = topic_name and f.kind = 'more'
$$;
create function pg_temp.missed_pages(topic_name text, max_bytes integer) returns setof text[] language plpgsql as $$
declare
    cursor text := tap.start();
    page text[];
begin
    loop
        select array_agg(coalesce(p.what, p.kind)), max(p.next) into page, cursor from pg_temp.missed(topic_name, cursor, max_bytes) as p;
        return next page;
        exit when cursor is null;
    end loop;
end $$;
select is(array(select p::text from pg_temp.missed_pages(t.topic, 1000000) as p), array[t.pages], 'all that was missed on one page')
from (values ('core_fields_' || tap.couple('emma'), '{1,2,3,4}'), ('talk', '{1,2,3}')) as t (topic, pages);
select is(
    array(select p::text from pg_temp.missed_pages('core_fields_' || tap.couple('emma'), 1) as p), '{"{1,more}","{2,more}","{3,more}","{4,more}",NULL}',
        'or one change on each'
);
select is(array(select p::text from pg_temp.missed_pages('talk', 1) as p), '{"{1,more}","{2,more}","{3,more}",NULL}', 'or one message');
select is_empty(
    format('select from pg_temp.missed(%L, %L, 1)', t.topic, tap.start() || '/5:5:/' || t.place),
    'what came meanwhile comes live, and is on no page of ' || t.topic
) from (values ('talk', 'm/0'), ('core_fields_' || tap.couple('emma'), 'e/0')) as t (topic, place);
-- what a client asks for again is bounded, too, and the newest go first
create function pg_temp.replayed(max_bytes integer) returns text[] language sql
as $$
    select array_agg(r.f::jsonb #>> '{payload,n}')
    from wedsync_internal.replay_messages((select s.id from wedsync_data.subscriptions as s where s.topic = 'talk'), '-infinity', 25, max_bytes) as r (f)
$$;
select is(pg_temp.replayed(1000000), '{1,2,3}'::text[], 'what was said is replayed in order');
select is(pg_temp.replayed(1), '{3}'::text[], 'the newest of it, as much as fits');
-- a page belongs to the snapshot of the first
select is(
    (select f.payload from wedsync_internal.next_frames(tap.node(), tap.start() || '/5:5:/e/0') as f where f.kind = 'cursor'), '5:5:',
    'the cursor behind the last page is that of the first'
);
select is_empty(
    $$ select from wedsync_internal.next_frames(tap.node(), tap.start() || '/5:5:/e/0') as f where f.kind in ('broadcast', 'more') $$,
    'what came meanwhile is on no page'
);
-- rights that were lost meanwhile are told on every page
select wedsync_internal.leave_topics(array[]::bigint[]);
update wedsync_data.subscriptions as s set group_id = null, moved_xid = pg_current_xact_id(), moved_reason = 'test' where s.topic = 'talk';
select is(
    (select count(*) from wedsync_internal.next_frames(tap.node(), tap.start(), 1) as f where f.kind = 'moved'), 1::bigint, 'a lost right is on the first page'
);
select is(
    (select count(*) from pg_temp.page(tap.start(), 1) as p, wedsync_internal.next_frames(tap.node(), p.next, 1) as f where f.kind = 'moved'), 1::bigint,
    'and on the second'
);
select matches(
    pg_get_function_arguments('wedsync_internal.next_frames(uuid, text, integer)'::regprocedure), 'max_bytes integer DEFAULT 16000000',
    'a page has 16 megabytes'
);
select matches(
    pg_get_function_arguments('wedsync_internal.next_bus_messages(text, integer)'::regprocedure), 'max_bytes integer DEFAULT 4000000',
    'and one of messages between processes four'
);
select matches(
    pg_get_function_arguments('wedsync_internal.missed_frames(bigint, text, integer)'::regprocedure), 'max_bytes integer DEFAULT 1000000',
    'and one of what a channel missed one'
);
select * from finish();
rollback;
