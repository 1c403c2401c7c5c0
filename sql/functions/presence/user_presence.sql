create or replace view wedsync.user_presence
with (security_barrier = true, security_invoker = false) as
select
    e.couple_id, e.user_id, u.display_name,
    coalesce(m.wedding_role, 'vendor') as wedding_role,
    (array['busy', 'online', 'away', 'offline'])[min(case
        when e.status <> 'online' then array_position(array['busy', 'online', 'away', 'offline'], e.status)
        when e.last_activity < now() - s.idle then 3
        else 2
    end)] as status,
    (array_agg(e.meta ->> 'current_section' order by e.last_activity desc))[1] as current_section,
    (array_agg(e.meta ->> 'active_document' order by e.last_activity desc))[1] as active_document,
    (array_agg(e.meta -> 'cursor_position' order by e.last_activity desc))[1] as cursor_position,
    coalesce(bool_or(e.meta -> 'is_typing' = 'true' and e.last_activity > now() - interval '10 seconds'), false) as is_typing,
    (array_agg(e.meta ->> 'current_task' order by e.last_activity desc))[1] as current_task,
    (array_agg(e.meta -> 'availability' order by e.last_activity desc))[1] as availability,
    count(*) as devices,
    max(e.last_activity) as last_activity
from wedsync_data.presence_entries as e
join wedsync_internal.caller_access as a on a.couple_id = e.couple_id
cross join (
    select make_interval(secs => (t.value #>> '{}')::integer) as idle from wedsync_data.settings as t where t.name = 'presence_idle_seconds'
) as s
left join wedsync_data.relay_nodes as n on n.node = e.node
left join wedsync_data.users as u on u.id = e.user_id
left join wedsync_data.wedding_members as m on m.couple_id = e.couple_id and m.user_id = e.user_id
where e.user_id is not null and e.lease_until > now() and (e.node is null or n.lease_until > now())
group by e.couple_id, e.user_id, u.display_name, m.wedding_role;
comment on view wedsync.user_presence is 'Users present at weddings that the caller can access, one row per user, with devices merged by the busiest status.';
comment on column wedsync.user_presence.couple_id is 'The wedding.';
comment on column wedsync.user_presence.user_id is 'The user.';
comment on column wedsync.user_presence.display_name is 'Name shown.';
comment on column wedsync.user_presence.wedding_role is 'partner, planner, family, friend, or vendor for members of suppliers.';
comment on column wedsync.user_presence.status is 'busy, online, away (also when idle) or offline.';
comment on column wedsync.user_presence.current_section is 'Section that the user is viewing.';
comment on column wedsync.user_presence.active_document is 'Open document.';
comment on column wedsync.user_presence.cursor_position is 'Position in the document.';
comment on column wedsync.user_presence.is_typing is 'Typed in the last ten seconds.';
comment on column wedsync.user_presence.current_task is 'What the user is working on.';
comment on column wedsync.user_presence.availability is 'When the user is available.';
comment on column wedsync.user_presence.devices is 'Number of devices or tabs.';
comment on column wedsync.user_presence.last_activity is 'Last activity.';
revoke all on wedsync.user_presence from public;
grant select on wedsync.user_presence to authenticated, service_role, wedsync_admin;
