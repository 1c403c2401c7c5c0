-- proves: C-47
-- One grant is shown in the five shapes of the sources: keys of the connection, arrays, flags with a level, JSON in the record, and the rights of a session.
-- They say the same when access is given, widened, ends by itself and is revoked.
begin;
select plan(20);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{wedding_basics}');
create function pg_temp.one(who text, query text) returns jsonb language sql as $$ select coalesce(jsonb_agg(r), '[]') from tap.rows(who, query) as r $$;
create function pg_temp.shapes() returns jsonb language sql as $$
    select jsonb_build_object(
        'keys', pg_temp.one(s.who, 'select permissions from wedsync.supplier_couple_connections') #> '{0,permissions}',
        'arrays', pg_temp.one(s.who, 'select readable_fields as read, writable_fields as write from wedsync.core_fields_permissions') -> 0,
        'flags',
        pg_temp.one(
            s.who,
            'select can_view_guests as guests, can_view_budget as budget, can_edit_timeline as timeline, data_access_level as level from '
            'wedsync.supplier_permissions'
        ) -> 0
    ) from (values ('chef')) as s (who)
$$;
-- the couple and the supplier see the same flags, in both views that have them
create function pg_temp.flags() returns setof jsonb language sql as $$
    select pg_temp.one(v.who, format('select can_view_guests, can_view_budget, can_edit_timeline, data_access_level from wedsync.%I', v.name))
    from (values ('chef', 'supplier_permissions'), ('emma', 'supplier_permissions'), ('chef', 'clients')) as v (who, name)
$$;
create function pg_temp.record() returns jsonb language sql as $$
    select r
    from tap.rows(
        'emma',
        format(
            'select field_permissions -> %L as fields, connected_vendors #> ''{0,permissions}'' as vendor, connected_vendors #> ''{0,access_fields}'' as '
            'access from wedsync.core_fields',
            tap.firm('chef')
        )
    ) as r
$$;
create function pg_temp.session() returns jsonb language sql as $$
    select case when tap.error('chef', format('select wedsync.join_session(%L)', tap.couple('emma'))) ->> 'sqlstate' is null
        then (
            select jsonb_build_object('read', p -> 'readable_fields', 'write', p -> 'writable_fields')
            from (select tap.call('chef', format('select wedsync.join_session(%L) -> ''permissions''', tap.couple('emma')))::jsonb as p) as s
        ) end
$$;
create function pg_temp.leaves(names text[]) returns jsonb language sql as $$
    select to_jsonb(wedsync_internal.mask_paths(wedsync_internal.names_mask(names)))
$$;
create function pg_temp.agree(what text, readable text[], writable text[], keys text[], flags jsonb) returns setof text language sql as $$
    select is(
        pg_temp.shapes(), jsonb_build_object('keys', to_jsonb(keys), 'arrays', jsonb_build_object('read', readable, 'write', writable), 'flags', flags),
        what || ': keys, arrays and flags'
    )
    union all select is((select count(distinct f) from pg_temp.flags() as f), 1::bigint, what || ': the same flags wherever they stand')
    union all select is(
        pg_temp.record(),
        jsonb_build_object(
            'fields', nullif(readable, '{}'), 'access', nullif(readable, '{}'), 'vendor',
            case when readable <> '{}' then jsonb_build_object('read', readable, 'write', writable) end
        ), what || ': the record'
    )
    union all select is(
        pg_temp.session(), case when readable <> '{}' then jsonb_build_object('read', pg_temp.leaves(readable), 'write', pg_temp.leaves(writable)) end,
        what || ': the session'
    )
$$;
select pg_temp.agree('given', '{wedding_basics}', '{}', '{read_core_fields}', '{"guests": false, "budget": false, "timeline": false, "level": null}');
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{full}'', ''{timeline}'')', tap.couple('emma'), tap.firm('chef')));
select pg_temp.agree(
    'widened', '{full,timeline}', '{timeline}', '{read_core_fields,update_core_fields}', '{"guests": true, "budget": false, "timeline": true, "level": "full"}'
);
update wedsync_data.grants set valid_from = now() - interval '2 hours', valid_until = now() - interval '1 hour' where grantee_id = tap.firm('chef');
select pg_temp.agree('ended by itself', '{}', '{}', '{}', null);
update wedsync_data.grants set valid_until = 'infinity' where grantee_id = tap.firm('chef') and state = 'approved';
select pg_temp.agree(
    'in force again', '{full,timeline}', '{timeline}', '{read_core_fields,update_core_fields}',
    '{"guests": true, "budget": false, "timeline": true, "level": "full"}'
);
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select pg_temp.agree('revoked', '{}', '{}', '{}', null);
select * from finish();
rollback;
