-- proves: F004-63, F004-78, F004-107
-- Lines, payments, contributions and approvals: who may, what is refused, totals.
begin;
select plan(63);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('peter', 'planner'), ('fred', 'family')) as m (name, role);
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget.lines,budget.payments}'', ''{budget.lines,budget.payments}'')',
    tap.couple('emma'), tap.id('paula')));
create function pg_temp.add_line(who text, name text, more text default '', vals text default '') returns jsonb language sql as $$
    select tap.error(who, format(
        'insert into wedsync.budget_lines (couple_id, id, title%s) values (%L, %L, %L%s)', more, tap.couple('emma'), tap.id(name), name, vals
    ))
$$;
create function pg_temp.line(name text) returns wedsync_data.budget_lines language sql as $$ select l from wedsync_data.budget_lines as l
    where l.id = tap.id(name) $$;
select is(pg_temp.add_line('emma', 'venue', ', category, estimated, contracted, due_on', ', ''venue_catering'', 12000, 12500.50, ''2027-05-01'''), null,
    'a partner adds a line');
select is(pg_temp.add_line('paula', 'flowers', ', category, estimated', ', ''flowers_decor'', 900'), null, 'a planner with the grant adds another');
select is(pg_temp.add_line(a.who, 'x') ->> 'sqlstate', a.state, a.who || ' may not') from (values ('peter', '42501'), ('fred', '42501'), ('mia', 'PT404'))
    as a (who, state);
select is(pg_temp.add_line('emma', 'x', a.more, a.vals) #>> '{detail,problems,0,rule}', a.rule, a.vals) from (values
    (', estimated', ', -1', 'between_0_and_999999999999'), (', due_on', ', ''infinity''', 'date_as_YYYY-MM-DD')
) as a (more, vals, rule);
select isnt(pg_temp.add_line('emma', 'x', ', category', ', ''fun'''), null, 'an unknown category is refused');
select is(tap.error('emma', format('insert into wedsync.budget_lines (couple_id) values (%L)', tap.couple('emma'))) #>> '{detail,problems,0,rule}',
    'required', 'a title is required');
select is(tap.error('emma', format('update wedsync.budget_lines set title = '' '' where id = %L', tap.id('venue'))) #>> '{detail,problems,0,rule}',
    'not_blank', 'not a blank one');
select is((select count(*) from wedsync_data.budget_lines), 2::bigint, 'and nothing was stored');

-- payments and contributions
create function pg_temp.pay(who text, line text, amount text, reference text, paid text default 'null') returns jsonb language sql as $$
    select tap.error(who, format(
        'insert into wedsync.budget_payments (couple_id, line_id, amount, reference, paid_on, due_on) values (%L, %L, %s, %L, %s, ''2026-01-01'')',
        tap.couple('emma'), tap.id(line), amount, reference, paid
    ))
$$;
select is(pg_temp.pay('emma', 'venue', '2000', 'deposit', '''2026-10-01'''), null, 'a deposit');
select is(pg_temp.pay('paula', 'venue', '500', 'second'), null, 'a payment that is overdue');
select is(pg_temp.pay('paula', 'venue', '-100', 'refund', '''2026-10-05'''), null, 'a refund');
select is(pg_temp.pay('emma', 'venue', '2000', 'deposit') ->> 'sqlstate', 'PT409', 'the same payment is not stored twice');
select is(pg_temp.pay('emma', 'nothing', '1', 'x') #>> '{detail,problems,0,rule}', 'unknown_reference', 'a payment belongs to a line');
select is(pg_temp.pay('emma', 'venue', 'null', 'x') #>> '{detail,problems,0,rule}', 'required', 'an amount is required');
select is(
    tap.error(a.who, format('insert into wedsync.budget_contributions (couple_id, contributor, amount, received_on) values (%L, ''Aunt Ada'', 1000, %s)',
        tap.couple('emma'), a.on_day))
    ->> 'sqlstate', a.state, 'contributions: ' || a.who
) from (values ('emma', '''2026-09-01''', null), ('emma', 'null', null), ('paula', 'null', '42501'), ('fred', 'null', '42501')) as a (who, on_day, state);
select is((select count(*) from tap.rows('paula', 'select * from wedsync.budget_contributions')), 0::bigint, 'a right of their own: the planner sees none');
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget.contributions}'')', tap.couple('emma'), tap.id('fred')));
select is((select count(*) from tap.rows('fred', 'select * from wedsync.budget_contributions')), 2::bigint, 'an uncle who was granted them does');
select is((select count(*) from tap.rows('fred', 'select * from wedsync.budget_lines')), 0::bigint, 'and nothing else of the budget');

-- totals
select tap.patch('emma', 'emma', '{"budget.total": 20000, "budget.currency": "GBP"}');
create function pg_temp.summary(who text) returns jsonb language sql as $$ select tap.call(who,
    format('select wedsync.budget_summary(%L)', tap.couple('emma')))::jsonb $$;
select is(pg_temp.summary('emma') -> 'total',
    '{"lines": 2, "estimated": 12900.00, "contracted": 12500.50, "expected": 13400.50, "off_budget": null, "paid": 1900.00,
    "outstanding": 11500.50, "overdue": 500.00}', 'sums');
select is(pg_temp.summary('emma') #> '{categories,flowers_decor}',
    '{"lines": 1, "estimated": 900.00, "contracted": 0, "expected": 900.00, "off_budget": null, "paid": 0,
    "outstanding": 900.00, "overdue": 0}', 'by category');
