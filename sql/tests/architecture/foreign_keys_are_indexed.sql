-- proves: F003-69
begin;
select plan(3);
create temporary view offenders as
select f.conrelid::regclass || ': ' || f.conname as what
from pg_catalog.pg_constraint as f
where f.contype = 'f' and f.conparentid = 0
    and f.connamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and not exists (
        select from pg_catalog.pg_index as i
        where i.indrelid = f.conrelid and i.indisvalid and i.indpred is null
            and (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
    )
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'the columns of every foreign key lead an index');
create table wedsync_data.gifts (
    id integer primary key, supplier_id uuid, couple_id uuid,
    constraint gifts_supplier foreign key (supplier_id) references wedsync_data.suppliers (id),
    constraint gifts_connection foreign key (couple_id, supplier_id) references wedsync_data.connections (couple_id, supplier_id)
);
create index on wedsync_data.gifts (couple_id);
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.gifts: gifts_connection', 'wedsync_data.gifts: gifts_supplier'],
    'the rule finds a key without an index and one with half of an index'
);
create index on wedsync_data.gifts (supplier_id, couple_id);
select is_empty('select what collate "default" from offenders order by 1', 'and is content when an index starts with the columns, in any order');
select * from finish();
rollback;
