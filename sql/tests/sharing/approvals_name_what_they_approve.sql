-- proves: F000-35, C-63
-- An approval gives what was named, to write only where that was named, or the request that was read and no later one.
begin;
select plan(11);
select tap.wedding('emma');
select tap.supplier('chef');
create function pg_temp.ask(fields text, writable text default '{}') returns jsonb language sql
as $$ select tap.call('chef', format('select wedsync.request_access(%L, %L, %L, %L)', tap.couple('emma'), tap.firm('chef'), fields, writable))::jsonb $$;
create function pg_temp.approve(more text) returns jsonb language sql
as $$ select coalesce(tap.error('emma', format('select wedsync.approve_access(%L, %L%s)', tap.couple('emma'), tap.firm('chef'), more)),
    (
        select to_jsonb(p) - '{id,couple_id,supplier_id}'::text[]
        from jsonb_populate_record(
            null::wedsync.core_fields_permissions, (select r from tap.rows('emma', 'select * from wedsync.core_fields_permissions') as r)
        ) as p
    )) $$;

select pg_temp.ask('{guest_numbers,basic}', '{guest_numbers}');
select is(
    (select r -> 'requested_writable_fields' from tap.rows('emma', 'select * from wedsync.core_fields_permissions') as r), '["guest_numbers"]',
    'the couple sees what is asked for writing'
);
select is(
    pg_temp.approve('') -> 'detail', '{"parameter": "request_version", "rule": "required when no fields are named"}',
    'everything is approved by its version only'
);
select is(
    pg_temp.approve(', ''{guest_numbers}'', request_version => 7') -> 'detail' ->> 'request_version', '1', 'another version is refused, with the present one'
);
select is((pg_temp.approve(', ''{guest_numbers}''')) -> 'writable_fields', '[]', 'named to read, it is given to read, though writing was asked');
select is(
    (select array_agg(g.field_name || ' ' || g.state || g.can_write order by g.created_at, g.id) from wedsync_data.grants as g where g.state <> 'revoked'),
    '{"basic rejectedfalse","guest_numbers approvedfalse"}'::text[], 'and the rest is refused'
);
-- asking for writing as well
select pg_temp.ask('{}', '{guest_numbers}');
select is((pg_temp.approve(', ''{}'', ''{guest_numbers}''')) -> 'writable_fields', '["guest_numbers"]', 'named to write, it is given to write');
-- a request that grows between the look and the approval
select pg_temp.ask('{timeline}');
create temporary table looked on commit drop as select (r ->> 'request_version')::integer as version
from tap.rows('emma', 'select * from wedsync.core_fields_permissions') as r;
select pg_temp.ask('{timeline}');
select is(
    (select (r ->> 'request_version')::integer from tap.rows('emma', 'select * from wedsync.core_fields_permissions') as r),
    (select l.version from looked as l), 'asking the same again is the same request'
);
select pg_temp.ask('{full}');
select is(pg_temp.approve(format(', request_version => %s', l.version)) -> 'sqlstate', '"PT409"', 'is not approved whole') from looked as l;
select pg_temp.ask('{}', '{timeline}');
select is(
    (select (r ->> 'request_version')::integer from tap.rows('emma', 'select * from wedsync.core_fields_permissions') as r),
    (select l.version + 2 from looked as l), 'asking to write what was asked to read is another request'
);
select is(
    (pg_temp.approve(format(', request_version => %s', l.version + 2))) -> 'readable_fields', '["full", "guest_numbers", "timeline"]',
    'by its own version it is'
) from looked as l;
-- repeating a request leaves the chain as it is
select pg_temp.ask('{people}');
create temporary table chain on commit drop as select k.chain_no, k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
select pg_temp.ask('{people}') from generate_series(1, 20);
select is(
    (select row(k.chain_no, k.seq) from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')),
    (select row(c.chain_no, c.seq) from chain as c), 'a request that is repeated is neither audited nor announced again'
);
select * from finish();
rollback;
