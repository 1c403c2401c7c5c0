-- requires: identity/current_user_id
create or replace function wedsync_internal.member_leaves()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' or new.couple_id is distinct from old.couple_id or new.user_id is distinct from old.user_id then
        update wedsync_data.grants as g
        set state = case g.state when 'pending' then 'rejected' else 'revoked' end, decided_by = wedsync_internal.current_user_id(), decided_at = now()
        where g.couple_id = old.couple_id and g.grantee_id = old.user_id and g.grantee_kind = 'member' and g.state in ('pending', 'approved');
    end if;
    return null;
end
$$;
comment on function wedsync_internal.member_leaves() is 'Ends the grants of a person who is no longer a member, whoever removed the membership.';
revoke all on function wedsync_internal.member_leaves() from public;

create or replace trigger member_leaves
after update or delete on wedsync_data.wedding_members
for each row execute function wedsync_internal.member_leaves();
comment on trigger member_leaves on wedsync_data.wedding_members is 'Grants end with the membership.';
