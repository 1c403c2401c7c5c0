-- proves: F001-08, F001-09, F001-20, F001-49
-- sync_to_supplier: for every supplier of the matrix of rights exactly what it reads by itself, all of a moment, with the place in the log from which to go on.
begin;
select plan(43);
select tap.matrix();
grant select on actors, leaves to public;
create function pg_temp.sync(who text, firm text, more text default '', role_name text default 'authenticated') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.sync_to_supplier(%L, %L%s)', tap.couple('emma'), tap.firm(firm), more), role_name)::jsonb
$$;
create function pg_temp.refused(who text, firm text, more text default '', role_name text default 'authenticated') returns text language sql as $$
    select tap.error(who, format('select wedsync.sync_to_supplier(%L, %L%s)', tap.couple('emma'), tap.firm(firm), more), role_name) ->> 'sqlstate'
$$;

-- rows with a recognisable value in every field
select tap.run('emma', format(
    'insert into wedsync.guests (couple_id, first_name, last_name, email, dietary_note, accessibility) values (%1$L, ''row50'', ''row50'',
        ''row51@example.org'', ''row52'', ''row53''), '
    '(%1$L, ''Bo'', ''Berg'', null, null, null)', tap.couple('emma')
));
select tap.run('emma', format('insert into wedsync.wedding_events (couple_id, name) values (%L, ''row57'')', tap.couple('emma')));
select tap.run('emma', format('insert into wedsync.tasks (couple_id, title) values (%L, ''row60'')', tap.couple('emma')));
select tap.run('emma', format('insert into wedsync.websites (couple_id, slug, welcome_text) values (%L, ''emma'', ''row80'')', tap.couple('emma')));
select tap.run('emma', format(
    'insert into wedsync.vendor_assignments (couple_id, company_name, insurance, contact_name, notes, supplier_id, status) values '
    '(%L, ''row75'', ''row76'', ''row77'', ''row78'', %L, ''booked'')', tap.couple('emma'), tap.firm('s basic')
));
select tap.run('emma', format(
    'insert into wedsync.timeline_items (couple_id, title, starts_at, time_zone, internal_note, supplier_ids, is_key_moment) values '
    '(%1$L, ''row61 own'', ''2035-06-12 10:00Z'', ''Europe/London'', ''row62'', %2$L, false), (%1$L, ''row61 key'', ''2035-06-12 11:00Z'', ''Europe/London'',
        ''row62'', ''{}'', true), '
    '(%1$L, ''row61 other'', ''2035-06-12 12:00Z'', ''Europe/London'', ''row62'', ''{}'', false)', tap.couple('emma'), array[tap.firm('s basic')]
));

-- against what each supplier reads itself
create temporary table differences (actor text, what text) on commit drop;
create temporary table compared (actor text, has_access boolean, records integer) on commit drop;
create function pg_temp.compare(who text) returns void language plpgsql as $$
declare
    snapshot jsonb;
    own jsonb;
    record text;
    seen integer := 0;
