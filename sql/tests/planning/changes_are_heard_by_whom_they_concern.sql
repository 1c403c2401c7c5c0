-- proves: F004-13, F004-14, F004-15, F004-16, F004-17, F004-18, F004-19, F004-20
-- Each kind of change at a wedding is an event of its own type, heard on the wedding's channel by those who may read it, with their part of the values.
begin;
select plan(24);
select tap.wedding('emma');
select tap.admit('emma', m.name, m.role) from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('hall', 'emma', '{standard}'), tap.supplier('chef', 'emma', '{full}'), tap.supplier('band', 'emma', '{guest_numbers}');
create temporary table ears on commit drop as select unnest('{james,paula,fred,frank,hall,chef,band}'::text[]) as who;
select tap.join(e.who, 'wedding:' || tap.couple('emma')) from ears as e;
create function pg_temp.changed(who text, statement text) returns void language plpgsql as $$
begin
    perform tap.forget();
    perform tap.call(who, statement);
end
$$;
create function pg_temp.heard(event_type text) returns text[] language sql as $$
    select coalesce(array_agg(distinct e.who order by e.who), '{}')
    from ears as e cross join lateral tap.heard(e.who, 'wedding:' || tap.couple('emma')) as h
    where h.payload ->> 'event' = event_type
$$;
create function pg_temp.others(event_type text) returns bigint language sql as $$
    select count(*) from ears as e cross join lateral tap.heard(e.who, 'wedding:' || tap.couple('emma')) as h
    where h.kind = 'broadcast' and h.payload ->> 'event' <> event_type
$$;
create function pg_temp.words(who text, words text) returns boolean language sql as $$
    select coalesce(bool_or(h.payload::text like '%' || words || '%'), false) from tap.heard(who, 'wedding:' || tap.couple('emma')) as h
$$;
create function pg_temp.insertion(record text, fields text, given text) returns text language sql as $$
    select format(
        'insert into wedsync.%I (couple_id, id, %s) values (%L, %L, %s) returning id', record, fields, tap.couple('emma'), tap.id(record), given
    )
$$;
create function pg_temp.update_of(record text, assignment text) returns text language sql as $$
    select format('update wedsync.%I set %s where couple_id = %L and id = %L returning id', record, assignment, tap.couple('emma'), tap.id(record))
$$;

select pg_temp.changed('emma', pg_temp.insertion(
    'timeline_items', 'title, starts_local, internal_note', '''Ceremony'', ''2027-06-12T15:00'', ''aunt is late'''
));
select is(pg_temp.heard('timeline_update'), '{chef,hall,james,paula}', 'timeline_update: who reads the whole timeline');
select is(pg_temp.others('timeline_update'), 0::bigint, 'nobody hears another type');
select is(pg_temp.words(w.who, w.words), w.hears, format('%s hears %s', w.who, w.words))
from (values
    ('paula', 'aunt is late', true), ('hall', 'Ceremony', true), ('hall', 'aunt is late', false), ('chef', 'aunt is late', false)
) as w (who, words, hears);

select pg_temp.changed('emma', pg_temp.insertion('budget_lines', 'category, title, estimated', '''flowers_decor'', ''Peonies'', 900'));
select is(pg_temp.heard('budget_change'), '{james}', 'budget_change: partners');
select tap.call('emma', format(
    'select wedsync.grant_member_access(%L, %L, ''{budget.lines}'') ->> ''status''', tap.couple('emma'), tap.id('paula')
));
select pg_temp.changed('emma', pg_temp.update_of('budget_lines', 'estimated = 950'));
select is(pg_temp.heard('budget_change'), '{james,paula}', 'and members to whom they grant it');

select pg_temp.changed('emma', pg_temp.insertion(
    'vendor_assignments', 'company_name, category, status, notes', '''The Hall'', ''venue'', ''shortlisted'', ''too dear'''
));
select is(pg_temp.heard('vendor_assignment'), '{chef,james,paula}', 'vendor_assignment: who reads vendors');
select is(pg_temp.words('chef', 'too dear'), false, 'without the couple''s notes');

select pg_temp.changed('emma', pg_temp.insertion('guests', 'first_name, last_name, email', '''Ann'', ''Lee'', ''ann@example.org'''));
select is(pg_temp.heard('guest_update'), '{chef,james,paula}', 'guest_update: needs a right to guests');

select pg_temp.changed('emma', pg_temp.insertion('documents', 'title, url, notes', '''Contract'', ''https://files.example.org/1'', ''unsigned'''));
select is(pg_temp.heard('document_edit'), '{james,paula}', 'document_edit: partners and planners');
select pg_temp.changed('paula', pg_temp.update_of('documents', 'url = ''https://files.example.org/2'''));
select is(pg_temp.heard('document_edit'), '{james,paula}', 'another version of the file, too');
select ok(pg_temp.words('james', 'https://files.example.org/2') and pg_temp.words('james', '/revision": 2'), 'with address and number of the version');
select is(pg_temp.others('document_edit'), 0::bigint, 'and nothing else');
select pg_temp.changed('emma', format('select wedsync.delete_documents(%L, %L)', tap.couple('emma'), array[tap.id('documents')]));
select is(pg_temp.heard('document_edit'), '{james,paula}', 'and its deletion');

select pg_temp.changed('frank', format(
    'select wedsync.submit_photos(%L, %L)', tap.couple('emma'), '[{"url": "https://photos.example.org/1.jpg", "caption": "first dance"}]'
));
select is(pg_temp.heard('photo_submitted'), '{james,paula}', 'a photo that waits: who approves it');
select is(pg_temp.heard('photo_upload'), '{}', 'is no photo_upload');
select pg_temp.changed('emma', format(
    'select wedsync.decide_photos(%L, array(select p.id from wedsync.photo_submissions as p), true)', tap.couple('emma')
));
select is(pg_temp.heard('photo_upload'), '{chef,frank,fred,james,paula}', 'photo_upload, once approved: everybody who sees photos');
select is(pg_temp.words('fred', 'first dance'), true, 'with its facts');

select tap.call('emma', pg_temp.insertion('tasks', 'title', '''Cake'''));
select tap.call('emma', format('select wedsync.assign_task(%L, %L, user_id => %L)', tap.couple('emma'), tap.id('tasks'), tap.id('fred')));
select pg_temp.changed('fred', format('select wedsync.complete_task(%L, %L)', tap.couple('emma'), tap.id('tasks')));
select is(pg_temp.heard('task_completion'), '{chef,james,paula}', 'task_completion: who reads tasks');
select is(pg_temp.words('paula', '/status": "done"'), true, 'with the status');

select tap.join('fred', 'user_' || tap.id('fred'));
select pg_temp.changed('emma', format(
    'select wedsync.send_message(%L, ''See you'', %L)', tap.couple('emma'), jsonb_build_object('users', array[tap.id('fred')])
));
select is(pg_temp.heard('message_sent'), '{}', 'message_sent: not on the channel of the wedding');
select is((select count(*) from tap.heard('fred', 'user_' || tap.id('fred')) as h where h.payload ->> 'event' = 'message_sent'), 1::bigint,
    'but on that of the recipient');
select * from finish();
rollback;
