create or replace function wedsync_internal.record_user(user_id uuid, display_name text default null)
returns void
language sql
volatile
as $$
    insert into wedsync_data.users as u (id, display_name, email)
    values (
        $1, left($2, 200),
        left((nullif(current_setting('request.jwt.claims', true), '')::jsonb) ->> 'email', 255)
    )
    on conflict (id) do update
    set display_name = coalesce(u.display_name, excluded.display_name),
        email = coalesce(excluded.email, u.email)
    where (u.display_name is null and excluded.display_name is not null)
        or (excluded.email is not null and excluded.email is distinct from u.email)
$$;
comment on function wedsync_internal.record_user(uuid, text) is 'Records a signed-in user with an initial display name and the email claim, and locks the user''s row until the end of the transaction, whether it changed or not.';
revoke all on function wedsync_internal.record_user(uuid, text) from public;
