-- proves: F004-108
-- Templates: placeholders are filled with fields that the sender may read, and never with private ones.
begin;
select plan(31);
select tap.wedding('emma');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('full', 'emma', '{full}'), tap.supplier('stranger');
select tap.patch('emma', 'emma', '{"wedding.style": ["rustic", "boho"], "budget.total": 20000, "timeline.ceremonyTime": "14:00"}');
create function pg_temp.add(who text, name text, body text, more jsonb default '{}') returns jsonb language sql as $$
    select tap.error(who, format(
        'insert into wedsync.message_templates (couple_id, id, title, subject, body, language) values (%L, %L, %L, %L, %L, %L)', tap.couple('emma'),
            tap.id(name),
        coalesce(more ->> 'title', name), more ->> 'subject', body, more ->> 'language'
    ))
$$;
create function pg_temp.render(who text, name text, given jsonb default '{}') returns jsonb language sql as $$
    select coalesce(
        tap.error(who, format('select wedsync.render_template(%L, %L, %L)', tap.couple('emma'), tap.id(name), given)),
        tap.call(who, format('select wedsync.render_template(%L, %L, %L)', tap.couple('emma'), tap.id(name), given))::jsonb
    )
$$;
select is(pg_temp.add('emma', 'hello', 'Dear {{name}}, we marry on {{wedding.date}}, {{ wedding.style }}. {{sender.name}}',
    '{"subject": "{{name}}!"}'), null, 'a partner adds a template');
select is(pg_temp.add('paula', 'money', '{{budget.total}}'), null, 'and a planner');
select is(pg_temp.add('emma', 'venue', 'At {{wedding.ceremonyVenue.name}}, ask {{couple.partner1.email}}'), null,
    'placeholders are looked at when they are filled');
select is(pg_temp.add(w.who, 'x', 'x') ->> 'sqlstate', w.state, w.who || ' does not') from (values ('fred', '42501'), ('full', '42501'), ('stranger',
    'PT404')) as w (who, state);
select is(pg_temp.add('emma', 'x', b.body, b.more) #>> '{detail,problems,0,rule}', b.rule, b.body || b.more) from (values
    ('{{wedding date}}', '{}'::jsonb, 'placeholders_in_double_braces'), ('{{}}', '{}', 'placeholders_in_double_braces'), ('{{a', '{}',
        'placeholders_in_double_braces'),
    ('a}}', '{}', 'placeholders_in_double_braces'), ('{{a}}', '{"subject": "{{{{a}}}}"}', 'placeholders_in_double_braces'), (' ', '{}', 'not_blank'),
    ('x', '{"title": " "}', 'not_blank'), ('x', '{"language": "english!"}', 'language_tag')
) as b (body, more, rule);
select is(
    pg_temp.render('emma', 'hello', '{"name": "{{budget.total}}"}') -> 'body',
    to_jsonb(format('Dear {{budget.total}}, we marry on %s, rustic, boho. Emma', current_date + 200)),
        'fields and values are filled in, and what is inserted is not looked at again'
);
select is(pg_temp.render('emma', 'hello', '{"name": "Ann"}') ->> 'subject', 'Ann!', 'in the subject as well');
select is(pg_temp.render('emma', 'hello', '{"name": "Ann"}') -> 'empty', '[]', 'everything has a value');
select is(pg_temp.render('emma', 'venue') -> 'empty', '["couple.partner1.email", "wedding.ceremonyVenue.name"]', 'what has no value is empty and listed');
select is(pg_temp.render('emma', 'hello') #> '{detail,problems,0}' ->> 'rule', 'known_placeholder', 'an unknown placeholder is a problem');
select is(pg_temp.render('emma', 'money') #>> '{detail,problems,0,rule}', 'never_in_messages', 'the budget is never filled in, not even for partners');
select is(pg_temp.render('emma', 'money', '{"budget.total": 5}') #>> '{detail,problems,0,rule}', 'never_in_messages', 'nor under its name');
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{templates}'')', tap.couple('emma'), tap.id('fred')));
select is(pg_temp.render('fred', 'venue') #>> '{detail,problems,0,rule}', 'readable_placeholder', 'nor what the sender may not read');
select is(pg_temp.render(w.who, 'hello', '{"name": "Ann"}') ->> 'sqlstate', 'PT404', 'not for ' || w.who) from (values ('frank'), ('full'),
    ('stranger')) as w (who);
select is(pg_temp.render('emma', 'hello', g.given) #>> '{detail,parameter}', g.parameter, g.given::text) from (values
    ('[]'::jsonb, 'data'), ('{"name": {}}', 'data'), ('{"name": [1]}', 'data'), (jsonb_build_object('name', repeat('x', 9999)), 'template_id')
) as g (given, parameter);
select is((select count(*) from tap.rows('full', 'select * from wedsync.message_templates')), 0::bigint, 'suppliers see no templates');
select is((select count(*) from tap.rows('paula', 'select * from wedsync.message_templates')), 3::bigint, 'planners do');
select * from finish();
rollback;
