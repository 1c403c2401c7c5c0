-- proves: F003-61
-- A trigger on every table that holds what weddings and suppliers agree on audits its rows, whoever writes them. The tables without one are named here, so that
-- a new table chooses.
begin;
select plan(6);
-- functions that write the audit log, and those that call them
create temporary table writers on commit drop as
with recursive named as (
    select p.oid, p.proname::text as name, coalesce(p.prosrc, '') || coalesce(pg_get_function_sqlbody(p.oid), '') as body
    from pg_catalog.pg_proc as p where p.pronamespace = any (array['wedsync', 'wedsync_internal']::regnamespace[]) and p.prokind = 'f'
), writing as (
    select n.oid, n.name from named as n where n.body ~ 'insert into wedsync_data\.audit_log'
    union
    select n.oid, n.name from named as n join writing as w on n.body ~ ('wedsync_internal\.' || w.name || '\M')
    -- no fields, no rows of the audit log
    where n.body !~ 'append_change\(\s*\S+, ''(supplier|purge)'', null,'
        -- generators write the text of such functions
        and n.name !~ '^(re)?build_'
)
select w.oid from writing as w;
-- which of INSERT (4), DELETE (8) and UPDATE (16) are audited row by row, or for all rows of a statement
create temporary view audited as
select c.relname::text collate "default" as name,
    coalesce(bit_or(t.tgtype) filter (where t.tgtype & 1 = 1 or t.tgoldtable is not null or t.tgnewtable is not null), 0) & 28 as operations
from pg_catalog.pg_class as c
left join (pg_catalog.pg_trigger as t join writers as w on w.oid = t.tgfoid and not t.tgisinternal) on t.tgrelid = c.oid
where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.relname;
create temporary table exempt (why text, names text[]) on commit drop;
insert into exempt values
('logs, which nobody changes', '{access_log,audit_anchors,audit_log,events,form_populations,supplier_syncs}'),
('follow from other tables', '{field_names,reach,record_lists,unappended_rows,unlogged_reads,unpushed_notifications,visibility_masks,wedding_clocks}'),
(
    'what administrators set for the installation',
    '{assurance_rules,channel_catalog,field_catalog,free_topics,integrations,notification_channels,notification_kinds,notification_templates,rate_limits,'
    'record_catalog,record_columns,retention_policies,rights,scheduled_jobs,settings,'
    'supplier_categories,task_reminder_defaults,wedding_roles}'
),
(
    'a person''s own: account, keys, sessions, notifications, and what was answered to whom',
    '{address_checks,api_keys,collaboration_sessions,deliveries,invitations,notification_addresses,notification_preferences,notifications,push_devices,'
    'session_tokens,unanswered_requests,users,'
    'webhook_endpoints}'
),
('a supplier''s own notes and answers, which are events with their author',
    '{client_profiles,form_responses,journey_enrolments,journey_progress,journey_runs,journey_steps,journeys}'),
('audited by the function that writes them', '{wedding_day_overrides}'),
('webhooks of others: what they change is audited', '{security_events,webhook_deliveries,webhook_secrets,webhook_sources}'),
('calls of integrations', '{breaker_changes,breakers,integration_alerts,integration_calls}'),
('names of allergens and replies; codes of households; what caterers were told',
    '{allergens,dietary_messages,guest_settlements,import_headings,rsvp_codes,rsvp_statuses}'),
('broadcasts and presence', '{bus_messages,messages,presence_entries,presence_topics,topic_clocks}'),
(
    'the books of workers',
    '{access_locks,event_readers,rate_usage,realtime_activity,relay_leadership,relay_nodes,resume_points,stream_epoch,subscription_groups,subscriptions,'
    'websocket_connections}'
);
insert into exempt values
('secret addresses, and what follows from due dates', '{calendar_feeds,task_links,task_reminders}'),
('messages, which nobody but senders and recipients reads; they do not change', '{wedding_message_recipients,wedding_messages}');
create temporary view offenders as
select a.name from audited as a where a.operations = 0 and a.name <> all (select unnest(e.names) from exempt as e);

select is_empty('select * from offenders', 'a table is audited or named as one that is not');
select is_empty(
    $$ select unnest(e.names) from exempt as e except select a.name from audited as a where a.operations = 0 $$,
    'no table is named that is audited or not there'
);
select is_empty(
    $$ select a.name, a.operations from audited as a where a.operations not in (0, 28) and a.name not in ('connections', 'weddings') $$,
    'inserts, updates and deletions alike'
);
select results_eq(
    $$ select a.name, a.operations from audited as a where a.name in ('connections', 'weddings') order by a.name $$,
    $$ values ('connections', 20), ('weddings', 16) $$, 'but for two: the record audits that a wedding begins and ends, grants that access does'
);
create table wedsync_data.gifts (id integer primary key);
select results_eq('select name from offenders', array['gifts'], 'the rule finds a new table');
drop trigger setting_change on wedsync_data.forms;
select set_eq('select name from offenders', array['gifts', 'forms'], 'and one that lost its trigger');
select * from finish();
rollback;
