create or replace function wedsync_internal.only_wedding()
returns uuid
language plpgsql
stable
as $$
declare
    couples constant uuid[] := array(
        select m.couple_id from wedsync_data.wedding_members as m where m.user_id = wedsync_internal.current_user_id() limit 2
    );
begin
    if cardinality(couples) <> 1 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}', case
            when couples = '{}' then 'You are not a member of a wedding: name the one that you mean.'
            else 'You are a member of several weddings: name the one that you mean.'
        end);
    end if;
    return couples[1];
end
$$;
comment on function wedsync_internal.only_wedding() is 'Returns the wedding of which the caller is a member, for calls without a couple_id. Raises invalid_value if there is none or more than one.';
revoke all on function wedsync_internal.only_wedding() from public;
