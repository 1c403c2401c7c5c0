-- proves: C-08, C-51, F000-97
-- Contents of audit rows can be erased in one way only: with a record in the chain that names the rows and stays itself.
begin;
select plan(28);
select tap.wedding('emma');
select tap.wedding('olivia');
select set_config('request.headers', '{"user-agent": "app/1", "x-real-ip": "203.0.113.9"}', true);
select tap.patch('emma', 'emma', '{"private.notes": "one"}', null, 'because');
select tap.patch('emma', 'emma', '{"private.notes": "two"}');
create function pg_temp.row(value text) returns wedsync_data.audit_log language sql stable as $$
    select l from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'private.notes' and l.new_value = to_jsonb(value) $$;
create function pg_temp.redact(ids bigint[], reason text default null, partner text default 'emma') returns integer language sql as $$
    select wedsync_internal.redact_audit(tap.couple(partner), ids, reason) $$;
create temporary table notes on commit drop as select (pg_temp.row(v)).* from unnest('{one,two}'::text[]) as v;
create temporary table before on commit drop as select k.* from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');

select is(pg_temp.redact(array(select id from notes where new_value = '"one"'), 'Article 17'), 1, 'a row is redacted');
select is(
    (
        select (l.old_value, l.new_value, l.reason, l.ip_address, l.user_agent, l.salt)::text from wedsync_data.audit_log as l
        join notes as n using (couple_id, id) where n.new_value = '"one"'
    ),
    '(,,,,,)', 'nothing that it held is left'
);
select is(
    (
        select to_jsonb(l) - '{old_value,new_value,reason,ip_address,user_agent,salt}'::text[] from wedsync_data.audit_log as l
        join notes as n using (couple_id, id) where n.new_value = '"one"'
    ),
    (select to_jsonb(n) - '{old_value,new_value,reason,ip_address,user_agent,salt}'::text[] from notes as n where n.new_value = '"one"'),
    'who, when and which field are left'
);
select is(
    (
        select to_jsonb(l) - '{id,chain_no,salt,digest,chain_hash,changed_at,ip_address,user_agent}'::text[] from wedsync_data.audit_log as l
        where l.couple_id = tap.couple('emma') and l.change_type = 'erase'
    ),
    (select jsonb_build_object('couple_id', k.couple_id, 'table_name', 'audit_log', 'change_type', 'erase', 'right_no', null, 'path', 'audit_log', 'element_id',
    null, 'old_value', null,
        'new_value', jsonb_build_object('audit_ids', jsonb_build_array((select id from notes where new_value = '"one"'))), 'actor_id', null, 'actor_type',
        'system', 'supplier_id', null,
        'reason', 'Article 17', 'version_before', k.version, 'version_after', k.version) from before as k), 'the record names the row, and raises no version'
);
select is((select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')), (select seq from before), 'nobody hears of it');
select is(tap.call('emma', format('select wedsync.verify_audit_chain(%L) ->> ''problems''', tap.couple('emma'))), '[]', 'the chain holds');
select is(
    (select array_agg(r ->> 'change_type') from tap.rows('emma', format('select change_type from wedsync.get_audit_trail(%L, 1)', tap.couple('emma'))) as r),
    '{erase}', 'those who manage sharing see the record'
);
select is(pg_temp.redact(array(select id from notes)), 1, 'rows that are erased already are passed over');
select is(pg_temp.redact(array(select id from notes)), 0, 'and leave no record of nothing');
select is(pg_temp.redact('{}'), 0, 'no rows, no record');
select is(
    (select count(*) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.change_type = 'erase'), 2::bigint, 'one record for each'
);
select is(tap.call('emma', format('select wedsync.verify_audit_chain(%L) ->> ''problems''', tap.couple('emma'))), '[]', 'the chain still holds');

select is(
    tap.error(null, format('select wedsync_internal.redact_audit(%L, %L)', tap.couple(p.partner), p.ids), 'none') #>> '{detail,parameter}', 'audit_ids', p.what
)
from (values
    (
        'emma', array(select l.id from wedsync_data.audit_log as l where l.change_type = 'erase' and l.couple_id = tap.couple('emma')),
        'the record of an erasure is not erased'
    ),
    ('olivia', array(select id from notes), 'nor a row of another wedding'), ('emma', '{-1}', 'nor one that is none'), ('emma', '{null}', 'nor null')
) as p (partner, ids, what);
select is(
    tap.error(w.who, format('select wedsync_internal.redact_audit(%L, array[%s])', tap.couple('emma'), (select min(id) from notes)), w.db_role) ->> 'sqlstate',
    '42501', coalesce(w.who, w.db_role) || ' erases nothing'
)
from (values ('emma', 'authenticated'), (null, 'service_role'), (null, 'wedsync_admin'), (null, 'wedsync_worker')) as w (who, db_role);

-- the owner of the table has no other way either
select tap.patch('emma', 'emma', '{"private.notes": "three"}');
select is(
    tap.error(null, format('update wedsync_data.audit_log set %s where id = %s', s.assignments, (pg_temp.row('three')).id), 'none') ->> 'sqlstate', '42501',
    s.assignments
)
from (
    values ('salt = null, old_value = null, new_value = null, reason = null, ip_address = null, user_agent = null'), ('salt = null'), ('new_value = null'),
        ('actor_id = null')
) as s (assignments);
-- with a record as the newest link contents may go, and nothing else
create temporary table three on commit drop as select (pg_temp.row('three')).id as id;
select pg_temp.redact(array[id]) from three;
select is(
    tap.error(null, format('update wedsync_data.audit_log set %s where id = %s', s.assignments, t.id), 'none') ->> 'sqlstate', '42501',
    'not with a record either: ' || s.assignments
)
from three as t, (values ('actor_id = null'), ('new_value = ''"forged"'''), ('path = ''wedding.date'''), ('salt = gen_random_uuid()')) as s (assignments);
select * from finish();
rollback;
