create or replace function wedsync_internal.revoke_former_member_grants()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    gone jsonb[];
begin
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_op = 'DELETE' then
        gone := array(select to_jsonb(b) from before_rows as b);
    else
        gone := array(
            select to_jsonb(b) from before_rows as b
            where not exists (select from after_rows as a where a.couple_id = b.couple_id and a.user_id = b.user_id)
        );
    end if;
    if gone = '{}' then
        return null;
    end if;
    -- grants belong to weddings, memberships to users: take the locks of both first
    perform wedsync_internal.lock_subscriptions(
        (select array_agg(w.id) from wedsync_data.weddings as w where w.id in (select (g.v ->> 'couple_id')::uuid from unnest(gone) as g (v))),
        (select array_agg((g.v ->> 'user_id')::uuid) from unnest(gone) as g (v))
    );
    update wedsync_data.grants as g
    set state = case g.state when 'pending' then 'rejected' else 'revoked' end, decided_by = wedsync_internal.current_user_id(), decided_at = now()
    from unnest(gone) as m (v)
    where g.couple_id = (m.v ->> 'couple_id')::uuid and g.grantee_id = (m.v ->> 'user_id')::uuid
        and g.grantee_kind = 'member' and g.state in ('pending', 'approved');
    return null;
end
$$;
comment on function wedsync_internal.revoke_former_member_grants() is 'Revokes the grants of former members, however the membership ended.';
revoke all on function wedsync_internal.revoke_former_member_grants() from public;

drop trigger if exists revoke_former_member_grants on wedsync_data.wedding_members;
create or replace trigger revoke_former_member_grants_by_update
after update on wedsync_data.wedding_members
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.revoke_former_member_grants();
comment on trigger revoke_former_member_grants_by_update on wedsync_data.wedding_members is 'Revokes grants when the membership ends.';

create or replace trigger revoke_former_member_grants_by_delete
after delete on wedsync_data.wedding_members
referencing old table as before_rows
for each statement execute function wedsync_internal.revoke_former_member_grants();
comment on trigger revoke_former_member_grants_by_delete on wedsync_data.wedding_members is 'Revokes grants when the membership ends.';
