-- proves: F000-22, C-01, F000-28
begin;
select plan(5);
select has_index('wedsync_data', 'core_fields', 'core_fields_pkey', 'couple_id', 'a record is found by its couple');
select has_index('wedsync_data', 'core_fields', 'core_fields_by_wedding_date', 'wedding_date', 'and by its date');
select has_index(
    'wedsync_data', 'audit_log', 'audit_log_pkey', array['couple_id', 'chain_no', 'id', 'changed_at'],
    'the latest changes of a wedding are one range of an index'
);
select has_index('wedsync_data', 'grants', 'grants_by_grantee', 'a supplier''s weddings are found by an index');
select is_empty(
    $$ select c.relname from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indexrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where n.nspname like 'wedsync%' and not i.indisvalid $$,
    'no index is invalid'
);
select * from finish();
rollback;
