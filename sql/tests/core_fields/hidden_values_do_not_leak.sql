-- proves: F000-40, F000-79, F001-20, C-23
-- A supplier cannot get at a hidden value through filters, ordering, aggregates, casts, errors or functions of its own.
begin;
select plan(37);
select tap.matrix();
create temporary table seen (value text) on commit drop;
grant all on seen to public;
-- cheap, so that the planner would run it first if it were allowed to
create function pg_temp.look(value text) returns boolean language plpgsql cost 0.0000001
as $$ begin insert into seen values (value); return true; end $$;
create temporary view hidden as
select distinct l.column_name from leaves as l group by l.column_name having not bool_or(tap.may('basic', l.leaf));
grant select on leaves, hidden to public;

select cmp_ok((select count(*) from hidden), '>=', 9::bigint, 'columns of which a supplier with basic sees nothing');
select is(
    tap.call('s basic', format('select count(*) from wedsync.core_fields where %I is not null', h.column_name)), '0',
    h.column_name || ' is nothing to filter on'
)
from hidden as h;
select is(
    tap.call('s basic', format('select count(%1$I)::text || coalesce(max(%1$I::text), '' none'') from wedsync.core_fields', h.column_name)), '0 none',
    h.column_name || ' is nothing to aggregate'
)
from hidden as h;
select is(
    tap.call('s basic', 'select count(*) from wedsync.core_fields where budget_total = 47000.47 or private_notes like ''leaf%'' or budget_currency = ''XTS'''),
    '0',
    'guesses are not answered'
);
select is(tap.call('emma', 'select count(*) from wedsync.core_fields where budget_total = 47000.47'), '1', 'control: the same guess is answered to a partner');
select is(tap.outcome('s basic', 'select 1 / (budget_total - 47000.47)::integer from wedsync.core_fields'), 'passes', 'no division by a hidden number');
select is(tap.outcome('emma', 'select 1 / (budget_total - 47000.47)::integer from wedsync.core_fields'), '22012', 'control: a partner''s division fails');
select is(tap.outcome('s basic', 'select private_notes::integer from wedsync.core_fields'), 'passes', 'no error that shows a hidden text');
select is(tap.outcome('emma', 'select private_notes::integer from wedsync.core_fields'), '22P02', 'control: a partner''s cast fails');
select is(
    tap.call('s basic', 'select count(*) from wedsync.core_fields as f, jsonb_each_text(coalesce(f.couple_address, ''{}'')) as e'), '0',
    'hidden keys of json columns do not come out one by one'
);
select is(
    tap.call('s basic', 'select ceremony_venue ?| array[''notes'', ''contact_person'', ''contact_phone''] from wedsync.core_fields'), 'false',
    'a partly visible json column has no trace of its hidden keys'
);

-- the order of several weddings
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('s basic')));
select tap.patch('olivia', 'olivia', '{"budget.total": 1}');
select is(
    tap.call(
        's basic',
        'select string_agg(f.couple_id::text, '','' order by f.budget_total, f.couple_id) = string_agg(f.couple_id::text, '','' order by f.budget_total desc, '
        'f.couple_id) from wedsync.core_fields as f'
    ),
    'true', 'ordering by a hidden column says nothing'
);
select is(
    tap.call(
        null,
        'select string_agg(f.couple_id::text, '','' order by f.budget_total, f.couple_id) = string_agg(f.couple_id::text, '','' order by f.budget_total desc, '
        'f.couple_id) from wedsync.core_fields as f',
        'service_role'
    ),
    'false', 'control: to a server it does'
);

-- functions of the caller's own
select tap.wedding('nora');
select tap.call('s basic', 'select count(*) from wedsync.core_fields as f where pg_temp.look(f::text)');
select tap.call('s basic', format('select count(*) from wedsync.core_fields as f where pg_temp.look(%I::text)', l.column_name))
from (select distinct l.column_name from leaves as l) as l;
select tap.call('s basic', 'select count(*) from wedsync.core_fields_audit as l where pg_temp.look(l::text)');
select tap.call('s basic', 'select count(*) from wedsync.core_fields_permissions as p where pg_temp.look(p::text)');
select cmp_ok((select count(*) from seen), '>', 40::bigint, 'the function did look');
select is_empty(
    $$ select l.path from leaves as l, seen as s
    where not tap.may('basic', l.leaf) and tap.shows(s.value, l.value) $$,
    'and saw no hidden value'
);
select is_empty(
    $$
        select s.value from seen as s, wedsync_data.core_fields as f
        where f.couple_id not in (tap.couple('emma'), tap.couple('olivia')) and s.value like '%' || f.couple_id || '%'
    $$,
    'nor the wedding of another couple'
);

-- the same function sees everything where a view does not stop it
truncate seen;
create view pg_temp.careless as
select f.* from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma') and f.budget_total < 0;
grant select on pg_temp.careless to public;
select tap.call('s basic', 'select count(*) from pg_temp.careless as f where pg_temp.look(f.private_notes)');
select ok((select bool_or(s.value = 'leaf49text0') from seen as s), 'control: through a view without barrier the function sees the notes');
select * from finish();
rollback;
