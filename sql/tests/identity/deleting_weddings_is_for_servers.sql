-- Nobody but a server deletes a wedding, whoever may execute the function.
begin;
select plan(8);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{everything}', '{full}');
create temporary table wedding on commit drop as select tap.couple('emma') as id;
grant execute on function wedsync.delete_wedding(uuid) to public;
select is(
    tap.error(p.who, format('select wedsync.delete_wedding(%L)', w.id), p.db_role, p.claims) ->> 'message', 'You are not allowed to do this',
    format('%s as %s', coalesce(p.who, 'nobody'), p.db_role)
)
from wedding as w,
    (
        values ('emma', 'authenticated', '{}'::jsonb), ('chef', 'authenticated', '{}'), ('stranger', 'authenticated', '{}'),
            ('emma', 'authenticated', '{"role": "service_role"}'), (null, 'authenticated', '{}')
    ) as p (who, db_role, claims);
select is((select count(*) from wedsync_data.weddings as d, wedding as w where d.id = w.id), 1::bigint, 'it is there');
select is(tap.error('ada', format('select wedsync.delete_wedding(%L)', w.id), 'service_role'), null, 'control: a server does') from wedding as w;
select is((select count(*) from wedsync_data.weddings as d, wedding as w where d.id = w.id), 0::bigint, 'and it is gone');
select * from finish();
rollback;
