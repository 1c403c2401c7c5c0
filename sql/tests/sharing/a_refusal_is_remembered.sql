-- proves: F000-16, F000-35, C-63
-- The preference to share basics at once holds for invited suppliers, and for none that was refused anything since, however.
begin;
select plan(23);
select tap.wedding('emma');
create function pg_temp.ask(who text, fields text) returns text language sql
as $$ select (tap.call(who, format('select wedsync.request_access(%L, %L, %L)', tap.couple('emma'), tap.firm(who), fields)))::jsonb ->> 'status' $$;
create function pg_temp.act(action text, who text, more text default '') returns void language sql
as $$ select tap.call('emma', format('select wedsync.%s_access(%L, %L%s)', action, tap.couple('emma'), tap.firm(who), more)) $$;
-- an invited supplier, and what it is told when it asks for basics
create function pg_temp.invited(who text) returns void language sql as $$ select tap.supplier(who); select tap.welcome('emma', who) $$;

select pg_temp.invited('control');
select is(pg_temp.ask('control', '{basic}'), 'approved', 'control: an invited supplier gets basics at once');
select tap.supplier('stranger');
select is(pg_temp.ask('stranger', '{basic}'), 'pending', 'a supplier that nobody invited waits');
select is(tap.call('stranger', 'select count(*) from wedsync.core_fields'), '0', 'and sees nothing');
select tap.supplier('known', 'emma', '{guest_numbers}');
select is(pg_temp.ask('known', '{basic}'), 'approved', 'asking for more than was granted');
select is(
    (select array_agg(g.state order by g.field_name) from wedsync_data.grants as g where g.grantee_id = tap.firm('known')), '{pending,approved}'::text[],
    'waits, too, without an invitation'
);

-- each way in which somebody can be refused
select pg_temp.invited(w.who)
from (values ('revoked'), ('rejected'), ('in part'), ('left out'), ('replaced'), ('by hand'), ('deleted'), ('shortened'), ('ended')) as w (who);
select pg_temp.ask(w.who, '{wedding.date}') from (values ('revoked'), ('in part'), ('replaced'), ('by hand'), ('deleted'), ('shortened'), ('ended')) as w (who);
select pg_temp.act('revoke', 'revoked');
select pg_temp.ask('rejected', '{timeline}');
select pg_temp.act('reject', 'rejected');
select pg_temp.act('grant', 'in part', ', ''{guest_numbers,wedding.date}''');
select pg_temp.act('revoke', 'in part', ', ''{wedding.date}''');
select pg_temp.ask('left out', '{timeline,people}');
select pg_temp.act('approve', 'left out', ', ''{timeline}''');
select pg_temp.act('grant', 'replaced', ', ''{guest_numbers}''');
update wedsync_data.grants as g set state = 'revoked' where g.grantee_id = tap.firm('by hand') and g.state = 'approved';
delete from wedsync_data.grants as g where g.grantee_id = tap.firm('deleted');
update wedsync_data.grants as g set valid_until = now() + interval '1 microsecond' where g.grantee_id = tap.firm('shortened');
update wedsync_data.grants as g set valid_from = now() - interval '2 days', valid_until = now() - interval '1 day' where g.grantee_id = tap.firm('ended');
-- the end came by the clock: nobody refused anything
update wedsync_data.connections as c set shares_automatically = true, closed_at = null where c.supplier_id = tap.firm('ended');
-- first something that waits, as whoever wanted to slip in would ask
select pg_temp.ask(w.who, '{timeline}') from (values ('revoked'), ('rejected'), ('by hand'), ('ended')) as w (who);
select pg_temp.ask(w.who, '{basic}')
from (values ('revoked'), ('rejected'), ('in part'), ('left out'), ('replaced'), ('by hand'), ('deleted'), ('shortened'), ('ended')) as w (who);
select is(
    (select array_agg(g.state) from wedsync_data.grants as g where g.grantee_id = tap.firm(w.who) and g.field_name = 'basic'), '{pending}'::text[],
    'waits after it was ' || w.who
) from (values ('revoked'), ('rejected'), ('in part'), ('left out'), ('replaced'), ('by hand'), ('deleted'), ('shortened'), ('ended')) as w (who);
select is(tap.call(w.who, 'select count(*) from wedsync.core_fields'), '0', w.who || ' sees nothing')
from (values ('revoked'), ('rejected'), ('by hand'), ('deleted'), ('ended')) as w (who);

-- until a partner decides otherwise
select tap.welcome('emma', 'revoked');
select is(pg_temp.ask('revoked', '{wedding.style}'), 'approved', 'invited anew, it shares again');

-- a grant that is given again holds, and brings nothing back that was not named
select pg_temp.act('grant', 'ended', ', ''{wedding.date}''');
select is(
    (select concat_ws(' ', g.valid_from <= now(), g.valid_until) from wedsync_data.grants as g where g.grantee_id = tap.firm('ended') and g.state = 'approved'),
    't infinity', 'a renewed grant does not end as the old one did'
);
update wedsync_data.grants as g set can_write = true, valid_from = now() + interval '1 day', valid_until = now() + interval '2 days'
where g.grantee_id = tap.firm('control') and g.state = 'approved';
update wedsync_data.grants as g set valid_from = now() - interval '3 days', valid_until = now() - interval '1 second'
where g.grantee_id = tap.firm('control') and g.state = 'approved';
select is(pg_temp.ask('control', '{basic}'), 'approved', 'a supplier whose grant has run out asks again');
select pg_temp.act('approve', 'control', ', ''{basic}''');
select is(
    tap.call('control', 'select (select count(*) from wedsync.core_fields) || writable_fields::text from wedsync.core_fields_permissions'), '1{}',
    'an approval renews it without the writing it had'
);
select * from finish();
rollback;
