-- proves: F000-38, F001-24, F003-14, C-05, C-21, C-29
-- Couples and suppliers register themselves; the caller is the first partner or the owner, whoever the parameters name.
begin;
select plan(42);
update wedsync_data.rate_limits set max_requests = null;
create temporary table couple on commit drop as
select tap.call(
    'emma', 'select wedsync.register_couple(''Emma'', ''James'', current_date + 100, ''Europe/London'')', more => '{"email": "emma@example.org"}'
)::uuid as id;
select is(
    (select array_agg((m.user_id, m.wedding_role)::text) from wedsync_data.wedding_members as m, couple where m.couple_id = couple.id),
    array[format('(%s,partner)', tap.id('emma'))], 'the caller is a partner'
);
select is(
    (select (f.partner1_name, f.partner2_name, f.time_zone, f.version_number)::text from wedsync_data.core_fields as f, couple where f.couple_id = couple.id),
    '(Emma,James,Europe/London,1)', 'the record is made'
);
select is(
    (select (u.display_name, u.email)::text from wedsync_data.users as u where u.id = tap.id('emma')), '(Emma,emma@example.org)',
    'name and e-mail claim are noted'
);
select is(
    (select string_agg(distinct l.actor_type, ',') from wedsync_data.audit_log as l, couple where l.couple_id = couple.id), 'couple', 'audited as the couple''s'
);
select isnt(tap.call('olivia', 'select wedsync.register_couple(''Olivia'')'), null, 'one name is enough');
select isnt(tap.call('chef', 'select wedsync.register_supplier(''  Chef & Söhne  '', ''caterer'')'), null, 'a supplier');
select is(
    (select (s.business_name, s.category)::text from wedsync_data.suppliers as s where s.id = tap.firm('chef')), '("Chef & Söhne",caterer)',
    'its name is trimmed'
);
select is(
    tap.call('emma', format('select business_name from wedsync.suppliers where id = %L', tap.firm('chef'))), 'Chef & Söhne', 'and stands in the directory'
);

create temporary table before on commit drop as select (select count(*) from wedsync_data.weddings) as w, (select count(*) from wedsync_data.suppliers) as s,
(select count(*) from wedsync_data.users) as u;
select is(tap.error('nora', x.query) ->> 'sqlstate', x.state, left(x.query, 90)) from (values
    ('select wedsync.register_couple(null)', '22023'), ('select wedsync.register_couple('''')', 'PT422'), ('select wedsync.register_couple(''  '')', 'PT422'),
    ('select wedsync.register_couple(repeat(''x'', 101))', 'PT422'), ('select wedsync.register_couple(''A'', repeat(''x'', 101))', 'PT422'),
    ('select wedsync.register_couple(''A'', null, ''2001-01-01'')', 'PT422'), ('select wedsync.register_couple(''A'', null, ''infinity'')', 'PT422'),
    ('select wedsync.register_couple(''A'', null, ''0044-03-15 BC'')', 'PT422'), ('select wedsync.register_couple(''A'', null, null, ''Mars/One'')', 'PT422'),
    ('select wedsync.register_couple(''A'', null, ''not a date'')', '22007'), ('select wedsync.register_couple(E''A\x01'')', 'PT422'),
    ('select wedsync.register_supplier(null, ''caterer'')', '22023'), ('select wedsync.register_supplier('' '', ''caterer'')', '22023'),
    ('select wedsync.register_supplier(repeat(''x'', 201), ''caterer'')', '22023'), ('select wedsync.register_supplier(''A'', null)', '22023'),
    ('select wedsync.register_supplier(''A'', ''wizard'')', '22023')
) as x (query, state);
select is(
    tap.error('nora', 'select wedsync.register_couple('''', repeat(''x'', 101), ''2001-01-01'', ''nope'')') #> '{detail,problems}',
    '[{"path": "couple.partner1.name", "rule": "not_blank"}, {"path": "couple.partner2.name", "rule": "at_most_100_characters"}, {"path": "wedding.date", '
    '"rule": "not_older_than_a_year"}, {"path": "wedding.timeZone", "rule": "iana_time_zone"}]',
    'all problems at once'
);
select is(tap.error(null, x.query, x.db_role, x.claims) ->> 'sqlstate', '42501', format('%s with %s: %s', x.db_role, x.claims, x.query))
from (select * from (values ('select wedsync.register_couple(''A'')'), ('select wedsync.register_supplier(''A'', ''dj'')')) as q (query),
    (values ('authenticated', '{}'::jsonb), ('authenticated', '{"sub": "emma"}'), ('authenticated', '{"sub": ""}'), ('authenticated', '{"sub": null}'),
    ('authenticated', '{"sub": 7}'),
        ('authenticated', '{"role": "service_role"}'), ('authenticated', '{"sub": "11111111-1111-1111-1111-11111111111Z"}'),
        ('anon', '{}')) as c (db_role, claims)) as x;
select is(
    (select ((select count(*) from wedsync_data.weddings), (select count(*) from wedsync_data.suppliers), (select count(*) from wedsync_data.users))::text),
    (select (w, s, u)::text from before), 'nothing was made'
);
select * from finish();
rollback;
