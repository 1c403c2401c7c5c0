-- proves: C-18, C-24, C-30, F000-79, F002-20
-- What the worker calls takes claims and ids on trust, so nobody else may execute it; and the worker reaches nothing but it.
begin;
select plan(28);
create temporary view workers_own as
select p.oid::regprocedure::text as what, p.prosecdef
from pg_catalog.pg_proc as p
where p.pronamespace = 'wedsync_internal'::regnamespace and pg_catalog.has_function_privilege('wedsync_worker', p.oid, 'execute')
    and not pg_catalog.has_function_privilege('authenticated', p.oid, 'execute');
select cmp_ok((select count(*) from workers_own), '>=', 20::bigint, 'control: the worker has functions of its own');
select is_empty($$
    select w.name, r.role
    from unnest(array['register_node', 'touch_node', 'unregister_node', 'end_lease', 'set_node_awake', 'notify_load', 'lead_relays', 'resign_relays',
        'next_frames', 'missed_frames', 'join_topic', 'leave_topics', 'forget_positions', 'save_positions', 'hold_positions', 'replay_messages',
        'publish_messages', 'presence_apply', 'presence_state', 'open_connection', 'close_connections', 'note_pings', 'record_activity', 'worker_settings',
        'put_bus_messages', 'next_bus_messages', 'due_jobs', 'run_job', 'session_claims', 'synced_events', 'realtime_overview']) as w (name),
        (values ('wedsync_worker', true), ('authenticated', false), ('anon', false), ('service_role', false)) as r (role, may)
    where (
        select coalesce(bool_or(pg_catalog.has_function_privilege(r.role, p.oid, 'execute')), false) from pg_catalog.pg_proc as p
        where p.pronamespace = 'wedsync_internal'::regnamespace and p.proname = w.name
    ) <> r.may
$$, 'each for the worker and for nobody else');
select is_empty('select w.what from workers_own as w where not w.prosecdef', 'they run with the rights of the pack');
select is_empty($$
    select c.oid::regclass from pg_catalog.pg_class as c
    where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and pg_catalog.has_table_privilege('wedsync_worker', c.oid, 'select, insert, update, delete, truncate, references, trigger')
$$, 'the worker reads and writes no table and no view');
select is_empty($$
    select p.oid::regprocedure from pg_catalog.pg_proc as p
    where p.pronamespace = 'wedsync'::regnamespace and pg_catalog.has_function_privilege('wedsync_worker', p.oid, 'execute')
        -- applications that call services of their own use the same circuit breakers
        and p.proname <> all ('{breaker_allow,breaker_record,integration_health}')
$$, 'and calls nothing of the API but circuit breakers');
-- helpers that take rights as arguments are for nobody
select is_empty($$
    select w.name, r.role
    from unnest(array['topic_access', 'group_for', 'subscription_group', 'regroup_subscriptions', 'expire_subscriptions', 'read_bindings', 'filter_problem',
        'parse_filter', 'event_frames', 'group_event_rights', 'row_change', 'mask_record', 'visibility',
        'principals_readable', 'wedding_topics', 'announce_wedding_deletion', 'purge_wedding_events', 'reads_by_role', 'user_access',
        'store_messages', 'require_broadcast', 'server_events', 'resume_position', 'take_request', 'access_lock', 'prune_groups', 'announce_presence',
            'presence_messages',
        'prune_bus', 'next_presence_version', 'message_frame', 'rights_changed', 'supplier_record_change',
        'session_problem', 'claimed_session', 'session_permissions', 'issue_session_token', 'close_sessions', 'reaches_wedding', 'end_lost_sessions',
        'cleanup_sessions', 'node_health', 'node_balance', 'connection_figures']) as w (name),
        (values ('wedsync_worker'), ('authenticated'), ('anon'), ('service_role')) as r (role), pg_catalog.pg_proc as p
    where p.pronamespace = 'wedsync_internal'::regnamespace and p.proname = w.name and pg_catalog.has_function_privilege(r.role, p.oid, 'execute')
$$, 'helpers are executed by the pack only');
-- tried for real
select tap.wedding('emma');
select is(
    tap.error(
        w.who, format('select wedsync_internal.join_topic(%L, %L, %L, null)', gen_random_uuid(), tap.claims('emma', 'service_role'), 'core-fields'), w.role
    ) ->> 'sqlstate', '42501', w.role || ' cannot forge claims'
) from (values ('emma', 'authenticated'), (null, 'anon'), (null, 'service_role')) as w (who, role);
select is(tap.error('emma', q.query) ->> 'sqlstate', '42501', q.query) from (values
    ('select * from wedsync_internal.next_frames(gen_random_uuid(), ''5:5:'')'),
    ('select wedsync_internal.publish_messages(''{"role": "service_role"}'', ''[]'')'), ('select wedsync_internal.presence_state(''x'')'),
    ('select wedsync_internal.worker_settings()'),
    ('select * from wedsync_data.subscriptions'), ('select * from wedsync_data.messages'), ('select * from wedsync_data.presence_entries'),
    ('select * from wedsync_data.resume_points'), ('select * from wedsync_data.channel_catalog'), ('select * from wedsync_data.relay_nodes'),
    ('select * from wedsync_data.bus_messages'), ('select * from wedsync_internal.next_bus_messages(null)'),
    ('select wedsync_internal.put_bus_messages(''{broadcast}'', ''{1}'')')
) as q (query);
select is(tap.error(null, q.query, 'wedsync_worker') ->> 'sqlstate', '42501', 'the worker: ' || q.query)
from (
    values ('select * from wedsync_data.core_fields'), ('select * from wedsync_data.events'), ('select * from wedsync_data.settings'),
        ('update wedsync_data.grants set state = ''approved''')
) as q (query);
select is(jsonb_typeof(tap.call(null, 'select wedsync_internal.worker_settings()', 'wedsync_worker')::jsonb), 'object', 'control: its settings it gets');
select is(
    tap.call(null, format('select count(*) from wedsync_internal.next_frames(%L, %L)', tap.node(), '5:5:'), 'wedsync_worker'), '1', 'control: and its frames'
);
select * from finish();
rollback;
