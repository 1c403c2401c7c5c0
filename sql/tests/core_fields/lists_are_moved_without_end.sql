-- proves: F000-12, F000-13, F000-14, C-53
-- Any number of moves works: keys that have become long are made anew, and nobody hears, sees or is charged with that.
begin;
select plan(32);
select tap.wedding('emma');
select tap.supplier('dj', 'emma', '{timeline}');
create function pg_temp.add(list text, name text) returns uuid language sql
as $$
    select (
        tap.call('emma', format('select wedsync.add_list_element(%L, %L, %L)', tap.couple('emma'), list, jsonb_build_object('name', name)))::jsonb ->> 'id'
    )::uuid
$$;
create temporary table lists (list text, name text, id uuid) on commit drop;
insert into lists select l.list, n.name, pg_temp.add(l.list, n.name)
from (values ('key_moments'), ('wedding_party'), ('family_vips')) as l (list), (values ('a'), ('b'), ('c'), ('d'), ('z')) as n (name);
create function pg_temp.names(list text) returns text language sql
as $$
    select string_agg(e.v ->> 'name', '' order by e.n)
    from jsonb_array_elements((tap.call('emma', format('select %I from wedsync.core_fields', list)))::jsonb) with ordinality as e (v, n)
$$;
create function pg_temp.keys(list text) returns text language sql
as $$
    select string_agg(e.element ->> 'name', '' order by e.order_key collate "C") from wedsync_internal.list_elements as e
    where e.list_name = $1 and e.couple_id = tap.couple('emma')
$$;
create function pg_temp.id(list text, name text) returns uuid language sql as $$ select l.id from lists as l where l.list = $1 and l.name = $2 $$;
create function pg_temp.then(list text, at timestamptz) returns text language sql
as $$
    select string_agg(e.v ->> 'name', '' order by e.n)
    from jsonb_array_elements(
        tap.call(
            'emma', format('select wedsync.core_fields_as_of(%L, %L)', tap.couple('emma'), $2)
        )::jsonb
            #> case $1 when 'key_moments' then '{timeline,keyMoments}' when 'wedding_party' then '{people,weddingParty}' else '{people,familyVips}' end::text[]
    ) with ordinality as e (v, n)
$$;

create temporary table snapshots (list text, at timestamptz, names text) on commit drop;
create temporary table before on commit drop as select k.*, (select count(*) from wedsync_data.events as e where e.couple_id = k.couple_id) as events
from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
select tap.join('dj', 'core_fields_' || tap.couple('emma')); select tap.forget();

do $$
declare
    couple constant uuid := tap.couple('emma');
    ids constant uuid[] := array(select l.id from lists as l where l.list = 'key_moments' order by l.name);
begin
    perform tap.become('emma');
    for i in 0..599 loop
        perform wedsync.move_list_element(couple, 'key_moments', ids[5 - i % 5]);
    end loop;
    perform tap.back();
end
$$;
select is(pg_temp.names('key_moments'), 'abcdz', 'six hundred moves of the last to the front turn the list a hundred and twenty times');
insert into snapshots select 'key_moments', k.changed_at, pg_temp.names('key_moments') from wedsync_data.wedding_clocks as k
where k.couple_id = tap.couple('emma');
do $$
declare
    couple constant uuid := tap.couple('emma');
    ids constant uuid[] := array[pg_temp.id('wedding_party', 'a'), pg_temp.id('wedding_party', 'b'), pg_temp.id('wedding_party', 'c')];
begin
    perform tap.become('emma');
    for i in 1..601 loop
        perform wedsync.move_list_element(couple, 'wedding_party', ids[2 + i % 2], ids[1]);
    end loop;
    perform tap.back();
end
$$;
select is(pg_temp.names('wedding_party'), 'acbdz', 'six hundred moves between the same two neighbours');
do $$
declare
    couple constant uuid := tap.couple('emma');
    ids constant uuid[] := array(select l.id from lists as l where l.list = 'family_vips' order by l.name);
begin
    perform tap.become('emma');
    for i in 0..299 loop
        perform wedsync.move_list_element(couple, 'family_vips', ids[1 + i % 5], ids[1 + (i + 4) % 5]);
    end loop;
    perform tap.back();
end
$$;
select is(pg_temp.names('family_vips'), 'abcdz', 'and three hundred to the end');
select is(pg_temp.names(l.list), pg_temp.keys(l.list), l.list || ': what is shown is what is stored')
from (values ('key_moments'), ('wedding_party'), ('family_vips')) as l (list);
select cmp_ok((select max(length(e.order_key)) from wedsync_internal.list_elements as e), '<=', 33, 'keys stay short');
select cmp_ok((select count(*) from wedsync_data.audit_log as l where l.change_type = 'rekey'), '>', 20::bigint, 'control: keys were made anew, many times');

