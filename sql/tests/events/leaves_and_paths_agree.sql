-- proves: F001-20, F000-54, C-02
begin;
select plan(3);
select set_config('request.jwt.claims', '{"sub": "11111111-0000-4000-8000-000000000001", "role": "authenticated"}', true);
set local role authenticated;
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London');
select wedsync.update_core_fields(
    (select f.couple_id from wedsync.core_fields as f),
    '{"budget.total": 25000, "guest_count": {"adults": 90, "children": 10}, "wedding.style": ["rustic"], "private.notes": "secret",
      "wedding.ceremonyVenue": {"name": "St Mary", "notes": "gate code"}, "couple.partner1.email": "emma@example.org"}'
);
reset role;
select cmp_ok(
    (select max(cardinality(e.right_nos)) from wedsync_data.events as e), '>=', 7, 'one patch changed leaves of every kind of storage'
);
select is_empty(
    $$ select e.seq, e.paths[i] from wedsync_data.events as e cross join lateral generate_subscripts(e.paths, 1) as i
    join wedsync_data.field_catalog as c on c.right_no = e.right_nos[i] where c.path <> e.paths[i] $$,
    'every path of an event stands beside its own leaf'
);
select is_empty(
    $$ select l.id from wedsync_data.audit_log as l
    join wedsync_data.field_catalog as c on c.right_no = l.right_no where c.storage <> 'element' and c.path <> l.path $$,
    'and so does every audit row'
);
select * from finish();
rollback;
