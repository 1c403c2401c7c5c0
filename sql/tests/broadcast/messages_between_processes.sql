-- What processes tell each other stands in rows that the pack alone reaches: read once, in order, in pages, kept for half a minute.
begin;
select plan(17);
create function pg_temp.read(cursor text, max_bytes integer default 4000000) returns text[] language sql
as $$
    select array_agg(coalesce(nullif(b.kind, 'cursor'), 'end') || case when b.kind in ('cursor', 'more') then '' else ' ' || b.payload end)
    from wedsync_internal.next_bus_messages(cursor, max_bytes) as b
$$;
-- the position of the page that follows; that of a full page names a snapshot, which here has to include the test's own transaction
create function pg_temp.next(cursor text, max_bytes integer default 4000000) returns text language sql
as $$
    select case b.kind when 'more' then regexp_replace(b.payload, '/.*/', format('/%1$s:%1$s:/', pg_current_xact_id()::text::bigint + 1)) else b.payload end
    from wedsync_internal.next_bus_messages(cursor, max_bytes) as b where b.kind in ('cursor', 'more')
$$;
create function pg_temp.pages(cursor text, max_bytes integer) returns setof text[] language plpgsql as $$
declare page text[];
begin
    loop
        page := pg_temp.read(cursor, max_bytes);
        return next page;
        exit when page[cardinality(page)] = 'end' or cardinality(page) = 0;
        cursor := pg_temp.next(cursor, max_bytes);
    end loop;
end $$;

select is(pg_temp.read(null), '{end}'::text[], 'without a cursor nothing is read');
select matches(pg_temp.next(null), '^\d+:\d+:', 'but one is given');
select wedsync_internal.put_bus_messages('{}', '{}');
select is((select count(*) from wedsync_data.bus_messages), 0::bigint, 'nothing to send is not sent');
select wedsync_internal.put_bus_messages('{broadcast,presence,broadcast}', '{1,2,333}');
select wedsync_internal.put_bus_messages('{replaced}', '{4}');
select is(pg_temp.read(tap.start()), array['broadcast 1', 'presence 2', 'broadcast 333', 'replaced 4', 'end'], 'in order of writing');
-- a position is a snapshot: what it sees was read
select is(pg_temp.read(format('%s:%s:', x.now + 1, x.now + 1)), '{end}'::text[], 'what a cursor sees is not read again')
from (select pg_current_xact_id()::text::bigint as now) as x;
select is(cardinality(pg_temp.read(format('%s:%s:%s', x.now, x.now + 1, x.now))), 5, 'control: what was under way then is')
from (select pg_current_xact_id()::text::bigint as now) as x;
-- pages
select is(
    array(select p::text from pg_temp.pages(tap.start(), 2) as p), array['{"broadcast 1","presence 2",more}', '{"broadcast 333",more}', '{"replaced 4",end}'],
        'in pages of so many bytes'
);
select is(
    array(select p::text from pg_temp.pages(tap.start(), 1) as p),
        array['{"broadcast 1",more}', '{"presence 2",more}', '{"broadcast 333",more}', '{"replaced 4",more}', '{end}'], 'at least one in each'
);
select is(string_to_array(pg_temp.next(pg_temp.next(tap.start(), 1), 1), '/') @> array[tap.start()], true, 'the second page knows where the first began');
-- a page belongs to the snapshot of the first: what that does not see yet comes after the last page
select is(pg_temp.read(tap.start() || '/5:5:/0'), '{end}'::text[], 'what came meanwhile is not on this page');
select is(pg_temp.next(tap.start() || '/5:5:/0'), '5:5:', 'but behind the cursor that follows it');
select throws_ok($$ select wedsync_internal.put_bus_messages('{shout}', '{1}') $$, '23514', null, 'only kinds that are known');
-- cleaning
update wedsync_data.bus_messages set sent_at = now() - interval '29 seconds' where payload = '1';
update wedsync_data.bus_messages set sent_at = now() - interval '31 seconds' where payload = '2';
select is(wedsync_internal.run_job('prune_bus'), 1, 'half a minute');
select is(array(select b.payload from wedsync_data.bus_messages as b order by b.id), '{1,333,4}'::text[], 'is kept');
update wedsync_data.bus_messages set sent_at = now() - interval '1 day';
select wedsync_internal.register_node(tap.id('late'), 'test', 1);
select is((select count(*) from wedsync_data.bus_messages), 0::bigint, 'what was sent while no worker was there goes when one comes');
select is((select j.every from wedsync_data.scheduled_jobs as j where j.name = 'prune_bus'), interval '5 seconds', 'by the clock');
select is(
    (select c.relpersistence from pg_catalog.pg_class as c where c.oid = 'wedsync_data.bus_messages'::regclass), 'u', 'nothing of it is in the write-ahead log'
);
select * from finish();
rollback;
