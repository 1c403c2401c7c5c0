create or replace function wedsync_internal.require_user()
returns uuid
language plpgsql
stable
as $$
declare
    user_id constant uuid := wedsync_internal.current_user_id();
begin
    if user_id is null then
        perform wedsync_internal.fail('not_signed_in', wedsync_internal.subject_problem());
    end if;
    return user_id;
end
$$;
comment on function wedsync_internal.require_user() is 'The caller''s user id, or error not_signed_in.';
revoke all on function wedsync_internal.require_user() from public;
