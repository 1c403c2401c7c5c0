create or replace function wedsync_internal.forget_person()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wedsync_data.resume_points as r where r.user_id = old.id;
    delete from wedsync_data.access_locks as l where l.user_id = old.id;
    return null;
end
$$;
comment on function wedsync_internal.forget_person() is 'When a user is deleted: deletes the positions of the user''s clients, and the row for locking.';
revoke all on function wedsync_internal.forget_person() from public;

create or replace trigger forget_person
after delete on wedsync_data.users
for each row execute function wedsync_internal.forget_person();
comment on trigger forget_person on wedsync_data.users is 'Deletes the positions of a deleted user.';
