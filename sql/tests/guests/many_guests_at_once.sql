-- A statement on thousands of guests takes time in proportion, also in a session whose plans were made for a few.
begin;
set constraints all immediate;
select plan(6);
select tap.wedding('emma');
insert into wedsync_data.guests (couple_id, first_name) select tap.couple('emma'), 'Ann' || n from generate_series(1, 6000) as n;
create temporary table before on commit drop as
select k.version, k.seq, k.chain_no from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');

select lives_ok(
    format('update wedsync_data.guests set first_name = ''Bea'' where couple_id = %L and first_name = ''Ann1''', tap.couple('emma')),
    'one guest is changed'
);
-- What compares every row with every other needs minutes. None of it may.
set local statement_timeout = '40s';
select lives_ok(
    format('update wedsync_data.guests set relationship = ''friend'', diets = ''{vegan}'' where couple_id = %L', tap.couple('emma')), 'then all at once'
);
select lives_ok(
    format('update wedsync_data.guests set updated_at = now() where couple_id = %L', tap.couple('emma')), 'and all without a change of a field'
);
set local statement_timeout = 0;
select is(
    (
        select jsonb_build_array(k.version - b.version, k.seq - b.seq, k.chain_no - b.chain_no)
        from wedsync_data.wedding_clocks as k cross join before as b where k.couple_id = tap.couple('emma')
    ), '[2, 6001, 2]', 'each statement that changes something is one version and one link, with an event for each row'
);
select is(
    (select count(*) from wedsync_data.audit_log as l cross join before as b where l.couple_id = tap.couple('emma') and l.chain_no > b.chain_no), 12001::bigint,
    'and an audit row for each field'
);
select is(
    tap.call('emma', format('select wedsync.verify_audit_chain(%L) -> ''valid''', tap.couple('emma'))), 'true'::text, 'which the chain confirms'
);
select * from finish();
rollback;
