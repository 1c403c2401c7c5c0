-- proves: F000-51, F000-63
-- The trail comes newest first, fifty rows by default, and pages backwards.
begin;
select plan(38);
select tap.wedding('emma');
do $$ begin for i in 1..60 loop perform tap.patch('emma', 'emma', jsonb_build_object('private.notes', 'n' || i)); end loop; end $$;
create function pg_temp.trail(more text) returns setof jsonb language sql as $$
    select tap.rows('emma', format('select * from wedsync.get_audit_trail(%L%s)', tap.couple('emma'), more))
$$;
select is((select count(*) from pg_temp.trail('')), 50::bigint, 'fifty by default');
select is((select array_agg(t ->> 'new_value') from pg_temp.trail(', 3') as t), '{n60,n59,n58}', 'newest first');
select is(
    (select array_agg(t ->> 'new_value') from pg_temp.trail(format(', 2, %s', (select min((t ->> 'id')::bigint) from pg_temp.trail(', 3') as t))) as t),
    '{n57,n56}', 'before_id pages back'
);
select is((select count(*) from pg_temp.trail(', 500')), (select count(*) from wedsync_data.audit_log where couple_id = tap.couple('emma')), 'up to 500');
select is((select count(*) from pg_temp.trail(', 5, 0')), 0::bigint, 'before the first there is nothing');
select is(
    tap.error('emma', format('select * from wedsync.get_audit_trail(%L, %s)', tap.couple('emma'), n.n)) #>> '{detail,parameter}', 'max_rows', 'max_rows ' || n.n
)
from (values ('0'), ('-1'), ('501'), ('null')) as n (n);
select is(tap.error(x.who, format(x.query, tap.couple('emma'))) ->> 'sqlstate', x.state, x.query || coalesce(' by ' || x.who, '')) from (values
    ('emma', 'select * from wedsync.get_audit_trail(null)', '22023'), ('emma', 'select * from wedsync.get_audit_trail(gen_random_uuid())', 'PT404'),
    ('stranger', 'select * from wedsync.get_audit_trail(%L)', 'PT404'), (null, 'select * from wedsync.get_audit_trail(%L)', '42501'),
    ('emma', 'select wedsync.core_fields_as_of(%L, null)', '22023'), ('emma', 'select wedsync.core_fields_as_of(null, now())', '22023'),
    ('emma', 'select wedsync.core_fields_as_of(%L, ''-infinity'')', 'PT404'), ('emma', 'select wedsync.core_fields_as_of(%L, ''1999-01-01'')', 'PT404'),
    ('stranger', 'select wedsync.core_fields_as_of(%L, now())', 'PT404'), (null, 'select wedsync.core_fields_as_of(%L, now())', '42501')
) as x (who, query, state);
select is(
    tap.call('emma', format('select wedsync.core_fields_as_of(%L, ''infinity'') #>> ''{private,notes}''', tap.couple('emma'))), 'n60',
    'as of the end of time: the present'
);
select index_is_type('wedsync_data', 'audit_log', 'audit_log_pkey', 'btree');

-- the state at a moment holds the change of that very moment, and not the one after
create temporary table notes on commit drop as
select l.changed_at, l.new_value, lead(l.changed_at) over (order by l.chain_no) as next_at from wedsync_data.audit_log as l
where l.couple_id = tap.couple('emma') and l.path = 'private.notes' order by l.chain_no desc limit 5;
create function pg_temp.notes_at(at timestamptz) returns jsonb language sql as $$
    select (tap.call('emma', format('select wedsync.core_fields_as_of(%L, %L) #> ''{private,notes}''', tap.couple('emma'), at)))::jsonb $$;
select is(pg_temp.notes_at(changed_at), new_value, 'at the moment of ' || new_value::text) from notes;
select is(pg_temp.notes_at(next_at - interval '1 microsecond'), new_value, 'until just before the next') from notes where next_at is not null;
select is(
    (tap.call('emma', format('select wedsync.core_fields_as_of(%L, %L) #> ''{metadata,version}''', tap.couple('emma'), l.changed_at)))::integer,
    l.version_after, 'with its version'
) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'private.notes' and l.new_value = '"n7"';
select is(
    tap.error('emma', format('select wedsync.core_fields_as_of(%L, %L)', tap.couple('emma'), m.at - interval '1 microsecond')) ->> 'sqlstate', 'PT404',
    'before the first there was nothing'
) from (select min(l.changed_at) as at from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.right_no is not null) as m;
select is(
    tap.error('emma', format('select wedsync.core_fields_as_of(%L, %L)', tap.couple('emma'), m.at)), null, 'from then on there was'
) from (select min(l.changed_at) as at from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.right_no is not null) as m;
-- links are ordered by their number, and so are ids
set local session_replication_role = replica;
update wedsync_data.audit_log as l set id = l.id + case l.new_value when '"n59"' then 50000 else 0 end
where l.couple_id = tap.couple('emma') and l.path = 'private.notes';
set local session_replication_role = origin;
select is((select array_agg(t ->> 'new_value') from pg_temp.trail(', 3') as t), '{n60,n59,n58}', 'newest first, by links');
select is(
    (select array_agg(t ->> 'new_value') from pg_temp.trail(format(', 2, %s', (select t ->> 'id' from pg_temp.trail(', 2') as t offset 1))) as t), '{n58,n57}',
    'and so the pages'
);
select is(tap.call('emma', format('select wedsync.core_fields_as_of(%L, ''infinity'') #>> ''{private,notes}''', tap.couple('emma'))), 'n60', 'and the present');
-- also for somebody who reads no field that was filled then
select tap.supplier('chef', 'emma', '{wedding.style}');
select is(
    tap.error('chef', format('select wedsync.core_fields_as_of(%L, %L)', tap.couple('emma'), m.at - n.ago)) ->> 'sqlstate', n.state, 'nothing seen, ' || n.ago
) from (select min(l.changed_at) as at from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.right_no is not null) as m,
    (values (interval '0', null), (interval '1 microsecond', 'PT404')) as n (ago, state);
select * from finish();
rollback;
