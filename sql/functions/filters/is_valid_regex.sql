create or replace function wedsync_internal.is_valid_regex(pattern text)
returns boolean
language plpgsql
immutable
parallel safe
as $$
begin
    perform '' ~ pattern;
    return true;
exception
    -- the second if it would not fit into memory
    when invalid_regular_expression or internal_error then
        return false;
end
$$;
comment on function wedsync_internal.is_valid_regex(text) is 'Whether a text is a valid regular expression.';
revoke all on function wedsync_internal.is_valid_regex(text) from public;
