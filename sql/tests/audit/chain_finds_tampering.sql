-- proves: F000-97, C-08
-- The chain finds an altered, a removed, an inserted and a swapped row and a cut tail, whoever did it; anchors outlast the clock.
begin;
select plan(50);
select tap.wedding('emma');
select tap.wedding('olivia');
do $$ begin for i in 1..10 loop
    perform tap.patch('emma', 'emma', jsonb_build_object('private.notes', 'n' || i, 'wedding_style', jsonb_build_array('s' || i)));
end loop; end $$;
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.verdict() returns jsonb language sql as $$
    select tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb
$$;
-- problems after a superuser did something to the log; undone afterwards
create function pg_temp.after_tampering(statement text) returns text language plpgsql as $$
declare
    verdict jsonb;
    touched bigint;
begin
    set local session_replication_role = replica;
    execute replace(replace(statement, ':couple', quote_literal(tap.couple('emma'))), ':other', quote_literal(tap.couple('olivia')));
    get diagnostics touched = row_count;
    set local session_replication_role = origin;
    verdict := pg_temp.verdict();
    raise exception using errcode = 'TAP00', message = case
        when touched = 0 then 'nothing was touched'
        when verdict -> 'valid' = 'true' then 'valid'
        else (select string_agg(distinct p.v ->> 'kind', ' ' order by p.v ->> 'kind') from jsonb_array_elements(verdict -> 'problems') as p (v))
    end;
exception
    when sqlstate 'TAP00' then
        return sqlerrm;
end $$;

