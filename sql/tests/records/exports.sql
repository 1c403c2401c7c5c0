-- proves: F000-97
-- An export of a wedding holds the rows of every record that the catalogue says, and nothing of another wedding.
begin;
select plan(10);
select tap.wedding('emma'), tap.wedding('olivia'), tap.gifts();
select tap.patch('emma', 'emma', '{"private.notes": "hush"}'), tap.patch('olivia', 'olivia', '{"private.notes": "theirs"}');
select tap.call('emma', format('select wedsync.add_list_element(%L, %L, %L)', tap.couple('emma'), 'key_moments', '{"name": "Kiss"}'));
select tap.run('emma', format('insert into wedsync.gifts (couple_id, name) values (%L, ''Vase'')', tap.couple('emma')));
create temporary table exported on commit drop as
select tap.call(null, format('select wedsync_internal.export_wedding(%L)', tap.couple('emma')), 'service_role')::jsonb as export;
select is(
    (select array_agg(k.key order by k.key) from exported as e, jsonb_object_keys(e.export) as k (key)),
    (select array_agg(r.record_name order by r.record_name) from wedsync_data.record_catalog as r where r.is_exported), 'records of the catalogue'
);
select ok(
    (select 'form_responses' = any (array(select jsonb_object_keys(e.export))) and not e.export ? 'client_profiles' from exported as e),
    'not what suppliers note for themselves'
);
select is((select e.export #>> '{core_fields,0,private_notes}' from exported as e), 'hush', 'whole');
select is((select e.export #>> '{key_moments,0,name}' from exported as e), 'Kiss', 'with lists');
select is((select e.export #>> '{gifts,0,name}' from exported as e), 'Vase', 'and rows');
select ok((select e.export::text not like '%theirs%' and e.export::text not like '%no catalogue%' from exported as e), 'of this wedding, and of fields only');
select is(
    tap.error(w.who, format('select wedsync_internal.export_wedding(%L)', tap.couple('emma')), w.db_role) ->> 'sqlstate', '42501', 'not for ' || w.db_role
)
from (values ('emma', 'authenticated'), (null, 'anon'), (null, 'wedsync_worker')) as w (who, db_role);
update wedsync_data.record_catalog set is_exported = false where record_name = 'gifts';
select ok(
    not tap.call(null, format('select wedsync_internal.export_wedding(%L)', tap.couple('emma')), 'wedsync_admin')::jsonb ? 'gifts',
    'what the catalogue takes out, is out'
);
select * from finish();
rollback;