begin
    if pg_temp.refused(who, who) is not null then
        insert into compared values (who, false, 0);
        insert into differences select who, 'refused, but reads' where exists (select from tap.rows(who,
            format('select * from wedsync.core_fields where couple_id = %L', tap.couple('emma'))) as r);
        return;
    end if;
    snapshot := pg_temp.sync(who, who);
    own := tap.call(who, format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb;
    insert into differences select who, 'core fields: ' || k.key from jsonb_each(own) as k where k.value is distinct from snapshot #> array['core_fields',
        k.key];
    insert into differences select who, 'more core fields' where not own @> (snapshot -> 'core_fields');
    for record in select r.record_name from wedsync_data.record_catalog as r where r.shape = 'rows' and r.is_exported loop
        own := (select jsonb_agg(r.r order by r.r ->> 'id') from tap.rows(who, format('select * from wedsync.%I', record)) as r (r));
        seen := seen + (own is not null)::integer;
        insert into differences select who, record where own is distinct from nullif(snapshot #> array['records', record, 'rows'], '[]');
    end loop;
    own := (select jsonb_agg(r.r order by r.r ->> 'id') from tap.rows(who, 'select * from wedsync.my_bookings') as r (r));
    insert into differences select who, 'bookings' where coalesce(own, '[]') <> snapshot -> 'bookings';
    own := (select jsonb_agg(r.r order by r.r ->> 'starts_at') from tap.rows(who, 'select * from wedsync.my_timeline') as r (r));
    insert into differences select who, 'timeline' where snapshot -> 'timeline' <> 'null' and coalesce(own, '[]') <> snapshot -> 'timeline';
    insert into differences select who, 'hidden timeline' where snapshot -> 'timeline' = 'null' and not snapshot -> 'records' ? 'timeline_items';
    insert into differences select who, 'shows ' || l.path from leaves as l
    where (l.leaf).sensitivity_class in ('budget', 'couple_private') and tap.shows(snapshot::text, l.value);
    insert into differences select who, 'private rows' where snapshot::text ~ 'row62|row78';
    insert into compared values (who, true, seen);
end
$$;
select pg_temp.compare(a.person) from actors as a where a.actor like 's %';
select is_empty('select d.actor, d.what from differences as d', 'every supplier gets what it reads itself, and nothing else');
select cmp_ok((select count(*) from compared as c where c.has_access), '>=', 15::bigint, 'control: suppliers with rights of all kinds');
select cmp_ok((select count(*) from compared as c where not c.has_access), '>=', 6::bigint, 'and without');
select cmp_ok((select max(c.records) from compared as c), '>=', 5, 'control: rows of several records were compared');
select is((select c.has_access from compared as c where c.actor = w.who), false, w.who || ' gets nothing')
from (values ('s revoked'), ('s pending'), ('s expired'), ('s not yet'), ('s forced budget'), ('s of another couple')) as w (who);

-- own booking and timeline
select is(pg_temp.sync('s basic', 's basic') #>> '{bookings,0,insurance}', 'row76', 'the own booking is in it');
select is(
    (select array_agg(t.v ->> 'title') from jsonb_array_elements(pg_temp.sync('s basic', 's basic') -> 'timeline') as t (v)), array['row61 own', 'row61 key'],
    'own items and key moments'
);

-- who may ask
select is(pg_temp.refused(w.who, 's basic', '', w.role_name), w.state, 'asked by ' || coalesce(w.who, w.role_name))
from (values
    ('emma', 'authenticated', null), ('james', 'authenticated', null), (null, 'service_role', null), ('paula', 'authenticated', 'PT404'), ('fred',
        'authenticated', 'PT404'),
    ('s full', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'), (null, 'authenticated', '42501'),
        (null, 'anon', '42501')
) as w (who, role_name, state);
select is(
    pg_temp.sync('emma', 's basic') - 'synced_at', pg_temp.sync('s basic', 's basic') - 'synced_at',
        'the couple gets the supplier''s snapshot, not what it may read itself'
);
select is(pg_temp.refused('s basic', 's basic', r.more), '22023', 'refused:' || r.more)
from (values (', 0'), (', 5001'), (', null'), (', 10, ''audit_log'''), (', 10, ''core_fields'''), (', 10, null, gen_random_uuid()')) as r (more);

-- pages
select is(jsonb_array_length(pg_temp.sync('s full', 's full', ', 1') #> '{records,guests,rows}'), 1, 'a page');
select is(
    pg_temp.sync('s full', 's full', format(', 1, ''guests'', %L', pg_temp.sync('s full', 's full',
        ', 1') #>> '{records,guests,next}')) #>> '{records,guests,rows,0,id}',
    pg_temp.sync('s full', 's full') #>> '{records,guests,rows,1,id}', 'the next one'
);
select is(
    (select array_agg(k order by k) from jsonb_object_keys(pg_temp.sync('s full', 's full', ', 1, ''guests''')) as k),
    '{couple_id,records,seq,supplier_id,synced_at,version}', 'without the rest'
);
select is(pg_temp.sync('s basic', 's basic', ', 1, ''guests''') -> 'records', '{}', 'a record that is not shared has no rows');

-- recorded, with the place to go on from
select is(
    (select array_agg(s.seq) from wedsync_data.supplier_syncs as s where s.supplier_id = tap.firm('s basic')),
    (select array_agg(k.seq) from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')), 'the last sync is stored with its place in the log'
);
select is(
    (select r.r ->> 'version_number' from tap.rows('s basic', 'select * from wedsync.supplier_syncs') as r (r)),
    pg_temp.sync('s basic', 's basic') #>> '{core_fields,metadata,version}', 'and the version that the supplier sees'
);
select tap.patch('emma', 'emma', '{"wedding.style": ["rustic"]}');
select is(
    (
        select array_agg(e.e -> 'paths') from tap.rows('s basic', format(
            'select * from wedsync.event_history(%L, %L)', tap.couple('emma'),
                (select s.seq from wedsync_data.supplier_syncs as s where s.supplier_id = tap.firm('s basic'))
        )) as e (e)
    ), array['["wedding.style"]'::jsonb], 'from there the history goes on without a gap'
);
select ok(
    exists (select from wedsync_data.access_log as l where l.supplier_id = tap.firm('s basic') and l.action = 'sync_to_supplier' and l.user_id =
        tap.id('s basic')),
    'a supplier''s read is logged'
);
select is(tap.call(w.who, 'select count(*) > 0 from wedsync.supplier_syncs'), w.n, 'syncs are seen by ' || w.who)
from (values ('emma', 'true'), ('s full', 'true'), ('paula', 'false'), ('olivia', 'false'), ('s revoked', 'false')) as w (who, n);
select is(tap.call('s full', 'select count(*) from wedsync.supplier_syncs'), '1', 'by a supplier only its own');
select * from finish();
rollback;
