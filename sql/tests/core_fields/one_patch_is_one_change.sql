-- proves: F000-30, C-07, C-15
-- However much a patch or a statement changes of a wedding: one version, one link of the audit chain, one event.
begin;
select plan(20);
select tap.wedding('emma');
create temporary table moments on commit drop as
select (tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "%s"}'') ->> ''id''', tap.couple('emma'), n)))::uuid as id, n
from unnest(array['Cake', 'Dance']) as n;
create function pg_temp.clock(out version integer, out seq bigint, out chain_no bigint) language sql as $$
    select k.version, k.seq, k.chain_no from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')
$$;
create temporary table before on commit drop as select * from pg_temp.clock();
create temporary table answer on commit drop as
select tap.call('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object(
    'wedding.style', '["boho", "rustic"]'::jsonb, 'timeline.ceremonyTime', '14:30',
    'timeline.keyMoments', (select jsonb_agg(jsonb_build_object('id', m.id, 'time', '20:00')) from moments as m)
)))::jsonb as a;

select is((select c.version from pg_temp.clock() as c) - b.version, 1, 'a patch of two fields and two elements is one version') from before as b;
select is((select c.seq from pg_temp.clock() as c) - b.seq, 1::bigint, 'one event') from before as b;
select is((select c.chain_no from pg_temp.clock() as c) - b.chain_no, 1::bigint, 'one link of the chain') from before as b;
select is((a ->> 'version')::integer, (select c.version from pg_temp.clock() as c), 'which the answer names') from answer;
select results_eq(
    $$ select l.path::text from wedsync_data.audit_log as l join pg_temp.clock() as c on c.chain_no = l.chain_no
    where l.couple_id = tap.couple('emma') order by l.id $$,
    $$ select 'wedding.style' union all select 'timeline.ceremonyTime' union all
    (select 'timeline.keyMoments/' || m.id || '/time' from moments as m order by m.id) $$,
    'with one row of the audit log for each field'
);
select results_eq(
    $$ select e.table_name, e.op, cardinality(e.paths), e.record -> 'key_moments' -> 0 ->> 'time', e.record ->> 'wedding_style',
        e.old_record ->> 'ceremony_time'
    from wedsync_data.events as e join pg_temp.clock() as c on c.seq = e.seq where e.couple_id = tap.couple('emma') $$,
    $$ values ('core_fields', 'UPDATE', 4, '20:00:00', '["boho", "rustic"]', null) $$,
    'and an event that has them all'
);
select is((tap.call('emma', 'select key_moments -> 1 ->> ''time'' from wedsync.core_fields')), '20:00:00', 'the view shows the elements');
select is(count(*), 2::bigint, 'which carry the version of their change')
from wedsync_data.key_moments as m join pg_temp.clock() as c on c.version = m.version_number;
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L) ->> ''valid''', tap.couple('emma')))), 'true', 'the chain holds');

-- a statement of an administrator
update before set (version, seq, chain_no) = (select c.version, c.seq, c.chain_no from pg_temp.clock() as c);
update wedsync_data.key_moments set name = upper(name) where couple_id = tap.couple('emma');
select is(
    (select row(c.version, c.seq, c.chain_no) from pg_temp.clock() as c), row(b.version + 1, b.seq + 1, b.chain_no + 1),
    'two elements in one statement are one change'
)
from before as b;
update before set (version, seq, chain_no) = (select c.version, c.seq, c.chain_no from pg_temp.clock() as c);
update wedsync_data.key_moments set name = name, version_number = 77 where couple_id = tap.couple('emma');
select is((select row(c.version, c.seq, c.chain_no) from pg_temp.clock() as c), row(b.version, b.seq, b.chain_no), 'one that changes nothing is none')
from before as b;
select is((select max(m.version_number) from wedsync_data.key_moments as m where m.couple_id = tap.couple('emma')), b.version,
    'and no version is written by hand')
from before as b;
select is(
    tap.error(null, format('update wedsync_data.key_moments set version_number = -5 where couple_id = %L', tap.couple('emma')), 'service_role') ->> 'sqlstate',
    '42501', 'server roles may not give the sign of the write path'
);
select is(
    tap.error(null, format('update wedsync_data.core_fields set version_number = -5 where couple_id = %L', tap.couple('emma')), 'wedsync_admin') ->> 'sqlstate',
    '42501', 'nor administrators'
);

-- the short answer
update answer set a = tap.call('emma', format(
    'select wedsync.update_core_fields(%L, ''{"partner1_phone": "+44 20 7946 0000"}'', answer => ''minimal'')', tap.couple('emma')
))::jsonb;
select is(
    a - '{timestamp,version}'::text[], '{"success": true, "changed": ["couple.partner1.phone"], "message": "1 field updated"}',
    'a minimal answer leaves the record out'
) from answer;
select is((a ->> 'version')::integer, (select c.version from pg_temp.clock() as c), 'and names the version') from answer;
select is(
    tap.error('emma', format('select wedsync.update_core_fields(%L, ''{}'', answer => ''short'')', tap.couple('emma'))) #>> '{detail,rule}',
    'full or minimal', 'there are two kinds of answer'
);
select ok(a ? 'data', 'the usual one has the record')
from (select tap.call('emma', format('select wedsync.update_core_fields(%L, ''{}'')', tap.couple('emma')))::jsonb as a) as x;
select tap.supplier('florist');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{wedding_basics}'', ''{wedding_basics}'')', tap.couple('emma'), tap.firm('florist')));
update answer set a = tap.call('florist', format(
    'select wedsync.update_core_fields(%L, ''{"wedding.style": ["boho", "rustic"]}'', answer => ''minimal'')', tap.couple('emma')
))::jsonb;
select is(a ->> 'message', 'Nothing changed', 'a supplier that changes nothing') from answer;
select cmp_ok((a ->> 'version')::integer, '<', (select c.version from pg_temp.clock() as c), 'learns no version that hidden fields have reached') from answer;
select * from finish();
rollback;
