-- proves: F000-41, F000-44, F000-64, F000-79, F001-20, C-22, C-27, C-28
-- Every actor, every leaf of the catalogue, both ways to write: stored exactly where it is due, refused everywhere else.
begin;
select plan(88);
select tap.matrix();

select is_empty(format('select * from tap.write_faults(%L, %L)', a.actor, r.road), format('writes exactly what is due through the %s: %s', r.road, a.actor))
from actors as a cross join (values ('function'), ('view')) as r (road) order by a.actor, r.road;

select ok(
    tap.outcome(
        'emma', tap.write_statement(r.road, l.leaf, l.other), 'authenticated',
        'select wedding_style::text from wedsync_data.core_fields where couple_id = tap.couple(''emma'')'
    )
    = '{' || (l.other ->> 0) || '}',
    'a partner really stores a value through the ' || r.road
)
from leaves as l cross join (values ('function'), ('view')) as r (road) where l.path = 'wedding.style';

-- the same check must be able to fail
set local session_replication_role = replica;
update wedsync_data.grants set writable = repeat('1', 128)::bit(128), readable = repeat('1', 128)::bit(128)
where grantee_id = tap.firm('s basic') and state = 'approved';
set local session_replication_role = origin;
select wedsync_internal.rebuild_reach();
select ok(
    exists (select from tap.write_faults('s basic', r.road) as f where f.path = 'budget.total' and f.fault = 'written: stored'),
    'control: a mask that leaks is noticed through the ' || r.road
)
from (values ('function'), ('view')) as r (road);
select * from finish();
rollback;
