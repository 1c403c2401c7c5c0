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
comment on function wedsync_internal.forget_person() is 'When a person is deleted: removes where their clients had been, and the row that is locked for them.';
revoke all on function wedsync_internal.forget_person() from public;

create or replace trigger forget_person
after delete on wedsync_data.users
for each row execute function wedsync_internal.forget_person();
comment on trigger forget_person on wedsync_data.users is 'Where the clients of a person had been goes with the person.';