create temporary table good on commit drop as select pg_temp.verdict() as v;
select is(v - '{last,anchor}'::text[], jsonb_build_object('valid', true, 'problems', '[]'::jsonb, 'first', 1,
    'links', (select count(distinct l.chain_no) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')),
    'rows', (select count(*) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma'))), 'an untouched chain is valid') from good;
select is((v #>> '{last,chain_no}'), tap.state('emma') #>> '{clock,chain_no}', 'to its end') from good;

select is(pg_temp.after_tampering(t.statement), t.found, t.what) from (values
    (
        'the value of a row',
        'update wedsync_data.audit_log set new_value = ''"forged"'' where couple_id = :couple and chain_no = 5 and path = ''private.notes''', 'altered_row'
    ),
    (
        'the old value', 'update wedsync_data.audit_log set old_value = null where couple_id = :couple and chain_no = 5 and path = ''private.notes''',
        'altered_row'
    ),
    ('the reason', 'update wedsync_data.audit_log set reason = ''forged'' where couple_id = :couple and chain_no = 5', 'altered_row'),
    ('the address', 'update wedsync_data.audit_log set ip_address = ''192.0.2.1'' where couple_id = :couple and chain_no = 5', 'altered_row'),
    (
        'value and digest, done well',
        'update wedsync_data.audit_log set new_value = ''"forged"'', digest = wedsync_internal.audit_digest(salt, old_value, ''"forged"'', reason, ip_address, '
        'user_agent) where couple_id = :couple and chain_no = 5 and path = ''private.notes''',
        'broken_link'
    ),
    ('the actor', 'update wedsync_data.audit_log set actor_id = gen_random_uuid() where couple_id = :couple and chain_no = 5', 'broken_link'),
    ('the kind of actor', 'update wedsync_data.audit_log set actor_type = ''system'' where couple_id = :couple and chain_no = 5', 'broken_link'),
    ('the time', 'update wedsync_data.audit_log set changed_at = changed_at + interval ''1 second'' where couple_id = :couple and chain_no = 5', 'broken_link'),
    ('the version', 'update wedsync_data.audit_log set version_after = version_after + 1 where couple_id = :couple and chain_no = 5', 'broken_link'),
    (
        'the path', 'update wedsync_data.audit_log set path = ''wedding.date'' where couple_id = :couple and chain_no = 5 and path = ''private.notes''',
        'broken_link'
    ),
    ('the kind of change', 'update wedsync_data.audit_log set change_type = ''create'' where couple_id = :couple and chain_no = 5', 'broken_link'),
    ('a row of a link removed', 'delete from wedsync_data.audit_log where couple_id = :couple and chain_no = 5 and path = ''private.notes''', 'broken_link'),
    ('a whole link removed', 'delete from wedsync_data.audit_log where couple_id = :couple and chain_no = 5', 'missing_link'),
    ('the first link removed', 'delete from wedsync_data.audit_log where couple_id = :couple and chain_no = 1', 'missing_link'),
    (
        'a row added',
        'insert into wedsync_data.audit_log select (jsonb_populate_record(l, jsonb_build_object(''id'', 900000000))).* from wedsync_data.audit_log as l where '
        'l.couple_id = :couple and l.chain_no = 5 limit 1',
        'broken_link'
    ),
    ('two links swapped', 'update wedsync_data.audit_log set chain_no = 11 - chain_no where couple_id = :couple and chain_no in (5, 6)', 'broken_link'),
    (
        'two rows of a link swapped',
        'update wedsync_data.audit_log as l set old_value = o.old_value, new_value = o.new_value, salt = o.salt, digest = o.digest from wedsync_data.audit_log '
        'as o where l.couple_id = :couple and o.couple_id = :couple and l.chain_no = 5 and o.chain_no = 5 and l.path <> o.path',
        'broken_link'
    ),
    ('the tail cut', 'delete from wedsync_data.audit_log where couple_id = :couple and chain_no > 7', 'cut_tail'),
    ('everything removed', 'delete from wedsync_data.audit_log where couple_id = :couple', 'cut_tail'),
    ('a row given to another wedding', 'update wedsync_data.audit_log set couple_id = :other where couple_id = :couple and chain_no = 5', 'missing_link'),
    (
        'the salt taken off and the digest forged',
        'update wedsync_data.audit_log set digest = ''\x00'', salt = null, new_value = null where couple_id = :couple and chain_no = 5',
        'altered_row broken_link unrecorded_erasure'
    ),
    ('control: rows of another wedding', 'update wedsync_data.audit_log set reason = ''x'' where couple_id = :other', 'valid'),
    (
        'a value forged and the salt taken off',
        'update wedsync_data.audit_log set new_value = ''"forged"'', salt = null where couple_id = :couple and chain_no = 5', 'altered_row unrecorded_erasure'
    ),
    (
        'contents and salt taken off, digest kept',
        'update wedsync_data.audit_log set old_value = null, new_value = null, salt = null, reason = null, ip_address = null, user_agent = null where '
        'couple_id = :couple and chain_no = 5',
        'unrecorded_erasure'
    ),
    (
        'a link appended past the clock, done well',
        'insert into wedsync_data.audit_log select (jsonb_populate_record(l, jsonb_build_object(''id'', (k.chain_no + 1) * 1000000 + 1, ''chain_no'', '
        'k.chain_no + 1, ''chain_hash'', wedsync_internal.audit_link(k.chain_hash, l.couple_id, k.chain_no + 1, l.version_before, l.version_after, '
        'l.changed_at, l.actor_id, l.actor_type, l.supplier_id, array[wedsync_internal.audit_entry(1, l.table_name, l.change_type, l.right_no, l.path, '
        'l.element_id, l.digest)])))).* from wedsync_data.audit_log as l, wedsync_data.wedding_clocks as k where l.couple_id = :couple and k.couple_id = '
        ':couple and l.chain_no = 5 limit 1',
        'beyond_clock'
    ),
    ('the clock turned back', 'update wedsync_data.wedding_clocks set chain_no = chain_no - 1 where couple_id = :couple', 'beyond_clock'),
    ('the clock put forward', 'update wedsync_data.wedding_clocks set chain_no = chain_no + 1 where couple_id = :couple', 'cut_tail'),
    ('the clock''s hash', 'update wedsync_data.wedding_clocks set chain_hash = ''\x00'' where couple_id = :couple', 'broken_link'),
    ('the clock removed', 'delete from wedsync_data.wedding_clocks where couple_id = :couple', 'beyond_clock'),
    (
        'the chains of two weddings exchanged, clocks too',
        'with c as (update wedsync_data.wedding_clocks as k set chain_no = o.chain_no, chain_hash = o.chain_hash from wedsync_data.wedding_clocks as o where '
        'k.couple_id in (:couple, :other) and o.couple_id in (:couple, :other) and k.couple_id <> o.couple_id) update wedsync_data.audit_log set couple_id = '
        'case couple_id when :couple then :other::uuid else :couple::uuid end where couple_id in (:couple, :other)',
        'broken_link'
    )
) as t (what, statement, found);

-- a clock that was turned back with the tail: only an anchor can tell
create function pg_temp.turn_back() returns text language sql as $$
    select pg_temp.after_tampering($x$
        with cut as (delete from wedsync_data.audit_log where couple_id = :couple and chain_no > 7)
        update wedsync_data.wedding_clocks as k set chain_no = 7, chain_hash = l.chain_hash
        from wedsync_data.audit_log as l where k.couple_id = :couple and l.couple_id = :couple and l.chain_no = 7
    $x$) $$;
select is(pg_temp.turn_back(), 'valid', 'without an anchor a tail cut together with the clock goes unnoticed');
create temporary table anchor on commit drop as select tap.call('emma', format('select wedsync.record_audit_anchor(%L)', tap.couple('emma')))::jsonb as a;
select is(
    (a ->> 'chain_hash'), encode((select k.chain_hash from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')), 'hex'),
    'an anchor notes the end of the chain'
) from anchor;
select is(pg_temp.turn_back(), 'cut_tail', 'with an anchor it is found');
select tap.call('emma', format('select wedsync.record_audit_anchor(%L)', tap.couple('emma')));
select is((select count(*) from wedsync_data.audit_anchors where couple_id = tap.couple('emma')), 1::bigint, 'the same end is noted once');
select tap.patch('emma', 'emma', '{"private.notes": "more"}');
select is(
    (pg_temp.verdict() -> 'valid')::text || (pg_temp.verdict() #>> '{anchor,chain_no}'), 'true' || (a ->> 'chain_no'),
    'a chain that grew is still valid, and its last anchor is named'
) from anchor;
select is(
    pg_temp.after_tampering('update wedsync_data.audit_anchors set chain_hash = ''\x00'' where couple_id = :couple'), 'differs_from_anchor',
    'a chain written anew differs from its anchor'
);
select is(wedsync_internal.record_audit_anchors(), 3, 'the daily job anchors every chain that grew');
select is(wedsync_internal.record_audit_anchors(), 0, 'and only those');
select is(
    pg_temp.after_tampering(
        'delete from wedsync_data.audit_log as l where l.couple_id = :couple and l.chain_no <= (select min(a.chain_no) from wedsync_data.audit_anchors as a '
        'where a.couple_id = :couple)'
    ), 'valid', 'history dropped up to an anchor is vouched for by it'
);

select is(tap.error(p.who, format(q.query, tap.couple('emma')), p.db_role) ->> 'sqlstate', p.state, format('%s for %s', q.query, coalesce(p.who, p.db_role)))
from (values ('select wedsync.verify_audit_chain(%L)'), ('select wedsync.record_audit_anchor(%L)')) as q (query),
    (
        values ('chef', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), (null, 'authenticated', '42501'), (null, 'anon', '42501')
    ) as p (who, db_role, state);
select is(tap.error('emma', 'select wedsync.verify_audit_chain(null)') ->> 'sqlstate', '22023', 'no couple');
select * from finish();
rollback;
