-- proves: F000-54, F000-68, F000-79, F001-20, C-66
-- What an audience hears of any event holds exactly the leaves it may read, in broadcasts, records and old records alike.
begin;
select plan(171);
select tap.matrix();
select wedsync_internal.register_node(tap.id('node'), 'host', 1);
create temporary table joined on commit drop as
select a.actor, a.reads, wedsync_internal.join_topic(
    tap.id('node'), jsonb_build_object('sub', tap.id(a.person), 'role', a.db_role), 'core_fields_' || tap.couple('emma'),
    '{"postgres_changes": [{"event": "*", "schema": "wedsync", "table": "core_fields"}]}'
) as reply
from actors as a where a.db_role = 'authenticated' or a.actor = 'service';
select is((j.reply -> 'ok')::boolean, j.reads <> 'nothing', case when j.reads = 'nothing' then 'may not join: ' else 'joins: ' end || j.actor) from joined as j;

-- events of every kind: each leaf changed alone and all at once, elements made and removed, the record deleted
do $$
declare
    l record;
begin
    for l in select * from leaves where other <> value and path <> 'wedding.guestCount.total' loop
        perform tap.run(null, tap.write_statement('function', l.leaf, l.other), 'service_role');
    end loop;
    perform tap.patch('emma', 'emma', (select jsonb_object_agg(x.path, x.value) from leaves as x where x.storage <> 'element' and x.is_writable));
    perform tap.call('emma', format('select wedsync.remove_list_element(%L, %L, %L)', tap.couple('emma'), e.column_name, e.id)) from elements as e;
    delete from wedsync_data.core_fields where couple_id = tap.couple('emma');
end $$;
create temporary table frames on commit drop as
select j.actor, j.reads, e.seq, e.paths, f.kind, f.payload::jsonb as payload
from joined as j
join wedsync_data.subscription_groups as g on g.id = (j.reply ->> 'group_id')::bigint
join wedsync_data.events as e on e.couple_id = g.couple_id and e.class = 'durable'
cross join lateral wedsync_internal.event_frames(e, g.readable, g.bindings) as f;
select cmp_ok((select count(*) from frames), '>', 500::bigint, 'many frames');
select is(
    (select count(distinct f.seq) from frames as f where f.actor = 'partner' and f.kind = k.kind),
    (select count(*) from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.class = 'durable'), 'a partner hears all of them: ' || k.kind
)
from (values ('broadcast'), ('postgres_changes')) as k (kind);

-- per audience: no value of a hidden leaf anywhere in any frame
select is_empty(
    format($$ select l.path, f.kind, f.seq from frames as f
    cross join leaves as l cross join lateral (values (l.value), (l.other)) as v (value)
    where f.actor = %L and not tap.may(f.reads, l.leaf) and tap.shows(f.payload::text, v.value) $$, j.actor),
    'no hidden value in any frame: ' || j.actor
) from joined as j where j.reads not in ('nothing', 'everything');
select is_empty(
    format($$ select f.seq, p.path from frames as f cross join lateral unnest(f.paths) as p (path)
    join leaves as l on l.path = regexp_replace(replace(p.path, '/order_key', '/name'), '/[0-9a-f-]{36}/', '.')
    where f.actor = %L and f.kind = 'broadcast' and tap.may(f.reads, l.leaf) is distinct from f.payload #> '{payload,metadata,changed}' ? p.path $$, j.actor),
    'the changed list names exactly the readable ones: ' || j.actor
) from joined as j where j.reads <> 'nothing';
select is_empty(
    format($$ select e.seq from wedsync_data.events as e
    where e.couple_id = tap.couple('emma') and e.class = 'durable' and (
        exists (
            select from leaves as l where l.right_no = any (e.right_nos) and tap.may(%L, l.leaf)
        ) is distinct from exists (select from frames as f where f.actor = %L and f.seq = e.seq)
    ) $$, j.reads, j.actor),
    'an event of hidden leaves only is not heard, every other is: ' || j.actor
) from joined as j where j.reads <> 'nothing';
select is(
    (
        select jsonb_agg(distinct f.payload #> '{data,record,withheld_fields}') from frames as f
        where f.actor = j.actor and f.kind = 'postgres_changes' and f.payload #>> '{data,type}' <> 'DELETE'
    ),
    jsonb_build_array((select coalesce(jsonb_agg(l.path order by l.right_no), '[]') from leaves as l where not tap.may(j.reads, l.leaf))),
    'withheld_fields in every record: ' || j.actor
) from joined as j where j.reads <> 'nothing';

-- the shape of a broadcast
select is(
    f.payload #- '{payload,server_timestamp}' #- '{payload,timestamp}' #- '{payload,metadata,version}', jsonb_build_object(
        'type', 'broadcast', 'event', 'core_fields_updated', 'meta', jsonb_build_object('id', tap.couple('emma') || ':' || f.seq),
        'payload', jsonb_build_object('type', 'core_fields_updated', 'data', jsonb_build_object('wedding.style', l.other), 'updatedBy', 'service', 'couple_id',
        tap.couple('emma'), 'metadata', jsonb_build_object(
            'seq', f.seq, 'table', 'core_fields', 'operation', 'UPDATE', 'changed', '["wedding.style"]'::jsonb, 'updatedById', null, 'supplierId', null))
    ), 'type, data, updatedBy, timestamp, metadata, couple and server time'
) from frames as f join leaves as l on l.path = 'wedding.style'
where f.actor = 's basic' and f.kind = 'broadcast' and f.paths = array['wedding.style'] and f.payload #> '{payload,data,wedding.style}' = l.other;

-- access events are heard by those who manage sharing only
select is(
    (
        select count(*) from wedsync_data.events as e cross join lateral wedsync_internal.event_frames(e, g.readable, g.bindings) as f
        where e.couple_id = tap.couple('emma') and e.class = 'access'
    ) > 0,
    j.reads = 'everything', 'changes of access for ' || j.actor
) from joined as j join wedsync_data.subscription_groups as g on g.id = (j.reply ->> 'group_id')::bigint;

-- the same checks must be able to fail
select cmp_ok((
    select count(*) from joined as j join wedsync_data.subscription_groups as g on g.id = (j.reply ->> 'group_id')::bigint
    join wedsync_data.events as e on e.couple_id = g.couple_id and e.class = 'durable'
    cross join lateral wedsync_internal.event_frames(e, repeat('1', 128)::bit(128), g.bindings) as f
    where j.actor = 's basic' and f.payload like '%47000.47%'
), '>', 0::bigint, 'control: an audience with a wrong mask would hear the budget');
select * from finish();
rollback;
