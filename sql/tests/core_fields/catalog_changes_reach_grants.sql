-- proves: F000-32
-- A change of the catalogue works the masks out anew, and touches no grant whose mask stays: each costs locks.
begin;
select plan(5);
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
grant select on shop to public;
select tap.become('emma');
select wedsync.grant_access(m.couple, s.id, '{ceremony,guest_numbers}') from made as m, shop as s;
select tap.back();
create temporary view now as select g.field_name, g.ctid::text as version, bit_count(g.readable) as leaves from wedsync_data.grants as g;
create temporary table seen on commit drop as select n.* from now as n;
update wedsync_data.field_catalog set description = 'First name' where path = 'couple.partner1.name';
select bag_eq('select * from now', 'select * from seen', 'another description touches no grant');
update wedsync_data.field_catalog set field_group = 'ceremony' where path = 'wedding.date';
select is(
    (select n.leaves - s.leaves from now as n join seen as s using (field_name) where n.field_name = 'ceremony'), 1::bigint,
    'a leaf that joins a group is granted with it'
);
select is((select n.leaves from now as n where n.field_name = 'guest_numbers'), 5::bigint, 'other grants keep their leaves');
update wedsync_data.field_catalog set sensitivity_class = 'budget', access_level = null where path = 'wedding.guestCount.adults';
select is((select n.leaves from now as n where n.field_name = 'guest_numbers'), 4::bigint, 'a leaf that becomes budget is taken from suppliers at once');
select is(tap.call('baker', $$ select guest_count ? 'adults' from wedsync.core_fields $$), 'false', 'who no longer see it');
select * from finish();
rollback;
