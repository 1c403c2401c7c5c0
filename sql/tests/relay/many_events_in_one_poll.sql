-- However many events a poll finds, and however they are read in it, each group receives all of them once, in order, on pages too.
begin;
select plan(8);
select tap.wedding('emma');
select tap.join('emma', 'core_fields_' || tap.couple('emma'));
select tap.join('emma', 'core-fields');
select tap.forget();
do $$ begin
    for n in 1..90 loop
        update wedsync_data.core_fields as f set partner2_name = 'James ' || n where f.couple_id = tap.couple('emma');
    end loop;
end $$;
create function pg_temp.frames(cursor text, max_bytes integer, for_all boolean default false)
returns table (topic text, kind text, seq bigint, payload text, place bigint)
language sql as $$
    select g.topic, f.kind, f.seq, f.payload, f.place
    from wedsync_internal.next_frames(case when not for_all then tap.node() end, cursor, max_bytes) with ordinality
        as f (kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age, place)
    left join wedsync_data.subscription_groups as g on g.id = f.group_id
    where f.kind <> 'cursor'
$$;
create function pg_temp.numbers(max_bytes integer, for_all boolean default false)
returns table (topic text, numbers bigint[])
language sql as $$
    select f.topic, array_agg(f.seq order by f.place) from pg_temp.frames(tap.start(), max_bytes, for_all) as f where f.kind = 'broadcast' group by f.topic
$$;
create temp table written as select array_agg(e.seq order by e.id) as numbers from wedsync_data.events as e
where e.couple_id = tap.couple('emma') and e.table_name = 'core_fields' and e.op = 'UPDATE';
select is(cardinality(w.numbers), 90, 'there are many events') from written as w;
select set_eq('select n.numbers from pg_temp.numbers(16000000) as n', 'select numbers from written', 'each group receives all of them once, in order');
select is((select count(*) from pg_temp.numbers(16000000)), 2::bigint, 'on the channel of the wedding and on that of all weddings');
select is(
    (select n.numbers from pg_temp.numbers(900000) as n where n.topic = 'core-fields'), (select numbers from written),
    'also where they are read a few at a time'
);
-- a page that is full ends between two events, and the next one goes on behind the last of them
create function pg_temp.pages(max_bytes integer) returns table (page integer, topic text, seq bigint, place bigint) language plpgsql as $$
declare
    cursor text := tap.start();
begin
    for n in 1..1000 loop
        page := n;
        for topic, seq, place in select f.topic, f.seq, f.place from pg_temp.frames(cursor, max_bytes) as f where f.kind = 'broadcast' order by f.place loop
            return next;
        end loop;
        -- the position of the next page names a snapshot, which here has to include the test's own transaction
        cursor := (
            select regexp_replace(f.payload, '^([^/]*)/[^/]*/', format('\1/%1$s:%1$s:/', pg_current_xact_id()::text::bigint + 1))
            from pg_temp.frames(cursor, max_bytes) as f where f.kind = 'more'
        );
        exit when cursor is null;
    end loop;
end $$;
create temp table paged as select * from pg_temp.pages(20000);
select cmp_ok((select max(p.page) from paged as p), '>', 2, 'a small page is full before the end');
select set_eq(
    'select array_agg(p.seq order by p.page, p.place) from paged as p group by p.topic', 'select numbers from written', 'pages leave none out and repeat none'
);
select is((select count(*) from (select p.seq from paged as p group by p.seq having count(distinct p.page) > 1) as x), 0::bigint, 'an event is on one page');
-- the leader reads the same for all that are fed
update wedsync_data.relay_nodes as n set fed = true where n.node = tap.node();
select set_eq('select n.numbers from pg_temp.numbers(16000000, true) as n', 'select numbers from written', 'and so is it for all processes that are fed');
select * from finish();
rollback;
