-- proves: F000-54
-- A change of a row is reverted by a new one, under the rights of the caller: a value, a new row, a deleted row.
begin;
select plan(20);
select tap.wedding('emma'), tap.gifts();
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
update wedsync_data.rate_limits set max_requests = 1000 where endpoint = 'core-fields-write';
create function pg_temp.newest(path text, change_type text) returns bigint language sql as $$
    select l.id from wedsync_data.audit_log as l
    where l.couple_id = tap.couple('emma') and l.path like $1 and l.change_type = $2 order by l.chain_no desc, l.id limit 1
$$;
create function pg_temp.revert(who text, id bigint) returns jsonb language sql as $$
    select coalesce(
        tap.error(who, format('select wedsync.revert_change(%L, %s)', tap.couple('emma'), id)), '"reverted"'
    )
$$;
create function pg_temp.vase() returns jsonb language sql as $$
    select to_jsonb(g) - '{couple_id,version_number,updated_at,created_at,last_updated_by,token}'::text[]
        from wedsync_data.gifts as g where g.id = tap.id('vase')
$$;
select tap.run('emma', format($$
    insert into wedsync.gifts (couple_id, id, name, giver, price, details) values (%L, %L, 'Vase', 'Ada', 12.5, '{"colour": "crimson", "size": null}')
$$, tap.couple('emma'), tap.id('vase')));
create temporary table made on commit drop as select pg_temp.vase() as vase, pg_temp.newest('gifts/%', 'create') as id;

-- a value
select tap.run('emma', format('update wedsync.gifts set giver = ''Ugo'', price = 30 where couple_id = %L', tap.couple('emma')));
select is(pg_temp.revert('emma', pg_temp.newest('%/giver', 'update')), '"reverted"', 'a change of a value is reverted');
select is(pg_temp.vase() ->> 'giver', 'Ada', 'it is what it was');
select is(pg_temp.vase() ->> 'price', '30.00', 'and nothing else');
select is(
    (select l.reason from wedsync_data.audit_log as l where l.path like '%/giver' order by l.chain_no desc limit 1) ~ '^Reverts change [0-9]+$', true,
        'the trail says so'
);
select is(
    pg_temp.revert('emma', (select min(l.id) from wedsync_data.audit_log as l where l.path like '%/giver')) #> '{detail,conflicts,0,current}',
    '"Ada"', 'a value that changed again since is a conflict'
);
select is(pg_temp.revert('paula', pg_temp.newest('%/price', 'update')) ->> 'sqlstate', 'PT404', 'who does not see the change does not revert it');
select is(pg_temp.revert('fred', pg_temp.newest('%/giver', 'update')) ->> 'sqlstate', 'PT404', 'nor does one of the family');
select tap.run('emma', format('update wedsync.gifts set name = ''Saucer'' where couple_id = %L', tap.couple('emma')));
select is(pg_temp.revert('fred', pg_temp.newest('%/name', 'update')) ->> 'sqlstate', '42501', 'who may read and not write the field is refused');
select is(pg_temp.revert('emma', pg_temp.newest('%/letters', 'update')) ->> 'sqlstate', '42501', 'a derived value is not written');
select is(pg_temp.revert('paula', pg_temp.newest('%/name', 'update')), '"reverted"', 'who may write it reverts what another changed');

-- a new row
select is(pg_temp.revert('emma', (select m.id from made as m)) ->> 'sqlstate', 'PT409', 'a row that changed since stays');
select tap.call('emma', format('select wedsync.delete_gifts(%L, array[%L]::uuid[])', tap.couple('emma'), tap.id('vase')));
select is(
    pg_temp.revert('emma', pg_temp.newest('%/name', 'update')) #>> '{detail,rule}', 'the row has been deleted since', 'no value of a deleted row is reverted'
);

-- a deleted row
select is(pg_temp.revert('paula', pg_temp.newest('gifts/%', 'delete')) ->> 'sqlstate', '42501', 'a row comes back for who may write all of it');
select is(pg_temp.revert('emma', pg_temp.newest('gifts/%', 'delete')), '"reverted"', 'a deleted row is inserted again');
select is(pg_temp.vase(), (select m.vase || '{"price": 30.00}' from made as m), 'with its id and all values');
select is(pg_temp.revert('emma', pg_temp.newest('gifts/%', 'delete')) ->> 'sqlstate', 'PT409', 'once');
select is(pg_temp.revert('emma', pg_temp.newest('gifts/%', 'create')), '"reverted"', 'a new row is deleted');
select is(pg_temp.vase(), null, 'it is gone');
select is(
    (
        select wedsync_internal.redact_audit(
            tap.couple('emma'), array(select l.id from wedsync_data.audit_log as l where l.chain_no = pg_temp.newest('gifts/%',
                'delete') / 1000000 and l.old_value ? 'price')
        )
    ), 1, 'when one of its values is erased'
);
select is(
    pg_temp.revert('emma', pg_temp.newest('gifts/%', 'delete')) #>> '{detail,rule}', 'the values of this change were erased', 'it does not come back'
);
select * from finish();
rollback;
