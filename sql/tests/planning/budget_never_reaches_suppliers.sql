-- proves: F001-20, F004-14, C-68
-- A supplier with every grant, of the category planner too, meets the budget on no road: reads, writes, errors, events, history, audit, notifications.
begin;
select plan(28);
select tap.wedding('emma');
select tap.supplier('greta', 'emma', '{full}', '{full}', 'planner');
select is(
    tap.error('emma', format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.firm('greta'), n.names)) ->> 'sqlstate', 'PT422',
        'no grant names ' || n.names
) from (values ('{budget}'), ('{budget.lines}'), ('{budget_lines}'), ('{budget.lines.estimated}'), ('{budget.payments}'), ('{budget_contributions}'),
    ('{budget.approvals}')) as n (names);
-- a grant that got in some other way
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
select tap.couple('emma'), 'supplier', tap.firm('greta'), n.name, true, true, 'approved', repeat('1', 128)::bit(128), repeat('1', 128)::bit(128)
from (values ('budget.lines'), ('budget.payments')) as n (name);
select tap.answer(tap.join('greta', 'wedding:' || tap.couple('emma'), '{"postgres_changes": [{"event": "*", "schema": "public", "table": "*"}]}'));
select tap.forget();
select tap.run('emma', format(
    'insert into wedsync.budget_lines (couple_id, id, title, contracted, vendor) values (%L, %L, ''SECRETLINE'', 7777.77, ''Greta Ltd'')', tap.couple('emma'),
        tap.id('line')
));
select tap.run('emma', format(
    'insert into wedsync.budget_payments (couple_id, id, line_id, amount, notes) values (%L, %L, %L, 3333.33, ''SECRETPAYMENT'')', tap.couple('emma'),
        tap.id('payment'), tap.id('line')
));
select tap.run('emma', format('insert into wedsync.budget_contributions (couple_id, contributor, amount) values (%L, ''SECRETUNCLE'', 1111.11)',
    tap.couple('emma')));
select tap.call('emma', format('select wedsync.request_budget_approval(%L, title => ''SECRETWISH'', contracted => 2222.22)', tap.couple('emma')));
select tap.run('emma', format('update wedsync.budget_lines set contracted = 8888.88 where id = %L', tap.id('line')));
create function pg_temp.tells(what text) returns boolean language sql as $$
    select what ~* 'SECRET|7777\.77|3333\.33|1111\.11|2222\.22|8888\.88|budget_(change|settings|lines|payments|contributions|approvals)'
$$;
select is((select count(*) from tap.rows('greta', 'select * from wedsync.' || v.view)), 0::bigint, 'no row of ' || v.view)
from (values ('budget_settings'), ('budget_lines'), ('budget_payments'), ('budget_contributions'), ('budget_approvals')) as v (view);
select is_empty(
    format($$ select h from tap.rows_heard('greta', 'wedding:%s') as h (h) where pg_temp.tells(h::text) $$, tap.couple('emma')), 'no frame'
);
select is_empty(
    format($$ select h from tap.rows('greta', 'select * from wedsync.event_history(''%s'', 0)') as h (h) where pg_temp.tells(h::text) $$, tap.couple('emma')),
        'no event of the history'
);
select is_empty(
    format($$ select h from tap.rows('greta', 'select * from wedsync.get_audit_trail(''%s'', 200)') as h (h) where pg_temp.tells(h::text) $$,
        tap.couple('emma')), 'no row of the trail'
);
select is_empty($$ select h from tap.rows('greta', 'select * from wedsync.core_fields_audit') as h (h) where pg_temp.tells(h::text) $$, 'nor of its view');
select is_empty($$ select n from wedsync_data.notifications as n where n.supplier_id = tap.firm('greta') and pg_temp.tells(n::text) $$, 'no notification');
select ok(
    not pg_temp.tells((tap.call('greta', format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb #- '{metadata,withheld}')::text),
        'nothing in the document but the names of what is hidden'
);
-- errors are the same for what is there and what is not
create function pg_temp.same(statement text) returns text language sql as $$
    select case
        when tap.error('greta', format(statement, tap.couple('emma'), tap.id('line'))) is distinct
            from tap.error('greta', format(statement, tap.couple('emma'), tap.id('not there')))
            then 'differs: ' || tap.error('greta', format(statement, tap.couple('emma'), tap.id('line')))::text
        when tap.error('greta', format(statement, tap.couple('emma'), tap.id('line')))::text
            ~ 'SECRET|7777\.77|3333\.33|1111\.11|2222\.22|8888\.88' then 'tells'
        else 'same'
    end
$$;
select is(pg_temp.same(s.statement), 'same', s.statement) from (values
    ('select wedsync.budget_summary(%1$L) where %2$L is not null'), ('select wedsync.delete_budget_lines(%L, array[%L]::uuid[])'),
    ('select wedsync.request_budget_approval(%L, %L, 5)'), ('select wedsync.decide_budget_approval(%L, %L, true)'),
        ('select wedsync.withdraw_budget_approval(%L, %L)'),
    ('insert into wedsync.budget_payments (couple_id, line_id, amount) values (%L, %L, 5)'),
    ('insert into wedsync.budget_lines (couple_id, id, title) values (%L, %L, ''x'')'),
        ('update wedsync.budget_lines set title = ''x'' where couple_id = %L and id = %L'),
    ('delete from wedsync.budget_lines where couple_id = %L and id = %L')
) as s (statement);
select is(tap.run('greta', 'update wedsync.budget_lines set title = title'), 0::bigint, 'an update finds no row');
select * from finish();
rollback;
