-- proves: F000-97, C-48
-- An audit id names its link, and says nothing about rows of the link that its reader may not see.
begin;
select plan(4);
select tap.wedding('emma');
do $$ begin for i in 1..20 loop
    perform tap.patch('emma', 'emma', jsonb_build_object('private.notes', 'n' || i, 'wedding_style', jsonb_build_array('s' || i)));
end loop; end $$;
create temporary table trail on commit drop as
select l.id, l.chain_no, l.path from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma');
select is_empty('select * from trail where id / 1000000 <> chain_no', 'an id begins with the number of its link');
select is((select count(distinct id) from trail), (select count(*) from trail), 'it is unique in the wedding');
select cmp_ok((select count(distinct id % 1000000) from trail where path = 'wedding.style'), '>', 15::bigint, 'and ends anywhere');
select is(
    (select count(*) from (select id, lag(id) over (partition by chain_no order by id) as previous from trail) as t where id <> previous + 1), 0::bigint,
    'rows of a link follow each other'
);
select * from finish();
rollback;
