-- proves: F000-28, F000-51, F000-63
-- The trail comes newest first, fifty rows by default, and pages backwards.
begin;
select no_plan();
select tap.wedding('emma');
do $$ begin for i in 1..60 loop perform tap.patch('emma', 'emma', jsonb_build_object('private.notes', 'n' || i)); end loop; end $$;
create function pg_temp.trail(more text) returns setof jsonb language sql as $$ select tap.rows('emma', format('select * from wedsync.get_audit_trail(%L%s)', tap.couple('emma'), more)) $$;
select is((select count(*) from pg_temp.trail('')), 50::bigint, 'fifty by default');
select is((select array_agg(t ->> 'new_value') from pg_temp.trail(', 3') as t), '{n60,n59,n58}', 'newest first');
select is((select array_agg(t ->> 'new_value') from pg_temp.trail(format(', 2, %s', (select min((t ->> 'id')::bigint) from pg_temp.trail(', 3') as t))) as t), '{n57,n56}', 'before_id pages back');
select is((select count(*) from pg_temp.trail(', 500')), (select count(*) from wedsync_data.audit_log where couple_id = tap.couple('emma')), 'up to 500');
select is((select count(*) from pg_temp.trail(', 5, 0')), 0::bigint, 'before the first there is nothing');
select is(tap.error('emma', format('select * from wedsync.get_audit_trail(%L, %s)', tap.couple('emma'), n.n)) #>> '{detail,parameter}', 'max_rows', 'max_rows ' || n.n)
from (values ('0'), ('-1'), ('501'), ('null')) as n (n);
select is(tap.error(x.who, format(x.query, tap.couple('emma'))) ->> 'sqlstate', x.state, x.query || coalesce(' by ' || x.who, '')) from (values
    ('emma', 'select * from wedsync.get_audit_trail(null)', '22023'), ('emma', 'select * from wedsync.get_audit_trail(gen_random_uuid())', 'PT404'),
    ('stranger', 'select * from wedsync.get_audit_trail(%L)', 'PT404'), (null, 'select * from wedsync.get_audit_trail(%L)', '42501'),
    ('emma', 'select wedsync.core_fields_as_of(%L, null)', '22023'), ('emma', 'select wedsync.core_fields_as_of(null, now())', '22023'),
    ('emma', 'select wedsync.core_fields_as_of(%L, ''-infinity'')', 'PT404'), ('emma', 'select wedsync.core_fields_as_of(%L, ''1999-01-01'')', 'PT404'),
    ('stranger', 'select wedsync.core_fields_as_of(%L, now())', 'PT404'), (null, 'select wedsync.core_fields_as_of(%L, now())', '42501')
) as x (who, query, state);
select is(tap.call('emma', format('select wedsync.core_fields_as_of(%L, ''infinity'') #>> ''{private,notes}''', tap.couple('emma'))), 'n60', 'as of the end of time: the present');
select index_is_type('wedsync_data', 'audit_log', 'audit_log_by_couple', 'btree');
select * from finish();
rollback;
