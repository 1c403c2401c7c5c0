-- proves: F000-54, C-30
-- Who was given access, and who came or went, is heard only by those who manage sharing.
begin;
select plan(10);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('chef', 'emma', '{everything}');
select tap.supplier('baker');
create temporary table ears on commit drop as
select w.who, t.topic, tap.join(w.who, t.topic, '{"postgres_changes": [{"table": "*"}]}') as joined
from (values ('emma'), ('james'), ('paula'), ('fred'), ('chef'), ('baker'), ('stranger')) as w (who),
    (values ('core_fields_' || tap.couple('emma')), ('wedding:' || tap.couple('emma')), ('core-fields')) as t (topic);
create function pg_temp.told() returns text[] language sql
as $$
    select array_agg(distinct format('%s %s', e.who, f.kind)) from wedsync_internal.next_frames(tap.node(), tap.start()) as f
    join wedsync_data.subscriptions as s on s.group_id = f.group_id join ears as e on tap.subscription(e.joined) = s.id where f.kind <> 'moved'
$$;
select tap.forget();
select tap.call('emma', format(q.query, tap.couple('emma'), q.id)) from (values
    ('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.firm('baker')), ('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.id('paula')),
    ('select wedsync.invite_member(%L, ''friend'') -- %s', tap.id('frank')),
    ('select wedsync.revoke_access(%L, %L)', tap.firm('baker'))
) as q (query, id);
select is(tap.admit('emma', 'frank', 'friend'), null, 'a friend comes');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('frank')));
select is(
    pg_temp.told(), '{"emma broadcast","james broadcast","paula notice"}'::text[], 'the couple, as broadcasts; who was given more is told to read afresh'
);
select is(
    (
        select array_agg(distinct h.payload #>> '{payload,metadata,table}' order by h.payload #>> '{payload,metadata,table}')
        from tap.heard('james', 'core-fields') as h
    ), '{grants,wedding_members}'::text[], 'of what was granted and who came and went'
);
select is(
    (select count(*) from tap.heard('james', 'core-fields')),
    (select count(*) from wedsync_data.events as e where e.xid = pg_current_xact_id() and e.class = 'access'), 'all of it'
);
-- a supplier on the channel of all its weddings
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('baker')));
select is(pg_temp.told(), '{"baker notice","emma broadcast","james broadcast"}'::text[], 'a supplier that is given access is told to read afresh');
select is(
    (
        select array_agg(distinct m.kind) from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), tap.start()) as m
        where e.who = 'baker'
    ), '{notice}'::text[], 'also when it comes back'
);
select is(
    (select count(*) from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), tap.start()) as m where e.who in ('chef', 'stranger')),
    0::bigint, 'others are not'
);
select tap.forget();
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('baker')));
select is(pg_temp.told(), '{"emma broadcast","james broadcast"}'::text[], 'nor one whose access ends');
-- asking for access tells the couple, too
select tap.forget();
select tap.call('baker', format('select wedsync.request_access(%L, %L, ''{full}'')', tap.couple('emma'), tap.firm('baker')));
select is(pg_temp.told(), '{"emma broadcast","james broadcast"}'::text[], 'a supplier that asks');
select is(
    (
        select count(*) from ears as e, lateral wedsync_internal.missed_frames(tap.subscription(e.joined), '3:3:') as m
        where e.who not in ('emma', 'james') and m.payload ~ '"table": "(grants|wedding_members)"'
    ), 0::bigint, 'nor later'
);
select * from finish();
rollback;
