-- proves: F003-12
-- Over HTTP a view that is not written says what to call; PostgreSQL's own errors would become a 500.
begin;
create temp table writes as
select c.relname as view, m.method, m.privilege,
    has_table_privilege('authenticated', c.oid, m.privilege)
        or (m.privilege <> 'delete' and has_any_column_privilege('authenticated', c.oid, m.privilege)) as is_allowed
from pg_class as c
cross join (values ('POST', 'insert'), ('PUT', 'insert'), ('PATCH', 'update'), ('DELETE', 'delete')) as m (method, privilege)
where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v';
select plan((9 + count(*) + count(distinct w.view) + count(distinct w.view) filter (where not w.is_allowed))::integer) from writes as w;
select tap.wedding('emma');
create function pg_temp.asked(who text, method text, path text, db_role text default 'authenticated') returns jsonb language plpgsql as $$
begin
    perform set_config('request.method', method, true);
    perform set_config('request.path', path, true);
    return tap.error(who, 'select wedsync.pre_request()', db_role);
end $$;
select is(pg_temp.asked('emma', w.method, '/' || w.view) ->> 'sqlstate', case when not w.is_allowed then 'PT405' end, w.method || ' ' || w.view)
from writes as w;
select isnt_empty('select from writes where is_allowed', 'some views are written');
select alike(pg_temp.asked('emma', 'DELETE', '/core_fields') ->> 'hint', '%delete_wedding%', 'the hint names a function');
select is(
    array(select p.proname::text from regexp_matches(h.hint, '[a-z]+_[a-z_]+', 'g') as m (words) cross join lateral unnest(m.words) as f (name)
        left join pg_proc as p on p.proname = f.name and p.pronamespace = 'wedsync'::regnamespace
        where p.proname is null and f.name <> 'core_fields' and to_regclass('wedsync.' || f.name) is null),
    '{}', 'functions in the hint exist: ' || w.view
) from (select distinct view from writes) as w
cross join lateral (select wedsync_internal.write_instead(w.view) as hint) as h;
select isnt(wedsync_internal.write_instead(w.view), wedsync_internal.write_instead('nothing'), 'the hint is about this view: ' || w.view)
from (select distinct view from writes where not is_allowed) as w;
select is(pg_temp.asked('emma', 'GET', '/api_keys'), null, 'reads pass');
select is(pg_temp.asked('emma', 'POST', '/rpc/api_keys'), null, 'functions are no views');
select is(pg_temp.asked('emma', 'POST', '/no_such_view'), null, 'what is not there is for PostgREST to tell');
select is(pg_temp.asked(null, 'POST', '/api_keys', 'anon'), null, 'and who is not signed in is told that by PostgreSQL');
select is(tap.error('emma', 'delete from wedsync.core_fields', 'service_role') ->> 'sqlstate', '42501', 'over plain SQL rights come first');

-- whose token names nobody
select set_config('request.method', 'GET', true), set_config('request.path', '/core_fields', true);
select is(
    tap.error(null, 'select wedsync.pre_request()', 'authenticated', '{"sub": "auth0|1", "role": "authenticated"}') ->> 'message',
    'Sign in first: the sub claim must be a uuid', 'a sub that is no uuid is told at reads of views too'
);
select is(tap.error(null, 'select wedsync.pre_request()', 'service_role', '{"sub": "server", "role": "service_role"}'), null, 'servers may have any name');
select * from finish();
rollback;
