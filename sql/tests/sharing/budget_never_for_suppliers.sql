-- proves: F001-20, F001-21, F001-22, C-24
-- No grant gives a supplier budget or private fields: not by level, not by name, not written directly by an administrator or owner.
begin;
select plan((23 + (
    select count(*) from wedsync_data.field_names as n where n.mask & wedsync_internal.names_mask('{class:budget,class:couple_private}') <> repeat('0',
        128)::bit(128)
))::integer);
select tap.wedding('emma');
select tap.patch('emma', 'emma', '{"budget.total": 4321.99, "budget.currency": "GBP", "private.notes": "nobody knows"}');
select tap.supplier('chef', 'emma', '{basic}', '{timeline}');
create function pg_temp.denied(mask bit) returns bigint language sql stable as $$
    select count(*) from wedsync_data.field_catalog as c
    where c.sensitivity_class in ('budget', 'couple_private') and get_bit(mask, c.right_no) = 1 $$;
create function pg_temp.reach() returns text language sql as $$
    select tap.call('chef', 'select concat_ws('','', budget_total, budget_currency, private_notes, sharing_preferences) from wedsync.core_fields') $$;

select is(tap.outcome('emma', format('select wedsync.grant_access(%L, %L, array[%L], array[%L])', tap.couple('emma'), tap.firm('chef'), n.name, n.name),
    'authenticated',
    format('select sum(pg_temp.denied(g.readable | g.writable))::text from wedsync_data.grants as g where g.grantee_id = %L', tap.firm('chef'))),
    case
        when n.mask & ~ wedsync_internal.names_mask('{class:budget,class:couple_private}') = repeat('0', 128)::bit(128)
            or n.kind = 'class' then 'PT422' else '0'
    end,
    'granted or refused, never with a denied leaf: ' || n.name)
from wedsync_data.field_names as n where n.mask & wedsync_internal.names_mask('{class:budget,class:couple_private}') <> repeat('0', 128)::bit(128);

-- somebody who may write the table
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
select tap.couple('emma'), k.kind, tap.firm('chef'), n.name, true, true, 'approved', repeat('1', 128)::bit(128), repeat('1', 128)::bit(128)
from wedsync_data.field_names as n, (values ('supplier')) as k (kind) where n.name not in ('basic', 'timeline');
select cmp_ok(
    (select count(*) from wedsync_data.grants as g where g.grantee_id = tap.firm('chef')), '>', 100::bigint, 'every name of the catalogue is granted by hand'
);
select is(
    (select sum(pg_temp.denied(g.readable | g.writable)) from wedsync_data.grants as g where g.grantee_id = tap.firm('chef')), 0::numeric,
    'no mask has a denied leaf'
);
select is(pg_temp.reach(), '', 'the supplier sees nothing of them');
update wedsync_data.grants set readable = repeat('1', 128)::bit(128), writable = repeat('1', 128)::bit(128) where grantee_id = tap.firm('chef');
select is(pg_temp.reach(), '', 'not even when somebody writes the masks');
update wedsync_data.grants set grantee_kind = 'member' where grantee_id = tap.firm('chef');
select is(pg_temp.reach(), '', 'nor when somebody calls the supplier a member');
select is(tap.patch_error('chef', 'emma', '{"budget.total": 1}') -> 'detail', '{"unauthorized_fields": ["budget.total"]}', 'writing is refused as well');

-- an administrator may change the state and the time of a grant, no more
select is(
    tap.error(null, format('update wedsync_data.grants set %s where grantee_id = %L', u.assignment, tap.firm('chef')), 'wedsync_admin') ->> 'sqlstate', '42501',
    'not ' || u.assignment
)
from (
    values ('readable = repeat(''1'', 128)::bit(128)'), ('field_name = ''budget'''), ('grantee_kind = ''member'''), ('grantee_id = gen_random_uuid()'),
        ('can_write = true')
) as u (assignment);
select is(tap.error(null, 'insert into wedsync_data.grants (couple_id) values (gen_random_uuid())', 'wedsync_admin') ->> 'sqlstate', '42501', 'nor insert');
select cmp_ok(
    tap.run(null, format('update wedsync_data.grants set valid_until = now() + interval ''1 hour'' where grantee_id = %L', tap.firm('chef')), 'wedsync_admin'),
    '>', 0::bigint, 'but limit the time'
);

-- flags of the second source
select is(
    tap.call('chef', 'select budget_total is null and ''budget.total'' = any (withheld_fields) from wedsync.core_fields'), 'true', 'view budget: always false'
);
select is(tap.call('chef', 'select guest_count is not null from wedsync.core_fields'), 'true', 'control: what is granted shows');

-- a class is what counts, not the name of a group
update wedsync_data.field_catalog set sensitivity_class = 'couple_private', access_level = null where path = 'wedding.style';
select is(tap.call('chef', 'select wedding_style from wedsync.core_fields'), null, 'a leaf whose class changes is hidden at once');
update wedsync_data.field_catalog set sensitivity_class = 'basic', access_level = 'basic' where path = 'wedding.style';
select isnt(tap.call('chef', 'select wedding_style from wedsync.core_fields'), null, 'control: and shown again');

-- levels nest
select is(
    (select n.mask from wedsync_data.field_names as n where n.name = a.lower) & ~ (select n.mask from wedsync_data.field_names as n where n.name = a.higher),
    repeat('0', 128)::bit(128), a.lower || ' is part of ' || a.higher
) from (values ('basic', 'standard'), ('standard', 'full'), ('full', 'everything')) as a (lower, higher);
select is(pg_temp.denied((select n.mask from wedsync_data.field_names as n where n.name = l.level)), 0::bigint, 'no denied leaf in ' || l.level)
from (values ('basic'), ('standard'), ('full')) as l (level);
select * from finish();
rollback;
