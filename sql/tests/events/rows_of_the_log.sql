-- proves: F000-53, F000-68, F000-70, C-55
-- Every change is an event in the same transaction: gapless per wedding, gone with a rollback, in the shapes that readers rely on.
begin;
select plan(16);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.last(partner text default 'emma') returns wedsync_data.events language sql stable as $$
    select e from wedsync_data.events as e where e.couple_id = tap.couple(partner) order by e.seq desc limit 1 $$;
create function pg_temp.seqs() returns text language sql stable as $$
    select string_agg(e.seq::text, ',' order by e.id) from wedsync_data.events as e where e.couple_id = tap.couple('emma') $$;

select is((e.seq, e.op, e.event_type, e.class, e.actor_type, e.table_name)::text, '(1,INSERT,core_fields_updated,durable,couple,core_fields)', 'a new record')
from pg_temp.last() as e;
select tap.patch('emma', 'emma', '{"guest_count": {"adults": 120}, "private.notes": "x"}');
select is(to_jsonb(e) - '{id,xid,record,created_at,right_nos}'::text[], jsonb_build_object(
    'couple_id', tap.couple('emma'), 'seq', 2, 'topic', 'core_fields_' || tap.couple('emma'), 'event_type', 'core_fields_updated', 'table_name', 'core_fields',
    'op', 'UPDATE', 'path_prefix', null,
    'paths', '["wedding.guestCount.adults", "wedding.guestCount.total", "private.notes"]'::jsonb,
    'changes', '{"wedding.guestCount.adults": 120, "wedding.guestCount.total": 120, "private.notes": "x"}'::jsonb,
    'old_record',
    jsonb_build_object('id', e.record -> 'id', 'couple_id', tap.couple('emma'), 'guest_count', '{"adults": null, "total": null}'::jsonb, 'private_notes', null),
    'actor_id', tap.id('emma'), 'actor_type', 'couple', 'supplier_id', null, 'recipients', null, 'class', 'durable', 'priority', 0
), 'an update: changed paths, new and old values') from pg_temp.last() as e;
select is(e.record, (select to_jsonb(f) from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma')), 'record is the row as stored')
from pg_temp.last() as e;
select is(e.xid, pg_current_xact_id(), 'xid is the writing transaction') from pg_temp.last() as e;
select tap.patch('olivia', 'olivia', '{"wedding_style": ["a"]}');
select is((pg_temp.last('olivia')).seq, 2::bigint, 'another wedding counts for itself');
select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake"}'')', tap.couple('emma')));
select is((e.op, e.table_name, jsonb_array_length(e.record -> 'key_moments'))::text, '(INSERT,key_moments,1)', 'a list element carries the list as it is now')
from pg_temp.last() as e;
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select is((e.event_type, e.class, e.paths, e.record)::text, format('(access_changed,access,{grants/%s},)', tap.firm('chef')), 'a change of access')
from pg_temp.last() as e;
select tap.patch('chef', 'emma', '{"guest_count": {"children": 5}}');
select is((e.actor_id, e.actor_type, e.supplier_id)::text, format('(%s,supplier,%s)', tap.id('chef'), tap.firm('chef')), 'whose change')
from pg_temp.last() as e;
select is(pg_temp.seqs(), '1,2,3,4,5', 'gapless, in order of writing');

-- rollback and savepoints
savepoint one;
select tap.patch('emma', 'emma', '{"wedding_style": ["lost"]}');
select is((pg_temp.last()).seq, 6::bigint, 'a change after a savepoint');
rollback to savepoint one;
select is(pg_temp.seqs(), '1,2,3,4,5', 'is gone with it');
select tap.patch('emma', 'emma', '{"wedding_style": ["kept"]}');
select is(pg_temp.seqs(), '1,2,3,4,5,6', 'and leaves no gap');
select is((pg_temp.last()).changes, '{"wedding.style": ["kept"]}', 'the event is that of what was kept');
select tap.patch_error('emma', 'emma', '{"wedding_style": ["x"], "nope": 1}');
select is(pg_temp.seqs(), '1,2,3,4,5,6', 'a refused change is no event');
select cmp_ok(
    (
        select count(*)
        from (select e.created_at > lag(e.created_at) over (order by e.seq) as later from wedsync_data.events as e where e.couple_id = tap.couple('emma')) as x
        where not x.later
    ), '=', 0::bigint, 'times increase with seq'
);
select is(
    (select count(distinct l.chain_no) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')),
    (select count(*) from wedsync_data.events as e where e.couple_id = tap.couple('emma')),
    'one link of the audit chain for each event'
);

select * from finish();
rollback;
