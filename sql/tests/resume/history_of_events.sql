-- proves: F004-09, C-15, C-16
-- event_history: in order of a number without gaps, from any number on, masked, limited, and logged as the read that it is.
begin;
select plan(42);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{basic}');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('frank'), 'friend'), 'service_role');
select tap.patch('emma', 'emma', jsonb_build_object('partner2_name', 'J' || g, 'budget.total', g)) from generate_series(1, 5) as g;
select tap.patch('emma', 'emma', '{"budget.total": 99}');
select tap.call('chef', format('select wedsync.set_client_profile(%L, %L, ''x'')', tap.firm('chef'), tap.couple('emma')));
create function pg_temp.seen(who text, after bigint default 0, n integer default 500) returns setof jsonb language sql
as $$ select tap.rows(who, format('select * from wedsync.event_history(%L, %L, %L)', tap.couple('emma'), after, n)) $$;
create function pg_temp.fault(who text, couple text, after text, n text, role_name text default 'authenticated') returns text language sql
as $$ select coalesce(tap.error(who, format('select * from wedsync.event_history(%s, %s, %s)', couple, after, n), role_name) ->> 'sqlstate', 'passes') $$;
select is_empty(
    $$
        select e.couple_id from wedsync_data.events as e group by e.couple_id
        having count(*) <> max(e.seq) or min(e.seq) <> 1 or count(distinct e.seq) <> count(*)
    $$, 'every wedding counts 1, 2, 3 ...'
);
select is(
    (select max((h ->> 'seq')::bigint) from pg_temp.seen('emma') as h),
    (select max(e.seq) - 1 from wedsync_data.events as e where e.couple_id = tap.couple('emma')), 'the couple sees all but what is the supplier''s own'
);
select is_empty(
    $$
        select *
        from (
            select (h.v ->> 'seq')::bigint as seq, lag((h.v ->> 'seq')::bigint) over (order by h.n) as before
            from pg_temp.seen('emma') with ordinality as h (v, n)
        ) as s where s.before >= s.seq
    $$, 'in order'
);
select is((select array_agg((h ->> 'seq')::bigint) from pg_temp.seen('emma', 3, 2) as h), '{4,5}'::bigint[], 'from any number on, as many as asked for');
select is((select count(*) from pg_temp.seen('emma', 9223372036854775807)), 0::bigint, 'nothing after the end');
select is(
    (
        select jsonb_agg(h -> 'changes') from pg_temp.seen('chef') as h
        where h ->> 'event_type' = 'core_fields_updated' and h -> 'changes' ? 'couple.partner2.name'
    ), (select jsonb_agg(jsonb_build_object('couple.partner2.name', 'J' || g)) from generate_series(1, 5) as g), 'a supplier sees its part of each change'
);
select is(
    (
        select count(*) from pg_temp.seen('chef') as h
        where h::text like '%budget.total%' and h #> '{record,withheld_fields}' is null or h ->> 'event_type' not like 'core_fields%'
    ), 0::bigint, 'and nothing of budget, access or other suppliers'
);
select is((select h #> '{record,budget_total}' from pg_temp.seen('chef') as h order by (h ->> 'seq')::bigint desc limit 1), 'null', 'hidden columns are null');
select is(
    (select h #>> '{record,budget_total}' from pg_temp.seen('emma') as h where h -> 'paths' ? 'budget.total' order by (h ->> 'seq')::bigint desc limit 1),
    '99.00', 'control: the couple sees them'
);
select is(
    (select count(*) from pg_temp.seen('frank') as h where h -> 'paths' ?| '{couple.partner2.name,budget.total}'), 0::bigint, 'a friend does not see names'
);
-- since a moment instead of a number
select is(
    (
        select array_agg((h ->> 'seq')::bigint)
        from tap.rows('emma', format('select * from wedsync.event_history(couple_id => %L, since => %L)', tap.couple('emma'), e.created_at)) as h
    ),
    (select array_agg((h ->> 'seq')::bigint) from pg_temp.seen('emma', e.seq - 1) as h), 'since the moment of an event: that event and all after it'
) from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.seq = 5;
select is(
    (select count(*) from tap.rows('emma', format('select * from wedsync.event_history(%L, since => %L)', tap.couple('emma'), 'infinity'))), 0::bigint,
    'nothing since the end of time'
);
select is(
    (select count(*) from tap.rows('emma', format('select * from wedsync.event_history(%L, since => %L)', tap.couple('emma'), '-infinity'))),
    (select count(*) from pg_temp.seen('emma')), 'all since its beginning'
);
select is(
    (select count(*) from tap.rows('chef', format('select * from wedsync.event_history(%L, since => %L)', tap.couple('emma'), '-infinity'))),
    (select count(*) from pg_temp.seen('chef')), 'each what it may see'
);
select is(
    tap.error('emma', format('select * from wedsync.event_history(%L%s)', tap.couple('emma'), a.more)) #>> '{detail,parameter}', 'after_seq',
    'number and moment: ' || a.more
)
from (values (''), (', 1, since => now()'), (', null, 5, null')) as a (more);
-- rights as they are now
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.fault(w.who, quote_literal(tap.couple('emma')), '0', '10', w.role), w.state, format('%s as %s', coalesce(w.who, 'nobody'), w.role))
from (values
    ('emma', 'authenticated', 'passes'), ('chef', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'),
    (null, 'anon', '42501'), (null, 'authenticated', '42501'), (null, 'service_role', 'passes')
) as w (who, role, state);
select is(pg_temp.fault('emma', x.couple, x.after, x.n), x.state, format('%s %s %s', left(x.couple, 8), x.after, x.n)) from (values
    ('null', '0', '1', '22023'), (quote_literal(gen_random_uuid()), '0', '1', 'PT404'), (quote_literal(tap.couple('emma')), '-1', '1', '22023'),
    (quote_literal(tap.couple('emma')), 'null', '1', '22023'), (quote_literal(tap.couple('emma')), '0', '0', '22023'),
    (quote_literal(tap.couple('emma')), '0', '5001', '22023'),
    (quote_literal(tap.couple('emma')), '0', '-1', '22023'), (quote_literal(tap.couple('emma')), '0', 'null', '22023'),
    (quote_literal(tap.couple('emma')), '0', '5000', 'passes'), (quote_literal(tap.couple('emma')), '0', '2147483647', '22023')
) as x (couple, after, n, state);
select isnt_empty(
    format('select l from wedsync_data.access_log as l where l.couple_id = %L and l::text like ''%%event_history%%''', tap.couple('emma')),
    'reading the history is logged'
);
-- what retention has removed
savepoint whole;
delete from wedsync_data.events where couple_id = tap.couple('emma') and seq <= 4;
select is(pg_temp.fault('emma', quote_literal(tap.couple('emma')), x.after::text, '100'), x.state, format('after %s of 5 and more', x.after))
from (values (0, 'passes'), (1, 'PT410'), (3, 'PT410'), (4, 'passes'), (1000, 'passes')) as x (after, state);
select is((select min((h ->> 'seq')::bigint) from pg_temp.seen('emma') as h), 5::bigint, 'from 0 comes all that is kept');
rollback to whole;
-- a person who leaves takes no history along
create temporary table before on commit drop as select count(*) as n from wedsync_data.events as e
where e.couple_id = tap.couple('emma') and e.actor_id = tap.id('emma');
delete from wedsync_data.users where id = tap.id('emma');
select is(
    (select count(*) from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.actor_id = tap.id('emma')), (select n from before),
    'what somebody did stays when the account is gone'
);
select * from finish();
rollback;
