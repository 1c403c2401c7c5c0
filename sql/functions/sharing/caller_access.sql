create or replace view wedsync_internal.caller_access
with (security_barrier = true, security_invoker = false) as
select a.couple_id, bit_or(a.readable) as readable, bit_or(a.writable) as writable, bool_and(a.by_grant) as by_grant
-- offset 0: who the caller is gets worked out once, not once for every use
from (select wedsync_internal.current_user_id() as id, wedsync_internal.is_service() as is_service offset 0) as me
cross join lateral (
    select m.couple_id, r.readable, r.writable, false as by_grant
    from wedsync_data.wedding_members as m
    join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
    where m.user_id = me.id
    union all
    select g.couple_id, g.readable, g.writable, true
    from wedsync_data.grants as g
    where g.grantee_id = any (array(
            select s.supplier_id from wedsync_data.supplier_members as s where s.user_id = me.id
            union all
            select me.id
        ))
        and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    union all
    select w.id, (repeat('1', 128))::bit(128), (repeat('1', 128))::bit(128), false
    from wedsync_data.weddings as w
    where me.is_service
) as a
group by a.couple_id;
comment on view wedsync_internal.caller_access is
'What the caller may read and write, one row per wedding within reach: role at the wedding, grants in force, or everything for trusted server roles.';
comment on column wedsync_internal.caller_access.couple_id is 'The wedding.';
comment on column wedsync_internal.caller_access.readable is 'Leaf mask.';
comment on column wedsync_internal.caller_access.writable is 'Leaf mask.';
comment on column wedsync_internal.caller_access.by_grant is 'Whether grants alone give the reach: then reads are logged.';
revoke all on wedsync_internal.caller_access from public;
