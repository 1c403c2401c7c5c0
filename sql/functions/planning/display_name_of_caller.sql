create or replace function wedsync_internal.display_name_of_caller()
returns text
language sql
stable
as $$
    select u.display_name from wedsync_data.users as u where u.id = wedsync_internal.current_user_id()
$$;
comment on function wedsync_internal.display_name_of_caller() is 'The caller''s display name; null if there is none.';
revoke all on function wedsync_internal.display_name_of_caller() from public;
