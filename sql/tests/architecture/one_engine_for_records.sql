-- proves: F003-61
-- Tables of a wedding's facts stand in the catalogue, hooks are called, and one function appends what changes.
begin;
select plan(15);

-- tables
create temporary table exceptions (reason text, names text[]) on commit drop;
insert into exceptions values
('the wedding''s clock', '{wedding_clocks}'),
(
    'who may see a wedding: changed by functions of their own, with events of class access',
    '{connections,grants,invitations,unanswered_requests,wedding_members}'
),
('logs', '{access_log,audit_anchors,audit_log,events,form_populations,supplier_syncs}'),
('derived', '{reach,record_lists}'),
('secret addresses, and reminders, which follow from tasks', '{calendar_feeds,task_links,task_reminders}'),
('notifications follow from events, with preferences of people, a queue and their servers',
    '{deliveries,notification_preferences,notifications,webhook_endpoints}'),
('what a supplier automates for itself, in journey_progress', '{journey_enrolments,journey_runs}'),
('codes of households, and what caterers were told', '{dietary_messages,rsvp_codes}'),
('sessions of people', '{collaboration_sessions,session_tokens}'),
('permissions of partners for an hour or a day, audited by the function that gives them', '{wedding_day_overrides}'),
('messages, which nobody but senders and recipients reads', '{wedding_message_recipients,wedding_messages}'),
('channels', '{messages,presence_entries,subscription_groups,subscriptions}');
create temporary view tenant_tables as
select c.relname::text collate "default" as name
from pg_catalog.pg_class as c join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = 'couple_id' and not a.attisdropped
where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p';
create temporary view strangers as
select t.name from tenant_tables as t
where t.name <> all (select r.record_name from wedsync_data.record_catalog as r) and t.name <> all (select unnest(e.names) from exceptions as e);
select is_empty('select * from strangers', 'a table of weddings stands in the catalogue or is named with a reason');
select is_empty(
    $$ select r.record_name from wedsync_data.record_catalog as r where r.record_name <> all (select t.name
    from tenant_tables as t) $$, 'what stands in the catalogue is there'
);
create table wedsync_data.gifts (couple_id uuid primary key);
select results_eq('select name from strangers', array['gifts'], 'the rule finds a new table');
drop table wedsync_data.gifts;
select is_empty($$
    select r.record_name from wedsync_data.record_catalog as r
    where not exists (
        select from pg_catalog.pg_trigger as t where t.tgrelid = format('wedsync_data.%I', r.record_name)::regclass
            and t.tgfoid = pg_catalog.to_regproc(format('wedsync_internal.%I', r.record_name || '_change'))
    )
$$, 'every record has the trigger that the engine makes');

-- hooks
create temporary view unused_hooks as
select h.name
from (
    select p.proname::text collate "default" as name, regexp_replace(p.proname, '^(derive|validate)_', '') as record_name
    from pg_catalog.pg_proc as p where p.pronamespace = 'wedsync_internal'::regnamespace and p.proname ~ '^(derive|validate)_' and p.pronargs = 3
) as h
where not exists (
    select from pg_catalog.pg_trigger as t
    -- triggers of rows hand the rows to a function that appends them
    join pg_catalog.pg_proc as f on f.oid in (t.tgfoid, to_regproc(format('wedsync_internal.%I', h.record_name || '_append')))
    where t.tgrelid = to_regclass(format('wedsync_data.%I', h.record_name)) and strpos(f.prosrc, format('wedsync_internal.%I(', h.name)) > 0
);
select is_empty('select * from unused_hooks', 'every hook is called by a trigger of its record');
select cmp_ok(
    (select count(*) from pg_catalog.pg_proc as p where p.proname in ('derive_core_fields', 'validate_core_fields')), '=', 2::bigint, 'control: there are hooks'
);
select tap.gifts();
select is_empty('select * from unused_hooks', 'those of rows as well');
set local role wedsync_owner;
create function wedsync_internal.validate_key_moments(
    op text, old_record wedsync_data.key_moments, new_record wedsync_data.key_moments
) returns jsonb language sql as $$ select '[]'::jsonb $$;
reset role;
select results_eq('select name from unused_hooks', array['validate_key_moments'], 'the rule finds one that nobody calls');

-- one append
create temporary view appending as
select p.proname::text collate "default" as name
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_internal']::regnamespace[]) and p.proname !~ '^build_' and (
    p.prosrc ~ 'insert\s+into\s+wedsync_data\.(events|audit_log)\M' or p.prosrc ~ 'update\s+wedsync_data\.wedding_clocks\M'
);
select results_eq('select * from appending', array['append_change'], 'one function takes the clock, and writes the audit log and the events');
create function wedsync_internal.append_otherwise() returns void language sql as $$ update wedsync_data.wedding_clocks set seq = seq + 1 $$;
select results_eq('select * from appending order by name', array['append_change', 'append_otherwise'], 'the rule finds another');

-- rights
select is(
    (
        select array_agg(r.name) from wedsync_data.rights as r where wedsync_internal.sees_sharing(set_bit(repeat('0', 128)::bit(128), r.right_no, 1))
    ), '{sharing.autoShareBasic}',
    'the one number in a function is that of the right which it stands for'
);
select is_empty(
    $$ select f.path from wedsync_data.field_catalog as f join wedsync_data.record_catalog as r on r.record_name = f.table_name
    where r.shape <> 'rows' and f.path <> (
        select n.name from wedsync_data.rights as n where n.right_no = f.right_no
    ) $$, 'a right of core fields has the name of its field'
);
select is_empty(
    $$ select r.record_name from wedsync_data.record_catalog as r where r.event_type <> all (wedsync_internal.server_events()) $$,
    'nobody else may send events of records'
);
select is_empty(
    $$ select r.record_name from wedsync_data.record_catalog as r where not exists (select from wedsync_data.rate_limits as l
    where l.endpoint = r.write_endpoint) $$, 'every record names a limit'
);
select is_empty(
    $$ select r.record_name, p.key from wedsync_data.record_catalog as r cross join unnest(r.purge_keys) as p (key)
    where not exists (
        select from pg_catalog.pg_attribute as a where a.attrelid = format('wedsync_data.%I', r.record_name)::regclass and a.attname = p.key
    ) $$, 'keys that are announced are columns'
);
select * from finish();
rollback;
