-- proves: F000-79
begin;
select plan(2);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and pg_catalog.has_function_privilege('anon', p.oid, 'execute')
    -- PostgREST calls pre_request before every request, also for those who send no token; the others are its parts, each safe by itself:
    -- webhooks are proved by their signature,
    -- a key is looked up by its secret, an error is raised, a request is counted.
    and p.oid <> all (array[
        'wedsync.pre_request()', 'wedsync_internal.api_key_user(text)', 'wedsync_internal.refuse_api_key()', 'wedsync_internal.limit_request()',
        'wedsync_internal.check_request()', 'wedsync.receive_webhook(bytea,jsonb)', 'wedsync.receive_raw_webhook(bytea)'
    ]::regprocedure[])
    -- with a secret that a link or an address carries, for people and programs that cannot sign in
    and p.oid <> all (array[
        'wedsync.answer_task_by_link(text,text,text)', 'wedsync.calendar_feed(text)', 'wedsync.view_task_by_link(text)',
        'wedsync.answer_rsvp(text,jsonb)', 'wedsync.get_rsvp(text)'
    ]::regprocedure[])
    -- public pages
    and p.oid <> 'wedsync.wedding_website(text)'::regprocedure
union all
select c.oid::regclass::text
from pg_catalog.pg_class as c
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and (
        pg_catalog.has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or pg_catalog.has_any_column_privilege('anon', c.oid, 'select, insert, update, references')
    )
union all
select c.oid::regclass::text
from pg_catalog.pg_class as c
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and case c.relkind when 'S' then pg_catalog.has_sequence_privilege('anon', c.oid, 'usage, select, update') end
order by 1;

select is_empty(
    'select what collate "default" from offenders order by 1',
    'anon may execute pre_request with its parts and what takes a secret or a signature, and may touch no table, view or sequence'
);
create function wedsync.open_to_all() returns integer language sql as 'select 1';
grant select (couple_id) on wedsync.core_fields to anon;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync.core_fields', 'wedsync.open_to_all()'],
    'the rule finds a function and a single readable column'
);
select * from finish();
rollback;
