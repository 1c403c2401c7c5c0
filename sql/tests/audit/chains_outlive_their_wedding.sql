-- proves: C-08, F000-97
-- The chain of a deleted wedding is kept, and a server verifies it; for everybody else the wedding is gone.
begin;
select plan(8);
select tap.wedding('emma');
select tap.patch('emma', 'emma', '{"private.notes": "one"}');
create temporary table gone on commit drop as select tap.couple('emma') as id;
grant select on gone to public;
create function pg_temp.verdict() returns jsonb language sql as $$
    select tap.call(null, format('select wedsync.verify_audit_chain(%L)', (select id from gone)), 'service_role')::jsonb
$$;
select tap.call(null, format('select wedsync.delete_wedding(%L)', id), 'service_role') from gone;
select is(pg_temp.verdict() -> 'problems', '[]', 'the chain of a deleted wedding is valid');
select cmp_ok((pg_temp.verdict() ->> 'rows')::integer, '>', 4, 'and has its rows');
select is(
    (select l.change_type from wedsync_data.audit_log as l, gone as g where l.couple_id = g.id order by l.chain_no desc, l.id desc limit 1), 'delete',
    'the deletion among them'
);
set local session_replication_role = replica;
delete from wedsync_data.audit_log as l using gone as g
where l.couple_id = g.id and l.chain_no = (select max(x.chain_no) from wedsync_data.audit_log as x where x.couple_id = g.id);
set local session_replication_role = origin;
select is(pg_temp.verdict() #>> '{problems,0,kind}', 'cut_tail', 'a tail that is cut off afterwards is found');
select is(tap.error(w.who, format('select wedsync.verify_audit_chain(%L)', id), w.db_role) ->> 'sqlstate', w.state, coalesce(w.who, w.db_role))
from gone, (values ('emma', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'), (null, 'anon', '42501')) as w (who, db_role, state);
select is(tap.error(null, 'select wedsync.verify_audit_chain(gen_random_uuid())', 'service_role') ->> 'sqlstate', 'PT404', 'a wedding that never was');
select * from finish();
rollback;