select is(pg_temp.summary('emma') - '{total,categories}'::text[],
    '{"budget": 20000.00, "currency": "GBP", "contributions": {"promised": 2000.00, "received": 1000.00},
    "approvals_waiting": 0}', 'and the rest');
select is(pg_temp.summary('paula') - '{total,categories}'::text[], '{"budget": null, "currency": null, "contributions": null, "approvals_waiting": 0}',
    'without what is hidden');
select is(tap.error(w.who, format('select wedsync.budget_summary(%L)', tap.couple('emma'))) ->> 'sqlstate', w.state, 'not for ' || w.who)
from (values ('fred', 'PT404'), ('peter', 'PT404'), ('mia', 'PT404')) as w (who, state);

-- approvals
select is(
    tap.error('paula', format('insert into wedsync.budget_settings (couple_id, approval_limit) values (%L, 100000)',
        tap.couple('emma'))) #>> '{detail,problems,0,rule}',
    'partners_only', 'who needs an approval does not set the limit'
);
select tap.run('emma', format('insert into wedsync.budget_settings (couple_id, approval_limit) values (%L, 1000)', tap.couple('emma')));
select is(
    tap.error('paula', 'update wedsync.budget_settings set approval_limit = null') #>> '{detail,problems,0,rule}', 'partners_only', 'nor changes it'
);
select is(
    (tap.error('paula', format('update wedsync.budget_lines set estimated = 1000 where id = %L', tap.id('flowers'))) #> '{detail,problems,0}')
    - 'meaning', '{"path": "budget.lines.estimated", "rule": "approval_needed"}', 'from the limit on a planner needs approval'
);
select is(tap.run('paula', format('update wedsync.budget_lines set estimated = 999.99 where id = %L', tap.id('flowers'))), 1::bigint, 'below it not');
select is(tap.run('paula', format('update wedsync.budget_lines set notes = ''hall'' where id = %L', tap.id('venue'))), 1::bigint,
    'nor for other fields of a dear line');
select is(tap.run('emma', format('update wedsync.budget_lines set estimated = 12100 where id = %L', tap.id('venue'))), 1::bigint, 'partners never');
create function pg_temp.request(who text, arguments text) returns text language sql as $$
    select coalesce(tap.error(who, format('select wedsync.request_budget_approval(%L, %s)', tap.couple('emma'), arguments)) ->> 'sqlstate', 'made')
$$;
select is(pg_temp.request(r.who, r.arguments), r.outcome, r.who || ': ' || r.arguments) from (values
    ('paula', format('%L, estimated => 1500, reason => ''peonies''', tap.id('flowers')), 'made'),
        ('paula', 'title => ''Fireworks'', contracted => 3000', 'made'),
    ('paula', format('%L', tap.id('flowers')), '22023'), ('paula', 'contracted => 5', '22023'),
        ('paula', format('%L, contracted => -5', tap.id('flowers')), 'PT422'),
    ('paula', format('%L, contracted => 5', tap.id('x')), 'PT404'), ('peter', 'title => ''x'', contracted => 5', 'PT404'),
        ('mia', 'title => ''x'', contracted => 5', 'PT404'),
    ('emma', 'title => ''x'', contracted => ''NaN''', 'PT422'), ('emma', 'title => ''x'', estimated => ''Infinity''', 'PT422'),
        ('emma', 'title => ''x'', contracted => 1e131071', 'PT422'), ('emma', 'title => ''x'', contracted => 0.001', 'PT422'),
        ('emma', 'title => ''x'', contracted => 5, category => ''bribes''', 'PT422'), ('emma', 'title => repeat(''x'', 1000), contracted => 5', 'PT422')
) as r (who, arguments, outcome);
create function pg_temp.asked(title text) returns uuid language sql as $$
    select a.id from wedsync_data.budget_approvals as a where a.title = asked.title order by a.created_at desc limit 1
$$;
create function pg_temp.decide(who text, title text, approve boolean) returns text language sql as $$
    select coalesce(tap.error(who, format('select wedsync.decide_budget_approval(%L, %L, %L)', tap.couple('emma'), pg_temp.asked(title),
        approve)) ->> 'sqlstate', 'done')
$$;
select is(pg_temp.decide('paula', 'flowers', true), '42501', 'who asks does not decide');
select is((select n.kind from wedsync_data.notifications as n where n.user_id = tap.id('james') and n.kind like 'budget%' limit 1),
    'budget_approval_requested', 'both partners are told');
select is(pg_temp.decide('james', 'flowers', true), 'done', 'a partner approves');
select is((pg_temp.line('flowers')).estimated, 1500.00, 'what was asked for');
select is(pg_temp.decide('emma', 'flowers', false), 'PT409', 'once');
select is((select n.kind from wedsync_data.notifications as n where n.user_id = tap.id('paula') and n.kind like 'budget%' limit 1), 'budget_approval_decided',
    'who asked is told');
select is(pg_temp.decide('emma', 'Fireworks', true), 'done', 'a new line');
select is((select l.contracted from wedsync_data.budget_lines as l where l.title = 'Fireworks'), 3000.00, 'is added');
select pg_temp.request('paula', format('%L, estimated => 2000', tap.id('flowers')));
select tap.run('emma', format('update wedsync.budget_lines set estimated = 1200 where id = %L', tap.id('flowers')));
select is(pg_temp.decide('emma', 'flowers', true), 'PT409', 'not what has changed since');
select is(pg_temp.decide('emma', 'flowers', false), 'done', 'it can be rejected');
select is((pg_temp.line('flowers')).estimated, 1200.00, 'and nothing changes');
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select * from finish();
rollback;
