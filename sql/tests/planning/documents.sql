-- proves: F004-18
-- Documents: private to couple and planners, shared one by one with suppliers and roles, handed in by suppliers.
begin;
select plan(60);
select tap.wedding('emma'), tap.wedding('zoe');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('cook', 'emma', '{basic}'), tap.supplier('full', 'emma', '{full}'), tap.supplier('florist', 'zoe', '{basic}'), tap.supplier('stranger');
select tap.join('paula', 'wedding:' || tap.couple('emma')), tap.join('full', 'wedding:' || tap.couple('emma'));
create function pg_temp.add(who text, name text, more jsonb default '{}') returns jsonb language plpgsql as $$
declare
    given constant jsonb := '{"title": "Contract", "url": "https://files.example.org/a.pdf"}'::jsonb || more;
begin
    return tap.error(who, (
        select format(
            'insert into wedsync.documents (couple_id, id, %s) values (%L, %L, %s)', string_agg(quote_ident(g.key), ', ' order by g.key),
                tap.couple('emma'), tap.id(name),
            string_agg(quote_nullable(g.value), ', ' order by g.key)
        )
        from jsonb_each_text(given) as g
    ));
end
$$;
create function pg_temp.document(name text) returns wedsync_data.documents language sql as $$ select d from wedsync_data.documents as d
    where d.id = tap.id($1) $$;
create function pg_temp.sees(who text, relation text) returns text[] language sql as $$
    select coalesce(array_agg(r ->> 'title' order by r ->> 'title'), '{}') from tap.rows(who, 'select * from wedsync.' || relation) as r
$$;

-- who adds, and what is refused
select is(pg_temp.add('emma', 'contract', '{"kind": "contract", "bytes": "1000", "mime_type": "application/pdf", "notes": "too dear?"}'), null,
    'a partner adds a document');
