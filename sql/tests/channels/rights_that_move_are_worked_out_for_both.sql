-- proves: F002-10
-- A row of staff or members that an administrator gives to somebody else ends what the first one heard.
begin;
select plan(4);
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
grant select on shop to public;
select tap.become('emma');
select wedsync.grant_access(m.couple, s.id, '{basic}') from made as m, shop as s;
select tap.back();
select is(tap.admit('emma', 'aunt', 'family'), null, 'an aunt comes');
create temporary table node on commit drop as select gen_random_uuid() as id;
select wedsync_internal.register_node(n.id, 'test', 1) from node as n;
select ok((wedsync_internal.join_topic(
    n.id, jsonb_build_object('sub', tap.id(p.name), 'role', 'authenticated'), 'core_fields_' || m.couple, null
) ->> 'ok')::boolean, p.name || ' listens') from node as n, made as m, (values ('baker'), ('aunt')) as p (name);
update wedsync_data.supplier_members set user_id = tap.id('apprentice') where user_id = tap.id('baker');
insert into wedsync_data.weddings (id) values (tap.id('another wedding'));
update wedsync_data.wedding_members set couple_id = tap.id('another wedding') where user_id = tap.id('aunt');
select is_empty('select s.user_id from wedsync_data.subscriptions as s where s.group_id is not null', 'and hears nothing once the row is another''s');
select * from finish();
rollback;