-- one version, one event and one audit row for a move, whatever became of the keys
select is(k.version - b.version, 1501, 'a version for each move') from wedsync_data.wedding_clocks as k join before as b using (couple_id);
select is(k.seq - b.seq, 1501::bigint, 'an event for each') from wedsync_data.wedding_clocks as k join before as b using (couple_id);
select is((select count(*) from wedsync_data.events as e where e.couple_id = b.couple_id) - b.events, 1501::bigint, 'and no others') from before as b;
select is(
    (select count(*) from wedsync_data.events as e where e.couple_id = b.couple_id and e.seq > b.seq and cardinality(e.paths) <> 1), 0::bigint,
    'which name the one that was moved'
) from before as b;
select is(
    (select count(*) from tap.rows('emma', 'select id from wedsync.core_fields_audit where changed_field like ''%/order_key'' and change_type <> ''create''')),
    1501::bigint, 'the history shows the moves'
);
select is(
    (
        select count(*) from tap.rows('emma', format('select * from wedsync.get_audit_trail(%L, 500)', tap.couple('emma'))) as r
        where r ->> 'change_type' = 'rekey'
    ), 0::bigint, 'and nothing else'
);
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
-- history rebuilds the order of every moment
select is(pg_temp.then(s.list, s.at), s.names, 'the order of then') from snapshots as s;
select is(pg_temp.then('wedding_party', 'infinity'), 'acbdz', 'and of now');
insert into snapshots
select 'key_moments', e.created_at,
    (select string_agg(m.v ->> 'name', '' order by m.n) from jsonb_array_elements(e.record -> 'key_moments') with ordinality as m (v, n))
from wedsync_data.events as e join before as b using (couple_id)
where e.table_name = 'key_moments' and e.op = 'UPDATE' and e.seq - b.seq between 380 and 420;
select is_empty(
    $$ select s.at, s.names, pg_temp.then(s.list, s.at) from snapshots as s where pg_temp.then(s.list, s.at) <> s.names $$,
    'at each of forty moves, keys anew or not'
);
select cmp_ok((select count(distinct s.names) from snapshots as s), '>=', 5::bigint, 'control: the order was different');

-- new keys alone, and a removed element that comes back after them
select tap.patch('emma', 'emma', '{"private.notes": "what the band does not see"}');
create temporary table calm on commit drop as select tap.state('emma') as state, (select count(*) from wedsync_data.audit_log) as audited,
tap.call('dj', 'select to_jsonb(f) from wedsync.core_fields as f') as seen;
create temporary table c on commit drop as select pg_temp.id('key_moments', 'c') as id;
select tap.forget();
select wedsync_internal.rekey_list('key_moments', tap.couple('emma'));
select is(tap.state('emma') #> '{clock,version}', state #> '{clock,version}', 'new keys raise no version') from calm;
select is(tap.state('emma') #> '{clock,right_versions}', state #> '{clock,right_versions}', 'of no leaf either') from calm;
select is(tap.state('emma') #> '{clock,seq}', state #> '{clock,seq}', 'and are no event') from calm;
select is(tap.state('emma') -> 'lists', state -> 'lists', 'the list is the same') from calm;
select is(
    tap.call('dj', 'select to_jsonb(f) - ''last_sync_at'' from wedsync.core_fields as f'), (seen::jsonb - 'last_sync_at')::text,
    'and so is the record that a supplier sees, with its time and author'
) from calm;
select is(
    tap.call(
        'dj',
        format(
            'select wedsync.core_fields_as_of(%1$L, ''infinity'') #> ''{metadata,version}'' = wedsync.get_core_fields(%1$L) #> ''{metadata,version}''',
            tap.couple('emma')
        )
    ), 'true', 'nor do they raise the version in the history'
);
select is((select count(*) from tap.heard('dj', 'core_fields_' || tap.couple('emma'))), 0::bigint, 'nobody hears of them');
select is((select count(*) from wedsync_data.audit_log) - audited, 5::bigint, 'the audit log has them, for the order of the past') from calm;
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), id)) from c;
select tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), pg_temp.id('key_moments', 'z')));
select wedsync_internal.rekey_list('key_moments', tap.couple('emma'));
select is(pg_temp.names('key_moments'), 'zabd', 'without it');
select tap.call(
    'emma',
    format(
        'select wedsync.revert_change(%L, %s)', tap.couple('emma'),
        (select max(l.id) from wedsync_data.audit_log as l join c on c.id = l.element_id where l.change_type = 'delete' and l.path like '%/name')
    )
);
select is(pg_temp.names('key_moments'), 'zabcd', 'it comes back to its place, under new keys');
create temporary table added on commit drop as select pg_temp.add('key_moments', 'e') as id;
select wedsync_internal.rekey_list('key_moments', tap.couple('emma'));
select tap.call(
    'emma',
    format(
        'select wedsync.revert_change(%L, %s)', tap.couple('emma'),
        (select max(l.id) from wedsync_data.audit_log as l join added as a on a.id = l.element_id where l.change_type = 'create' and l.path like '%/name')
    )
);
select is(pg_temp.names('key_moments'), 'zabcd', 'new keys are no change that keeps an addition from being taken back');

-- two that change places by a direct statement are one event, and a row of the audit log each
create temporary table swapped on commit drop as select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
update wedsync_data.key_moments as m set order_key = o.order_key
from wedsync_data.key_moments as o
where m.couple_id = o.couple_id and (m.name, o.name) in (('a', 'b'), ('b', 'a'));
select is(pg_temp.names('key_moments'), 'zbacd', 'a swap');
select is(k.seq - s.seq, 1::bigint, 'makes one event') from wedsync_data.wedding_clocks as k, swapped as s where k.couple_id = tap.couple('emma');
select * from finish();
rollback;
