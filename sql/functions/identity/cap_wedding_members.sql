create or replace function wedsync_internal.cap_wedding_members()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from wedsync_data.wedding_members as m where m.couple_id = new.couple_id and m.user_id = new.user_id) then
        perform wedsync_internal.enforce_cap('members_per_wedding', (select count(*) from wedsync_data.wedding_members as m where m.couple_id = new.couple_id));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_wedding_members() is 'Enforces members_per_wedding: cap_reached (409). Callers that add a member hold the wedding''s lock.';
revoke all on function wedsync_internal.cap_wedding_members() from public;

create or replace trigger cap_wedding_members
before insert on wedsync_data.wedding_members
for each row execute function wedsync_internal.cap_wedding_members();
comment on trigger cap_wedding_members on wedsync_data.wedding_members is 'Enforces the limit on their number.';
