-- proves: F000-24, F000-25, F000-29, F003-61, C-02, C-03, C-22
-- A direct UPDATE by a server or an administrator is validated, versioned, audited and announced like any other write.
begin;
select plan(35);
select tap.wedding('emma');
create temporary table roles (db_role text, actor_type text) on commit drop;
insert into roles values ('service_role', 'service'), ('wedsync_admin', 'admin'), ('none', 'system');
create temporary table statements (db_role text, actor_type text, n integer, seq bigint, version integer) on commit drop;
do $$
declare
    r record;
    n bigint;
begin
    for r in select * from roles loop
        n := tap.run('james', format(
            'update wedsync_data.core_fields set private_notes = %L, guest_count = guest_count || %L where couple_id = %L',
            r.db_role, jsonb_build_object('adults', length(r.db_role)), tap.couple('emma')
        ), r.db_role);
        insert into statements
        values (r.db_role, r.actor_type, n, (tap.state('emma') #>> '{clock,seq}')::bigint, (tap.state('emma') #>> '{clock,version}')::integer);
    end loop;
end
$$;
select is(s.n, 1, 'a row was updated by ' || s.db_role) from statements as s;
select is(
    (select jsonb_object_agg(l.path, l.new_value) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.version_after = s.version),
    jsonb_build_object('private.notes', s.db_role, 'wedding.guestCount.adults', length(s.db_role), 'wedding.guestCount.total', length(s.db_role)),
    'one audit row per changed leaf: ' || s.db_role
) from statements as s;
select is(
    (
        select array_agg(distinct (l.actor_type, l.actor_id)::text) from wedsync_data.audit_log as l
        where l.couple_id = tap.couple('emma') and l.version_after = s.version
    ),
    array[format('(%s,%s)', s.actor_type, tap.id('james'))], 'the actor comes from role and claims: ' || s.db_role
) from statements as s;
select is(
    (select (e.table_name, e.op, e.event_type, (e.record ->> 'version_number')::integer, e.changes -> 'private.notes')::text from wedsync_data.events as e
    where e.couple_id = tap.couple('emma') and e.seq = s.seq),
    format('(core_fields,UPDATE,core_fields_updated,%s,"""%s""")', s.version, s.db_role), 'and one event: ' || s.db_role
) from statements as s;
select is(
    (select f.last_updated_by from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma')), tap.id('james'),
    'last_updated_by is the claims'' person'
);

create temporary table before on commit drop as select tap.state('emma') as state;
select is(
    tap.error(null, format('update wedsync_data.core_fields set %s where couple_id = %L', u.assignment, tap.couple('emma')), 'service_role') ->> 'sqlstate',
    u.state, 'refused: ' || u.assignment
)
from (values
    ('partner1_email = ''nobody''', 'PT422'), ('wedding_colors = ''{red}''', 'PT422'), ('wedding_style = ''{a,A}''', 'PT422'),
    ('time_zone = ''Mars/One''', 'PT422'),
    ('wedding_date = ''1999-01-01''', 'PT422'), ('budget_total = -1', 'PT422'), ('budget_currency = ''euro''', 'PT422'),
    ('couple_address = ''{"planet": "Mars"}''', '23514'),
    ('ceremony_venue = ''{"name": 7}''', 'PT422'), ('sharing_preferences = ''{"auto_share_basic": "yes"}''', 'PT422'),
    ('partner1_name = repeat(''x'', 101)', '22001'),
    ('version_number = 99', '42501'), ('last_updated_by = null', '42501'), ('created_at = now()', '42501'), ('updated_at = now()', '42501'),
    ('id = gen_random_uuid()', '42501'), ('couple_id = gen_random_uuid()', '42501')
) as u (assignment, state);
select is(
    tap.error(null, format('update wedsync_data.core_fields set %s where couple_id = %L', u.assignment, tap.couple('emma')), 'none') ->> 'sqlstate', '22023',
    'not even for a superuser: ' || u.assignment
)
from (values ('id = gen_random_uuid()'), ('couple_id = gen_random_uuid()')) as u (assignment);
select tap.run(
    null,
    format(
        'update wedsync_data.core_fields set version_number = 99, last_updated_by = null, created_at = ''2000-01-01'', updated_at = ''2000-01-01'' where '
        'couple_id = %L',
        tap.couple('emma')
    ), 'none'
);
select is(tap.state('emma'), (select state from before), 'server-kept columns keep their values whatever a superuser writes');
select is(tap.error(null, 'delete from wedsync_data.core_fields', 'service_role') ->> 'sqlstate', '42501', 'a server may not delete records');
select is(tap.error(null, 'truncate wedsync_data.core_fields', 'wedsync_admin') ->> 'sqlstate', '42501', 'nor an administrator truncate them');
select * from finish();
rollback;
