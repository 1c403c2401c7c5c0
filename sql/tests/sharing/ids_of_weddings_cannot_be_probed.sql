-- proves: F000-35, C-48
-- A supplier that nobody invited learns nothing by asking: weddings, ids that are none and weddings that were deleted answer alike, and go on looking alike.
begin;
select plan(69);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('prober');
create temporary table ids on commit drop as
select 'known' as kind, tap.couple('emma') as id union all select 'unknown', gen_random_uuid() union all select 'deleted', tap.couple('olivia')
union all select 'deleted later', null;
select tap.call('mia', 'select wedsync.register_couple(''Mia'')');
update ids set id = tap.couple('mia') where kind = 'deleted later';
select tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('olivia')), 'service_role');
grant select on ids to public;
-- everything that a supplier can do with an id, its answers and what it sees afterwards; ids themselves are blotted out
create function pg_temp.seen(id uuid, call text) returns text language plpgsql as $$
declare
    answer text;
begin
    answer := coalesce(tap.error('prober', format(call, id, tap.firm('prober')))::text, '');
    if answer = '' then
        answer := tap.call('prober', format(call, id, tap.firm('prober')));
    end if;
    return replace(answer, id::text, 'ID') || ' ' || replace(coalesce((
        select string_agg((r - '{id}'::text[])::text, ' ') from tap.rows('prober', format(
            'select p.*, c.status as connection, c.permissions from wedsync.core_fields_permissions as p join wedsync.supplier_couple_connections as c using '
            '(couple_id, supplier_id) where p.couple_id = %L',
            id
        )) as r
    ), 'nothing'), id::text, 'ID');
end
$$;
create temporary table calls (n integer generated always as identity, call text) on commit drop;
insert into calls (call) values
('select wedsync.set_client_profile(%2$L, %1$L, ''lead'')'), ('select wedsync.set_journey_progress(%2$L, %1$L, ''call'', ''active'')'),
('select wedsync.set_notification_preferences(%1$L, %2$L, ''{}'')'),
('select wedsync.request_access(%L, %L, ''{basic}'')'), ('select wedsync.request_access(%L, %L, ''{basic}'')'),
('select wedsync.request_access(%L, %L, ''{timeline,basic}'', ''{timeline}'', ''hello'')'),
('select wedsync.request_access(%L, %L, ''{wedding.style}'', ''{basic}'')'), ('select wedsync.request_access(%L, %L)'),
('select wedsync.request_access(%L, %L, ''{budget}'')'), ('select wedsync.request_access(%L, %L, ''{}'')'),
('select wedsync.set_client_profile(%2$L, %1$L, ''lead'')'), ('select wedsync.set_journey_progress(%2$L, %1$L, ''call'', ''active'')'),
('select wedsync.set_notification_preferences(%1$L, %2$L, ''{}'')'),
('select wedsync.get_core_fields(%L)'), ('select wedsync.update_core_fields(%L, ''{"wedding_style": ["x"]}'')'), ('select wedsync.get_audit_trail(%L)'),
('select wedsync.join_session(%L)'), ('select wedsync.grant_access(%L, %L, ''{basic}'')'),
('select wedsync.approve_access(%L, %L, ''{basic}'')'), ('select wedsync.invite_member(%L, ''friend'')'), ('select wedsync.ensure_core_fields(%L)');
create temporary table answers on commit drop as
select i.kind, c.n, c.call, pg_temp.seen(i.id, c.call) as answer from calls as c, ids as i order by c.n;
select is(a.answer, (select k.answer from answers as k where k.n = a.n and k.kind = 'unknown'), format('%s: %s', a.kind, a.call)) from answers as a
where a.kind <> 'unknown';
select matches((select a.answer from answers as a where a.n = 8 and a.kind = 'known'), '"pending"', 'control: it waits, and shows');
-- the wedding is deleted while the request waits
create function pg_temp.rows_of(kind text) returns text language sql
as $$
    select replace(
        (select r - '{id}'::text[] from tap.rows('prober', format('select * from wedsync.core_fields_permissions where couple_id = %L', i.id)) as r)::text,
        i.id::text, 'ID'
    ) from ids as i where i.kind = rows_of.kind
$$;
create temporary table before on commit drop as select pg_temp.rows_of('deleted later') as seen;
select tap.call(null, format('select wedsync.delete_wedding(%L)', i.id), 'service_role') from ids as i where i.kind = 'deleted later';
select is(pg_temp.rows_of('deleted later'), (select b.seen from before as b), 'goes on waiting when the wedding is deleted');
select is(pg_temp.rows_of('deleted later'), pg_temp.rows_of('unknown'), 'like any that never was');
select is(
    (
        select count(*)
        from tap.rows(w.who, 'select * from wedsync.core_fields_permissions where couple_id = (select i.id from ids as i where i.kind = ''unknown'')')
    ), 0::bigint, 'nobody else sees it: ' || w.who
) from (values ('emma'), ('stranger')) as w (who);
-- once the couple has answered, they know each other
select tap.call('emma', format('select wedsync.approve_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('prober')));
select is(
    tap.error('prober', format('select wedsync.set_client_profile(%L, %L, ''lead'')', tap.firm('prober'), tap.couple('emma'))), null,
    'then the supplier notes what it likes'
);
select * from finish();
rollback;
