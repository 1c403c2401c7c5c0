-- proves: F000-15, C-54
-- The suppliers of a wedding are for those who manage sharing, also when the stored list is out of date and is worked out afresh.
begin;
select plan(12);
select tap.wedding('emma');
select tap.admit('emma', m.who, m.role) from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (who, role);
select tap.supplier('chef', 'emma', '{everything}', '{full}');
select tap.supplier('baker', 'emma', '{basic}');
update wedsync_data.grants as g set valid_until = now() + interval '1 day' where g.grantee_id = tap.firm('baker');
create function pg_temp.listed(who text) returns text language sql as $$
    select tap.call(
        who, format('select (v.connected_vendors::text || v.field_permissions::text) from wedsync_internal.vendors_in_force(%L) as v', tap.couple('emma'))
    )
$$;
select ok(pg_temp.listed(p.who) like '%Chef Ltd%', p.who || ' manages sharing, and sees them') from (values ('emma'), ('james')) as p (who);
select is(pg_temp.listed(p.who), null, p.who || ' does not, not even by asking the function')
from (values ('chef'), ('baker'), ('paula'), ('fred'), ('stranger')) as p (who);
update wedsync_data.record_lists as l set vendors_until = now() where l.couple_id = tap.couple('emma');
select is(
    tap.call(p.who, 'select coalesce(connected_vendors::text, '''') || coalesce(field_permissions::text, '''') from wedsync.core_fields'), '',
    'nor in the record: ' || p.who
) from (values ('chef'), ('baker'), ('paula'), ('fred')) as p (who);
select ok(tap.call('emma', 'select connected_vendors::text from wedsync.core_fields') like '%Baker Ltd%', 'control: the couple sees them there');
select * from finish();
rollback;
