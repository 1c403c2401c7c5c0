-- proves: F002-19, F003-69
-- Look-ups of the hot paths are served by indexes of several columns or of a part of the rows, and the planner takes them.
begin;
select plan(14);
create temporary table wanted (index_name text, definition text) on commit drop;
insert into wanted values
('grants_one_open', '(couple_id, grantee_id, field_name, state) WHERE (state = ANY'),
('grants_by_grantee', '(grantee_id, couple_id) WHERE (state = ''approved'''),
('wedding_members_by_user', '(user_id, couple_id)'),
('supplier_members_by_user', '(user_id, supplier_id)'),
('audit_log_pkey', '(couple_id, chain_no, id, '),
('notifications_unread', '(supplier_id, created_at) WHERE (read_at IS NULL)'),
('subscriptions_by_user', '(user_id, topic)'),
('subscriptions_expiring', '(valid_until) WHERE (valid_until < '),
('websocket_connections_by_user', '(user_id) WHERE is_active'),
('websocket_connections_by_supplier', '(supplier_ids) WHERE is_active'),
('realtime_activity_pkey', '(user_id, minute, topic, event_type)'),
('realtime_activity_by_minute', '(minute)');
select ok(
    position(w.definition in coalesce(pg_get_indexdef(to_regclass('wedsync_data.' || w.index_name)), '')) > 0, w.index_name || ' ' || w.definition
) from wanted as w;

create function pg_temp.plan_of(query text) returns text language plpgsql as $$
declare
    line text;
    said text := '';
begin
    for line in execute 'explain (costs off) ' || query loop
        said := said || line || ' ';
    end loop;
    return said;
end
$$;
set local enable_seqscan = off;
select matches(
    pg_temp.plan_of('select from wedsync_data.websocket_connections where user_id = gen_random_uuid() and is_active'),
    'websocket_connections_by_user', 'sockets of a user are counted by the index of open ones'
);
select matches(
    pg_temp.plan_of('select from wedsync_data.grants where grantee_id = gen_random_uuid() and state = ''approved'''),
    'grants_by_grantee', 'rights of a supplier are found by the index of grants in force'
);
select * from finish();
rollback;
