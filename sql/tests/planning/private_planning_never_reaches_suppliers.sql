-- proves: F001-20, F004-14, F004-18
-- A supplier with every grant, of the category planner too, meets documents, waiting photos, templates and messages of others on no road.
begin;
select plan(25);
select tap.wedding('emma');
select tap.admit('emma', 'paula', 'planner'), tap.admit('emma', 'fred', 'family');
select tap.supplier('greta', 'emma', '{full}', '{full}', 'planner'), tap.supplier('hana', 'emma', '{basic}');
select is(
    tap.error('emma', format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.firm('greta'), n.names)) ->> 'sqlstate', 'PT422',
    'no grant names ' || n.names
) from (values ('{documents}'), ('{documents.url}'), ('{photo_submissions}'), ('{photoSubmissions.url}'), ('{templates}'),
    ('{message_templates}')) as n (names);
-- a grant that got in some other way
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
select tap.couple('emma'), 'supplier', tap.firm('greta'), 'documents', true, true, 'approved', repeat('1', 128)::bit(128), repeat('1', 128)::bit(128);
select tap.answer(tap.join('greta', 'wedding:' || tap.couple('emma'), '{"postgres_changes": [{"event": "*", "schema": "public", "table": "*"}]}'));
select tap.join('greta', 'supplier_' || tap.firm('greta'));
select tap.forget();
select tap.run('emma', format(
    'insert into wedsync.documents (couple_id, id, title, url, supplier_ids) values (%L, %L, ''SECRETPAPER'', ''https://a.org/SECRETURL'', %L)',
        tap.couple('emma'),
    tap.id('paper'), array[tap.firm('hana')]
));
select tap.run('emma', format('update wedsync.documents set notes = ''SECRETNOTE'' where id = %L', tap.id('paper')));
select tap.call('fred', format('select wedsync.submit_photos(%L, ''[{"url": "https://a.org/SECRETPHOTO"}]'')', tap.couple('emma')));
select tap.call('hana', format('select wedsync.submit_document(%L, ''SECRETOFFER'', ''https://a.org/x'')', tap.couple('emma')));
select tap.call('paula', format(
    'select wedsync.decide_photos(%L, %L, false, ''SECRETREASON'')', tap.couple('emma'), array(select s.id from wedsync_data.photo_submissions as s)
));
select tap.run('emma', format('insert into wedsync.message_templates (couple_id, title, body) values (%L, ''x'', ''SECRETTEXT'')', tap.couple('emma')));
select tap.call('emma', format(
    'select wedsync.send_message(%L, ''SECRETWORD'', %L)', tap.couple('emma'), jsonb_build_object('suppliers', array[tap.firm('hana')])
));
create function pg_temp.tells(what text) returns boolean language sql as $$ select what ~ 'SECRET|photo_submissions|message_templates' $$;
select is((select count(*) from tap.rows('greta', 'select * from wedsync.' || v.view)), 0::bigint, 'no row of ' || v.view)
from (values ('documents'), ('my_documents'), ('photo_submissions'), ('my_photos'), ('photos'), ('message_templates'), ('my_messages')) as v (view);
select is_empty(
    format($$ select h from tap.heard('greta', '%s') as h where pg_temp.tells(h::text) $$, t.topic), 'no frame of ' || left(t.topic, 8)
) from (values ('wedding:' || tap.couple('emma')), ('supplier_' || tap.firm('greta'))) as t (topic);
select is_empty(format($$ select h from tap.rows('greta', '%s') as h (h) where pg_temp.tells(h::text) $$, r.query), r.query) from (values
    (format('select * from wedsync.event_history(''''%s'''', 0)', tap.couple('emma'))),
    (format('select * from wedsync.get_audit_trail(''''%s'''', 200)', tap.couple('emma'))),
    ('select * from wedsync.core_fields_audit'), ('select * from wedsync.notifications')
) as r (query);
create function pg_temp.same(statement text) returns text language sql as $$
    select case
        when tap.error('greta', format(statement, tap.couple('emma'), n.id)) is distinct from tap.error('greta', format(statement, tap.couple('emma'),
            tap.id('none')))
            then 'differs: ' || tap.error('greta', format(statement, tap.couple('emma'), n.id))::text
        else 'same'
    end
    from (values (case
        when statement ~ 'photo' then (select s.id from wedsync_data.photo_submissions as s)
        when statement ~ 'template' then (select t.id from wedsync_data.message_templates as t)
        when statement ~ 'message' then (select m.id from wedsync_data.wedding_messages as m)
        else tap.id('paper')
    end)) as n (id)
$$;
select is(pg_temp.same(s.statement), 'same', s.statement) from (values
    ('select wedsync.delete_documents(%L, array[%L]::uuid[])'), ('insert into wedsync.documents (couple_id, id, title) values (%L, %L, ''x'')'),
    ('select wedsync.decide_photos(%L, array[%L]::uuid[], true)'), ('select wedsync.render_template(%L, %L)'),
    ('select wedsync.send_message(%L, ''x'', reply_to => %L)'), ('select wedsync.retract_message(%L, %L)')
) as s (statement);
select * from finish();
rollback;