select is(pg_temp.add('paula', 'plan', '{"title": "Floor plan", "storage_path": "emma/plan 1.pdf"}'), null, 'and so does a planner');
select is(pg_temp.add(w.who, 'x') ->> 'sqlstate', w.state, w.who || ' does not')
from (values ('fred', '42501'), ('frank', '42501'), ('cook', '42501'), ('full', '42501'), ('stranger', 'PT404'), ('zoe', 'PT404')) as w (who, state);
select is(
    (select string_agg(p.v ->> 'path' || ' ' || (p.v ->> 'rule'), ', ') from jsonb_array_elements(pg_temp.add('emma', 'x',
        b.more::jsonb) #> '{detail,problems}') as p (v)),
    b.rule, b.more
) from (values
    ('{"title": " "}', 'documents.title not_blank'), ('{"url": null}', 'documents.url url_or_storage_path'), ('{"url": "http://a.org/x"}',
        'documents.url https_address'),
    ('{"url": "https://u:p@a.org/"}', 'documents.url https_address'), ('{"url": "javascript:alert(1)"}', 'documents.url https_address'),
    ('{"url": "https://a.org/\"onload=x"}', 'documents.url https_address'), ('{"url": "https://a.org/#x"}', 'documents.url https_address'),
    ('{"storage_path": "../secret"}', 'documents.storage_path path_in_storage'), ('{"storage_path": "/etc/passwd"}',
        'documents.storage_path path_in_storage'),
    ('{"storage_path": "a//b"}', 'documents.storage_path path_in_storage'), ('{"storage_path": "javascript:x"}', 'documents.storage_path path_in_storage'),
    ('{"storage_path": ""}', 'documents.storage_path path_in_storage'), ('{"mime_type": "pdf"}', 'documents.mime_type media_type'),
    ('{"checksum": "abc"}', 'documents.checksum sha256_in_hexadecimal'), ('{"bytes": "-1"}', 'documents.bytes between_0_and_2147483647'),
    ('{"shared_roles": "{partner}"}', 'documents.shared_roles family_or_friend')
) as b (more, rule);
select is(
    pg_temp.add('emma', 'x', jsonb_build_object('supplier_ids', format('{%s}', tap.firm('florist')))) #>> '{detail,problems,0,rule}',
        'suppliers_of_the_wedding',
    'not shared with suppliers of other weddings'
);
select is((select count(*) from wedsync_data.documents), 2::bigint, 'what is refused is not stored');
select is((pg_temp.document('plan')).uploaded_by, tap.id('paula'), 'who added it is known');

-- rows that are shared
select is(pg_temp.sees(w.who, w.relation), w.titles, format('%s in %s', w.who, w.relation)) from (values
    ('emma', 'documents', '{Contract,"Floor plan"}'::text[]), ('paula', 'documents', '{Contract,"Floor plan"}'), ('full', 'documents', '{}'), ('cook',
        'documents', '{}'),
    ('fred', 'documents', '{}'), ('cook', 'my_documents', '{}'), ('full', 'my_documents', '{}'), ('zoe', 'documents', '{}')
) as w (who, relation, titles);
select tap.forget();
select tap.run('emma', format('update wedsync.documents set supplier_ids = %L where id = %L', array[tap.firm('cook')], tap.id('contract')));
select tap.run('emma', format('update wedsync.documents set shared_roles = ''{family}'' where id = %L', tap.id('plan')));
select is(pg_temp.sees(w.who, 'my_documents'), w.titles, w.who || ' sees what is shared with them only') from (values
    ('cook', '{Contract}'::text[]), ('full', '{}'), ('fred', '{"Floor plan"}'), ('frank', '{}'), ('stranger', '{}')
) as w (who, titles);
select is((select array_agg(n.supplier_id) from wedsync_data.notifications as n where n.kind = 'document_shared'), array[tap.firm('cook')],
    'the supplier is told');
select is((select r ? 'notes' from tap.rows('cook', 'select * from wedsync.my_documents') as r), false, 'without the notes');
select is((select array_agg(h.kind) from tap.heard('full', 'wedding:' || tap.couple('emma')) as h), null, 'suppliers with full access hear nothing of it');
select isnt((select count(*) from tap.heard('paula', 'wedding:' || tap.couple('emma')) as h), 0::bigint, 'the planner does');
select is((select count(*) from wedsync_data.access_log as l where l.supplier_id = tap.firm('cook') and l.action = 'documents') > 0, true,
    'reads by suppliers are logged');
select tap.run('emma', format('update wedsync.documents set url = ''https://files.example.org/b.pdf'' where id = %L', tap.id('contract')));
select is((pg_temp.document('contract')).revision, 2, 'another file is another version');
select is((select count(*) from wedsync_data.notifications as n where n.kind = 'document_shared'), 2::bigint, 'of which the supplier is told');
select tap.run('emma', format('update wedsync.documents set notes = ''ok'' where id = %L', tap.id('contract')));
select is((select count(*) from wedsync_data.notifications as n where n.kind = 'document_shared'), 2::bigint, 'but not of notes');

-- handing in
create function pg_temp.submit(who text, more text default '') returns text language sql as $$
    select coalesce(tap.error(who, format('select wedsync.submit_document(%L, ''Insurance'', ''https://files.example.org/i.pdf''%s)',
        tap.couple('emma'), more)) ->> 'sqlstate', 'ok')
$$;
select is(pg_temp.submit(s.who, s.more), s.outcome, s.who || ' hands in ' || s.more) from (values
    ('cook', ', ''insurance''', 'ok'), ('cook', ', ''nonsense''', '22023'), ('cook', ', checksum => ''x''', 'PT422'), ('emma', '', '42501'), ('fred',
        '', '42501'),
    ('stranger', '', 'PT404'), ('cook', format(', supplier_id => %L', tap.firm('full')), '22023')
) as s (who, more, outcome);
select is(
    (select array_agg(n.changes ->> 'sender') from wedsync_data.notifications as n where n.kind = 'document_received' and n.user_id = tap.id('emma')),
        array['Cook Ltd'],
    'the couple is told'
);
select is(pg_temp.sees('full', 'my_documents'), '{}', 'other suppliers do not see it');
update wedsync_data.settings set value = '1' where name = 'documents_per_supplier';
select is(pg_temp.submit('cook'), 'PT409', 'a supplier hands in so many only');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('cook')));
select is(pg_temp.sees('cook', 'my_documents'), '{}', 'without access nothing is shared any more');
select is(pg_temp.submit('cook'), 'PT404', 'nor handed in');
select * from finish();
rollback;
