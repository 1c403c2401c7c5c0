-- proves: F000-39, F000-40, F000-42, F000-79, F001-20, F001-22, F003-01, F003-60, C-22, C-23, C-25, C-27, C-28
-- Every actor, every leaf of the catalogue, every road on which a value can be read.
begin;
select plan(51);
select tap.matrix();

select cmp_ok(
    (select count(*) from leaves as l where jsonb_path_exists(to_jsonb(l.value), '$ ? (@ != null)')), '=',
    (
        select count(*) from wedsync_data.field_catalog as c join wedsync_data.record_catalog as r on r.record_name = c.table_name where r.shape <> 'rows'
    ), 'every leaf of the catalogue has a value to look for'
);
select is_empty(
    format($$ select l.path from leaves as l
    where l.storage <> 'element'
        and (select wedsync_internal.core_fields_value(f, l.right_no) from wedsync_data.core_fields as f where f.couple_id = %L) is distinct from l.value $$,
        tap.couple('emma')),
    'and every value is stored'
);
select is_empty(format('select * from tap.read_faults(%L)', a.actor), 'reads exactly what is due: ' || a.actor)
from actors as a order by a.actor;

-- the same check must be able to fail
select ok(
    (select count(distinct s.path) from tap.roads('partner') as s where s.road = r.road) = (select count(*) from leaves)
    - case r.road when 'form' then (select count(*) from leaves as l where (l.leaf).access_level is null) else 0 end,
    'a partner really sees every leaf on the road ' || r.road
)
from (values ('view'), ('document'), ('audit view'), ('audit trail'), ('as of'), ('form')) as r (road);
set local session_replication_role = replica;
update wedsync_data.grants set readable = repeat('1', 128)::bit(128) where grantee_id = tap.firm('s basic') and state = 'approved';
set local session_replication_role = origin;
select wedsync_internal.rebuild_reach();
select set_eq(
    $$ select distinct f.road from tap.read_faults('s basic') as f where f.path = 'budget.total' $$,
    $$ values ('view'), ('document'), ('audit view'), ('audit trail'), ('as of'), ('form') $$,
    'control: a mask that leaks is noticed on every road'
);
select * from finish();
rollback;
