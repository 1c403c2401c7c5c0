create or replace function wedsync_internal.reach_follows_members()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    user_ids uuid[];
    couple_ids uuid[];
begin
    -- a separate statement for each, because transition tables that an event does not have must not be named
    if tg_op = 'INSERT' then
        select array_agg(a.user_id), array_agg(a.couple_id) into user_ids, couple_ids from after_rows as a;
    elsif tg_op = 'DELETE' then
        select array_agg(b.user_id), array_agg(b.couple_id) into user_ids, couple_ids from before_rows as b;
    else
        select array_agg(i.user_id), array_agg(i.couple_id) into user_ids, couple_ids
        from (select b.user_id, b.couple_id from before_rows as b union select a.user_id, a.couple_id from after_rows as a) as i;
    end if;
    if user_ids is null then
        return null;
    end if;
    -- no lock is needed when the wedding is deleted
    perform wedsync_internal.lock_subscriptions((select array_agg(w.id) from wedsync_data.weddings as w where w.id = any (couple_ids)), user_ids);
    perform wedsync_internal.refresh_reach(user_ids, couple_ids);
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_members() is 'Keeps reach in sync with memberships at weddings.';
revoke all on function wedsync_internal.reach_follows_members() from public;

create or replace trigger reach_follows_insert
after insert on wedsync_data.wedding_members
referencing new table as after_rows
for each statement execute function wedsync_internal.reach_follows_members();
comment on trigger reach_follows_insert on wedsync_data.wedding_members is 'Keeps reach in sync with memberships.';

create or replace trigger reach_follows_update
after update on wedsync_data.wedding_members
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.reach_follows_members();
comment on trigger reach_follows_update on wedsync_data.wedding_members is 'Keeps reach in sync with memberships.';

create or replace trigger reach_follows_delete
after delete on wedsync_data.wedding_members
referencing old table as before_rows
for each statement execute function wedsync_internal.reach_follows_members();
comment on trigger reach_follows_delete on wedsync_data.wedding_members is 'Keeps reach in sync with memberships.';
