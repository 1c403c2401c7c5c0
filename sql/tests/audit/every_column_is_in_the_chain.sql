-- proves: F000-97, C-08, C-51
-- Every column of every kind of audit row, altered alone, is found by verify_audit_chain. The columns come from the catalogue: a new
-- one that is not in the chain fails here.
begin;
select plan(6);
set local jit = off;
select tap.wedding('emma');
select set_config('request.headers', '{"user-agent": "app/1", "x-real-ip": "203.0.113.9"}', true);
select tap.admit('emma', 'paula', 'planner');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select tap.patch('emma', 'emma', '{"private.notes": "one", "wedding_style": ["boho"], "budget.total": 5}', null, 'all at once');
select tap.patch('chef', 'emma', '{"guest_count": {"adults": 50}}', null, 'counted');
select set_config('request.headers', '', true);
select tap.patch('paula', 'emma', '{"wedding_style": null}');
create temporary table moments on commit drop as
select n,
    (
        tap.call(
            'emma',
            format($$ select wedsync.add_list_element(%L, 'key_moments', %L) ->> 'id' $$, tap.couple('emma'), jsonb_build_object('name', n, 'time', '20:00'))
        )
    )::uuid as id
from unnest('{a,b,c}'::text[]) as n;
select tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L, null)', tap.couple('emma'), id)) from moments where n = 'c';
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L, ''not needed'')', tap.couple('emma'), id)) from moments
where n = 'b';
select wedsync_internal.rekey_list('key_moments', tap.couple('emma'));
update wedsync_data.core_fields set private_notes = 'by hand' where couple_id = tap.couple('emma');
select tap.call(null, format($$ select wedsync.update_core_fields(%L, '{"private.notes": "by a server"}') $$, tap.couple('emma')), 'service_role');
select tap.patch('emma', 'emma', '{"private.notes": "secret", "wedding_style": ["rustic"]}', null, 'to be erased');
select wedsync_internal.redact_audit(tap.couple('emma'), array(
    select l.id from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'private.notes' and l.new_value in ('"secret"', '"one"')
), 'Article 17');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L, null, ''goodbye'')', tap.couple('emma'), tap.firm('chef')));
delete from wedsync_data.core_fields where couple_id = tap.couple('emma');
select tap.call('emma', format('select wedsync.ensure_core_fields(%L)', tap.couple('emma')));
select tap.patch('emma', 'emma', '{"partner1_name": "Emma"}');
truncate wedsync_data.core_fields cascade;

create function pg_temp.verdict() returns jsonb language sql as $$
    select tap.call(null, format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')), 'service_role')::jsonb $$;
-- one row of each kind, the second of its link where it has one
create temporary table kinds on commit drop as
select distinct on (k.kind) k.kind, k.row
from (
    select
        concat_ws(' ', l.table_name, l.change_type, l.actor_type, case when l.right_no is null then 'access' end,
            case when l.element_id is not null then 'element' end, case when l.salt is null then 'erased' end,
            case when l.reason is not null then 'reason' end, case when count(*) over (partition by l.chain_no) > 1 then 'of several' end
        ) as kind, l as row
    from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')
) as k
order by k.kind, (k.row).id desc;
select cmp_ok((select count(*) from kinds), '>=', 15::bigint, 'kinds of rows');
select is(
    (select count(*)
    from (
        values ('%create%element%'), ('%delete%element%'), ('%rekey%'), ('%erased%'), ('audit_log erase%'), ('%supplier%'), ('%service%'), ('%system%'),
            ('grants%access%')
    ) as w (pattern)
        where not exists (select from kinds as k where k.kind like w.pattern)), 0::bigint, 'among them those that differ most'
);
-- what a column may be forged to: other values of its type, and no value
create function pg_temp.forgeries(data_type regtype) returns setof text language plpgsql as $$
begin
    return query select f.value from (values
        ('uuid'::regtype, '''d0d0d0d0-0000-4000-8000-000000000001'''), ('bigint', '77777777'), ('bigint', '%I + 5'), ('bigint', '%I + 1000000'),
        ('integer', '%I + 1'), ('smallint', '29'), ('smallint', '0'),
        ('text', '''forged'''), ('text', ''''''), ('jsonb', '''"forged"'''), ('jsonb', '''null'''), ('jsonb', '''{"audit_ids": ["x", null, 1e30]}'''),
        ('jsonb', '''{"audit_ids": 1}'''), ('inet', '''192.0.2.1'''),
        ('timestamptz', '%I + interval ''1 microsecond'''), ('bytea', '''\x00'''),
        (data_type, 'null')
    ) as f (type, value) where f.type = data_type;
    if data_type not in ('uuid', 'bigint', 'integer', 'smallint', 'text', 'jsonb', 'inet', 'timestamptz', 'bytea') then
        raise exception 'the test does not know how to forge a %', data_type;
    end if;
end $$;
create function pg_temp.after_forging(id bigint, column_name text, value text) returns text language plpgsql as $$
declare
    verdict jsonb;
    touched bigint;
begin
    set local session_replication_role = replica;
    value := format(value, column_name);
    execute format(
        'update wedsync_data.audit_log set %I = %s where couple_id = %L and id = %L and %1$I is distinct from %2$s', column_name, value, tap.couple('emma'), id
    );
    get diagnostics touched = row_count;
    set local session_replication_role = origin;
    verdict := pg_temp.verdict();
    raise exception using errcode = 'TAP00', message = case when touched = 0 then 'the same' when verdict -> 'valid' = 'true' then 'VALID' else 'found' end;
exception
    when sqlstate 'TAP00' then return sqlerrm;
end $$;
create temporary table outcomes on commit drop as
select k.kind, a.attname as column_name, f.value, pg_temp.after_forging((k.row).id, a.attname, f.value) as outcome
from kinds as k
cross join pg_attribute as a
cross join lateral pg_temp.forgeries(a.atttypid::regtype) as f (value)
where a.attrelid = 'wedsync_data.audit_log'::regclass and a.attnum > 0 and not a.attisdropped and not (a.attnotnull and f.value = 'null');

select is(pg_temp.verdict() -> 'problems', '[]', 'untouched, the chain is valid, erased rows included');
select cmp_ok((select count(*) from outcomes as o where o.outcome = 'found'), '>', 300::bigint, 'forgeries tried');
select is_empty(
    $$ select o.kind, o.column_name, o.value, o.outcome from outcomes as o where o.outcome not in ('found', 'the same') $$,
    'each one is found'
);
select is_empty(
    $$ select a.attname from pg_attribute as a where a.attrelid = 'wedsync_data.audit_log'::regclass and a.attnum > 0 and not a.attisdropped
        and not exists (select from outcomes as o where o.column_name = a.attname and o.outcome = 'found') $$,
    'in every column'
);
select * from finish();
rollback;
